//! The states of questions that share subjects.
//!
//! The values of a subject are divided into cells: NULL, each constant that it is compared with, and what
//! lies between them. Two subjects that are compared with each other are in any order.

use super::constant::Constant;
use super::question::{Question, Subject};

/// The most combinations that are looked at.
const COMBINATIONS: usize = 3000;

/// Subjects, and what is asked about them.
pub(super) struct Plane {
    axes: Vec<Axis>,
    links: Vec<Link>,
    asked: Vec<Asked>,
}

/// A subject and where its value may lie.
struct Axis {
    subject: Subject,
    /// In order, if they have one.
    constants: Vec<Constant>,
    cells: Vec<Cell>,
}

#[derive(Clone, Copy)]
enum Cell {
    Null,
    Known(Known),
}

/// So many constants are below a value, the next one is equal to it or not, and those from `above` on are
/// above. Those between are incomparable.
#[derive(Clone, Copy)]
struct Known {
    below: usize,
    equal: bool,
    above: usize,
}

/// Two subjects that are compared, and their possible orders.
struct Link {
    subjects: (Subject, Subject),
    orders: Vec<Order>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Less,
    Equal,
    Greater,
    /// Such as NaN and anything.
    Incomparable,
}

/// A question, by the positions of axes, constants and links.
enum Asked {
    Null(usize),
    When(usize, Option<usize>),
    Equal(usize, usize),
    Less(usize, usize),
    Greater(usize, usize),
    /// Both have a value, and are in this order, or incomparable.
    Order([usize; 2], usize, Order),
}

impl Plane {
    pub(super) fn new(questions: &[Question]) -> Self {
        let mut axes: Vec<Axis> = Vec::new();
        for subject in questions.iter().flat_map(Question::subjects) {
            if axes.iter().all(|axis| axis.subject != *subject) {
                axes.push(Axis::new(subject, questions));
            }
        }
        let mut plane = Self {
            axes,
            links: Vec::new(),
            asked: Vec::new(),
        };
        for question in questions {
            let asked = plane.ask(question);
            plane.asked.push(asked);
        }
        plane
    }

    /// Whether a question is about two subjects.
    pub(super) fn is_tied(&self, question: usize) -> bool {
        matches!(self.asked[question], Asked::Order(..))
    }

    /// The answers that the questions may have at once; `None` if there is too much to look at.
    pub(super) fn states(&self) -> Option<Vec<Vec<Option<bool>>>> {
        let cells = self.axes.iter().map(|axis| axis.cells.len());
        let orders = self.links.iter().map(|link| link.orders.len());
        let sizes: Vec<_> = cells.chain(orders).collect();
        let combinations = sizes.iter().copied().fold(1, usize::saturating_mul);
        if combinations > COMBINATIONS && !self.links.is_empty() {
            return None;
        }
        let (mut states, mut chosen) = (Vec::new(), vec![0; sizes.len()]);
        for mut number in 0..combinations {
            for (choice, size) in chosen.iter_mut().zip(&sizes) {
                *choice = number % size;
                number /= size;
            }
            let answers = self.asked.iter().map(|asked| self.answer(asked, &chosen));
            states.push(answers.collect::<Vec<_>>());
        }
        states.sort_unstable();
        states.dedup();
        Some(states)
    }

    fn answer(&self, asked: &Asked, chosen: &[usize]) -> Option<bool> {
        let cell = |axis: usize| self.axes[axis].cells[chosen[axis]];
        let known = |axis| match cell(axis) {
            Cell::Null => None,
            Cell::Known(known) => Some(known),
        };
        match *asked {
            Asked::Null(axis) => Some(known(axis).is_none()),
            Asked::When(axis, constant) => {
                Some(known(axis).is_some_and(|known| known.equal && constant == Some(known.below)))
            }
            Asked::Equal(axis, constant) => {
                known(axis).map(|known| known.equal && known.below == constant)
            }
            Asked::Less(axis, constant) => known(axis)?
                .order(constant)
                .map(|order| order == Order::Less),
            Asked::Greater(axis, constant) => known(axis)?
                .order(constant)
                .map(|order| order == Order::Greater),
            Asked::Order(axes, link, order) => {
                for axis in axes {
                    known(axis)?;
                }
                match self.links[link].orders[chosen[self.axes.len() + link]] {
                    Order::Incomparable if order != Order::Equal => None,
                    found => Some(found == order),
                }
            }
        }
    }

    fn ask(&mut self, question: &Question) -> Asked {
        match question {
            Question::Null(subject) => Asked::Null(self.axis(subject)),
            Question::When(subject) => {
                let axis = self.axis(subject);
                Asked::When(axis, self.constant(axis, &Constant::Boolean(true)))
            }
            Question::Equal(subject, constant) => {
                let axis = self.axis(subject);
                match self.constant(axis, constant) {
                    Some(constant) => Asked::Equal(axis, constant),
                    // It may be the same as another constant.
                    None => {
                        let link = self.link(subject, &Subject::of(constant), false);
                        Asked::Order([axis, axis], link, Order::Equal)
                    }
                }
            }
            Question::Less(subject, value) => {
                let (axis, constant) = self.number(subject, *value);
                Asked::Less(axis, constant)
            }
            Question::Greater(subject, value) => {
                let (axis, constant) = self.number(subject, *value);
                Asked::Greater(axis, constant)
            }
            Question::Same(left, right) => {
                let axes = [self.axis(left), self.axis(right)];
                Asked::Order(axes, self.link(left, right, false), Order::Equal)
            }
            Question::Before(left, right) => {
                let axes = [self.axis(left), self.axis(right)];
                let order = if left <= right {
                    Order::Less
                } else {
                    Order::Greater
                };
                Asked::Order(axes, self.link(left, right, true), order)
            }
            Question::Related(..) => unreachable!("a relation is a group of its own"),
        }
    }

    fn axis(&self, subject: &Subject) -> usize {
        let position = self.axes.iter().position(|axis| axis.subject == *subject);
        position.expect("every subject has an axis")
    }

    /// The position of a constant that is certain to differ from all others.
    fn constant(&self, axis: usize, constant: &Constant) -> Option<usize> {
        let mut constants = self.axes[axis].constants.iter();
        constants.position(|known| known == constant)
    }

    fn number(&self, subject: &Subject, value: i128) -> (usize, usize) {
        let axis = self.axis(subject);
        let constant = self.constant(axis, &Constant::Integer(value));
        (axis, constant.expect("numbers differ"))
    }

    fn link(&mut self, left: &Subject, right: &Subject, ordered: bool) -> usize {
        let subjects = if left <= right {
            (left.clone(), right.clone())
        } else {
            (right.clone(), left.clone())
        };
        let known = self.links.iter().position(|link| link.subjects == subjects);
        let position = known.unwrap_or_else(|| {
            self.links.push(Link {
                subjects,
                // The one that stands for all others.
                orders: vec![Order::Equal, Order::Less],
            });
            self.links.len() - 1
        });
        let orders = &mut self.links[position].orders;
        if ordered && orders.len() == 2 {
            orders.push(Order::Greater);
            // A column that can be put in order is in one with every value.
            if !left.is_column() && !right.is_column() {
                orders.push(Order::Incomparable);
            }
        }
        position
    }
}

impl Known {
    /// Where the value stands to a constant.
    fn order(self, constant: usize) -> Option<Order> {
        if constant < self.below {
            Some(Order::Greater)
        } else if constant >= self.above {
            Some(Order::Less)
        } else {
            self.equal.then_some(Order::Equal)
        }
    }
}

impl Axis {
    fn new(subject: &Subject, questions: &[Question]) -> Self {
        let (mut asked, mut ordered) = (Vec::new(), false);
        for question in questions {
            match question {
                Question::Equal(of, constant) if of == subject => {
                    asked.push(constant.clone());
                }
                Question::When(of) if of == subject => {
                    asked.push(Constant::Boolean(true));
                }
                Question::Less(of, value) | Question::Greater(of, value) if of == subject => {
                    asked.push(Constant::Integer(*value));
                    ordered = true;
                }
                _ => {}
            }
        }
        asked.sort_unstable();
        asked.dedup();
        let mut constants: Vec<Constant> = Vec::new();
        for constant in asked {
            if constants.iter().all(|other| other.differs(&constant)) {
                constants.push(constant);
            }
        }
        let number = constants.len();
        let known = |below, equal, above| {
            Cell::Known(Known {
                below,
                equal,
                above,
            })
        };
        let mut cells = Vec::new();
        if !matches!(subject, Subject::Given(_)) {
            cells.push(Cell::Null);
        }
        for below in 0..=number {
            // A value of a type of the user's may be incomparable with some numbers.
            let last = if ordered && !subject.is_column() {
                number
            } else {
                below
            };
            cells.extend((below..=last).map(|above| known(below, false, above)));
            if below < number {
                cells.push(known(below, true, below + 1));
            }
        }
        Self {
            subject: subject.clone(),
            constants,
            cells,
        }
    }
}
