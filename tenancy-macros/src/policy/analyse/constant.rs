//! Values that are known while compiling, as far as it is certain that they differ.

use syn::{Expr, ExprLit, ExprUnary, Lit, UnOp};

/// A value that is certainly there, and differs from others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Constant {
    // First, so that they come first in order.
    Integer(i128),
    Boolean(bool),
    Text(String),
    /// The path and the last name of it.
    Variant(String, String),
}

impl Constant {
    pub(super) fn of(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Paren(paren) => Self::of(&paren.expr),
            Expr::Group(group) => Self::of(&group.expr),
            Expr::Unary(ExprUnary {
                op: UnOp::Neg(_),
                expr,
                ..
            }) => match Self::of(expr)? {
                Self::Integer(value) => value.checked_neg().map(Self::Integer),
                _ => None,
            },
            Expr::Lit(ExprLit { lit, .. }) => match lit {
                Lit::Int(value) => value.base10_parse().ok().map(Self::Integer),
                Lit::Bool(value) => Some(Self::Boolean(value.value)),
                Lit::Str(value) => Some(value.value())
                    .filter(|text| text.is_ascii())
                    .map(Self::Text),
                _ => None,
            },
            Expr::Path(path) if path.qself.is_none() => Self::variant(&path.path),
            _ => None,
        }
    }

    /// `Role::Admin`: a name in the case of a variant, which rustc asks constants not to have, in a path
    /// that is not the name of an imported one.
    fn variant(path: &syn::Path) -> Option<Self> {
        let mut segments = path.segments.iter().rev();
        let (last, of) = (segments.next()?, segments.next()?);
        let name = last.ident.to_string();
        let camel =
            |name: &str| name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase);
        let plain = path
            .segments
            .iter()
            .all(|segment| segment.arguments.is_none());
        let enumeration = of.ident.to_string().starts_with(char::is_uppercase);
        (camel(&name) && enumeration && plain)
            .then(|| Self::Variant(super::super::meaning::meaning(path), name))
    }

    /// Whether nothing can be equal to both: not for a database either, with a collation of its own.
    pub(super) fn differs(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integer(one), Self::Integer(other)) => one != other,
            (Self::Boolean(one), Self::Boolean(other)) => one != other,
            (Self::Variant(_, one), Self::Variant(_, other)) => one != other,
            (Self::Text(one), Self::Text(other)) => {
                let number = |text: &str| text.trim().parse::<f64>().ok();
                let equal = number(one).is_some_and(|value| number(other) == Some(value));
                !equal && essence(one) != essence(other)
            }
            _ => false,
        }
    }
}

/// What collations and columns that make numbers of texts do not look away from: letters, whatever
/// their case, and digits, but for zeros.
fn essence(text: &str) -> String {
    text.chars()
        .filter(|character| character.is_ascii_alphanumeric() && *character != '0')
        .map(|character| character.to_ascii_lowercase())
        .collect()
}
