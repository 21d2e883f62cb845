//! What may be assigned to which kind of column.

use crate::backend::Backend;
use crate::expr::assign::Assigned;
use crate::expr::reference::Reference;
use crate::expr::value::IntoExpr;
use crate::model::column::{
    ForeignKey, Generated, Guarded, Nullable, NullableForeignKey, PrimaryKey, Required, TenantKey,
};
use crate::model::contract::Model;
use crate::model::obligations::Unguarded;
use crate::model::params::Binder;
use crate::row::key::{Key, Ref};
use crate::row::scoped::Scoped;
use crate::sealed::{SEAL, Seal};
use crate::sql::node::Node;
use crate::sql::text::Text;

/// What may be assigned to a column of type `T` and kind `K` of the model `M`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be assigned to this column",
    label = "not what this column takes",
    note = "a column takes a value of its own type, in an `Option` if it may be NULL",
    note = "a foreign key takes the row that was read (`&row`), `row.key()`, or `Ref::by_id(id)`, which the statement proves; in an `Option` if it may be NULL"
)]
pub trait AssignTo<'t, M, T, K>: Becomes<M, T, K> {
    /// Makes the part of the statement that it becomes.
    #[doc(hidden)]
    fn into_assigned(self, _: Seal) -> Self::Expr;
}

/// What becomes of a value that is assigned to a column of type `T` and kind `K` of the model `M`.
///
/// It does not depend on the tenant, and the kind decides alone where it can. If it were a part of
/// [`AssignTo`], a value that cannot be assigned would be an error of its own where its part of the
/// statement is named. Sealed.
pub trait Becomes<M, T, K> {
    #[doc(hidden)]
    const SEALED: Seal;
    /// The part of the statement.
    type Expr;
}

impl<M, T, V: IntoExpr<M, T, Expr: Unguarded>> Becomes<M, T, Required> for V {
    const SEALED: Seal = SEAL;
    type Expr = V::Expr;
}

impl<'t, M, T, V: IntoExpr<M, T, Expr: Unguarded>> AssignTo<'t, M, T, Required> for V {
    fn into_assigned(self, seal: Seal) -> V::Expr {
        self.into_expr(seal)
    }
}

impl<M, T, V: IntoExpr<M, Option<T>, Expr: Unguarded>> Becomes<M, T, Nullable> for V {
    const SEALED: Seal = SEAL;
    type Expr = V::Expr;
}

impl<'t, M, T, V: IntoExpr<M, Option<T>, Expr: Unguarded>> AssignTo<'t, M, T, Nullable> for V {
    fn into_assigned(self, seal: Seal) -> V::Expr {
        self.into_expr(seal)
    }
}

// Who may write a guarded column is not the business of who may see it.
impl<M, T, K, V: Becomes<M, T, K>> Becomes<M, T, Guarded<K>> for V {
    const SEALED: Seal = SEAL;
    type Expr = V::Expr;
}

impl<'t, M, T, K, V: AssignTo<'t, M, T, K>> AssignTo<'t, M, T, Guarded<K>> for V {
    fn into_assigned(self, seal: Seal) -> V::Expr {
        self.into_assigned(seal)
    }
}

impl<M, T, R: Model, V> Becomes<M, T, ForeignKey<R>> for V {
    const SEALED: Seal = SEAL;
    type Expr = Reference<R>;
}

impl<'t, M, T, R: Model, V: IntoRef<'t, R>> AssignTo<'t, M, T, ForeignKey<R>> for V {
    fn into_assigned(self, _: Seal) -> Reference<R> {
        Reference::from_ref(self.into_ref())
    }
}

impl<M, T, R: Model, V> Becomes<M, T, NullableForeignKey<R>> for V {
    const SEALED: Seal = SEAL;
    type Expr = Reference<R>;
}

impl<'t, M, T, R: Model, V: IntoRef<'t, R>> AssignTo<'t, M, T, NullableForeignKey<R>>
    for Option<V>
{
    fn into_assigned(self, _: Seal) -> Reference<R> {
        Reference::from_option(self.map(IntoRef::into_ref))
    }
}

/// What is never assigned would become this. It counts as a value, so that the one message about it
/// is the one that explains.
#[derive(Clone, Copy, Debug)]
pub struct Never(());

impl Node for Never {
    const COLUMNS: u128 = 0;
    const TEXT: &'static Text = &Text::EMPTY;
}

impl<DB: Backend> Assigned<DB> for Never {
    const CONSTANT: bool = true;
    type References = ();

    fn bind_assigned(self, _: &mut Binder<DB>) {}
}

macro_rules! never {
    ($(#[$attribute:meta])* $name:ident, $kind:ty) => {
        $(#[$attribute])*
        pub trait $name {
            #[doc(hidden)]
            const SEALED: Seal;
        }

        impl<M, T, V: $name> Becomes<M, T, $kind> for V {
            const SEALED: Seal = SEAL;
            type Expr = Never;
        }

        impl<'t, M, T, V: $name> AssignTo<'t, M, T, $kind> for V {
            fn into_assigned(self, _: Seal) -> Never {
                Never(())
            }
        }
    };
}

never!(
    /// Implemented by nothing: a primary key is never assigned.
    #[diagnostic::on_unimplemented(
        message = "the primary key of a row cannot be changed",
        label = "this column identifies the row",
        note = "to create a row under a key of your choice use `.with_key(…)`"
    )]
    NeverKey,
    PrimaryKey
);
never!(
    /// Implemented by nothing: the tenant column is never assigned.
    #[diagnostic::on_unimplemented(
        message = "the tenant column cannot be assigned",
        label = "this column says whose the row is",
        note = "it is set from the token when a row is created, and a row never moves to another tenant"
    )]
    NeverTenant,
    TenantKey
);
never!(
    /// Implemented by nothing: the database fills this column.
    #[diagnostic::on_unimplemented(
        message = "this column is filled by the database and cannot be assigned",
        label = "declared with `#[tenancy(generated)]` or `#[tenancy(version)]`"
    )]
    NeverWritten,
    Generated
);

/// What a foreign key to `R` accepts: a row that was read, its key, or a [`Ref`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a reference to a `{R}` of this tenant",
    label = "a foreign key takes a row, a key or a `Ref`, not a plain value",
    note = "pass the row that was read (`&row`), `row.key()`, or `Ref::by_id(id)`, which the statement proves"
)]
pub trait IntoRef<'t, R: Model> {
    /// The reference.
    #[doc(hidden)]
    fn into_ref(self) -> Ref<'t, R>;
}

impl<'t, R: Model> IntoRef<'t, R> for Ref<'t, R> {
    fn into_ref(self) -> Self {
        self
    }
}

impl<'t, R: Model> IntoRef<'t, R> for &Ref<'t, R> {
    fn into_ref(self) -> Ref<'t, R> {
        self.clone()
    }
}

impl<'t, R: Model> IntoRef<'t, R> for Key<'t, R> {
    fn into_ref(self) -> Ref<'t, R> {
        self.into()
    }
}

impl<'t, R: Model> IntoRef<'t, R> for &Key<'t, R> {
    fn into_ref(self) -> Ref<'t, R> {
        self.into()
    }
}

impl<'t, R: Model> IntoRef<'t, R> for &Scoped<'t, R> {
    fn into_ref(self) -> Ref<'t, R> {
        self.into()
    }
}
