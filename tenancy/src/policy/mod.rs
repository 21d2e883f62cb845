//! Policies: who may do what.
//!
//! A model with `#[tenancy(policies)]` cannot be reached without an actor, and not for an action that
//! no policy covers: neither compiles. [`policies!`](crate::policies) says who may do what; the
//! database decides it, in the statement itself.

pub mod action;
pub(crate) mod actor;
pub(crate) mod alike;
pub(crate) mod along;
pub(crate) mod answers;
pub(crate) mod cascade;
pub(crate) mod contract;
pub(crate) mod decided;
pub(crate) mod declared;
pub(crate) mod deeper;
pub(crate) mod explanation;
pub(crate) mod given;
pub(crate) mod in_memory;
pub(crate) mod judge;
pub(crate) mod look;
pub(crate) mod masks;
pub(crate) mod now;
pub(crate) mod permit;
pub(crate) mod place;
pub(crate) mod relation;
pub(crate) mod rules;
pub(crate) mod test;
pub(crate) mod too_deep;

pub use crate::error::denial::Denial;
pub use crate::error::too_deep::TooDeep;
pub use crate::model::policed::{ByFieldPolicies, ByPolicies, ReadByTenants, Unpolicied};
pub use crate::policy::action::Action;
pub use crate::policy::actor::{By, ModelActor, NoActor, NoTenant, State};
pub use crate::policy::along::TakesAlong;
pub use crate::policy::answers::{Answer, Questions};
use crate::policy::cascade::DEPENDANTS;
pub use crate::policy::cascade::{Dependant, DestroyedWith, Perishes, removed};
pub use crate::policy::contract::{
    Actor, Before, Cascades, Judged, Last, Level, Levels, Policy, Removal, Tell,
};
pub use crate::policy::decided::{Decided, RulesOf};
pub use crate::policy::declared::{ActsOn, DeclaresPolicies, is_column};
pub use crate::policy::explanation::{
    BlockExplained, CheckExplained, Explanation, Outcome, RulesExplained,
};
pub use crate::policy::given::{
    Given, Guarded, Holds, Ordered, Plain, Wrap, among, compare, equal, is_none, is_true,
};
pub use crate::policy::in_memory::{Both, InMemory, Incomparable, Keyed, OneOf, Single};
pub use crate::policy::look::{Everything, Looks, Seen};
pub use crate::policy::masks::{FieldsNamed, Maskable, Masks, Unmasked};
pub use crate::policy::now::{Moment, Now, Timed, compare_now, now_like};
pub use crate::policy::permit::{Decoy, Permission, Permits, PermitsUpsert, Visit};
pub use crate::policy::place::{AskedBy, AskedFrom, InTenant, OutsideTenants, Writes, WrittenFrom};
pub use crate::policy::relation::{
    Back, Forth, Link, NotTrue, OwnTenant, Related, RelatedTo, Relates, any_row, look_at_tenant,
    not_true, of,
};
pub use crate::policy::rules::{Block, Check, Rules, Tree};
pub use crate::policy::rules::{Kind, Verb};
pub use crate::policy::test::{IsTrue, OfActor, RefersTo};

/// Checks that several models share: conditions with names, written once.
///
/// `policies!` takes them with `use name;`. Columns and types go by the names that they have where they
/// are used: each model needs the columns, and the types must be in scope there. rustc warns of checks that nobody uses.
///
/// ```
/// # use tenancy::{TenantRoot, TenantScoped};
/// # use uuid::Uuid;
/// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
/// # struct Organization { id: Uuid }
/// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization)]
/// # struct User { id: Uuid, admin: bool }
/// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization, policies)]
/// # struct Document { id: Uuid, #[tenancy(belongs_to = User)] owner_id: Uuid }
/// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization, policies)]
/// # struct Picture { id: Uuid, #[tenancy(belongs_to = User)] owner_id: Uuid }
/// tenancy::checks! {
///     pub(crate) ownership {
///         check mine = owner_id == actor;
///         check everything = actor.admin;
///     }
/// }
///
/// tenancy::policies! {
///     Document, actor: User {
///         use ownership;
///         read { authorize_if mine(); authorize_if everything(); }
///     }
/// }
///
/// tenancy::policies! {
///     Picture, actor: User {
///         use ownership;
///         read { authorize_if everything(); }
///         create { authorize_if mine(); }
///     }
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! checks {
    ($($input:tt)*) => {
        $crate::__private::checks! { ($crate) $($input)* }
    };
}

/// Says who may do what with the rows of a model: see the [guide](crate::guide#say-who-may-do-what).
///
/// Of names, each means one thing:
///
/// | written | means |
/// |---|---|
/// | `title` | a column: the field of this name of the model |
/// | `row.title` | a column of a related row: `owner_id.any(\|row\| row.title == "…")` |
/// | `tenant.plan` | a column of the tenant's own row |
/// | `actor`, `actor.level` | who acts, and a field of it |
/// | `mine()` | the check of this name, declared here (`check mine = …;`) or in [`checks!`] |
/// | `shares.any(…)` | the relation of this name (`relation shares = …;`), or the row that a foreign key names |
/// | `now()` | the present moment |
/// | `always`, `never` | true and false |
/// | `self::LIMIT`, `Role::Admin`, `self::grown(actor)` | what Rust knows by a path |
/// | `{ LIMIT }` | what Rust knows by whatever is in the braces |
/// | `r#locked`, `r#LIMIT` | a column that is called like a check, or like a constant |
///
/// What is said has an effect: a check or a relation that no rule asks for, a guard of what no rule covers, and
/// rules for a model without `policies` do not compile. Documentation comments and `#[cfg(…)]` may stand in
/// front of blocks, rules, checks and relations.
///
/// The semantics are three-valued: a rule decides only on what is certain, and what is unknown (a
/// comparison with NULL) never permits. What the actor alone answers is decided before the statement is
/// made; the rest is a part of the statement, whose text the compiler knows (with more than eight
/// outcomes, or with guarded fields that the actor does not always see, it is put together at run time).
#[macro_export]
macro_rules! policies {
    ($($input:tt)*) => {
        $crate::__private::policies! { ($crate) $($input)* }
    };
}
