//! Field policies on their way into a statement.

use crate::backend::Backend;
use crate::expr::bind::Bind;
use crate::expr::condition::{All, Condition};
use crate::model::contract::{DatabaseOf, Model};
use crate::model::params::Binder;
use crate::policy::decided::Decided;
use crate::policy::permit::{Permission, Visit};
use crate::sql::masked::{ALWAYS, NEVER, define, names, unmark};
use crate::sql::node::Node;
use crate::sql::text::{Text, text};
use std::fmt;
use std::marker::PhantomData;

/// Which of the guarded columns of `M` are visible, and in which rows.
///
/// As a part of a condition it is true, and masks the columns in the whole statement.
#[doc(hidden)]
pub struct Masks<'q, M: Model>(Vec<Mask<'q, M>>);

/// One for every guarded column, in the order of the fields.
struct Mask<'q, M: Model> {
    position: usize,
    visible: Decided<'q, M, ()>,
}

impl<'q, M: Model> Masks<'q, M> {
    /// What rules say about the columns at these positions. Any other is hidden.
    pub fn new(rules: impl IntoIterator<Item = (usize, Decided<'q, M, ()>)>) -> Self {
        let guarded = M::FIELDS.iter().enumerate();
        let guarded = guarded.filter(|(_, field)| field.guarded());
        let mut masks: Vec<_> = guarded
            .map(|(position, _)| Mask {
                position,
                visible: Decided::None,
            })
            .collect();
        for (position, visible) in rules {
            if let Some(mask) = masks.iter_mut().find(|mask| mask.position == position) {
                mask.visible = visible;
            }
        }
        Self(masks)
    }

    /// The masks that make a difference to a statement: `None` if there are none, so that it is the one it
    /// would be if nothing were guarded.
    fn within(mut self, statement: &impl Maskable<M>) -> Option<Self> {
        let hides = |mask: &Mask<'_, M>| !matches!(mask.visible, Decided::All);
        if !self.0.iter().any(hides) {
            return None;
        }
        let Some(text) = statement.text() else {
            return Some(self);
        };
        let mut named = false;
        for mask in &mut self.0 {
            if names(&text, &mask.column()) {
                named |= hides(mask);
            } else {
                // Its values would be parameters that the text does not have.
                mask.visible = Decided::None;
            }
        }
        named.then_some(self)
    }
}

impl<M: Model> Mask<'_, M> {
    /// `"table"."column"`.
    fn column(&self) -> String {
        format!("\"{}\".\"{}\"", M::TABLE, M::FIELDS[self.position].name)
    }
}

impl<M: Model> Clone for Masks<'_, M> {
    fn clone(&self) -> Self {
        let masks = self.0.iter();
        let masks = masks.map(|mask| Mask {
            position: mask.position,
            visible: mask.visible.clone(),
        });
        Self(masks.collect())
    }
}

impl<M: Model> Node for Masks<'_, M> {
    const TEXT: &'static Text = &Text::EMPTY;
    const COLUMNS: u128 = 0;
    const DYNAMIC: bool = true;

    fn render(&self, template: &mut Vec<u8>) {
        template.extend_from_slice(b"TRUE");
        for mask in &self.0 {
            let mut rule = Vec::new();
            let condition = match &mask.visible {
                Decided::All => ALWAYS,
                Decided::None => NEVER,
                Decided::Rows(rows) => {
                    rows.render(&mut rule);
                    unmark(&mut rule, 0);
                    &rule
                }
            };
            define(template, &mask.column(), condition);
        }
    }
}

impl<M: Model> Bind<DatabaseOf<M>> for Masks<'_, M> {
    fn bind(self, binder: &mut Binder<DatabaseOf<M>>) {
        for mask in self.0 {
            if let Decided::Rows(rows) = mask.visible {
                rows.bind(binder);
            }
        }
    }
}

impl<M: Model> fmt::Debug for Masks<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let masks = self.0.iter();
        f.debug_map()
            .entries(masks.map(|mask| (M::FIELDS[mask.position].name, &mask.visible)))
            .finish()
    }
}

/// A policy, which asks about guarded columns as they are.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Unmasked<P>(P);

impl<P> Unmasked<P> {
    pub(crate) fn new(policy: P) -> Self {
        Self(policy)
    }
}

impl<P: Node> Node for Unmasked<P> {
    const TEXT: &'static Text = &Text::EMPTY;
    const COLUMNS: u128 = P::COLUMNS;
    const DYNAMIC: bool = true;

    fn render(&self, template: &mut Vec<u8>) {
        let start = template.len();
        self.0.render(template);
        unmark(template, start);
    }
}

impl<DB: Backend, P: Bind<DB>> Bind<DB> for Unmasked<P> {
    fn bind(self, binder: &mut Binder<DB>) {
        self.0.bind(binder);
    }
}

/// A statement in which columns can be masked.
#[doc(hidden)]
pub trait Maskable<M: Model>: Visit<M> {
    /// The parts of its text that the caller wrote; `None` if rows come back, and so every column counts.
    fn text(&self) -> Option<Vec<u8>>;

    /// The rows that meet a policy, or all; of them, the columns that are visible.
    fn masked<P: Permission<DatabaseOf<M>>>(
        self,
        policy: Option<Condition<M, Unmasked<P>>>,
        masks: Masks<'_, M>,
    ) -> Self::Output;
}

/// Whether rules name every guarded field of `M`: `NAMED` are the bits of those that they name.
#[doc(hidden)]
#[derive(Debug)]
pub struct FieldsNamed<M, const NAMED: u128>(PhantomData<M>);

impl<M: Model, const NAMED: u128> FieldsNamed<M, NAMED> {
    /// What to say of the first that they leave out.
    pub const MISSING: Option<&'static str> = match Self::first() {
        Some(_) => Some(Self::MESSAGE.as_str()),
        None => None,
    };

    const MESSAGE: &'static Text = &text!(
        push("`"),
        push(Self::name()),
        push("` is guarded, and these policies do not say when this actor sees it: `field "),
        push(Self::name()),
        push(" { authorize_if …; }`, or no rules between the braces for never"),
    );

    const fn name() -> &'static str {
        match Self::first() {
            Some(position) => M::FIELDS[position].name,
            None => "",
        }
    }

    const fn first() -> Option<usize> {
        let mut position = 0;
        while position < M::FIELDS.len() {
            if M::FIELDS[position].guarded() && NAMED & (1 << position) == 0 {
                return Some(position);
            }
            position += 1;
        }
        None
    }
}

/// A statement on its way through the policies, with the columns masked that its actor may not see.
pub(crate) struct Masking<'q, M: Model, V> {
    visit: V,
    masks: Masks<'q, M>,
}

impl<'q, M: Model, V: Maskable<M>> Masking<'q, M, V> {
    /// The statement, if masks make no difference to it.
    pub(crate) fn new(visit: V, masks: Masks<'q, M>) -> Result<Self, V> {
        match masks.within(&visit) {
            Some(masks) => Ok(Self { visit, masks }),
            None => Err(visit),
        }
    }
}

impl<M: Model, V: Maskable<M>> Visit<M> for Masking<'_, M, V> {
    type Output = V::Output;

    fn all(self) -> V::Output {
        self.visit
            .masked(None::<Condition<M, Unmasked<All>>>, self.masks)
    }

    fn none(self) -> V::Output {
        self.visit.none()
    }

    fn filter<P: Permission<DatabaseOf<M>>>(self, condition: Condition<M, P>) -> V::Output {
        let policy = Condition::new(Unmasked(condition.into_node()));
        self.visit.masked(Some(policy), self.masks)
    }
}
