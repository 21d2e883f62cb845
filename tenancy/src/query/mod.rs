//! Statements, one noun or clause a file. They describe; [`execute`](crate::execute) runs.

pub mod create;
pub mod create_many;
pub mod destroy;
pub mod order;
pub mod page;
pub mod select;
pub mod update;
pub mod upsert;
mod write;
