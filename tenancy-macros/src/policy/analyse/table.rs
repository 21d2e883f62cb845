//! Rules, evaluated for every answer at once: the predicates that they are folded to are sets of rows.

use super::super::condition::{Atoms, Condition};
use super::super::fold::{Algebra, Check, Checks, Rules};
use super::super::resolve::Resolved;
use super::super::syntax::Verb;
use super::answers::{Answers, Truth};
use super::bits::Bits;
use super::question::{Formula, Question};

/// Where the atoms of some blocks are true, and where they are false.
pub(super) struct Table<'a> {
    rows: usize,
    atoms: &'a Atoms,
    truths: Vec<(Used, Truth)>,
}

/// What blocks are made of, by its position.
#[derive(Clone, Copy, PartialEq)]
enum Used {
    Actor(usize),
    Row(usize),
    When(usize),
}

impl<'a> Table<'a> {
    /// The table of some blocks; the number of questions if they are too many.
    pub(super) fn new<'b>(
        resolved: &'a Resolved,
        blocks: impl IntoIterator<Item = &'b Checks>,
    ) -> Result<Self, usize> {
        let atoms = &resolved.atoms;
        let mut used = Vec::new();
        for block in blocks {
            if let Some(when) = block.when {
                add(Used::When(when), &mut used);
            }
            for Check { condition, .. } in &block.checks {
                use_atoms(condition, &mut used);
            }
        }
        let formulas: Vec<_> = used
            .into_iter()
            .map(|used| {
                let formula = match used {
                    Used::Actor(atom) => Formula::asked(&atoms.actor[atom].test, atoms),
                    Used::Row(atom) => Formula::asked(&atoms.row[atom].test, atoms),
                    Used::When(when) => Formula::Ask(Question::when(&resolved.whens[when].0)),
                };
                (used, formula)
            })
            .collect();
        let mut questions = Vec::new();
        for (_, formula) in &formulas {
            formula.questions(&mut questions);
        }
        let number = questions.len();
        let answers = Answers::new(questions).ok_or(number)?;
        let truths = formulas.into_iter();
        let truths = truths.map(|(used, formula)| (used, answers.truth(&formula)));
        Ok(Self {
            rows: answers.rows,
            atoms,
            truths: truths.collect(),
        })
    }

    /// Where a check decides, if it is reached.
    pub(super) fn decides(
        &self,
        Check {
            verb, condition, ..
        }: &Check,
    ) -> Bits {
        let certainly = |holds| self.atoms.certainly(condition, holds, self);
        match verb {
            Verb::AuthorizeIf => certainly(true),
            Verb::AuthorizeUnless => certainly(false),
            Verb::ForbidIf => certainly(false).not(),
            Verb::ForbidUnless => certainly(true).not(),
        }
    }

    /// Where a block applies.
    pub(super) fn applies(&self, block: &Checks) -> Bits {
        match block.when {
            Some(when) => self.when(when, true),
            None => Bits::all(self.rows),
        }
    }

    /// Where a block authorizes, or, if it is a guard, does not forbid.
    pub(super) fn passes(&self, block: &Checks, guard: bool) -> Bits {
        self.atoms.fold(block, guard, self)
    }

    /// Where an action is allowed.
    pub(super) fn allowed(&self, rules: &Rules) -> Bits {
        self.atoms.allowed(rules, self)
    }

    fn side(&self, used: Used, value: bool) -> Bits {
        match self.truths.iter().find(|(known, _)| *known == used) {
            Some((_, truth)) if value => truth.yes.clone(),
            Some((_, truth)) => truth.no.clone(),
            // Inside of a relation, which is a question of its own.
            None => Bits::none(self.rows),
        }
    }
}

fn add(one: Used, used: &mut Vec<Used>) {
    if !used.contains(&one) {
        used.push(one);
    }
}

fn use_atoms(condition: &Condition, used: &mut Vec<Used>) {
    match condition {
        Condition::Constant(_) => {}
        Condition::Actor(atom) => add(Used::Actor(*atom), used),
        Condition::Row(atom) => add(Used::Row(*atom), used),
        Condition::Not(inner) => use_atoms(inner, used),
        Condition::And(left, right) | Condition::Or(left, right) => {
            use_atoms(left, used);
            use_atoms(right, used);
        }
    }
}

impl Algebra for Table<'_> {
    type Predicate = Bits;

    fn constant(&self, value: bool) -> Bits {
        if value {
            Bits::all(self.rows)
        } else {
            Bits::none(self.rows)
        }
    }

    fn actor(&self, atom: usize, value: bool) -> Bits {
        self.side(Used::Actor(atom), value)
    }

    fn when(&self, when: usize, value: bool) -> Bits {
        self.side(Used::When(when), value)
    }

    fn row(&self, atom: usize, value: bool) -> Bits {
        self.side(Used::Row(atom), value)
    }

    fn some(&self, relation: usize, _: Bits) -> Bits {
        self.row(relation, true)
    }

    fn all(&self, relation: usize, _: Bits) -> Bits {
        self.row(relation, false)
    }

    fn and(&self, left: Bits, right: Bits) -> Bits {
        left.and(&right)
    }

    fn or(&self, left: Bits, right: Bits) -> Bits {
        left.or(&right)
    }
}
