//! Statements, one noun or clause a file. They describe; [`execute`](crate::execute) runs.

pub(crate) mod can;
pub(crate) mod conflict;
pub(crate) mod create;
pub(crate) mod create_many;
pub(crate) mod create_root;
pub(crate) mod creating;
pub(crate) mod custom;
pub(crate) mod destroy;
pub(crate) mod judging;
pub(crate) mod lock;
pub(crate) mod narrow;
pub(crate) mod page;
pub(crate) mod permitted;
pub(crate) mod prepared;
pub(crate) mod question;
pub(crate) mod read;
pub(crate) mod select;
pub(crate) mod throughout;
pub(crate) mod unmet;
pub(crate) mod update;
pub(crate) mod upsert;
pub(crate) mod upserting;
pub(crate) mod write;

pub use crate::expr::order::{
    Ascending, Chosen, Descending, Direction, Order, Ordering, Sort, Unordered,
};
pub use crate::expr::selected::{Selected, SelectedColumn};
pub use crate::query::can::{Can, Explain, Reach};
pub use crate::query::create::Create;
pub use crate::query::create_many::CreateMany;
pub use crate::query::create_root::CreateRoot;
pub use crate::query::custom::Custom;
pub use crate::query::destroy::{Destroy, DestroyWhere};
pub use crate::query::lock::Locked;
pub use crate::query::narrow::{Narrowed, Unfiltered};
pub use crate::query::page::{Everything, Limit, LimitOffset, Offset, Page, Whole};
pub use crate::query::select::Query;
pub use crate::query::update::{Update, UpdateWhere};
pub use crate::query::upsert::{Target, Undecided, Upsert};
