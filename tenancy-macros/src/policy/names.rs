//! What names mean.
//!
//! A name that stands alone is a column, and one with empty parentheses a check. A few [words](WORDS) mean
//! something by themselves. What else Rust knows by a single name has a path (`self::LIMIT`), or stands in
//! braces (`{ LIMIT }`). So what is not there is never taken for something else that is.

use std::fmt::Display;

use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Ident, Macro, Pat, Stmt, Token};

use super::condition::Operand;
use super::reader::Reader;
use super::written::written;
use crate::suggest::did_you_mean;

/// Names that mean something in conditions.
const WORDS: [&str; 5] = ["actor", "always", "never", "now", "tenant"];

/// Where a column may stand.
pub(super) const FORMS: &str = "a column stands alone, on a side of `==`, `!=`, `<`, `<=`, `>` or `>=`, or before \
     `.is_none()`, `.is_some()` or `.is_in([…])`; a foreign key, or a relation that was declared, before \
     `.any(|row| …)`, `.none(|row| …)`, `.every(|row| …)` or `.can(read)`";

/// What is not one of the words, and so can be called something.
pub(super) fn not_a_word(what: impl Display, name: &Ident) -> syn::Result<()> {
    if WORDS.iter().any(|word| name.unraw() == word) {
        return Err(syn::Error::new(
            name.span(),
            format_args!(
                "`{}` means something else in rules: give {what} another name",
                name.unraw()
            ),
        ));
    }
    Ok(())
}

/// The name, if an expression is nothing else.
pub(super) fn alone(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Paren(paren) => alone(&paren.expr),
        Expr::Group(group) => alone(&group.expr),
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        _ => None,
    }
}

/// Whether a name is `r#…`, which in rules says that a column is meant.
fn is_raw(name: &Ident) -> bool {
    *name != name.unraw()
}

/// Whether it is written like a constant, or a variant.
fn is_capital(name: &Ident) -> bool {
    let name = name.to_string();
    name.trim_start_matches('_').starts_with(char::is_uppercase)
}

impl Reader {
    /// What a name means that stands alone where a value is expected.
    pub(super) fn named(&self, name: &Ident) -> syn::Result<Operand> {
        if name == "actor" {
            return Ok(Operand::Actor(name.span()));
        }
        match self.no_column(name) {
            Some(message) => Err(syn::Error::new(name.span(), message)),
            None => Ok(Operand::Column(0, name.clone())),
        }
    }

    /// Why a name that stands alone is no column of this row.
    fn no_column(&self, name: &Ident) -> Option<String> {
        if self.rows.contains(name) {
            return Some(format!(
                "`{name}` is the related row: name one of its columns, `{name}.id`"
            ));
        }
        if is_raw(name) {
            return None;
        }
        if name == "always" || name == "never" {
            Some(format!(
                "`{name}` is a condition by itself, and nothing is compared with it"
            ))
        } else if name == "tenant" {
            Some(
                "`tenant` is the tenant's own row: name one of its columns, `tenant.id`".to_owned(),
            )
        } else if self.checks.iter().any(|(check, _)| check == name) {
            Some(format!(
                "`{name}` is a check: write `{name}()`; a column of this name is `r#{name}` beside it"
            ))
        } else if self.relations.iter().any(|relation| relation.name == *name) {
            Some(format!(
                "`{name}` is a relation: ask its rows, `{name}.any(|row| …)`"
            ))
        } else if is_capital(name) {
            Some(format!(
                "a name alone is a column, and `{name}` is written like a constant: write its path, \
                 `self::{name}`, or put it in braces, `{{ {name} }}`; if it is a column, write `r#{name}`"
            ))
        } else {
            None
        }
    }

    /// A value that Rust knows, in which no name stands for a column.
    pub(super) fn value(&self, expr: &Expr) -> syn::Result<Expr> {
        match expr {
            Expr::Paren(paren) => self.value(&paren.expr),
            Expr::Group(group) => self.value(&group.expr),
            Expr::Block(block) => match &*block.block.stmts {
                [Stmt::Expr(only, None)] if block.label.is_none() => Ok(only.clone()),
                _ => Ok(expr.clone()),
            },
            _ => {
                let mut visited = expr.clone();
                let mut bound = Bound(Vec::new());
                bound.visit_expr_mut(&mut visited);
                let mut stray = Stray {
                    reader: self,
                    bound: bound.0,
                    found: None,
                };
                stray.visit_expr_mut(&mut visited);
                match stray.found {
                    Some(error) => Err(error),
                    None => Ok(expr.clone()),
                }
            }
        }
    }

    /// Nothing is called `name()`.
    pub(super) fn no_check(&self, name: &Ident) -> syn::Error {
        let known = self.checks.iter().map(|(check, _)| check.to_string());
        syn::Error::new(
            name.span(),
            format_args!(
                "there is no check `{name}`: declare it, `check {name} = …;`; a function of Rust's is called \
                 by its path, `self::{name}()`{}",
                did_you_mean(&name.to_string(), known)
            ),
        )
    }
}

/// The names that an expression binds: parameters of closures, patterns of arms.
struct Bound(Vec<Ident>);

impl VisitMut for Bound {
    fn visit_pat_mut(&mut self, pattern: &mut Pat) {
        if let Pat::Ident(name) = pattern {
            self.0.push(name.ident.clone());
        }
        visit_mut::visit_pat_mut(self, pattern);
    }
}

/// Names in an expression of Rust's that it cannot know.
struct Stray<'a> {
    reader: &'a Reader,
    bound: Vec<Ident>,
    found: Option<syn::Error>,
}

impl Stray<'_> {
    fn name(&mut self, name: &Ident) {
        let known = name == "actor" || name == "None" || self.bound.contains(name);
        if self.found.is_some() || known {
            return;
        }
        let message = self.reader.no_column(name);
        let message = message.unwrap_or_else(|| self.no_place(name));
        self.found = Some(syn::Error::new(name.span(), message));
    }

    /// Why something that may be a column cannot be where it is.
    fn no_place(&self, column: impl Display) -> String {
        if self.reader.of_actor {
            format!(
                "`{column}` is nothing that a `when` knows, which is about the actor alone: ask about a row in a rule, \
                 and for what else Rust knows by its path"
            )
        } else {
            format!(
                "`{column}` stands inside of an expression of Rust's, which knows no columns: {FORMS}"
            )
        }
    }

    fn call(&mut self, name: &Ident, nothing: bool) {
        let is_check = self.reader.checks.iter().any(|(check, _)| check == name);
        let error = if name == "now" && nothing {
            syn::Error::new(
                name.span(),
                "`now()` stands alone on a side of `<`, `<=`, `>` or `>=`",
            )
        } else if is_check {
            syn::Error::new(
                name.span(),
                format_args!(
                    "`{name}()` is a condition, and no value: it takes nothing, stands alone, or is joined \
                     with others by `&&`, `||` and `!`"
                ),
            )
        } else if nothing && !self.bound.contains(name) {
            self.reader.no_check(name)
        } else {
            return;
        };
        self.found.get_or_insert(error);
    }
}

impl VisitMut for Stray<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Path(path) if path.qself.is_none() => {
                if let Some(name) = path.path.get_ident() {
                    self.name(name);
                }
            }
            Expr::Field(field) => match alone(&field.base) {
                Some(row) if row == "tenant" || self.reader.rows.contains(row) => {
                    let message = self.no_place(written(&*field));
                    self.found
                        .get_or_insert_with(|| syn::Error::new_spanned(field, message));
                }
                _ => visit_mut::visit_expr_mut(self, expr),
            },
            Expr::Call(call) => {
                match alone(&call.func) {
                    Some(name) => self.call(name, call.args.is_empty()),
                    None => self.visit_expr_mut(&mut call.func),
                }
                for argument in &mut call.args {
                    self.visit_expr_mut(argument);
                }
            }
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }

    /// What is in braces is Rust's.
    fn visit_block_mut(&mut self, _: &mut Block) {}

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        let matches = call
            .path
            .segments
            .last()
            .is_some_and(|name| name.ident == "matches");
        let scrutinee = |input: ParseStream<'_>| {
            let scrutinee: Expr = input.parse()?;
            input.parse::<Token![,]>()?;
            input.parse::<proc_macro2::TokenStream>()?;
            Ok(scrutinee)
        };
        // Of other macros nobody knows what their tokens are.
        if matches && let Ok(mut scrutinee) = scrutinee.parse2(call.tokens.clone()) {
            self.visit_expr_mut(&mut scrutinee);
        }
    }
}
