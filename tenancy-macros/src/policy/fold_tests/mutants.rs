//! The fold with one thing wrong: each of these shortcuts permits what no rule authorized, and the
//! comparison that the fold passes must tell.

use super::super::condition::{Atoms, Condition, Test};
use super::super::fold::{Algebra, Assumed, Checks, Rules};
use super::super::syntax::Verb;
use super::random::{Row, World};
use super::{Tally, compare};

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mutant {
    /// `NOT COALESCE(c, FALSE)`, or `NOT (c IS TRUE)`, for a condition that is negated.
    NegatedAsTwoValued,
    /// All policies that apply must authorize, but none has to apply.
    NoneMustApply,
    /// A bypass as an implication: where it does not apply, it authorizes. The shape of CVE-2025-48043.
    BypassImplies,
    /// A bypass that applies counts as a policy that applies. The shape of GHSA-pcxq-fjp3-r752.
    BypassApplies,
    /// `forbid_if` decides on true alone, so that an unknown does not forbid.
    ForbidIfTrue,
    /// `NOT EXISTS (… AND c)` for a negated relation, without regard to rows of which `c` is unknown.
    PlainNotExists,
}

const MUTANTS: [Mutant; 6] = [
    Mutant::NegatedAsTwoValued,
    Mutant::NoneMustApply,
    Mutant::BypassImplies,
    Mutant::BypassApplies,
    Mutant::ForbidIfTrue,
    Mutant::PlainNotExists,
];

/// A fold as it is written, with nothing worked out, and with the negation that the fold does without.
#[derive(Clone, Debug, PartialEq)]
enum Term {
    Constant(bool),
    Actor(usize, bool),
    When(usize, bool),
    Row(usize, bool),
    Some(usize, Box<Self>),
    All(usize, Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
}

impl Term {
    fn not(self) -> Self {
        Self::Not(Box::new(self))
    }

    fn met(&self, assumed: &Assumed, row: &Row) -> bool {
        let met = |term: &Self| term.met(assumed, row);
        match self {
            Self::Constant(value) => *value,
            Self::Actor(atom, value) => assumed.actor[*atom] == Some(*value),
            Self::When(when, value) => assumed.whens[*when] == *value,
            Self::Row(atom, value) => row.value(*atom) == Some(*value),
            Self::Some(atom, inner) => {
                let mut rows = row.related(*atom).iter();
                rows.any(|row| inner.met(assumed, row))
            }
            Self::All(atom, inner) => {
                let mut rows = row.related(*atom).iter();
                rows.all(|row| inner.met(assumed, row))
            }
            Self::And(left, right) => met(left) && met(right),
            Self::Or(left, right) => met(left) || met(right),
            Self::Not(inner) => !met(inner),
        }
    }
}

struct Terms;

impl Algebra for Terms {
    type Predicate = Term;

    fn constant(&self, value: bool) -> Term {
        Term::Constant(value)
    }

    fn actor(&self, atom: usize, value: bool) -> Term {
        Term::Actor(atom, value)
    }

    fn when(&self, when: usize, value: bool) -> Term {
        Term::When(when, value)
    }

    fn row(&self, atom: usize, value: bool) -> Term {
        Term::Row(atom, value)
    }

    fn some(&self, relation: usize, inner: Term) -> Term {
        Term::Some(relation, Box::new(inner))
    }

    fn all(&self, relation: usize, inner: Term) -> Term {
        Term::All(relation, Box::new(inner))
    }

    fn and(&self, left: Term, right: Term) -> Term {
        Term::And(Box::new(left), Box::new(right))
    }

    fn or(&self, left: Term, right: Term) -> Term {
        Term::Or(Box::new(left), Box::new(right))
    }
}

/// The fold once more, to be wrong in one place. That it is the same otherwise is tested, too.
struct Fold<'a> {
    atoms: &'a Atoms,
    wrong: Option<Mutant>,
}

impl Fold<'_> {
    fn is(&self, mutant: Mutant) -> bool {
        self.wrong == Some(mutant)
    }

    fn certainly(&self, condition: &Condition, holds: bool) -> Term {
        let by = Terms;
        let sides = |left, right| (self.certainly(left, holds), self.certainly(right, holds));
        match condition {
            Condition::Constant(value) => by.constant(*value == holds),
            Condition::Actor(atom) => by.actor(*atom, holds),
            Condition::Row(atom) => match &self.atoms.row[*atom].test {
                Test::Any(_, _, inner) if holds => by.some(*atom, self.certainly(inner, true)),
                Test::Any(_, _, inner) if self.is(Mutant::PlainNotExists) => {
                    by.some(*atom, self.certainly(inner, true)).not()
                }
                Test::Any(_, _, inner) => by.all(*atom, self.certainly(inner, false)),
                _ => by.row(*atom, holds),
            },
            Condition::Not(inner) if holds && self.is(Mutant::NegatedAsTwoValued) => {
                self.certainly(inner, true).not()
            }
            Condition::Not(inner) => self.certainly(inner, !holds),
            Condition::And(left, right) | Condition::Or(left, right) => {
                let both = matches!(condition, Condition::And(..)) == holds;
                let (left, right) = sides(left, right);
                if both {
                    by.and(left, right)
                } else {
                    by.or(left, right)
                }
            }
        }
    }

    fn fold(&self, block: &Checks, end: bool) -> Term {
        let by = Terms;
        let checks = block.checks.iter().rev();
        checks.fold(by.constant(end), |rest, check| {
            let certainly = |holds| self.certainly(&check.condition, holds);
            match check.verb {
                Verb::AuthorizeIf => by.or(certainly(true), rest),
                Verb::AuthorizeUnless => by.or(certainly(false), rest),
                Verb::ForbidIf if self.is(Mutant::ForbidIfTrue) => {
                    by.and(certainly(true).not(), rest)
                }
                Verb::ForbidIf => by.and(certainly(false), rest),
                Verb::ForbidUnless => by.and(certainly(true), rest),
            }
        })
    }

    fn allowed(&self, rules: &Rules) -> Term {
        let by = Terms;
        let applies = |block: &Checks, value| match block.when {
            Some(when) => by.when(when, value),
            None => by.constant(value),
        };
        let (mut all, mut any) = (by.constant(true), by.constant(false));
        for policy in &rules.policies {
            let passes = by.or(applies(policy, false), self.fold(policy, false));
            all = by.and(all, passes);
            any = by.or(any, applies(policy, true));
        }
        if self.is(Mutant::NoneMustApply) {
            any = by.constant(true);
        }
        if self.is(Mutant::BypassApplies) {
            let bypasses = rules.bypasses.iter();
            any = bypasses.fold(any, |any, bypass| by.or(any, applies(bypass, true)));
        }
        let mut allowed = by.and(any, all);
        for bypass in &rules.bypasses {
            let authorizes = if self.is(Mutant::BypassImplies) {
                by.or(applies(bypass, false), self.fold(bypass, false))
            } else {
                by.and(applies(bypass, true), self.fold(bypass, false))
            };
            allowed = by.or(authorizes, allowed);
        }
        for guard in &rules.guards {
            let passes = by.or(applies(guard, false), self.fold(guard, true));
            allowed = by.and(passes, allowed);
        }
        allowed
    }
}

/// Compares the fold with what is wrong in it.
fn tally(wrong: Option<Mutant>) -> Tally {
    compare(2000, |atoms, rules, worlds| {
        let folded = Fold { atoms, wrong }.allowed(rules);
        if wrong.is_none() {
            assert_eq!(folded, atoms.allowed(rules, &Terms));
        }
        let met = |world: &World| folded.met(&world.assumed, &world.row);
        worlds.iter().map(met).collect()
    })
}

#[test]
fn without_a_mutation_it_is_the_fold() {
    let tally = tally(None);
    assert!(tally.first.is_none(), "{tally:?}");
}

#[test]
fn no_mutant_survives() {
    for mutant in MUTANTS {
        let Tally {
            cases,
            over,
            under,
            first,
            ..
        } = tally(Some(mutant));
        println!("{mutant:?} permitted {over} of {cases} cases too many, {under} too few");
        assert!(first.is_some(), "{mutant:?} agrees with the rules");
        assert!(over > 0, "{mutant:?} never permits too much");
    }
}
