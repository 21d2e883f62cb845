//! The one module that knows SQL text.

pub(crate) mod masked;
pub(crate) mod policied;
pub(crate) mod render;
pub(crate) mod statement;
pub(crate) mod text;
pub(crate) mod vouch;

pub(crate) use render::Dialect;
pub(crate) use text::{Text, text};
