//! Random filters of a caller, which name guarded columns: as trees, and what they mean if the columns are
//! masked first.

use tenancy::Masked;

use crate::cases::Random;
use crate::reference::Paper;

/// A paper as an actor sees it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct View {
    pub(crate) a: Masked<Option<i64>>,
    pub(crate) b: Masked<i64>,
    pub(crate) s: Masked<Option<&'static str>>,
}

impl View {
    /// The values as a database has them: what is hidden is NULL.
    pub(crate) fn a(&self) -> Option<i64> {
        self.a.into_visible().flatten()
    }

    pub(crate) fn b(&self) -> Option<i64> {
        self.b.into_visible()
    }

    pub(crate) fn s(&self) -> Option<&'static str> {
        self.s.into_visible().flatten()
    }
}

/// A filter.
#[derive(Clone, Debug)]
pub(crate) enum Filter {
    /// One of the comparisons that `filter!` writes.
    Atom(usize),
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
}

/// How many comparisons there are.
pub(crate) const ATOMS: usize = 24;

impl Filter {
    pub(crate) fn random(random: &mut Random, depth: usize) -> Self {
        let boxed = |random: &mut Random| Box::new(Self::random(random, depth - 1));
        match random.below(if depth == 0 { 1 } else { 5 }) {
            0 | 1 => Self::Atom(random.below(ATOMS)),
            2 => Self::Not(boxed(random)),
            3 => Self::And(boxed(random), boxed(random)),
            _ => Self::Or(boxed(random), boxed(random)),
        }
    }

    /// Whether a paper meets it. `ranks` are those of the administrators.
    pub(crate) fn holds(&self, paper: &Paper, view: &View, ranks: &[i64]) -> Option<bool> {
        let holds = |filter: &Self| filter.holds(paper, view, ranks);
        match self {
            Self::Atom(atom) => atom_holds(*atom, paper, view, ranks),
            Self::Not(inner) => holds(inner).map(|value| !value),
            Self::And(left, right) => match (holds(left), holds(right)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Self::Or(left, right) => match (holds(left), holds(right)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
        }
    }
}

fn atom_holds(atom: usize, paper: &Paper, view: &View, ranks: &[i64]) -> Option<bool> {
    let (a, b, s) = (view.a(), view.b(), view.s());
    match atom {
        0 => a.map(|a| a == 1),
        1 => a.map(|a| a != 1),
        2 => a.map(|a| a < 2),
        3 => a.map(|a| a >= 1),
        4 => a.map(|a| (0..=1).contains(&a)),
        5 => a.map(|a| [0, 2].contains(&a)),
        6 => a.map(|a| ![0, 2].contains(&a)),
        7 => Some(a.is_none()),
        8 => Some(a.is_some()),
        9 => b.map(|b| b > 1),
        10 => b.map(|b| b != 2),
        11 => b.map(|b| [1, 3].contains(&b)),
        12 => b.map(|b| ![1].contains(&b)),
        13 => Some(b.is_none()),
        14 => a.zip(b).map(|(a, b)| a == b),
        15 => a.zip(b).map(|(a, b)| b <= a + 1),
        16 => s.map(|s| s == "x"),
        17 => s.map(|s| s.contains('x')),
        18 => s.map(|s| !s.starts_with('y')),
        19 => Some(s.is_none()),
        20 => paper.f,
        21 => Some(paper.g),
        22 => b.map(|b| ranks.contains(&b)),
        23 => Some(true),
        _ => panic!("there is no such comparison"),
    }
}

/// The comparisons of a [`Filter`], for a model.
macro_rules! filter {
    ($filter:expr, $model:ident, $user:ident) => {{
        fn atom(atom: usize) -> Condition<$model, Boxed<'static, DatabaseOf<$model>>> {
            type M = $model;
            match atom {
                0 => M::condition(|d| d.a.eq(1)).boxed(),
                1 => M::condition(|d| d.a.ne(1)).boxed(),
                2 => M::condition(|d| d.a.lt(2)).boxed(),
                3 => M::condition(|d| d.a.ge(1)).boxed(),
                4 => M::condition(|d| d.a.between(0, 1)).boxed(),
                5 => M::condition(|d| d.a.in_([0, 2])).boxed(),
                6 => M::condition(|d| d.a.not_in([0, 2])).boxed(),
                7 => M::condition(|d| d.a.is_null()).boxed(),
                8 => M::condition(|d| d.a.is_not_null()).boxed(),
                9 => M::condition(|d| d.b.gt(1)).boxed(),
                10 => M::condition(|d| d.b.ne(2)).boxed(),
                11 => M::condition(|d| d.b.in_([1, 3])).boxed(),
                12 => M::condition(|d| d.b.not_in([1])).boxed(),
                13 => M::condition(|d| d.b.is_null()).boxed(),
                14 => M::condition(|d| d.a.eq(d.b)).boxed(),
                15 => M::condition(|d| d.b.le(d.a.plus(1))).boxed(),
                16 => M::condition(|d| d.s.eq("x")).boxed(),
                17 => M::condition(|d| d.s.contains("x")).boxed(),
                18 => M::condition(|d| !d.s.starts_with("y")).boxed(),
                19 => M::condition(|d| d.s.is_null()).boxed(),
                20 => M::condition(|d| d.f.eq(true)).boxed(),
                21 => M::condition(|d| d.g.eq(true)).boxed(),
                22 => {
                    let admins = $user::query().filter(|u| u.admin.eq(true));
                    M::condition(|d| d.b.in_query(admins.select(|u| u.rank))).boxed()
                }
                23 => M::condition(|_| Condition::all()).boxed(),
                _ => panic!("there is no such comparison"),
            }
        }
        fn whole(filter: &Filter) -> Condition<$model, Boxed<'static, DatabaseOf<$model>>> {
            match filter {
                Filter::Atom(number) => atom(*number),
                Filter::Not(inner) => whole(inner).not().boxed(),
                Filter::And(left, right) => whole(left).and(whole(right)).boxed(),
                Filter::Or(left, right) => whole(left).or(whole(right)).boxed(),
            }
        }
        whole($filter)
    }};
}

pub(crate) use filter;
