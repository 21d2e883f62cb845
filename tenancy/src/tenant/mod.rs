//! The tenant: tokens, and what is proven to be a tenant's.

mod brand;
mod detached;
mod enter;
mod key;
mod mark;
mod scope;
mod scoped;
mod token;
mod transaction;
mod verified;

pub use crate::barrier::RowsOfTwoTenantsWereMixedOrATokenWasBorrowedForItsOwnBrand;
pub use brand::Brand;
pub use detached::{Adoptable, Detached};
pub use key::{Key, Ref};
pub(crate) use mark::Mark;
pub use scope::Scope;
pub(crate) use scoped::Decoded;
pub use scoped::Scoped;
pub use token::Tenant;
pub(crate) use transaction::usual;
pub use transaction::{ActingTransaction, TenantTransaction, Token, TokenTransaction};
pub use verified::VerifiedTenant;
