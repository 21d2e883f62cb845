//! What has to be declared for rules to have an effect.

use crate::model::contract::Model;
use crate::model::obligations::IsRoot;
use crate::model::scoping::Global;
use crate::policy::actor::{ModelActor, NoTenant};

/// A model that is declared with `policies`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "these rules have no effect: `{Self}` is not declared with `policies`",
    label = "whoever has the tenant can do everything with these rows",
    note = "write `policies` among the attributes of the model: `#[tenancy(root = …, policies)]`"
)]
pub trait DeclaresPolicies {
    /// The handles of the columns. A type of this trait's own, so that where it is missing nothing else is.
    type Handles;
    /// The handles themselves.
    const HANDLES: Self::Handles;
    /// Named by rules, to demand that they have an effect.
    const CHECKED: () = ();
    /// The names of the fields, by which rules ask for columns.
    const NAMES: &'static [&'static str] = &[];
}

/// What a token keeps of an actor that can act on rows of `M`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "these rules have no effect: nobody acts on rows of `{M}` as this",
    label = "not an actor that rules are written for",
    note = "rules are about a row of the tenant that acts (`tenant.acting_as(row)`), or a `tenancy::SystemActor`; those for `tenancy::NoTenant` are for models with `global = true`"
)]
pub trait ActsOn<M> {
    /// Named by rules, to demand that they have an effect.
    const CHECKED: () = ();
}

impl<M: Model, A: Model<Root: IsRoot<M::Root>>> ActsOn<M> for ModelActor<A> {}

// Only what all tenants share is reached without one.
#[diagnostic::do_not_recommend]
impl<M: Model<Scoping = Global>> ActsOn<M> for NoTenant {}

/// Whether a name is that of a field.
#[doc(hidden)]
#[must_use]
pub const fn is_column<M: DeclaresPolicies>(name: &str) -> bool {
    let mut at = 0;
    while at < M::NAMES.len() {
        if is_same(M::NAMES[at].as_bytes(), name.as_bytes()) {
            return true;
        }
        at += 1;
    }
    false
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}
