//! Policies: who may do what.
//!
//! A model with `#[tenancy(policies)]` cannot be reached without an actor, and not for an action that
//! no policy covers: neither compiles. [`policies!`](crate::policies) says who may do what; the
//! database decides it, in the statement itself.

pub mod action;
mod actor;
mod alike;
mod along;
mod answers;
mod can;
mod cascade;
mod decided;
mod declared;
mod deeper;
mod denial;
mod explanation;
mod given;
mod in_memory;
mod judge;
mod look;
mod masks;
mod now;
mod permit;
mod place;
mod relation;
mod rules;
mod system;
mod test;
mod too_deep;

pub use crate::barrier::{Actor, Judged, Policy};
pub use action::Action;
pub use actor::{Acting, By, HandsOver, ModelActor, NoActor, NoTenant, State};
pub(crate) use along::Along;
pub use along::TakesAlong;
pub(crate) use answers::{ALONG, Answers, Remembering};
pub use answers::{Answer, Questions};
pub use can::{Can, Explain, Reach};
pub(crate) use cascade::DEPENDANTS;
pub use cascade::{
    Before, Dependant, DestroyedWith, Last, Level, Levels, Perishes, Removal, Tell, removed,
};
pub(crate) use decided::Piece;
pub use decided::{Decided, RulesOf};
pub use declared::{ActsOn, DeclaresPolicies, is_column};
pub use denial::Denial;
pub use explanation::{
    BlockExplained, CheckExplained, Explanation, Kind, Outcome, RulesExplained, Verb,
};
pub use given::{
    Given, Guarded, Holds, Ordered, Plain, Wrap, among, compare, equal, is_none, is_true,
};
pub use in_memory::{Both, InMemory, Incomparable, Keyed, OneOf, Single};
pub(crate) use judge::explain;
pub use look::{Everything, Looks, Seen};
pub use masks::{FieldsNamed, Maskable, Masks, Unmasked};
pub use now::{Moment, Now, Timed, compare_now, now_like};
pub(crate) use permit::derived;
pub use permit::{
    ByFieldPolicies, ByPolicies, Decoy, Permission, Permits, PermitsUpsert, ReadByTenants,
    Unpolicied, Visit,
};
pub use place::{AskedBy, AskedFrom, InTenant, OutsideTenants, Writes, WrittenFrom};
pub use relation::{
    Back, Forth, Link, NotTrue, OwnTenant, Related, RelatedTo, Relates, any_row, look_at_tenant,
    not_true, of,
};
pub(crate) use rules::Atoms;
pub use rules::{Block, Check, Rules, Tree};
pub use system::{SystemActor, SystemState};
pub use test::{IsTrue, OfActor, RefersTo};
pub use too_deep::TooDeep;

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
