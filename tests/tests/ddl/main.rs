//! Tables made of the models: what is written, and that the statements of the library work on them.

#![allow(dead_code, reason = "columns that no test looks at")]

mod files;
mod live;
mod order;
mod schemas;
mod text;
