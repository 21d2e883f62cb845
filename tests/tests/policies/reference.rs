//! What a policy means, evaluated rule by rule: the first rule that decides wins, nothing that is
//! unknown permits, and no predicate is folded, negated or turned into SQL.

use crate::cases::{Block, Condition};

/// A user, as the evaluator sees it.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) admin: bool,
    pub(crate) flag: Option<bool>,
    pub(crate) level: Option<i64>,
    pub(crate) rank: i64,
    pub(crate) name: Option<&'static str>,
}

/// A document, as the evaluator sees it. People are positions.
#[derive(Clone, Debug)]
pub(crate) struct Paper {
    pub(crate) owner: usize,
    pub(crate) reviewer: Option<usize>,
    pub(crate) a: Option<i64>,
    pub(crate) b: i64,
    pub(crate) s: Option<&'static str>,
    pub(crate) f: Option<bool>,
    pub(crate) g: bool,
    /// Unique, and never changed by an upsert.
    pub(crate) code: i64,
    /// What is written about it. A change leaves it.
    pub(crate) notes: Vec<Note>,
}

impl Paper {
    /// The paper with the notes of another, or without any.
    pub(crate) fn noted(&self, like: Option<&Self>) -> Self {
        Self {
            notes: like.map_or_else(Vec::new, |like| like.notes.clone()),
            ..self.clone()
        }
    }
}

/// A note about a document, as the evaluator sees it.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) author: usize,
    pub(crate) weight: Option<i64>,
    pub(crate) open: bool,
}

/// What is decided about.
#[derive(Clone, Copy)]
enum Row<'a> {
    Paper(&'a Paper),
    Note(&'a Note),
    Person(&'a Person),
}

pub(crate) struct Reference<'a> {
    pub(crate) people: &'a [Person],
    pub(crate) actor: usize,
    /// Who may read a note.
    pub(crate) notes: &'a [Block],
}

fn both<T>(
    left: Option<T>,
    right: Option<T>,
    compare: impl FnOnce(&T, &T) -> bool,
) -> Option<bool> {
    Some(compare(&left?, &right?))
}

impl Reference<'_> {
    fn me(&self) -> &Person {
        &self.people[self.actor]
    }

    fn about_me(&self, atom: &str) -> Option<Option<bool>> {
        let me = self.me();
        Some(match atom {
            "actor.admin" => Some(me.admin),
            "actor.flag" => me.flag,
            "actor.level > 1" => me.level.map(|level| level > 1),
            "actor.name == \"x\"" => me.name.map(|name| name == "x"),
            "actor.level.is_none()" => Some(me.level.is_none()),
            "actor.rank.is_in([0, 3])" => Some([0, 3].contains(&me.rank)),
            _ => return None,
        })
    }

    fn about(&self, atom: &str, row: Row<'_>) -> Option<bool> {
        if let Some(value) = self.about_me(atom) {
            return value;
        }
        match row {
            Row::Paper(paper) => self.about_paper(atom, paper),
            Row::Note(note) => self.about_note(atom.trim_start_matches("r."), note),
            Row::Person(person) => self.about_user(atom, person),
        }
    }

    fn about_note(&self, atom: &str, note: &Note) -> Option<bool> {
        let me = self.me();
        match atom {
            "author_id == actor" => Some(note.author == self.actor),
            "weight > 1" => note.weight.map(|weight| weight > 1),
            "weight == actor.rank" => note.weight.map(|weight| weight == me.rank),
            "weight != actor.level" => both(note.weight, me.level, |left, right| left != right),
            "weight.is_some()" => Some(note.weight.is_some()),
            "open" => Some(note.open),
            _ => panic!("unknown atom {atom}"),
        }
    }

    fn about_user(&self, atom: &str, user: &Person) -> Option<bool> {
        match atom {
            "r.admin" => Some(user.admin),
            "r.flag" => user.flag,
            "r.level > 1" => user.level.map(|level| level > 1),
            "r.name == actor.name" => both(user.name, self.me().name, |left, right| left == right),
            "r.level.is_some()" => Some(user.level.is_some()),
            _ => panic!("unknown atom {atom}"),
        }
    }

    fn about_paper(&self, atom: &str, paper: &Paper) -> Option<bool> {
        let me = self.me();
        match atom {
            "owner_id == actor" => Some(paper.owner == self.actor),
            "reviewer_id == actor" => paper.reviewer.map(|reviewer| reviewer == self.actor),
            "reviewer_id != actor" => paper.reviewer.map(|reviewer| reviewer != self.actor),
            "a == 1" => paper.a.map(|a| a == 1),
            "2 > a" => paper.a.map(|a| 2 > a),
            "a < actor.level" => both(paper.a, me.level, |left, right| left < right),
            "b >= actor.rank" => Some(paper.b >= me.rank),
            "actor.level != a" => both(paper.a, me.level, |left, right| left != right),
            "s == actor.name" => both(paper.s, me.name, |left, right| left == right),
            "s != \"x\"" => paper.s.map(|s| s != "x"),
            "f" => paper.f,
            "g" => Some(paper.g),
            "a.is_none()" => Some(paper.a.is_none()),
            "s.is_some()" => Some(paper.s.is_some()),
            "a.is_in([0, 2])" => paper.a.map(|a| [0, 2].contains(&a)),
            "code > 19" => Some(paper.code > 19),
            "a == b" => paper.a.map(|a| a == paper.b),
            _ => panic!("unknown atom {atom}"),
        }
    }

    fn truth(&self, condition: &Condition, row: Row<'_>) -> Option<bool> {
        match condition {
            Condition::Constant(value) => Some(*value),
            Condition::Atom(name) => self.about(name, row),
            Condition::Not(inner) => self.truth(inner, row).map(|value| !value),
            Condition::And(left, right) => match (self.truth(left, row), self.truth(right, row)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Condition::Or(left, right) => match (self.truth(left, row), self.truth(right, row)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Condition::Related(relation, word, inner) => {
                let related = self.related(relation, row);
                let any = |negate: bool| {
                    let mut unknown = false;
                    for row in &related {
                        match self.truth(inner, *row) {
                            Some(value) if value != negate => return Some(true),
                            Some(_) => {}
                            None => unknown = true,
                        }
                    }
                    (!unknown).then_some(false)
                };
                match *word {
                    "any" => any(false),
                    "none" => any(false).map(|value| !value),
                    _ => any(true).map(|value| !value),
                }
            }
        }
    }

    /// The related rows that the actor may read.
    fn related<'r>(&'r self, relation: &str, row: Row<'r>) -> Vec<Row<'r>> {
        let person = |person: usize| Row::Person(&self.people[person]);
        match (relation, row) {
            ("owner_id", Row::Paper(paper)) => vec![person(paper.owner)],
            ("reviewer_id", Row::Paper(paper)) => paper.reviewer.map(person).into_iter().collect(),
            ("author_id", Row::Note(note)) => vec![person(note.author)],
            ("notes", Row::Paper(paper)) => {
                let notes = paper.notes.iter().map(Row::Note);
                notes
                    .filter(|note| self.decides(self.notes, "read", *note))
                    .collect()
            }
            _ => panic!("unknown relation {relation}"),
        }
    }

    /// What a block says: authorized, forbidden, or nothing.
    fn says(&self, block: &Block, row: Row<'_>) -> Option<bool> {
        for (verb, condition) in &block.rules {
            let value = self.truth(condition, row);
            match *verb {
                "authorize_if" if value == Some(true) => return Some(true),
                "authorize_unless" if value == Some(false) => return Some(true),
                "forbid_if" if value != Some(false) => return Some(false),
                "forbid_unless" if value != Some(true) => return Some(false),
                _ => {}
            }
        }
        None
    }

    fn applies(&self, block: &Block) -> bool {
        let me = self.me();
        match block.when {
            None => true,
            Some("actor.admin") => me.admin,
            Some("actor.rank > 1") => me.rank > 1,
            Some("actor.flag.is_some()") => me.flag.is_some(),
            Some(when) => panic!("unknown condition {when}"),
        }
    }

    /// Whether the actor may do it to the document.
    pub(crate) fn allows(&self, policy: &[Block], action: &str, paper: &Paper) -> bool {
        self.decides(policy, action, Row::Paper(paper))
    }

    fn decides(&self, policy: &[Block], action: &str, row: Row<'_>) -> bool {
        let blocks = |kind: &str| -> Vec<&Block> {
            policy
                .iter()
                .filter(|block| block.kind == kind && block.action == action)
                .filter(|block| self.applies(block))
                .collect()
        };
        if blocks("guard")
            .iter()
            .any(|block| self.says(block, row) == Some(false))
        {
            return false;
        }
        if blocks("bypass")
            .iter()
            .any(|block| self.says(block, row) == Some(true))
        {
            return true;
        }
        let policies = blocks("policy");
        !policies.is_empty()
            && policies
                .iter()
                .all(|block| self.says(block, row) == Some(true))
    }
}
