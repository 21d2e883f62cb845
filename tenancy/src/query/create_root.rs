//! Creation of tenants.

use crate::db::DbOf;
use crate::execute::statement::Statement;
use crate::model::contract::{DatabaseOf, Insert, KeyOf, TenantRoot};
use crate::query::create::{Bound, bind_row};
use crate::sql::render::{Dialect, Rendered};
use crate::sql::text::Text;
use crate::sql::trusted;
use crate::stmt::statement;
use crate::tenant::verify::Verify;
use std::fmt;
use std::marker::PhantomData;

use crate::backend::sealed::Backend as _;
use crate::model::contract::Id as _;

/// The creation of a tenant's row, by whoever runs the whole service.
#[must_use = "a creation does nothing until it is executed"]
pub struct CreateRoot<R: TenantRoot> {
    new: R::New,
    key: Option<KeyOf<R>>,
}

impl<R: TenantRoot> CreateRoot<R> {
    pub(crate) fn new(new: R::New) -> Self {
        Self { new, key: None }
    }

    /// Creates the row under this primary key instead of a random one.
    ///
    /// Does not build for a root whose key comes from the database or is among its values.
    pub fn with_key(mut self, key: R::Key) -> Self {
        const {
            assert!(
                <R::New as Insert<R>>::RANDOM_KEY,
                "the primary key of this root is not random: \
                 it comes from the database or is among the values of the new row"
            );
        }
        self.key = Some(key.repr().clone());
        self
    }

    /// Creates the tenant's row; the new tenant counts as verified.
    ///
    /// # Errors
    ///
    /// [`Conflict`](crate::Error::Conflict) if it would violate a unique constraint.
    pub fn execute(self, db: &DbOf<R>) -> Verify<'_, R> {
        let key = self.key.or_else(|| self.new.key());
        let id = key.clone();
        let Bound { mut binder, .. } =
            bind_row::<R, R::New, (), false>(db.identity(), self.new, key, (), |_| ());
        binder.seal();
        let sql = trusted::Text::Ready(sqlx::SqlStr::from_static(RootText::<R, R::New>::SQL));
        let statement = binder
            .finish(db.shared().pool.details())
            .map(|arguments| Statement { sql, arguments });
        Verify::created(db, id.as_ref(), statement)
    }
}

struct RootText<R, N>(PhantomData<(R, N)>);

impl<R: TenantRoot, N: Insert<R>> Rendered for RootText<R, N> {
    const DIALECT: Dialect = <DatabaseOf<R>>::DIALECT;
    const TEMPLATE: &'static Text = &{
        let mut text = statement::insert_root::<R, N>();
        statement::returning::<R>(&mut text);
        statement::and_mark::<R>(&mut text);
        text
    };
}

impl<R: TenantRoot> fmt::Debug for CreateRoot<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CreateRoot({})", R::TABLE)
    }
}
