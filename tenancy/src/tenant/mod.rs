//! The tenant: tokens, and what is proven to be a tenant's.

pub(crate) mod acting;
pub(crate) mod brand_guard;
pub(crate) mod database;
pub(crate) mod enter;
#[cfg(feature = "postgres")]
pub(crate) mod schema;
pub(crate) mod scope;
#[cfg(feature = "postgres")]
pub(crate) mod secured;
pub(crate) mod system;
pub(crate) mod token;
pub(crate) mod transaction;
pub(crate) mod verified;
pub(crate) mod verify;

pub use crate::model::brand::Brand;
pub use crate::row::detached::{Adoptable, Detached};
pub use crate::row::key::{Key, Ref};
pub use crate::row::scoped::Scoped;
pub use crate::tenant::acting::{Acting, HandsOver};
pub use crate::tenant::brand_guard::RowsOfTwoTenantsWereMixedOrATokenWasBorrowedForItsOwnBrand;
pub use crate::tenant::scope::Scope;
pub use crate::tenant::system::{SystemActor, SystemState};
pub use crate::tenant::token::Tenant;
pub use crate::tenant::transaction::{
    ActingTransaction, TenantTransaction, Token, TokenTransaction,
};
pub use crate::tenant::verified::VerifiedTenant;
pub use crate::tenant::verify::Verify;
