//! The one module that knows SQL text.

pub(crate) mod masked;
pub(crate) mod node;
pub(crate) mod render;
pub(crate) mod rls;
pub(crate) mod schema_name;
pub(crate) mod text;
pub(crate) mod trusted;
