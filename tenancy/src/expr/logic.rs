//! Conditions made of conditions.

use crate::backend::Backend;
use crate::expr::bind::Bind;
use crate::expr::condition::All;
use crate::expr::flat::{Boxed, Flat, Join};
use crate::model::params::Binder;
use crate::sql::node::Node;
use crate::sql::text::{Text, text};

macro_rules! connective {
    ($(#[$doc:meta])* $name:ident, $word:literal, $join:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<L, R> {
            left: L,
            right: R,
        }

        impl<L, R> $name<L, R> {
            pub(crate) fn new(left: L, right: R) -> Self {
                Self { left, right }
            }
        }

        impl<L: Node, R: Node> Node for $name<L, R> {
    const COLUMNS: u128 = L::COLUMNS | R::COLUMNS;
            const TEXT: &'static Text = if Self::DYNAMIC {
                &Text::EMPTY
            } else {
                &text!(
                    push("("),
                    append(L::TEXT),
                    push($word),
                    append(R::TEXT),
                    push(")"),
                )
            };
            const DYNAMIC: bool = L::DYNAMIC || R::DYNAMIC;

            fn render(&self, template: &mut Vec<u8>) {
                template.push(b'(');
                self.left.render(template);
                template.extend_from_slice($word.as_bytes());
                self.right.render(template);
                template.push(b')');
            }
        }

        impl<DB: Backend, L: Bind<DB>, R: Bind<DB>> Bind<DB> for $name<L, R> {
            fn bind(self, binder: &mut Binder<DB>) {
                self.left.bind(binder);
                self.right.bind(binder);
            }
        }

        impl<'q, DB: Backend, L: Flat<'q, DB>, R: Flat<'q, DB>> Flat<'q, DB> for $name<L, R> {
            fn flatten(self) -> Boxed<'q, DB> {
                if Self::DYNAMIC {
                    self.left.flatten().joined($join, self.right.flatten())
                } else {
                    Boxed::one(self)
                }
            }
        }
    };
}

connective!(
    /// Both hold.
    And,
    " AND ",
    Join::And
);
connective!(
    /// One of them holds.
    Or,
    " OR ",
    Join::Or
);

/// It does not hold.
#[derive(Clone, Copy, Debug)]
pub struct Not<P>(P);

impl<P> Not<P> {
    pub(crate) fn new(condition: P) -> Self {
        Self(condition)
    }
}

impl<P: Node> Node for Not<P> {
    const COLUMNS: u128 = P::COLUMNS;
    const TEXT: &'static Text = if Self::DYNAMIC {
        &Text::EMPTY
    } else {
        &text!(push("NOT ("), append(P::TEXT), push(")"))
    };
    const DYNAMIC: bool = P::DYNAMIC;

    fn render(&self, template: &mut Vec<u8>) {
        template.extend_from_slice(b"NOT (");
        self.0.render(template);
        template.push(b')');
    }
}

impl<DB: Backend, P: Bind<DB>> Bind<DB> for Not<P> {
    fn bind(self, binder: &mut Binder<DB>) {
        self.0.bind(binder);
    }
}

impl<'q, DB: Backend, P: Flat<'q, DB>> Flat<'q, DB> for Not<P> {
    fn flatten(self) -> Boxed<'q, DB> {
        if Self::DYNAMIC {
            self.0.flatten().within("NOT (", ")")
        } else {
            Boxed::one(self)
        }
    }
}

/// It holds, or it was not given.
#[derive(Clone, Copy, Debug)]
pub struct IfSome<P>(Option<P>);

impl<P> IfSome<P> {
    pub(crate) fn new(condition: Option<P>) -> Self {
        Self(condition)
    }
}

impl<P: Node> Node for IfSome<P> {
    const COLUMNS: u128 = P::COLUMNS;
    const TEXT: &'static Text = &Text::EMPTY;
    const DYNAMIC: bool = true;

    fn render(&self, template: &mut Vec<u8>) {
        match &self.0 {
            Some(condition) => condition.render(template),
            None => template.extend_from_slice(b"TRUE"),
        }
    }
}

impl<DB: Backend, P: Bind<DB>> Bind<DB> for IfSome<P> {
    fn bind(self, binder: &mut Binder<DB>) {
        if let Some(condition) = self.0 {
            condition.bind(binder);
        }
    }
}

impl<'q, DB: Backend, P: Flat<'q, DB>> Flat<'q, DB> for IfSome<P> {
    fn flatten(self) -> Boxed<'q, DB> {
        match self.0 {
            Some(condition) => condition.flatten(),
            None => Boxed::one(All::EVERY_ROW),
        }
    }
}
