//! What several questions can be answered at once.
//!
//! Questions that share a subject are a group, whose states are counted ([`plane`](super::plane)). There
//! may be more of them than there are in truth, but never fewer.

use super::answers::possible;
use super::plane::Plane;
use super::question::{Question, Subject};

/// Questions, and the answers that they may have at once.
pub(super) struct Group {
    pub(super) questions: Vec<Question>,
    pub(super) states: Vec<Vec<Option<bool>>>,
}

const ANSWERS: [Option<bool>; 3] = [Some(true), Some(false), None];

/// Groups that have nothing to do with each other.
pub(super) fn groups(questions: Vec<Question>) -> Vec<Group> {
    let mut related: Vec<(Vec<Subject>, Vec<Question>)> = Vec::new();
    for question in questions {
        let mut subjects: Vec<_> = question.subjects().into_iter().cloned().collect();
        let mut questions = vec![question];
        // That it has a value is known, and nothing else of it is told by another question.
        subjects.retain(|subject| !matches!(subject, Subject::Given(_)));
        related.retain_mut(|(others, asked)| {
            let apart = !others.iter().any(|other| subjects.contains(other));
            if !apart {
                subjects.append(others);
                questions.append(asked);
            }
            apart
        });
        related.push((subjects, questions));
    }
    related
        .into_iter()
        .flat_map(|(_, questions)| group(questions))
        .collect()
}

fn group(questions: Vec<Question>) -> Vec<Group> {
    if let [Question::Related(_, _, condition)] = questions.as_slice() {
        let (yes, unknown) = possible(condition);
        // There may be no related row, which is a no.
        let states = ANSWERS.into_iter().zip([yes, true, unknown]);
        let states = states.filter(|(_, possible)| *possible);
        return vec![Group {
            states: states.map(|(answer, _)| vec![answer]).collect(),
            questions,
        }];
    }
    let plane = Plane::new(&questions);
    if let Some(states) = plane.states() {
        return vec![Group { questions, states }];
    }
    // With the ties between subjects cut, more is thought possible.
    let (mut tied, mut single) = (Vec::new(), Vec::new());
    for (position, question) in questions.into_iter().enumerate() {
        if plane.is_tied(position) {
            tied.push(Group {
                questions: vec![question],
                states: ANSWERS.map(|answer| vec![answer]).to_vec(),
            });
        } else {
            single.push(question);
        }
    }
    tied.extend(groups(single));
    tied
}
