//! Expressions: conditions, values and assignments, as types that know their SQL text.
//!
//! Nothing here runs anything, and nothing here knows a tenant: a condition only narrows a
//! statement that is scoped anyway.

pub(crate) mod arithmetic;
pub(crate) mod assign;
pub(crate) mod assignable;
pub(crate) mod bind;
pub(crate) mod changes;
pub(crate) mod column;
pub(crate) mod compare;
pub(crate) mod condition;
pub(crate) mod flat;
pub(crate) mod list;
pub(crate) mod logic;
pub(crate) mod number;
pub(crate) mod order;
pub(crate) mod reference;
pub(crate) mod selected;
pub(crate) mod subquery;
pub(crate) mod text_match;
pub(crate) mod value;

pub use crate::expr::arithmetic::{Arithmetic, Expression, Minus, Plus};
pub use crate::expr::assign::{Assigned, Assignment, Assignments};
pub use crate::expr::assignable::{
    AssignTo, Becomes, IntoRef, NeverKey, NeverTenant, NeverWritten,
};
pub use crate::expr::bind::Bind;
pub use crate::expr::changes::PatchOf;
pub use crate::expr::compare::{
    Between, Compare, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual, NullTest,
};
pub use crate::expr::condition::{All, Condition};
pub use crate::expr::flat::{Boxed, Flat};
pub use crate::expr::list::List;
pub use crate::expr::logic::{And, IfSome, Not, Or};
pub use crate::expr::number::{Exactly, How, Number, Roughly};
pub use crate::expr::reference::Reference;
pub use crate::expr::subquery::{Exists, InQuery, NotExists, NotInQuery, SelectedAs};
pub use crate::expr::text_match::{Matches, TextColumn};
pub use crate::expr::value::{IntoExpr, Value};
pub use crate::model::obligations::SubqueryOf;
pub use crate::model::policed::Transparent;
pub use crate::sql::node::Node;
