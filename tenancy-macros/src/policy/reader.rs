//! From expressions to conditions.

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned as _;
use syn::{Attribute, BinOp, Expr, ExprLit, Ident, Lit, Path, UnOp};

use super::condition::{Atom, Atoms, Comparison, Condition, Operand, Relation, Test};
use super::syntax::Declared;

/// Reads expressions as conditions.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    pub(crate) atoms: Atoms,
    /// Named conditions that were defined before.
    checks: Vec<(Ident, Expr)>,
    /// Relations to other models that were declared.
    relations: Vec<Declared>,
    /// The names of the rows of relations around the expression, the outermost first.
    rows: Vec<Ident>,
    /// These relations.
    within: Vec<Relation>,
    /// The checks that are being read, to find one that needs itself.
    reading: Vec<Ident>,
}

impl Reader {
    pub(crate) fn new(checks: Vec<(Ident, Expr)>, relations: Vec<Declared>) -> Self {
        Self {
            checks,
            relations,
            ..Self::default()
        }
    }

    pub(crate) fn condition(&mut self, expr: &Expr) -> syn::Result<Condition> {
        no_attributes(expr)?;
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
        no_attributes(left)?;
        no_attributes(right)?;
        let (left, right) = (self.operand(left), self.operand(right));
        let turned = right.is_column() && !left.is_column() || matches!(left, Operand::Now(_));
        let test = if turned {
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
                    Some(Expr::Array(array)) if array.elems.is_empty() => Err(
                        syn::Error::new_spanned(array, "nothing is one of no values"),
                    ),
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
            "can" if self.relation(&call.receiver).is_ok() => self.can(expr, call),
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
        let read = Ident::new("read", Span::call_site());
        let condition = self.inside(relation.clone(), parameter.clone(), |reader| {
            reader.condition(&closure.body)
        });
        let mut condition = condition?;
        if negated {
            condition = Condition::Not(Box::new(condition));
        }
        let name = format!("{}{}", if negated { "!" } else { "" }, text(expr));
        let test = Test::Any(relation, read, Box::new(condition));
        self.named_atom(name, expr.span(), test)
    }

    /// Reads a condition about the rows of a relation.
    fn inside<T>(
        &mut self,
        relation: Relation,
        row: Ident,
        read: impl FnOnce(&mut Self) -> syn::Result<T>,
    ) -> syn::Result<T> {
        self.rows.push(row);
        self.within.push(relation);
        let result = read(self);
        self.rows.pop();
        self.within.pop();
        result
    }

    /// `relation.can(update)`: whether the actor may do this to the related row.
    fn can(&mut self, expr: &Expr, call: &syn::ExprMethodCall) -> syn::Result<Condition> {
        let relation = self.relation(&call.receiver)?;
        match call.args.first() {
            Some(Expr::Path(action))
                if call.args.len() == 1 && action.path.get_ident().is_some() =>
            {
                let action = action.path.require_ident()?.clone();
                super::resolve::known(&action)?;
                let always = Box::new(Condition::Constant(true));
                self.atom(expr, Test::Any(relation, action, always))
            }
            _ => Err(syn::Error::new_spanned(
                &call.method,
                "`can` takes an action: `folder_id.can(update)`",
            )),
        }
    }

    fn relation(&self, receiver: &Expr) -> syn::Result<Relation> {
        if let Operand::Column(depth, ident) = self.operand(receiver) {
            let declared = self
                .relations
                .iter()
                .find(|declared| declared.name == ident);
            return match declared {
                Some(declared) if depth == 0 && self.rows.is_empty() => Ok(Relation::Many(
                    declared.model.clone(),
                    declared.column.clone(),
                )),
                Some(_) if depth == 0 => Err(syn::Error::new_spanned(
                    receiver,
                    "this relation is one of the outer row, and here the condition is about a related one",
                )),
                _ => Ok(Relation::One(depth, ident)),
            };
        }
        Err(syn::Error::new_spanned(
            receiver,
            "not a relation: expected a foreign key of this row, such as `owner_id`, or a relation that was \
             declared: `relation shares = Share.document_id;`",
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
            let (rows, within) = (
                std::mem::take(&mut self.rows),
                std::mem::take(&mut self.within),
            );
            let condition = self.condition(&check);
            (self.rows, self.within) = (rows, within);
            if !self.rows.is_empty() && matches!(&condition, Ok(condition) if condition.about_row())
            {
                return Err(syn::Error::new_spanned(
                    expr,
                    "this check is about the row itself, and here the condition is about a related one",
                ));
            }
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
            Expr::Call(call)
                if call.args.is_empty()
                    && matches!(&*call.func, Expr::Path(path) if path.path.is_ident("now")) =>
            {
                Operand::Now(expr.span())
            }
            Expr::Field(field) => {
                if let Expr::Path(base) = &*field.base
                    && base.path.is_ident("tenant")
                    && !self.rows.iter().any(|row| row == "tenant")
                    && let syn::Member::Named(column) = &field.member
                {
                    return Operand::Tenant(column.clone());
                }
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
            Test::Any(Relation::One(depth, ident), ..) => {
                return (*depth != self.rows.len()).then_some(ident);
            }
            Test::Any(..) => return None,
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
        if let Some(test) = about_tenant(&test) {
            return self.tenant_atom(text, span, test);
        }
        self.moment(&test)?;
        // Rows of relations have names that mean something inside of them only.
        let text = match &test {
            // It is looked into from where it is.
            Test::Any(..) if !self.within.is_empty() => format!("{:?}|{text}", self.within),
            _ => format!("{}{text}", "|".repeat(self.rows.len())),
        };
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
                let within = self.within.clone();
                atoms.push(Atom {
                    test,
                    span,
                    within,
                    text,
                });
                atoms.len() - 1
            }
        };
        Ok(make(index))
    }
}

impl Reader {
    /// A test of the tenant's own row, whose columns are those of a relation here.
    fn tenant_atom(&mut self, text: String, span: Span, test: Test) -> syn::Result<Condition> {
        if !self.rows.is_empty() {
            return Err(syn::Error::new(
                span,
                "here the condition is about the related row: what it asks about the tenant belongs outside",
            ));
        }
        let row = Ident::new("tenant", Span::call_site());
        let inner = self.inside(Relation::Tenant, row, |reader| {
            reader.named_atom(text.clone(), span, test)
        })?;
        let read = Ident::new("read", Span::call_site());
        let test = Test::Any(Relation::Tenant, read, Box::new(inner));
        self.named_atom(text, span, test)
    }

    /// The present moment is before or after another.
    fn moment(&self, test: &Test) -> syn::Result<()> {
        let (now, fine) = match test {
            Test::Compare(left, comparison, right) => {
                let now = |operand: &Operand| match operand {
                    Operand::Now(span) => Some(*span),
                    _ => None,
                };
                let ordered = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
                (now(left).or(now(right)), ordered && now(left).is_none())
            }
            Test::Null(operand) | Test::Among(operand, _) | Test::True(operand) => match operand {
                Operand::Now(span) => (Some(*span), false),
                _ => (None, true),
            },
            Test::Any(..) => (None, true),
        };
        match now {
            Some(span) if !fine => Err(syn::Error::new(
                span,
                "`now()` is compared by `<`, `<=`, `>` or `>=`, with a column or with what the actor has",
            )),
            _ => Ok(()),
        }
    }
}

/// The same test with columns of the tenant as columns of a related row, if it has any.
fn about_tenant(test: &Test) -> Option<Test> {
    let related = |operand: &Operand| match operand {
        Operand::Tenant(ident) => Some(Operand::Column(1, ident.clone())),
        _ => None,
    };
    let either = |operand: &Operand| related(operand).unwrap_or_else(|| operand.clone());
    match test {
        Test::Compare(left, comparison, right) => {
            if related(right).is_some() && related(left).is_none() {
                return Some(Test::Compare(
                    either(right),
                    comparison.turned(),
                    left.clone(),
                ));
            }
            related(left).map(|left| Test::Compare(left, *comparison, either(right)))
        }
        Test::Null(operand) => related(operand).map(Test::Null),
        Test::True(operand) => related(operand).map(Test::True),
        Test::Among(operand, values) => {
            related(operand).map(|operand| Test::Among(operand, values.clone()))
        }
        Test::Any(..) => None,
    }
}

/// An expression that may be a condition, or a column, has no attributes: nothing would heed them.
fn no_attributes(expr: &Expr) -> syn::Result<()> {
    let attributes: &[Attribute] = match expr {
        Expr::Binary(expr) => &expr.attrs,
        Expr::Call(expr) => &expr.attrs,
        Expr::Field(expr) => &expr.attrs,
        Expr::Group(expr) => &expr.attrs,
        Expr::Lit(expr) => &expr.attrs,
        Expr::Macro(expr) => &expr.attrs,
        Expr::MethodCall(expr) => &expr.attrs,
        Expr::Paren(expr) => &expr.attrs,
        Expr::Path(expr) => &expr.attrs,
        Expr::Unary(expr) => &expr.attrs,
        _ => &[],
    };
    match attributes.first() {
        None => Ok(()),
        Some(attribute) => Err(syn::Error::new_spanned(
            attribute,
            "a condition has no attributes: what is written here is always asked",
        )),
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
