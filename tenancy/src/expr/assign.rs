//! Assignments: what an update sets, and what a create sets instead of a default.

use crate::backend::Backend;
use crate::expr::arithmetic::{Arithmetic, Sign};
use crate::expr::bind::Bind;
use crate::expr::number::How;
use crate::expr::value::Value;
use crate::model::brand::Brand;
use crate::model::column::Column;
use crate::model::contract::{DatabaseOf, Model};
use crate::model::params::{Binder, References};
use crate::sql::node::Node;
use crate::sql::text::{Text, text};
use std::fmt;
use std::marker::PhantomData;

pub(crate) use crate::expr::reference::Reference;

/// `column = value`, on the tenant branded `'t`.
#[must_use = "an assignment does nothing until a statement sets it"]
pub struct Assignment<'t, M, const I: usize, N> {
    pub(crate) node: N,
    model: PhantomData<fn() -> M>,
    _brand: Brand<'t>,
}

impl<M, const I: usize, N> Assignment<'_, M, I, N> {
    pub(crate) fn new(node: N) -> Self {
        Self {
            node,
            model: PhantomData,
            _brand: Brand::new(),
        }
    }
}

impl<M: Model, const I: usize, N> fmt::Debug for Assignment<'_, M, I, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = ..", M::FIELDS[I].name)
    }
}

/// A value that can be assigned in the database `DB`.
pub trait Assigned<DB: Backend>: Node {
    /// Whether the value does not depend on the columns of the row.
    #[doc(hidden)]
    const CONSTANT: bool;
    /// Whether it is a reference, which a foreign key takes.
    #[doc(hidden)]
    const REFERENCE: bool = false;
    /// The text where it is stored.
    #[doc(hidden)]
    const STORED: &'static Text = Self::TEXT;
    /// The proven keys in it.
    #[doc(hidden)]
    type References: References<DB>;

    #[doc(hidden)]
    fn bind_assigned(self, binder: &mut Binder<DB>) -> Self::References;
}

impl<DB: Backend, V> Assigned<DB> for Value<V>
where
    Self: Bind<DB>,
{
    const CONSTANT: bool = true;
    type References = ();

    fn bind_assigned(self, binder: &mut Binder<DB>) {
        self.bind(binder);
    }
}

impl<DB: Backend, M: Model, T, const I: usize, K> Assigned<DB> for Column<M, T, I, K> {
    const CONSTANT: bool = false;
    type References = ();

    fn bind_assigned(self, _: &mut Binder<DB>) {}
}

impl<DB, L, S, R, H> Assigned<DB> for Arithmetic<L, S, R, H>
where
    DB: Backend,
    L: Bind<DB>,
    S: Sign,
    R: Bind<DB>,
    H: How,
{
    const CONSTANT: bool = false;
    const STORED: &'static Text = Self::STORED;
    type References = ();

    fn bind_assigned(self, binder: &mut Binder<DB>) {
        self.bind(binder);
    }
}

impl<DB: Backend, R: Model> Assigned<DB> for Reference<R> {
    const CONSTANT: bool = true;
    const REFERENCE: bool = true;
    type References = Self;

    fn bind_assigned(self, _: &mut Binder<DB>) -> Self {
        self
    }
}

/// One assignment, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an assignment to columns of `{M}`",
    label = "expected `column.to(value)` or a tuple of these"
)]
pub trait Assignments<'t, M: Model>: Send {
    /// The columns as bits, to find one that is assigned twice.
    #[doc(hidden)]
    const MASK: u128;
    /// Whether no value depends on the columns of the row.
    #[doc(hidden)]
    const CONSTANT: bool;
    /// `"a" = ?, "b" = ?`, without the first comma.
    #[doc(hidden)]
    const SET: &'static Text;
    /// `? AS "a", ? AS "b"`, without the first comma.
    #[doc(hidden)]
    const ALIASED: &'static Text;
    /// `, "a", "b"`.
    #[doc(hidden)]
    const NAMES: &'static Text;
    /// `, ?, ?`.
    #[doc(hidden)]
    const VALUES: &'static Text;
    /// The proven keys among the values.
    #[doc(hidden)]
    type References: References<DatabaseOf<M>>;

    /// Whether the assignments are known at run time only; then `SET` is empty.
    #[doc(hidden)]
    const DYNAMIC: bool = false;

    /// Appends `"a" = ?, "b" = ?`.
    #[doc(hidden)]
    fn render_set(&self, template: &mut Vec<u8>) {
        template.extend_from_slice(Self::SET.as_bytes());
    }

    /// Appends `? AS "a", ? AS "b"`.
    #[doc(hidden)]
    fn render_aliased(&self, template: &mut Vec<u8>) {
        template.extend_from_slice(Self::ALIASED.as_bytes());
    }

    /// The columns as bits, also those that are known at run time only.
    #[doc(hidden)]
    fn mask(&self) -> u128 {
        Self::MASK
    }

    /// Forgets assignments to these columns, if they are known at run time only.
    #[doc(hidden)]
    fn forget(&mut self, _columns: u128) {}

    /// Forgets all but one of several assignments to a column: that which is known before the program
    /// runs, else the last. A policy would be asked about one of them, and another be stored.
    #[doc(hidden)]
    fn settle(&mut self) {}

    #[doc(hidden)]
    fn bind(self, binder: &mut Binder<DatabaseOf<M>>) -> Self::References;
}

/// Column `I` may be assigned, and takes a reference, or a plain value, as it was derived.
///
/// The kind of a column says so as well. But the kind is a type that is found where
/// `#[tenancy(crate = …)]` points, and there may be another one under its name.
///
/// ```compile_fail,E0080
/// mod facade {
///     pub use tenancy::*;
///     pub mod __private {
///         pub use tenancy::__private::*;
///         pub use tenancy::__private::Required as TenantKey;
///     }
/// }
/// # use tenancy::{Scoped, Tenant, TenantRoot, TenantScoped};
/// # use uuid::Uuid;
/// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
/// # struct Organization { id: Uuid, name: String }
/// #[derive(Debug, TenantScoped)]
/// #[tenancy(root = Organization, crate = facade)]
/// struct User { id: Uuid, tenant_id: Uuid, email: String }
/// # fn f<'t>(user: Scoped<'t, User>, elsewhere: Uuid) {
/// println!("{}", User::update(&user).set(|u| u.tenant_id.to(elsewhere)).sql());
/// # }
/// # let _: for<'t> fn(Scoped<'t, User>, Uuid) = f;
/// ```
pub(crate) const fn declared<M: Model, const I: usize>(reference: bool) {
    assert!(
        M::FIELDS[I].assignable() && M::FIELDS[I].reference() == reference,
        "the kind of this column is not the one that was derived"
    );
}

/// What is assigned reads no guarded column, whatever the kind of the column says: see [`declared`].
///
/// ```compile_fail,E0080
/// mod facade {
///     pub use tenancy::*;
///     pub mod __private {
///         pub use tenancy::__private::*;
///         pub type Guarded<K> = K;
///     }
/// }
/// # use tenancy::{Masked, TenantRoot, TenantScoped};
/// # use uuid::Uuid;
/// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
/// # struct Organization { id: Uuid }
/// #[derive(Debug, TenantScoped)]
/// #[tenancy(root = Organization, policies, crate = facade)]
/// struct Employee { id: Uuid, team: i64, #[tenancy(guarded)] salary: Masked<i64> }
/// let all = Employee::update_where(|e| e.team.eq(1));
/// println!("{}", all.set(|e| e.team.to(e.salary)).sql());
/// ```
pub(crate) const fn reads_nothing_guarded<M: Model, N: Node>() {
    let mut index = 0;
    while index < M::FIELDS.len() {
        assert!(
            !M::FIELDS[index].guarded() || N::COLUMNS & (1 << index) == 0,
            "the kind of this column is not the one that was derived"
        );
        index += 1;
    }
}

impl<'t, M: Model, const I: usize, N> Assignments<'t, M> for Assignment<'t, M, I, N>
where
    N: Assigned<DatabaseOf<M>> + Send,
{
    const MASK: u128 = {
        declared::<M, I>(N::REFERENCE);
        1 << I
    };
    const CONSTANT: bool = N::CONSTANT;
    const SET: &'static Text = &{
        declared::<M, I>(N::REFERENCE);
        reads_nothing_guarded::<M, N>();
        text!(
            identifier(M::FIELDS[I].name),
            push(" = "),
            append(N::STORED)
        )
    };
    const ALIASED: &'static Text =
        &text!(append(N::TEXT), push(" AS "), identifier(M::FIELDS[I].name));
    const NAMES: &'static Text = &{
        declared::<M, I>(N::REFERENCE);
        text!(push(", "), identifier(M::FIELDS[I].name))
    };
    const VALUES: &'static Text = &text!(push(", "), append(N::STORED));
    type References = N::References;

    fn bind(self, binder: &mut Binder<DatabaseOf<M>>) -> N::References {
        self.node.bind_assigned(binder)
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> Assignments<'_, M> for () {
    const MASK: u128 = 0;
    const CONSTANT: bool = true;
    const SET: &'static Text = &Text::EMPTY;
    const ALIASED: &'static Text = &Text::EMPTY;
    const NAMES: &'static Text = &Text::EMPTY;
    const VALUES: &'static Text = &Text::EMPTY;
    type References = ();

    fn bind(self, _: &mut Binder<DatabaseOf<M>>) {}
}

/// The union of two sets of columns.
const fn disjoint(left: u128, right: u128) -> u128 {
    assert!(
        left & right == 0,
        "a column is assigned twice in one statement"
    );
    left | right
}

/// Two sides of a comma, either of which may be empty.
const fn comma(text: &mut Text, next: &Text) {
    if !text.is_empty() && !next.is_empty() {
        text.push(", ");
    }
    text.append(next);
}

/// Renders an item of a list that begins at `start`; nothing if it is empty.
fn render_after_comma(template: &mut Vec<u8>, start: usize, render: impl FnOnce(&mut Vec<u8>)) {
    let before = template.len();
    if before > start {
        template.extend_from_slice(b", ");
    }
    let filled = template.len();
    render(template);
    if template.len() == filled {
        template.truncate(before);
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        tuples!(@ [] $($name)*);
    };
    (@ [$($done:ident)*]) => {};
    (@ [] $first:ident $($rest:ident)*) => {
        tuples!(@ [$first] $($rest)*);
    };
    (@ [$($done:ident)*] $next:ident $($rest:ident)*) => {
        tuples!(@impl $($done)* $next);
        tuples!(@ [$($done)* $next] $($rest)*);
    };
    (@impl $($name:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<'t, Model_: Model, $($name: Assignments<'t, Model_>),*> Assignments<'t, Model_> for ($($name,)*) {
            const MASK: u128 = {
                let mask = 0;
                $( let mask = disjoint(mask, $name::MASK); )*
                mask
            };
            const CONSTANT: bool = true $( && $name::CONSTANT )*;
            const DYNAMIC: bool = false $( || $name::DYNAMIC )*;
            const SET: &'static Text = &{
                let mut text = Text::EMPTY;
                $( comma(&mut text, $name::SET); )*
                text
            };
            const ALIASED: &'static Text = &{
                let mut text = Text::EMPTY;
                $( comma(&mut text, $name::ALIASED); )*
                text
            };
            const NAMES: &'static Text = &text!($( append($name::NAMES) ),*);
            const VALUES: &'static Text = &text!($( append($name::VALUES) ),*);
            type References = ($($name::References,)*);

            fn render_set(&self, template: &mut Vec<u8>) {
                #[expect(non_snake_case, reason = "named after the types")]
                let ($($name,)*) = self;
                let start = template.len();
                $( render_after_comma(template, start, |template| $name.render_set(template)); )*
            }

            fn render_aliased(&self, template: &mut Vec<u8>) {
                #[expect(non_snake_case, reason = "named after the types")]
                let ($($name,)*) = self;
                let start = template.len();
                $( render_after_comma(template, start, |template| $name.render_aliased(template)); )*
            }

            fn mask(&self) -> u128 {
                #[expect(non_snake_case, reason = "named after the types")]
                let ($($name,)*) = self;
                0 $( | $name.mask() )*
            }

            fn forget(&mut self, columns: u128) {
                #[expect(non_snake_case, reason = "named after the types")]
                let ($($name,)*) = self;
                $( $name.forget(columns); )*
            }

            fn settle(&mut self) {
                self.forget(Self::MASK);
                #[expect(non_snake_case, reason = "named after the types")]
                let ($($name,)*) = self;
                $( $name.settle(); )*
                let masks = [$( $name.mask() ),*];
                let mut later = masks.as_slice();
                $(
                    later = later.split_first().map_or(&[], |(_, later)| later);
                    $name.forget(later.iter().fold(0, |columns, mask| columns | mask));
                )*
            }

            fn bind(self, binder: &mut Binder<DatabaseOf<Model_>>) -> Self::References {
                #[expect(non_snake_case, reason = "named after the types")]
                let ($($name,)*) = self;
                ($($name.bind(binder),)*)
            }
        }
    };
}

tuples! { A B C D E F G H J K L N }
