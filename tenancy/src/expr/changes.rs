//! Changes that only the running program knows: partial updates from clients.

use crate::backend::Backend;
use crate::expr::assign::{Assigned, Assignment, Assignments, declared, reads_nothing_guarded};
use crate::expr::value::Value;
use crate::model::brand::Brand;
use crate::model::column::{Column, ForeignKey, Guarded, Nullable, NullableForeignKey, Required};
use crate::model::contract::{DatabaseOf, Model};
use crate::model::obligations::{ForeignKeyOf, Unguarded};
use crate::model::params::{Binder, References};
use crate::model::policed::Transparent;
use crate::row::key::Ref;
use crate::sealed::Seal;
use crate::sql::node::Node;
use crate::sql::render::Stored;
use crate::sql::text::Text;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// One field of a partial update: left out, null, or a value.
///
/// Deserializes a missing field as `Keep` (with `#[serde(default)]`), `null` as `Null` and anything
/// else as `Set`.
///
/// ```
/// use tenancy::Patch;
///
/// #[derive(serde::Deserialize)]
/// struct Request {
///     #[serde(default)]
///     nickname: Patch<String>,
/// }
///
/// let request: Request = serde_json::from_str("{}").unwrap();
/// assert_eq!(request.nickname, Patch::Keep);
/// let request: Request = serde_json::from_str(r#"{"nickname": null}"#).unwrap();
/// assert_eq!(request.nickname, Patch::Null);
/// let request: Request = serde_json::from_str(r#"{"nickname": "Al"}"#).unwrap();
/// assert_eq!(request.nickname, Patch::Set("Al".to_owned()));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Patch<T> {
    /// The column keeps its value.
    #[default]
    Keep,
    /// The column becomes NULL.
    Null,
    /// The column gets this value.
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::deserialize(deserializer)? {
            Some(value) => Self::Set(value),
            None => Self::Null,
        })
    }
}

/// Assignments that are collected while the program runs.
///
/// The text of a statement with them is made at run time. A column that is set again keeps the last
/// value.
#[must_use = "changes do nothing until an update applies them"]
pub struct Changes<'t, M: Model> {
    entries: Vec<Entry<M>>,
    _brand: Brand<'t>,
}

struct Entry<M: Model> {
    position: usize,
    change: Box<dyn Change<M> + Send>,
}

/// One assignment without its type.
trait Change<M: Model> {
    fn render(&self, template: &mut Vec<u8>);
    /// The same where it is stored.
    fn render_stored(&self, template: &mut Vec<u8>);
    fn bind(
        self: Box<Self>,
        binder: &mut Binder<DatabaseOf<M>>,
    ) -> Box<dyn References<DatabaseOf<M>>>;
}

/// The text of a value where it is stored.
struct Assigning<DB, N>(PhantomData<(DB, N)>);

impl<DB: Backend, N: Assigned<DB>> Stored for Assigning<DB, N> {
    const TEXT: &'static Text = N::STORED;
}

impl<M: Model, N: Assigned<DatabaseOf<M>, References: 'static>> Change<M> for N {
    fn render(&self, template: &mut Vec<u8>) {
        Node::render(self, template);
    }

    fn render_stored(&self, template: &mut Vec<u8>) {
        template.extend_from_slice(Assigning::<DatabaseOf<M>, N>::STORED.as_bytes());
    }

    fn bind(
        self: Box<Self>,
        binder: &mut Binder<DatabaseOf<M>>,
    ) -> Box<dyn References<DatabaseOf<M>>> {
        Box::new(self.bind_assigned(binder))
    }
}

impl<'t, M: Model> Changes<'t, M> {
    /// No changes.
    pub fn new() -> Self {
        Self {
            entries: Vec::new(),
            _brand: Brand::new(),
        }
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds an assignment: `|d| d.title.to(title)`.
    pub fn set<const I: usize, N>(
        mut self,
        assignment: impl FnOnce(M::Columns) -> Assignment<'t, M, I, N>,
    ) -> Self
    where
        N: Assigned<DatabaseOf<M>, References: 'static> + Send + 'static,
    {
        self.push(assignment(M::COLUMNS));
        self
    }

    fn push<const I: usize, N>(&mut self, assignment: Assignment<'t, M, I, N>)
    where
        N: Assigned<DatabaseOf<M>, References: 'static> + Send + 'static,
    {
        const {
            declared::<M, I>(N::REFERENCE);
            reads_nothing_guarded::<M, N>();
        }
        self.entries.retain(|entry| entry.position != I);
        self.entries.push(Entry {
            position: I,
            change: Box::new(assignment.node),
        });
    }
}

impl<M: Model> Default for Changes<'_, M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Model> fmt::Debug for Changes<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(
                self.entries
                    .iter()
                    .map(|entry| M::FIELDS[entry.position].name),
            )
            .finish()
    }
}

impl<'t, M: Model> Assignments<'t, M> for Changes<'t, M> {
    // Which columns there are shows at run time; one that is assigned statically as well is forgotten.
    const MASK: u128 = 0;
    const CONSTANT: bool = false;
    const SET: &'static Text = &Text::EMPTY;
    const ALIASED: &'static Text = &Text::EMPTY;
    const NAMES: &'static Text = &Text::EMPTY;
    const VALUES: &'static Text = &Text::EMPTY;
    const DYNAMIC: bool = true;
    type References = Vec<Box<dyn References<DatabaseOf<M>>>>;

    fn render_set(&self, template: &mut Vec<u8>) {
        for (index, entry) in self.entries.iter().enumerate() {
            if index > 0 {
                template.extend_from_slice(b", ");
            }
            let name = M::FIELDS[entry.position].name;
            template.extend_from_slice(b"\"");
            template.extend_from_slice(name.as_bytes());
            template.extend_from_slice(b"\" = ");
            entry.change.render_stored(template);
        }
    }

    fn render_aliased(&self, template: &mut Vec<u8>) {
        for (index, entry) in self.entries.iter().enumerate() {
            if index > 0 {
                template.extend_from_slice(b", ");
            }
            entry.change.render(template);
            template.extend_from_slice(b" AS \"");
            template.extend_from_slice(M::FIELDS[entry.position].name.as_bytes());
            template.extend_from_slice(b"\"");
        }
    }

    fn forget(&mut self, columns: u128) {
        self.entries
            .retain(|entry| columns & 1 << entry.position == 0);
    }

    fn mask(&self) -> u128 {
        self.entries
            .iter()
            .fold(0, |mask, entry| mask | 1 << entry.position)
    }

    fn bind(self, binder: &mut Binder<DatabaseOf<M>>) -> Self::References {
        self.entries
            .into_iter()
            .map(|entry| entry.change.bind(binder))
            .collect()
    }
}

impl<DB: Backend> References<DB> for Vec<Box<dyn References<DB>>> {
    fn sealed(_: Seal) {}

    fn settle(&mut self, database: crate::model::identity::Identity) {
        for references in self {
            references.settle(database);
        }
    }

    fn has_checks(&self) -> bool {
        self.iter().any(|references| references.has_checks())
    }

    fn render_checks(&self, template: &mut Vec<u8>) {
        for references in self {
            references.render_checks(template);
        }
    }

    fn bind_keys(&self, binder: &mut Binder<DB>) {
        for references in self {
            references.bind_keys(binder);
        }
    }

    fn bind_checks(&self, binder: &mut Binder<DB>) {
        for references in self {
            references.bind_checks(binder);
        }
    }
}

/// What an update can [`apply`](crate::query::Update::apply): a struct of the user's own with
/// `#[derive(tenancy::Changes)]`, or [`Changes`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of changes to `{M}`",
    label = "expected `Changes` or a struct with `#[derive(tenancy::Changes)]`"
)]
pub trait IntoChanges<'t, M: Model> {
    /// The changes.
    fn into_changes(self) -> Changes<'t, M>;
}

impl<'t, M: Model> IntoChanges<'t, M> for Changes<'t, M> {
    fn into_changes(self) -> Self {
        self
    }
}

/// A value that changes keep until they are applied: the column's own, or one that is borrowed, which is copied.
#[doc(hidden)]
pub trait Kept<T> {
    /// The value.
    fn kept(self) -> T;
}

impl<T> Kept<Self> for T {
    fn kept(self) -> Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone> Kept<T> for &T {
    fn kept(self) -> T {
        self.clone()
    }
}

#[diagnostic::do_not_recommend]
impl Kept<String> for &str {
    fn kept(self) -> String {
        self.to_owned()
    }
}

#[diagnostic::do_not_recommend]
impl Kept<String> for Cow<'_, str> {
    fn kept(self) -> String {
        self.into_owned()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone> Kept<Vec<T>> for &[T] {
    fn kept(self) -> Vec<T> {
        self.to_vec()
    }
}

/// What a field of a partial update may be, for a column of type `T` and kind `K` of `M`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot change this column, which holds `{T}`",
    label = "not a change to this column",
    note = "a column that is always set takes an `Option` (`None` keeps it), one that may be NULL a `tenancy::Patch`; a foreign key takes the same of the id: an `Option`, or a `tenancy::Patch` if it may be NULL",
    note = "the primary key, the tenant column and what the database fills never change"
)]
pub trait PatchOf<M: Model, T, K>: Sized {
    /// Adds the change. The column comes first, so that it is known when rustc looks at the value.
    #[doc(hidden)]
    fn patch<const I: usize>(column: Column<M, T, I, K>, this: Self, changes: &mut Changes<'_, M>);
}

#[diagnostic::do_not_recommend]
impl<M, T, V> PatchOf<M, T, Required> for Option<V>
where
    M: Model,
    V: Kept<T>,
    T: Send + 'static,
    Value<T>: Assigned<DatabaseOf<M>, References: 'static> + Unguarded,
{
    fn patch<const I: usize>(
        column: Column<M, T, I, Required>,
        this: Self,
        changes: &mut Changes<'_, M>,
    ) {
        if let Some(value) = this {
            changes.push(column.to(value.kept()));
        }
    }
}

#[diagnostic::do_not_recommend]
impl<M, T, V> PatchOf<M, T, Nullable> for Patch<V>
where
    M: Model,
    V: Kept<T>,
    T: Send + 'static,
    Value<Option<T>>: Assigned<DatabaseOf<M>, References: 'static> + Unguarded,
{
    fn patch<const I: usize>(
        column: Column<M, T, I, Nullable>,
        this: Self,
        changes: &mut Changes<'_, M>,
    ) {
        match this {
            Self::Keep => {}
            Self::Null => changes.push(column.to(None::<T>)),
            Self::Set(value) => changes.push(column.to(Some(value.kept()))),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, T, K, V: PatchOf<M, T, K>> PatchOf<M, T, Guarded<K>> for V {
    fn patch<const I: usize>(
        _: Column<M, T, I, Guarded<K>>,
        this: Self,
        changes: &mut Changes<'_, M>,
    ) {
        V::patch(Column::<M, T, I, K>::handle(), this, changes);
    }
}

#[diagnostic::do_not_recommend]
impl<M, T, R, V> PatchOf<M, T, ForeignKey<R>> for Option<V>
where
    M: Model,
    R: Model<Policies: Transparent>,
    V: ForeignKeyOf<R::Key>,
{
    fn patch<const I: usize>(
        column: Column<M, T, I, ForeignKey<R>>,
        this: Self,
        changes: &mut Changes<'_, M>,
    ) {
        if let Some(id) = this {
            changes.push(column.to(Ref::by_id(id.key())));
        }
    }
}

#[diagnostic::do_not_recommend]
impl<M, T, R, V> PatchOf<M, T, NullableForeignKey<R>> for Patch<V>
where
    M: Model,
    R: Model<Policies: Transparent>,
    V: ForeignKeyOf<R::Key>,
{
    fn patch<const I: usize>(
        column: Column<M, T, I, NullableForeignKey<R>>,
        this: Self,
        changes: &mut Changes<'_, M>,
    ) {
        match this {
            Self::Keep => {}
            Self::Null => changes.push(column.to(None::<Ref<'_, R>>)),
            Self::Set(id) => changes.push(column.to(Some(Ref::by_id(id.key())))),
        }
    }
}
