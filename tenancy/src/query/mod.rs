//! Statements, one noun or clause a file. They describe; [`execute`](crate::execute) runs.

mod conflict;
pub mod create;
pub mod create_many;
pub mod create_root;
mod creating;
pub mod custom;
pub mod destroy;
pub(crate) mod judging;
pub mod lock;
pub mod narrow;
pub mod order;
pub mod page;
mod permitted;
mod prepared;
mod question;
mod read;
pub mod select;
pub mod selected;
mod throughout;
mod unmet;
pub mod update;
pub mod upsert;
mod upserting;
pub(crate) mod write;
