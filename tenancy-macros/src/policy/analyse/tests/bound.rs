//! Atoms that share columns, fields and constants: all that is claimed is true of rows and actors.

use std::cmp::Ordering;

use super::super::super::condition::Atom;
use super::super::super::fold_tests::random::Random;
use super::super::super::resolve::Resolved;
use super::super::finding::What;
use super::reference::{Case, World, whens};
use super::rules::{ALL, Tally, rules};

/// A row and an actor.
#[derive(Clone, Debug)]
struct Values {
    number: Option<i64>,
    count: Option<i64>,
    text: Option<&'static str>,
    flag: Option<bool>,
    /// The related row, if there is one, and its flag.
    owner: Option<Option<bool>>,
    level: Option<i64>,
    actor_flag: Option<bool>,
    role: Option<&'static str>,
    score: Option<f64>,
    /// A type of the user's: from here to there.
    span: Option<(i64, i64)>,
}

impl Values {
    fn random(random: &mut Random) -> Self {
        fn pick<T: Copy>(random: &mut Random, of: &[T]) -> Option<T> {
            let position = random.below(of.len() + 1);
            of.get(position).copied()
        }
        let flags = [true, false];
        Self {
            number: pick(random, &[1, 2, 3, 4, 5]),
            count: pick(random, &[2, 3]),
            text: pick(random, &["x", "X", "y", "x-0"]),
            flag: pick(random, &flags),
            owner: pick(random, &[Some(true), Some(false), None]),
            level: pick(random, &[2, 3, 4]),
            actor_flag: pick(random, &flags),
            role: pick(random, &["Admin", "Member", "Guest", "Other"]),
            score: pick(random, &[1.0, 1.5, 2.0, f64::NAN]),
            span: pick(random, &[(0, 1), (2, 4), (3, 3), (4, 9), (6, 9)]),
        }
    }

    /// Texts are equal for a collation that does not look at cases and signs.
    fn is(&self, letters: &str) -> Option<bool> {
        let essence = |text: &str| text.to_lowercase().replace("-0", "");
        Some(essence(self.text?) == essence(letters))
    }

    fn span(&self, number: i64) -> Option<Ordering> {
        let (from, to) = self.span?;
        match (from.cmp(&number), to.cmp(&number)) {
            (one, other) if one == other => Some(one),
            _ => None,
        }
    }

    fn level(&self, than: Option<i64>) -> Option<Ordering> {
        Some(self.level?.cmp(&than?))
    }
}

/// Atoms, and what they come to.
type Meaning = (&'static str, fn(&Values) -> Option<bool>);

const ROW: [Meaning; 31] = [
    ("number == 2", |v| Some(v.number? == 2)),
    ("number == 0x3", |v| Some(v.number? == 3)),
    ("3 != number", |v| Some(v.number? != 3)),
    ("number < 3", |v| Some(v.number? < 3)),
    ("3 <= number", |v| Some(v.number? >= 3)),
    ("number > 2", |v| Some(v.number? > 2)),
    ("number <= 4i64", |v| Some(v.number? <= 4)),
    ("number.is_none()", |v| Some(v.number.is_none())),
    ("number.is_in([1, 2, 3])", |v| Some(v.number? <= 3)),
    ("number == actor.level", |v| {
        Some(v.level(v.number)?.is_eq())
    }),
    ("number != actor.level", |v| {
        Some(v.level(v.number)?.is_ne())
    }),
    ("number < actor.level", |v| Some(v.level(v.number)?.is_gt())),
    ("actor.level < number", |v| Some(v.level(v.number)?.is_lt())),
    ("number >= actor.level", |v| {
        Some(v.level(v.number)?.is_le())
    }),
    ("count == number", |v| Some(v.count? == v.number?)),
    ("number < count", |v| Some(v.number? < v.count?)),
    ("number <= count", |v| Some(v.number? <= v.count?)),
    ("count.is_none()", |v| Some(v.count.is_none())),
    ("text == \"x\"", |v| v.is("x")),
    ("text == \"X\"", |v| v.is("x")),
    ("text != \"y\"", |v| Some(!v.is("y")?)),
    ("text == \"x-0\"", |v| v.is("x")),
    ("text.is_none()", |v| Some(v.text.is_none())),
    ("flag", |v| v.flag),
    ("flag == true", |v| v.flag),
    ("flag == false", |v| Some(!v.flag?)),
    ("flag != true", |v| Some(!v.flag?)),
    ("owner_id.any(|u| u.flag)", |v| {
        v.owner.map_or(Some(false), |flag| flag)
    }),
    ("owner_id.none(|r| !r.flag)", |v| {
        v.owner.map_or(Some(false), |flag| flag.map(|flag| !flag))
    }),
    ("owner_id.any(|u| u.flag.is_none())", |v| {
        Some(v.owner == Some(None))
    }),
    ("owner_id.any(|u| always)", |v| Some(v.owner.is_some())),
];

const ACTOR: [Meaning; 20] = [
    ("actor.level == 2", |v| Some(v.level? == 2)),
    ("actor.level >= 3", |v| Some(v.level? >= 3)),
    ("3 < actor.level", |v| Some(v.level? > 3)),
    ("actor.level.is_none()", |v| Some(v.level.is_none())),
    ("actor.level.is_in([2, 4])", |v| Some(v.level? != 3)),
    ("actor.flag", |v| v.actor_flag),
    ("actor.flag == false", |v| Some(!v.actor_flag?)),
    ("actor.flag.is_none()", |v| Some(v.actor_flag.is_none())),
    // Constants may be other names of variants.
    ("actor.role == Role::Admin", |v| Some(v.role? == "Admin")),
    ("actor.role != Role::Member", |v| Some(v.role? != "Member")),
    ("actor.role == Role::BOSS", |v| Some(v.role? == "Admin")),
    ("actor.role == models::Role::Admin", |v| {
        Some(v.role? == "Admin")
    }),
    ("actor.role.is_in([Role::Guest, Role::Member])", |v| {
        Some(matches!(v.role?, "Guest" | "Member"))
    }),
    ("actor.score < 1.5", |v| {
        Some(v.score?.partial_cmp(&1.5)?.is_lt())
    }),
    ("actor.score >= 1.5", |v| {
        Some(v.score?.partial_cmp(&1.5)?.is_ge())
    }),
    ("actor.score == 1.5", |v| Some(v.score? == 1.5)),
    ("actor.score.is_none()", |v| Some(v.score.is_none())),
    ("actor.span < 3", |v| Some(v.span(3)?.is_lt())),
    ("actor.span > 1", |v| Some(v.span(1)?.is_gt())),
    ("actor.span <= 5", |v| Some(v.span(5)?.is_le())),
];

const WHENS: [Meaning; 2] = [
    ("actor.flag", |v| v.actor_flag),
    ("actor.level.is_none()", |v| Some(v.level.is_none())),
];

fn meanings(texts: impl IntoIterator<Item = String>, of: &[Meaning]) -> Vec<Meaning> {
    let bare = |text: &str| text.replace(char::is_whitespace, "").replace(",]", "]");
    let meaning = |text: String| {
        // Inside of a relation, which is an atom of its own.
        if text.is_empty() {
            return ("", (|_| None) as fn(&Values) -> Option<bool>);
        }
        // The reader's atom is that there is any.
        let any = text.replace("none(|r|", "any(|r|");
        let mut known = of.iter();
        let known = known.find(|(known, _)| [bare(&text), bare(&any)].contains(&bare(known)));
        *known.unwrap_or_else(|| panic!("{text}"))
    };
    texts.into_iter().map(meaning).collect()
}

/// Some worlds: not all of them, but others for other rules.
fn bound(resolved: &Resolved, random: &mut Random) -> Vec<World> {
    let text = |atom: &Atom| match atom.within[..] {
        [] => atom.text.clone(),
        _ => String::new(),
    };
    let row = meanings(resolved.atoms.row.iter().map(text), &ROW);
    let actor = meanings(resolved.atoms.actor.iter().map(text), &ACTOR);
    let whens = meanings(whens(resolved), &WHENS);
    let worlds = (0..1000).map(|_| {
        let values = Values::random(random);
        let truths = |meanings: &[Meaning]| -> Vec<_> {
            meanings.iter().map(|(_, of)| of(&values)).collect()
        };
        let whens = truths(&whens);
        World {
            actor: truths(&actor),
            row: truths(&row),
            whens: whens.into_iter().map(|when| when == Some(true)).collect(),
        }
    });
    worlds.collect()
}

#[test]
fn what_is_found_of_atoms_that_share_values_is_true() {
    let mut tally = Tally::default();
    for seed in 0..1500 {
        let random = &mut Random::new(seed);
        let all: Vec<_> = ROW.iter().chain(&ACTOR).map(|(text, _)| *text).collect();
        // Few that are next to each other, so that they share something.
        let start = random.below(all.len());
        let atoms: Vec<_> = (0..5)
            .map(|_| all[(start + random.below(9)) % all.len()])
            .collect();
        let text = rules(random, &atoms, &WHENS.map(|(text, _)| text));
        let case = Case::new(&text, |resolved| bound(resolved, random));
        for finding in &case.findings {
            if !matches!(finding.what, What::Unchecked(_)) {
                assert!(case.is_true(*finding), "{finding:?}\n{text}");
            }
        }
        tally.add(&case);
    }
    tally.assert_found(&ALL);
}
