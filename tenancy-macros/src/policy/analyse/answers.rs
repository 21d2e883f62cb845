//! Every answer that questions may have at once, as a table.

use super::bits::Bits;
use super::question::{Formula, Question};
use super::space::groups;

/// The most rows that a table may have: ten atoms of three values.
const ROWS: usize = 59_049;

/// The rows where something is true, and where it is false.
#[derive(Clone, Debug)]
pub(super) struct Truth {
    pub(super) yes: Bits,
    pub(super) no: Bits,
}

/// The answers to questions, in every row.
pub(super) struct Answers {
    pub(super) rows: usize,
    truths: Vec<(Question, Truth)>,
}

impl Answers {
    /// `None` if there are too many.
    pub(super) fn new(questions: Vec<Question>) -> Option<Self> {
        let groups = groups(questions);
        let rows = groups.iter().try_fold(1_usize, |rows, group| {
            let rows = rows.saturating_mul(group.states.len());
            (rows <= ROWS).then_some(rows)
        })?;
        let (mut truths, mut stride) = (Vec::new(), 1);
        for group in groups {
            let states = group.states.len();
            for (position, question) in group.questions.into_iter().enumerate() {
                let mut truth = Truth::unknown(rows);
                for (state, answers) in group.states.iter().enumerate() {
                    let side = match answers[position] {
                        Some(true) => &mut truth.yes,
                        Some(false) => &mut truth.no,
                        None => continue,
                    };
                    for start in (state * stride..rows).step_by(states * stride) {
                        side.extend(start, start + stride);
                    }
                }
                truths.push((question, truth));
            }
            stride *= states;
        }
        Some(Self { rows, truths })
    }

    pub(super) fn truth(&self, formula: &Formula) -> Truth {
        match formula {
            Formula::Ask(question) => {
                let mut truths = self.truths.iter();
                let found = truths.find(|(known, _)| known == question);
                found.expect("it is one of the questions").1.clone()
            }
            Formula::Not(inner) => self.truth(inner).not(),
            Formula::All(parts) => {
                let everywhere = Truth {
                    yes: Bits::all(self.rows),
                    no: Bits::none(self.rows),
                };
                parts.iter().fold(everywhere, |all, part| {
                    let part = self.truth(part);
                    Truth {
                        yes: all.yes.and(&part.yes),
                        no: all.no.or(&part.no),
                    }
                })
            }
            Formula::Any(parts) => {
                let nowhere = Truth {
                    yes: Bits::none(self.rows),
                    no: Bits::all(self.rows),
                };
                parts.iter().fold(nowhere, |any, part| {
                    let part = self.truth(part);
                    Truth {
                        yes: any.yes.or(&part.yes),
                        no: any.no.and(&part.no),
                    }
                })
            }
        }
    }
}

impl Truth {
    fn unknown(rows: usize) -> Self {
        Self {
            yes: Bits::none(rows),
            no: Bits::none(rows),
        }
    }

    fn not(self) -> Self {
        Self {
            yes: self.no,
            no: self.yes,
        }
    }
}

/// Whether a condition can be true, and whether it can be unknown.
pub(super) fn possible(condition: &Formula) -> (bool, bool) {
    let mut questions = Vec::new();
    condition.questions(&mut questions);
    Answers::new(questions).map_or((true, true), |answers| {
        let Truth { yes, no } = answers.truth(condition);
        (!yes.is_empty(), !yes.or(&no).is_full())
    })
}
