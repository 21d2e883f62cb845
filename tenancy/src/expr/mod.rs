//! Expressions: conditions, values and assignments, as types that know their SQL text.
//!
//! Nothing here runs anything, and nothing here knows a tenant: a condition only narrows a
//! statement that is scoped anyway.

mod arithmetic;
mod assign;
mod assignable;
mod compare;
mod condition;
mod flat;
mod list;
mod logic;
mod node;
mod number;
mod subquery;
mod text_match;
mod value;

pub use crate::changes::PatchOf;
pub use crate::check::SubqueryOf;
pub use arithmetic::{Arithmetic, Expression, Minus, Plus};
pub use assign::{Assigned, Assignment, Assignments, Reference};
pub(crate) use assign::{declared, reads_nothing_guarded};
pub use assignable::{AssignTo, Becomes, IntoRef, NeverKey, NeverTenant, NeverWritten};
pub use compare::{
    Between, Compare, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual, NullTest,
};
pub use condition::{All, Condition};
pub use flat::{Boxed, Flat};
pub use list::List;
pub use logic::{And, IfSome, Not, Or};
pub use node::{Bind, Node};
pub use number::{Exactly, How, Number, Roughly};
pub use subquery::{Exists, InQuery, NotExists, NotInQuery, SelectedAs, Transparent};
pub use text_match::{Matches, TextColumn};
pub use value::{IntoExpr, Value};
