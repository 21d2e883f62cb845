//! Random rules, and the worlds that they are asked in.

use proc_macro2::Span;
use syn::Ident;

use super::super::condition::{Atom, Atoms, Condition, Operand, Relation, Test};
use super::super::fold::{Assumed, Check, Checks, Rules};
use super::super::located::Place;
use super::super::syntax::Verb;

/// How many atoms there are about the actor, and about a row.
const ACTOR: usize = 3;
const ROW: usize = 3;
const WHENS: usize = 2;
/// How many relations a row has, with how many rows, and how far conditions look into rows of rows.
const RELATIONS: usize = 2;
const RELATED: usize = 3;
const NESTED: usize = 2;

/// A row, and the rows that it is related to.
#[derive(Debug)]
pub(super) struct Row {
    values: Vec<Option<bool>>,
    related: Vec<Vec<Row>>,
}

impl Row {
    /// What an atom about it comes to.
    pub(super) fn value(&self, atom: usize) -> Option<bool> {
        self.values[atom % ROW]
    }

    /// The rows that an atom about a relation looks at.
    pub(super) fn related(&self, atom: usize) -> &[Self] {
        &self.related[atom % RELATIONS]
    }
}

/// An actor, and a row.
#[derive(Debug)]
pub(super) struct World {
    pub(super) assumed: Assumed,
    pub(super) row: Row,
}

/// The three values of an atom, by number.
pub(in super::super) fn value(number: usize) -> Option<bool> {
    [Some(true), Some(false), None][number % 3]
}

/// A small linear congruential generator: a failure comes back.
pub(in super::super) struct Random(u64);

impl Random {
    pub(in super::super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(in super::super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    /// A condition about a row inside of so many relations.
    fn condition(&mut self, depth: usize, nested: usize, atoms: &mut Atoms) -> Condition {
        match self.below(if depth == 0 { 5 } else { 10 }) {
            0 => Condition::Constant(self.below(2) == 0),
            1 | 2 => Condition::Actor(self.below(ACTOR)),
            5 => Condition::Not(Box::new(self.condition(depth - 1, nested, atoms))),
            6 => Condition::And(
                Box::new(self.condition(depth - 1, nested, atoms)),
                Box::new(self.condition(depth - 1, nested, atoms)),
            ),
            7 => Condition::Or(
                Box::new(self.condition(depth - 1, nested, atoms)),
                Box::new(self.condition(depth - 1, nested, atoms)),
            ),
            8 | 9 if nested < NESTED => {
                let inner = Box::new(self.condition(depth - 1, nested + 1, atoms));
                let read = Ident::new("read", Span::call_site());
                let any = Test::Any(relation(), read, inner);
                atoms.row.push(atom(any, nested));
                Condition::Row(atoms.row.len() - 1)
            }
            _ => Condition::Row(nested * ROW + self.below(ROW)),
        }
    }

    fn blocks(&mut self, most: usize, verbs: &[Verb], atoms: &mut Atoms) -> Vec<Checks> {
        (0..self.below(most + 1))
            .map(|_| Checks {
                block: 0,
                when: (self.below(2) == 0).then(|| self.below(WHENS)),
                name: None,
                checks: (0..=self.below(3))
                    .map(|_| Check {
                        verb: verbs[self.below(verbs.len())],
                        condition: self.condition(3, 0, atoms),
                        text: String::new(),
                        code: None,
                    })
                    .collect(),
            })
            .collect()
    }

    pub(super) fn rules(&mut self) -> (Atoms, Rules) {
        let authorize = [Verb::AuthorizeIf, Verb::AuthorizeUnless];
        let forbid = [Verb::ForbidIf, Verb::ForbidUnless];
        let mut atoms = atoms();
        let rules = Rules {
            guards: self.blocks(2, &forbid, &mut atoms),
            bypasses: self.blocks(2, &authorize, &mut atoms),
            policies: self.blocks(3, &[authorize, forbid].concat(), &mut atoms),
        };
        (atoms, rules)
    }

    fn values(&mut self, number: usize) -> Vec<Option<bool>> {
        (0..number).map(|_| value(self.below(3))).collect()
    }

    fn row(&mut self, nested: usize) -> Row {
        let relations = if nested < NESTED { RELATIONS } else { 0 };
        Row {
            values: self.values(ROW),
            related: (0..relations)
                .map(|_| {
                    let rows = 0..self.below(RELATED + 1);
                    rows.map(|_| self.row(nested + 1)).collect()
                })
                .collect(),
        }
    }

    pub(super) fn world(&mut self) -> World {
        World {
            assumed: Assumed {
                actor: self.values(ACTOR),
                whens: (0..WHENS).map(|_| self.below(2) == 0).collect(),
            },
            row: self.row(0),
        }
    }
}

/// Which relation it is, is told by the number of the atom.
fn relation() -> Relation {
    let column = Ident::new("row_id", Span::call_site());
    Relation::Many(syn::parse_quote!(Related), column)
}

/// An atom about a row inside of so many relations.
fn atom(test: Test, nested: usize) -> Atom {
    Atom {
        test,
        place: Place::at(Span::call_site()),
        within: vec![relation(); nested],
        key: String::new(),
        text: String::new(),
    }
}

/// The atoms that every rule may name; those about relations are added as they are made.
fn atoms() -> Atoms {
    let named = |(index, nested): (usize, usize)| {
        let column = Ident::new(&format!("column_{index}"), Span::call_site());
        atom(Test::True(Operand::Column(nested, column)), nested)
    };
    let rows = (0..=NESTED).flat_map(|nested| (0..ROW).map(move |index| (index, nested)));
    let actor = (0..ACTOR).map(|_| atom(Test::True(Operand::Actor(Span::call_site())), 0));
    Atoms {
        actor: actor.collect(),
        row: rows.map(named).collect(),
    }
}
