//! Random policies: as text for the compiler, and as trees for an evaluator of their own.
//!
//! The build script writes the text and the test evaluates the trees; both make them from the same
//! numbers.

use std::fmt::Write as _;

/// How many models with policies there are.
pub(crate) const POLICIES: usize = 32;

/// A small linear congruential generator: a failure comes back.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// A condition.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Constant(bool),
    Atom(&'static str),
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    /// A relation, which word, and the condition on its rows.
    Related(&'static str, &'static str, Box<Condition>),
}

/// What is asked of a document.
pub(crate) const ROW: [&str; 17] = [
    "owner_id == actor",
    "reviewer_id == actor",
    "reviewer_id != actor",
    "a == 1",
    "2 > a",
    "a < actor.level",
    "b >= actor.rank",
    "actor.level != a",
    "s == actor.name",
    "s != \"x\"",
    "f",
    "g",
    "a.is_none()",
    "s.is_some()",
    "a.is_in([0, 2])",
    "a == b",
    "code > 19",
];

/// What is asked of the actor.
pub(crate) const ACTOR: [&str; 6] = [
    "actor.admin",
    "actor.flag",
    "actor.level > 1",
    "actor.name == \"x\"",
    "actor.level.is_none()",
    "actor.rank.is_in([0, 3])",
];

/// What is asked of a related user.
pub(crate) const USER: [&str; 5] = [
    "r.admin",
    "r.flag",
    "r.level > 1",
    "r.name == actor.name",
    "r.level.is_some()",
];

/// What is asked of a note, in its own policy.
pub(crate) const NOTE: [&str; 6] = [
    "author_id == actor",
    "weight > 1",
    "weight == actor.rank",
    "weight != actor.level",
    "weight.is_some()",
    "open",
];

/// The same of a related note.
pub(crate) const RELATED_NOTE: [&str; 6] = [
    "r.author_id == actor",
    "r.weight > 1",
    "r.weight == actor.rank",
    "r.weight != actor.level",
    "r.weight.is_some()",
    "r.open",
];

/// Whose columns a condition may name.
#[derive(Clone, Copy, Debug)]
enum Of {
    /// A document's, which may be related to these.
    Document(&'static [&'static str]),
    /// A related user's.
    User,
    /// A note's, in its own policy.
    Note,
    /// A related note's.
    RelatedNote,
}

impl Of {
    fn atoms(self) -> &'static [&'static str] {
        match self {
            Self::Document(_) => &ROW,
            Self::User => &USER,
            Self::Note => &NOTE,
            Self::RelatedNote => &RELATED_NOTE,
        }
    }

    fn relations(self) -> &'static [&'static str] {
        match self {
            Self::Document(relations) => relations,
            Self::Note => &["author_id"],
            Self::User | Self::RelatedNote => &[],
        }
    }
}

/// Relations of a document to users.
const USERS: Of = Of::Document(&["owner_id", "reviewer_id"]);

/// Relations of a document to users, and to the notes about it, which have policies of their own.
const USERS_AND_NOTES: Of = Of::Document(&["owner_id", "reviewer_id", "notes", "notes"]);

const WORDS: [&str; 3] = ["any", "none", "every"];

/// A rule: the verb and the condition.
pub(crate) type Rule = (&'static str, Condition);

pub(crate) const VERBS: [&str; 4] = [
    "authorize_if",
    "authorize_unless",
    "forbid_if",
    "forbid_unless",
];

/// A block of rules.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) kind: &'static str,
    pub(crate) action: &'static str,
    pub(crate) when: Option<&'static str>,
    pub(crate) rules: Vec<Rule>,
}

pub(crate) const ACTIONS: [&str; 4] = ["read", "create", "update", "destroy"];

/// The conditions of a `when`, which have two values.
pub(crate) const WHENS: [&str; 3] = ["actor.admin", "actor.rank > 1", "actor.flag.is_some()"];

fn condition(random: &mut Random, depth: usize, of: Of) -> Condition {
    let boxed = |random: &mut Random| Box::new(condition(random, depth - 1, of));
    match random.below(if depth == 0 { 7 } else { 12 }) {
        0 => Condition::Constant(random.chance(50)),
        1 | 2 => Condition::Atom(random.pick(&ACTOR)),
        3..=6 => Condition::Atom(random.pick(of.atoms())),
        7 => Condition::Not(boxed(random)),
        8 => Condition::And(boxed(random), boxed(random)),
        9 => Condition::Or(boxed(random), boxed(random)),
        _ if of.relations().is_empty() => Condition::Not(boxed(random)),
        _ => {
            let relation = random.pick(of.relations());
            let related = match relation {
                "notes" => Of::RelatedNote,
                _ => Of::User,
            };
            let word = random.pick(&WORDS);
            Condition::Related(
                relation,
                word,
                Box::new(condition(random, depth - 1, related)),
            )
        }
    }
}

/// Who may read the notes about the documents with this policy.
pub(crate) fn note_policy(number: usize) -> Vec<Block> {
    let mut random = Random::new(900 + number as u64);
    let mut rules: Vec<_> = (0..=random.below(2))
        .map(|_| (random.pick(&VERBS), condition(&mut random, 2, Of::Note)))
        .collect();
    rules.push(("authorize_if", Condition::Atom(random.pick(&NOTE))));
    rules.push(("authorize_unless", Condition::Atom(random.pick(&NOTE))));
    vec![Block {
        kind: "policy",
        action: "read",
        when: random.chance(20).then(|| random.pick(&WHENS)),
        rules,
    }]
}

/// The policy with this number.
pub(crate) fn policy(number: usize) -> Vec<Block> {
    let mut random = Random::new(number as u64 + 1);
    let mut blocks = Vec::new();
    for action in ACTIONS {
        for (kind, most, verbs) in [
            ("policy", 2, &VERBS[..]),
            ("bypass", 1, &VERBS[..2]),
            ("guard", 1, &VERBS[2..]),
        ] {
            let number = match kind {
                "policy" => 1 + random.below(most),
                _ => random.below(most + 1),
            };
            for _ in 0..number {
                // Some policies permit nothing at all; more would test little.
                let open = kind == "policy" && random.chance(50);
                let mut rules: Vec<_> = (0..=random.below(2))
                    .map(|_| {
                        (
                            random.pick(verbs),
                            condition(&mut random, 3, USERS_AND_NOTES),
                        )
                    })
                    .collect();
                if open {
                    rules.push(("authorize_if", Condition::Atom(random.pick(&ROW))));
                    rules.push(("authorize_unless", Condition::Atom(random.pick(&ROW))));
                }
                blocks.push(Block {
                    kind,
                    action,
                    when: random.chance(25).then(|| random.pick(&WHENS)),
                    rules,
                });
            }
        }
    }
    blocks
}

/// How many models with guarded fields there are.
pub(crate) const FIELD_POLICIES: usize = 10;

/// The guarded fields, as their blocks begin.
pub(crate) const FIELDS: [&str; 3] = ["field a", "field b", "field s"];

/// The policy with this number of a model with guarded fields. Who may not see a row says nothing about
/// fields, so nearly all may see it.
pub(crate) fn field_policy(number: usize) -> Vec<Block> {
    let mut random = Random::new(500 + number as u64);
    let mut blocks = Vec::new();
    let always = |action| Block {
        kind: "policy",
        action,
        when: None,
        rules: vec![("authorize_if", Condition::Constant(true))],
    };
    for action in ACTIONS {
        if action == "create" || random.chance(40) {
            blocks.push(always(action));
            continue;
        }
        let mut block = always(action);
        let verb = random.pick(&["forbid_if", "forbid_unless"]);
        let rule = (verb, condition(&mut random, 1, USERS));
        block.rules.insert(0, rule);
        blocks.push(block);
    }
    for field in FIELDS {
        for _ in 0..=random.below(2) {
            let mut rules: Vec<_> = (0..=random.below(2))
                .map(|_| (random.pick(&VERBS), condition(&mut random, 3, USERS)))
                .collect();
            rules.push(("authorize_if", Condition::Atom(random.pick(&ROW))));
            rules.push(("authorize_unless", Condition::Atom(random.pick(&ROW))));
            blocks.push(Block {
                kind: "policy",
                action: field,
                when: random.chance(20).then(|| random.pick(&WHENS)),
                rules,
            });
        }
    }
    blocks
}

fn write_condition(text: &mut String, condition: &Condition) {
    match condition {
        Condition::Constant(true) => text.push_str("always"),
        Condition::Constant(false) => text.push_str("never"),
        Condition::Atom(atom) => write!(text, "{atom}").expect("a string"),
        Condition::Not(inner) => {
            text.push_str("!(");
            write_condition(text, inner);
            text.push(')');
        }
        Condition::And(left, right) | Condition::Or(left, right) => {
            let and = matches!(condition, Condition::And(..));
            text.push('(');
            write_condition(text, left);
            text.push_str(if and { ") && (" } else { ") || (" });
            write_condition(text, right);
            text.push(')');
        }
        Condition::Related(relation, word, inner) => {
            write!(text, "{relation}.{word}(|r| ").expect("a string");
            write_condition(text, inner);
            text.push(')');
        }
    }
}

/// The policy as it is written.
pub(crate) fn text(blocks: &[Block]) -> String {
    let mut text = String::new();
    for block in blocks {
        match block.kind {
            "policy" => text.push_str(block.action),
            kind => write!(text, "{kind}({})", block.action).expect("a string"),
        }
        if let Some(when) = block.when {
            write!(text, " when {when}").expect("a string");
        }
        text.push_str(" {\n");
        for (verb, condition) in &block.rules {
            write!(text, "    {verb} ").expect("a string");
            write_condition(&mut text, condition);
            text.push_str(";\n");
        }
        text.push_str("}\n");
    }
    text
}
