//! The one place that vouches for SQL text made at run time.

use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr};

use super::render::{Dialect, render_dynamic};

/// Renders a template and vouches for it: a template holds only text that the library wrote and
/// identifiers that the derive checked; every value is a parameter.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that vouches for SQL text"
)]
pub(crate) fn rendered(template: &[u8], dialect: Dialect) -> SqlStr {
    AssertSqlSafe(render_dynamic(template, dialect)).into_sql_str()
}
