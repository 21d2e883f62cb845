//! `LIMIT` and `OFFSET`.

use crate::backend::Backend;
use crate::model::params::Binder;
use crate::sql::text::{PAGE, Text, text};

/// Which part of the rows a query gives. Sealed: the type of its text cannot be named outside.
pub trait Page: Copy + Send {
    #[doc(hidden)]
    const TEXT: &'static Text;

    #[doc(hidden)]
    fn bind<DB: Backend>(self, binder: &mut Binder<DB>);
}

/// All rows rather than a page of them. Sealed.
#[diagnostic::on_unimplemented(
    message = "a page of rows is not counted",
    label = "this query has a limit or an offset",
    note = "count before `.limit(…)` and `.offset(…)`: keep the query, and clone it for the page"
)]
pub trait Whole: Page {}

impl Whole for Everything {}

/// All of them.
#[derive(Clone, Copy, Debug)]
pub struct Everything(());

/// At most so many.
#[derive(Clone, Copy, Debug)]
pub struct Limit(pub(crate) u64);

/// All after so many.
#[derive(Clone, Copy, Debug)]
pub struct Offset(pub(crate) u64);

/// At most so many after so many.
#[derive(Clone, Copy, Debug)]
pub struct LimitOffset(pub(crate) u64, pub(crate) u64);

impl Everything {
    pub(crate) const fn new() -> Self {
        Self(())
    }
}

/// Databases count in signed 64 bits; no table has more rows.
fn clamp(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Page for Everything {
    const TEXT: &'static Text = &Text::EMPTY;

    fn bind<DB: Backend>(self, _: &mut Binder<DB>) {}
}

impl Page for Limit {
    const TEXT: &'static Text = &text!(push(" LIMIT "), mark(PAGE));

    fn bind<DB: Backend>(self, binder: &mut Binder<DB>) {
        binder.number(clamp(self.0));
    }
}

impl Page for Offset {
    // SQLite takes an offset only after a limit.
    const TEXT: &'static Text = &text!(push(" LIMIT 9223372036854775807 OFFSET "), mark(PAGE));

    fn bind<DB: Backend>(self, binder: &mut Binder<DB>) {
        binder.number(clamp(self.0));
    }
}

impl Page for LimitOffset {
    const TEXT: &'static Text = &text!(push(" LIMIT "), mark(PAGE), push(" OFFSET "), mark(PAGE),);

    fn bind<DB: Backend>(self, binder: &mut Binder<DB>) {
        binder.number(clamp(self.0));
        binder.number(clamp(self.1));
    }
}
