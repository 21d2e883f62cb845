//! Conditions without their type, which a program puts together step by step.
//!
//! However many steps those were, such a condition is one list, in the order in which a calculator takes it:
//! operands before what joins them. Nothing follows it on the stack. What joins many operands is written as
//! balanced parentheses, since databases read conditions as trees, and bound their height.

use crate::backend::Backend;
use crate::expr::bind::Bind;
use crate::expr::compare::{Between, Compare, NullTest, Operator};
use crate::expr::condition::All;
use crate::expr::list::List;
use crate::expr::text_match::Matches;
use crate::model::params::Binder;
use crate::sql::node::Node;
use crate::sql::text::Text;
use std::collections::VecDeque;
use std::fmt;

/// So many conditions inside one another are too many for one statement: SQLite reads a thousand at the most,
/// those around them included, and PostgreSQL as many as its stack holds.
const HIGHEST: usize = 500;

/// A condition that can be kept in a list with others. Sealed, as [`Node`] is.
#[diagnostic::on_unimplemented(
    message = "a condition that holds `{Self}` cannot be put together step by step",
    label = "its type cannot be erased"
)]
pub trait Flat<'q, DB: Backend>: Bind<DB> + Send + 'q {
    /// The condition as a list.
    #[doc(hidden)]
    fn flatten(self) -> Boxed<'q, DB>
    where
        Self: Sized,
    {
        Boxed::one(self)
    }
}

impl<'q, DB: Backend> Flat<'q, DB> for All {}
impl<'q, DB: Backend, L, O: Operator, R> Flat<'q, DB> for Compare<L, O, R> where
    Self: Bind<DB> + Send + 'q
{
}
impl<'q, DB: Backend, C, L, H> Flat<'q, DB> for Between<C, L, H> where Self: Bind<DB> + Send + 'q {}
impl<'q, DB: Backend, C, const NULL: bool> Flat<'q, DB> for NullTest<C, NULL> where
    Self: Bind<DB> + Send + 'q
{
}
impl<'q, DB: Backend, C> Flat<'q, DB> for Matches<C> where Self: Bind<DB> + Send + 'q {}
impl<'q, DB: Backend, C, V> Flat<'q, DB> for List<C, V> where Self: Bind<DB> + Send + 'q {}

/// A condition without its type.
pub struct Boxed<'q, DB>(VecDeque<Part<'q, DB>>);

/// A part of the list.
enum Part<'q, DB> {
    /// A condition of its own.
    One(Box<dyn Erased<DB> + Send + 'q>),
    /// So many conditions, which were just before.
    Joined(Join, usize),
    /// The condition that was just before, between two texts.
    Within(&'static str, &'static str),
}

/// What joins conditions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Join {
    And,
    Or,
}

impl Join {
    const fn word(self) -> &'static str {
        match self {
            Self::And => " AND ",
            Self::Or => " OR ",
        }
    }
}

impl<'q, DB: Backend> Boxed<'q, DB> {
    pub(crate) fn one(condition: impl Bind<DB> + Send + 'q) -> Self {
        Self(VecDeque::from([Part::One(Box::new(condition))]))
    }

    /// Both lists, the shorter one appended to the longer one: a loop may add to either end.
    pub(crate) fn joined(mut self, join: Join, mut other: Self) -> Self {
        let count = self.operands(join) + other.operands(join);
        if self.0.len() >= other.0.len() {
            self.0.append(&mut other.0);
        } else {
            while let Some(part) = self.0.pop_back() {
                other.0.push_front(part);
            }
            self = other;
        }
        self.0.push_back(Part::Joined(join, count));
        self
    }

    /// Both hold.
    pub(crate) fn and(self, other: Self) -> Self {
        self.joined(Join::And, other)
    }

    /// How many conditions `join` would join here: those that it has joined already, or one.
    fn operands(&mut self, join: Join) -> usize {
        match self.0.back() {
            Some(&Part::Joined(by, count)) if by == join => {
                self.0.pop_back();
                count
            }
            _ => 1,
        }
    }

    /// The condition inside of a text.
    pub(crate) fn within(mut self, before: &'static str, after: &'static str) -> Self {
        self.0.push_back(Part::Within(before, after));
        self
    }

    /// How many conditions are inside one another.
    fn height(&self) -> usize {
        let mut heights: Vec<usize> = Vec::new();
        for part in &self.0 {
            match part {
                Part::One(_) => heights.push(0),
                Part::Joined(_, count) => {
                    let first = heights.len() - count;
                    let highest = heights.drain(first..).max().unwrap_or_default();
                    // As many levels as a balanced tree of so many has.
                    heights.push(highest + count.next_power_of_two().ilog2() as usize);
                }
                Part::Within(..) => {
                    if let Some(height) = heights.last_mut() {
                        *height += 1;
                    }
                }
            }
        }
        heights.into_iter().max().unwrap_or_default()
    }

    /// Where the condition begins that ends with a part, for each of them.
    fn beginnings(&self) -> Vec<usize> {
        let mut open = Vec::new();
        let mut beginnings = Vec::with_capacity(self.0.len());
        for (position, part) in self.0.iter().enumerate() {
            match part {
                Part::One(_) => open.push(position),
                Part::Joined(_, count) => open.truncate(open.len() + 1 - count),
                Part::Within(..) => {}
            }
            beginnings.push(open.last().copied().unwrap_or_default());
        }
        beginnings
    }
}

/// What is still to be written.
enum Task {
    Text(&'static str),
    /// The condition that ends with this part.
    Condition(usize),
    /// Conditions that are joined, as positions in the list of all that are.
    Conditions(Join, usize, usize),
}

impl<DB: Backend> Node for Boxed<'_, DB> {
    const COLUMNS: u128 = u128::MAX;
    const TEXT: &'static Text = &Text::EMPTY;
    const DYNAMIC: bool = true;

    fn render(&self, template: &mut Vec<u8>) {
        if let [Part::One(one)] = self.0.as_slices().0
            && self.0.len() == 1
        {
            return one.render_erased(template);
        }
        let beginnings = self.beginnings();
        // The ends of conditions that are joined.
        let mut ends = Vec::new();
        let mut tasks = vec![Task::Condition(self.0.len() - 1)];
        while let Some(task) = tasks.pop() {
            match task {
                Task::Text(text) => template.extend_from_slice(text.as_bytes()),
                Task::Condition(end) => match &self.0[end] {
                    Part::One(one) => one.render_erased(template),
                    Part::Within(before, after) => {
                        template.extend_from_slice(before.as_bytes());
                        tasks.push(Task::Text(after));
                        tasks.push(Task::Condition(end - 1));
                    }
                    Part::Joined(join, count) => {
                        let first = ends.len();
                        let mut end = end;
                        for _ in 0..*count {
                            ends.push(end - 1);
                            end = beginnings[end - 1];
                        }
                        ends[first..].reverse();
                        tasks.push(Task::Conditions(*join, first, ends.len()));
                    }
                },
                Task::Conditions(_, first, end) if end - first == 1 => {
                    tasks.push(Task::Condition(ends[first]));
                }
                Task::Conditions(join, first, end) => {
                    let middle = usize::midpoint(first, end);
                    template.push(b'(');
                    tasks.push(Task::Text(")"));
                    tasks.push(Task::Conditions(join, middle, end));
                    tasks.push(Task::Text(join.word()));
                    tasks.push(Task::Conditions(join, first, middle));
                }
            }
        }
    }
}

impl<DB: Backend> Bind<DB> for Boxed<'_, DB> {
    fn bind(self, binder: &mut Binder<DB>) {
        if self.height() > HIGHEST {
            binder.too_large();
        }
        for part in self.0 {
            if let Part::One(one) = part {
                one.bind_erased(binder);
            }
        }
    }
}

impl<'q, DB: Backend> Flat<'q, DB> for Boxed<'q, DB> {
    fn flatten(self) -> Self {
        self
    }
}

impl<DB> fmt::Debug for Boxed<'_, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Boxed(..)")
    }
}

/// [`Bind`] as a trait object.
trait Erased<DB: Backend> {
    fn render_erased(&self, template: &mut Vec<u8>);
    fn bind_erased(self: Box<Self>, binder: &mut Binder<DB>);
}

impl<DB: Backend, P: Bind<DB>> Erased<DB> for P {
    fn render_erased(&self, template: &mut Vec<u8>) {
        self.render(template);
    }

    fn bind_erased(self: Box<Self>, binder: &mut Binder<DB>) {
        self.bind(binder);
    }
}
