//! From expressions to conditions.

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned as _;
use syn::{BinOp, Expr, ExprLit, Ident, Lit, Path, UnOp};

use super::condition::{Atom, Atoms, Comparison, Condition, Operand, Relation, Test};

/// Reads expressions as conditions.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    pub(crate) atoms: Atoms,
    /// Named conditions that were defined before.
    checks: Vec<(Ident, Expr)>,
    /// The names of the rows of relations around the expression, the outermost first.
    rows: Vec<Ident>,
    /// The checks that are being read, to find one that needs itself.
    reading: Vec<Ident>,
}

impl Reader {
    pub(crate) fn new(checks: Vec<(Ident, Expr)>) -> Self {
        Self {
            checks,
            ..Self::default()
        }
    }

    pub(crate) fn condition(&mut self, expr: &Expr) -> syn::Result<Condition> {
        match expr {
            Expr::Paren(paren) => self.condition(&paren.expr),
            Expr::Group(group) => self.condition(&group.expr),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => {
                Ok(Condition::Not(Box::new(self.condition(&unary.expr)?)))
            }
            Expr::Binary(binary) => match binary.op {
                BinOp::And(_) => Ok(Condition::And(
                    Box::new(self.condition(&binary.left)?),
                    Box::new(self.condition(&binary.right)?),
                )),
                BinOp::Or(_) => Ok(Condition::Or(
                    Box::new(self.condition(&binary.left)?),
                    Box::new(self.condition(&binary.right)?),
                )),
                op => match comparison(op) {
                    Some(comparison) => self.compare(expr, &binary.left, comparison, &binary.right),
                    None => Err(syn::Error::new_spanned(
                        binary.op,
                        "a condition is made of comparisons, `!`, `&&` and `||`",
                    )),
                },
            },
            Expr::Lit(ExprLit {
                lit: Lit::Bool(value),
                ..
            }) => Ok(Condition::Constant(value.value)),
            Expr::MethodCall(call) => self.method(expr, call),
            Expr::Call(call) => self.call(expr, call),
            Expr::Path(path) => match single(&path.path) {
                Some(ident) if ident == "always" => Ok(Condition::Constant(true)),
                Some(ident) if ident == "never" => Ok(Condition::Constant(false)),
                _ => {
                    let operand = self.operand(expr);
                    self.atom(expr, Test::True(operand))
                }
            },
            Expr::Field(_) | Expr::Macro(_) => {
                let operand = self.operand(expr);
                self.atom(expr, Test::True(operand))
            }
            _ => Err(syn::Error::new_spanned(
                expr,
                "this is not a condition: expected a comparison, a boolean, `always`, `never`, \
                 `relation.any(|row| …)` or several of these joined by `&&`, `||` and `!`",
            )),
        }
    }

    fn compare(
        &mut self,
        expr: &Expr,
        left: &Expr,
        comparison: Comparison,
        right: &Expr,
    ) -> syn::Result<Condition> {
        let (left, right) = (self.operand(left), self.operand(right));
        let test = if right.is_column() && !left.is_column() {
            Test::Compare(right, comparison.turned(), left)
        } else {
            Test::Compare(left, comparison, right)
        };
        self.atom(expr, test)
    }

    fn method(&mut self, expr: &Expr, call: &syn::ExprMethodCall) -> syn::Result<Condition> {
        let none = call.args.is_empty();
        match call.method.to_string().as_str() {
            "is_none" if none => {
                let operand = self.operand(&call.receiver);
                self.atom(expr, Test::Null(operand))
            }
            "is_some" if none => {
                let operand = self.operand(&call.receiver);
                let null = self.named_atom(
                    format!("{}.is_none()", text(&call.receiver)),
                    expr.span(),
                    Test::Null(operand),
                )?;
                Ok(Condition::Not(Box::new(null)))
            }
            "is_in" => {
                let operand = self.operand(&call.receiver);
                match call.args.first() {
                    Some(Expr::Array(array)) if call.args.len() == 1 => {
                        let values = array.elems.iter().cloned().collect();
                        self.atom(expr, Test::Among(operand, values))
                    }
                    _ => Err(syn::Error::new_spanned(
                        &call.args,
                        "`is_in` takes the list in full: `status.is_in([Status::Draft, Status::Review])`",
                    )),
                }
            }
            "any" => self.any(expr, call, false),
            "every" => {
                let any = self.any(expr, call, true)?;
                Ok(Condition::Not(Box::new(any)))
            }
            "none" => {
                let any = self.any(expr, call, false)?;
                Ok(Condition::Not(Box::new(any)))
            }
            _ => {
                let operand = self.operand(expr);
                self.atom(expr, Test::True(operand))
            }
        }
    }

    /// `relation.any(|row| …)`, or that of the negated condition.
    fn any(
        &mut self,
        expr: &Expr,
        call: &syn::ExprMethodCall,
        negated: bool,
    ) -> syn::Result<Condition> {
        let relation = self.relation(&call.receiver)?;
        let closure = match call.args.first() {
            Some(Expr::Closure(closure)) if call.args.len() == 1 => closure,
            _ => {
                return Err(syn::Error::new_spanned(
                    &call.method,
                    format_args!(
                        "`{}` takes a condition on the related row: `|row| row.active`",
                        call.method
                    ),
                ));
            }
        };
        let parameter = match closure.inputs.first() {
            Some(syn::Pat::Ident(parameter)) if closure.inputs.len() == 1 => &parameter.ident,
            _ => {
                return Err(syn::Error::new_spanned(
                    closure,
                    "the condition takes one related row: `|row| row.active`",
                ));
            }
        };
        if parameter == "actor" {
            return Err(syn::Error::new_spanned(
                parameter,
                "`actor` is who acts: give the related row another name",
            ));
        }
        self.rows.push(parameter.clone());
        let condition = self.condition(&closure.body);
        self.rows.pop();
        let mut condition = condition?;
        if negated {
            condition = Condition::Not(Box::new(condition));
        }
        let name = format!("{}{}", if negated { "!" } else { "" }, text(expr));
        let test = Test::Any(relation, Box::new(condition));
        self.named_atom(name, expr.span(), test)
    }

    fn relation(&self, receiver: &Expr) -> syn::Result<Relation> {
        if let Operand::Column(depth, ident) = self.operand(receiver) {
            return Ok(Relation(depth, ident));
        }
        Err(syn::Error::new_spanned(
            receiver,
            "not a relation: expected a foreign key of this row, such as `owner_id`",
        ))
    }

    fn call(&mut self, expr: &Expr, call: &syn::ExprCall) -> syn::Result<Condition> {
        if let Expr::Path(path) = &*call.func
            && let Some(name) = single(&path.path)
            && call.args.is_empty()
            && let Some((name, check)) = self.checks.iter().find(|(known, _)| known == name)
        {
            let (name, check) = (name.clone(), check.clone());
            if self.reading.contains(&name) {
                return Err(syn::Error::new_spanned(expr, "a check that needs itself"));
            }
            self.reading.push(name);
            let rows = std::mem::take(&mut self.rows);
            let condition = self.condition(&check);
            self.rows = rows;
            self.reading.pop();
            return condition;
        }
        let operand = self.operand(expr);
        self.atom(expr, Test::True(operand))
    }

    fn operand(&self, expr: &Expr) -> Operand {
        match expr {
            Expr::Paren(paren) => self.operand(&paren.expr),
            Expr::Group(group) => self.operand(&group.expr),
            Expr::Path(path) => match single(&path.path) {
                Some(ident) if ident == "actor" => Operand::Actor(ident.span()),
                Some(ident) if is_column_name(ident) && !self.rows.contains(ident) => {
                    Operand::Column(0, ident.clone())
                }
                _ => Operand::Value(expr.clone()),
            },
            Expr::Field(field) => {
                if let Expr::Path(base) = &*field.base
                    && let Some(row) = single(&base.path)
                    && let Some(depth) = self.rows.iter().rposition(|known| known == row)
                    && let syn::Member::Named(column) = &field.member
                {
                    return Operand::Column(depth + 1, column.clone());
                }
                Operand::Value(expr.clone())
            }
            _ => Operand::Value(expr.clone()),
        }
    }

    /// A column of another row than the innermost one.
    fn outside<'a>(&self, test: &'a Test) -> Option<&'a Ident> {
        let operands = match test {
            Test::Compare(left, _, right) => vec![left, right],
            Test::Null(operand) | Test::Among(operand, _) | Test::True(operand) => vec![operand],
            Test::Any(Relation(depth, ident), _) => {
                return (*depth != self.rows.len()).then_some(ident);
            }
        };
        operands.into_iter().find_map(|operand| match operand {
            Operand::Column(depth, ident) if *depth != self.rows.len() => Some(ident),
            _ => None,
        })
    }

    fn atom(&mut self, expr: &Expr, test: Test) -> syn::Result<Condition> {
        self.named_atom(text(expr), expr.span(), test)
    }

    fn named_atom(&mut self, text: String, span: Span, test: Test) -> syn::Result<Condition> {
        // Rows of relations have names that mean something inside of them only.
        let text = format!("{}{text}", "|".repeat(self.rows.len()));
        let about_row = match &test {
            Test::Compare(left, _, right) => left.is_column() || right.is_column(),
            Test::Null(operand) | Test::Among(operand, _) | Test::True(operand) => {
                operand.is_column()
            }
            Test::Any(..) => true,
        };
        if let Some(outside) = self.outside(&test) {
            return Err(syn::Error::new(
                outside.span(),
                "here the condition is about the related row: what it asks about another row \
                 belongs outside",
            ));
        }
        let alone = match &test {
            Test::Compare(left, comparison, right) => {
                let compared =
                    about_row && matches!(comparison, Comparison::Equal | Comparison::NotEqual);
                [left, right]
                    .into_iter()
                    .find_map(Operand::actor)
                    .filter(|_| !compared)
            }
            Test::Null(operand) | Test::Among(operand, _) | Test::True(operand) => operand.actor(),
            Test::Any(..) => None,
        };
        if let Some(actor) = alone {
            return Err(syn::Error::new(
                actor,
                "the actor is compared with a foreign key to it: `owner_id == actor`; \
                 for anything else name one of its fields",
            ));
        }
        let (atoms, make): (_, fn(usize) -> Condition) = if about_row {
            (&mut self.atoms.row, Condition::Row)
        } else {
            (&mut self.atoms.actor, Condition::Actor)
        };
        let index = match atoms.iter().position(|atom| atom.text == text) {
            Some(index) => index,
            None => {
                let depth = self.rows.len();
                atoms.push(Atom {
                    test,
                    span,
                    depth,
                    text,
                });
                atoms.len() - 1
            }
        };
        Ok(make(index))
    }
}

fn comparison(op: BinOp) -> Option<Comparison> {
    Some(match op {
        BinOp::Eq(_) => Comparison::Equal,
        BinOp::Ne(_) => Comparison::NotEqual,
        BinOp::Lt(_) => Comparison::Less,
        BinOp::Le(_) => Comparison::LessOrEqual,
        BinOp::Gt(_) => Comparison::Greater,
        BinOp::Ge(_) => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

/// The one segment of a path that has no more.
fn single(path: &Path) -> Option<&Ident> {
    path.get_ident()
}

/// Columns are lower case, constants and unit structs are not.
fn is_column_name(ident: &Ident) -> bool {
    let name = ident.to_string();
    name.trim_start_matches("r#")
        .trim_start_matches('_')
        .starts_with(char::is_lowercase)
}

fn text(tokens: impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}
