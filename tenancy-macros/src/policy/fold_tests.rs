//! Random rules, folded and evaluated, against an evaluator that knows nothing of folding.

mod mutants;
pub(super) mod random;
pub(super) mod reference;

use super::condition::Atoms;
use super::fold::{Assumed, Predicate, Rules};
use super::tree::Tree;
use random::{Random, Row, World};

/// Rules are asked in so many worlds.
const WORLDS: usize = 40;

/// How often a fold and the evaluator said what.
#[derive(Debug, Default)]
struct Tally {
    cases: usize,
    /// The rules allow it.
    permitted: usize,
    /// The fold does, and the rules do not.
    over: usize,
    /// The rules do, and the fold does not.
    under: usize,
    /// The first case on which they disagree.
    first: Option<String>,
}

/// Compares a fold, which says in which of several worlds the rules allow their action, with the evaluator,
/// on so many random rules.
fn compare(number: usize, fold: impl Fn(&Atoms, &Rules, &[World]) -> Vec<bool>) -> Tally {
    let mut random = Random::new(1);
    let mut tally = Tally::default();
    for _ in 0..number {
        let (atoms, rules) = random.rules();
        let worlds: Vec<_> = (0..WORLDS).map(|_| random.world()).collect();
        let folded = fold(&atoms, &rules, &worlds);
        assert_eq!(folded.len(), WORLDS);
        for (world, folded) in worlds.iter().zip(folded) {
            let expected = reference::allowed_in(world, &atoms, &rules);
            tally.cases += 1;
            tally.permitted += usize::from(expected);
            tally.over += usize::from(folded && !expected);
            tally.under += usize::from(expected && !folded);
            if folded != expected && tally.first.is_none() {
                tally.first = Some(format!("{rules:?} {:?} {world:?}", atoms.row));
            }
        }
    }
    tally
}

fn met(predicate: &Predicate, row: &Row) -> bool {
    match predicate {
        Predicate::True => true,
        Predicate::False => false,
        Predicate::Row(atom, holds) => row.value(*atom) == Some(*holds),
        Predicate::Some(atom, inner) => row.related(*atom).iter().any(|row| met(inner, row)),
        Predicate::All(atom, inner) => row.related(*atom).iter().all(|row| met(inner, row)),
        Predicate::And(parts) => parts.iter().all(|part| met(part, row)),
        Predicate::Or(parts) => parts.iter().any(|part| met(part, row)),
    }
}

fn leaf<'a>(tree: &'a Tree, assumed: &Assumed) -> &'a Predicate {
    match tree {
        Tree::Leaf(predicate) => predicate,
        Tree::When(when, branches) => leaf(&branches[usize::from(!assumed.whens[*when])], assumed),
        Tree::Actor(atom, branches) => {
            let branch = match assumed.actor[*atom] {
                Some(true) => 0,
                Some(false) => 1,
                None => 2,
            };
            leaf(&branches[branch], assumed)
        }
    }
}

#[test]
fn folding_allows_what_the_rules_allow() {
    let trees = std::cell::Cell::new(0);
    let tally = compare(2000, |atoms, rules, worlds| {
        let tree = atoms.tree(&[rules]);
        trees.set(trees.get() + usize::from(tree.is_some()));
        let folded = worlds.iter().map(|world| {
            let folded = atoms.allowed(rules, &world.assumed);
            if let Some(tree) = &tree {
                assert_eq!(leaf(tree, &world.assumed), &folded);
            }
            met(&folded, &world.row)
        });
        folded.collect()
    });
    assert!(tally.first.is_none(), "{tally:?}");
    let Tally {
        cases, permitted, ..
    } = tally;
    assert!(
        permitted * 20 > cases,
        "only {permitted} of {cases} were allowed"
    );
    assert!(trees.get() > 500, "only {} trees", trees.get());
}
