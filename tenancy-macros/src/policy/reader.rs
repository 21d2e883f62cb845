//! From expressions to conditions.

use proc_macro2::Span;
use syn::spanned::Spanned as _;
use syn::{Attribute, BinOp, Expr, ExprLit, Ident, Lit, UnOp};

use super::condition::{Atom, Atoms, Comparison, Condition, Operand, Relation, Test};
use super::located::Place;
use super::names::{FORMS, alone, not_a_word};
use super::syntax::Declared;
use super::written::written;

/// Reads expressions as conditions.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    pub(crate) atoms: Atoms,
    /// Named conditions that were defined before.
    pub(super) checks: Vec<(Ident, Expr)>,
    /// Relations to other models that were declared.
    pub(super) relations: Vec<Declared>,
    /// The checks and relations that something asked for.
    pub(super) used: Vec<Ident>,
    /// The names of the rows of relations around the expression, the outermost first.
    pub(super) rows: Vec<Ident>,
    /// These relations.
    within: Vec<Relation>,
    /// Whether the expression is about the actor alone: that of a `when`.
    pub(super) of_actor: bool,
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
            Expr::Path(_) => match alone(expr) {
                Some(ident) if ident == "always" => Ok(Condition::Constant(true)),
                Some(ident) if ident == "never" => Ok(Condition::Constant(false)),
                _ => self.boolean(expr),
            },
            Expr::Field(_) | Expr::Macro(_) | Expr::Block(_) => self.boolean(expr),
            _ => Err(syn::Error::new_spanned(
                expr,
                "this is not a condition: expected a comparison, a boolean, `always`, `never`, \
                 `relation.any(|row| …)` or several of these joined by `&&`, `||` and `!`",
            )),
        }
    }

    /// What is true or false by itself.
    fn boolean(&mut self, expr: &Expr) -> syn::Result<Condition> {
        let operand = self.operand(expr)?;
        self.atom(expr, Test::True(operand))
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
        for (side, other) in [(left, right), (right, left)] {
            if alone(side).is_some_and(|name| name == "None") {
                let test = if comparison == Comparison::NotEqual {
                    "is_some"
                } else {
                    "is_none"
                };
                return Err(syn::Error::new_spanned(
                    side,
                    format_args!(
                        "a comparison with nothing is neither true nor false: write `{}.{test}()`",
                        written(other)
                    ),
                ));
            }
        }
        let (left, right) = (self.operand(left)?, self.operand(right)?);
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
                let operand = self.operand(&call.receiver)?;
                self.atom(expr, Test::Null(operand))
            }
            "is_some" if none => {
                let operand = self.operand(&call.receiver)?;
                let receiver = &call.receiver;
                let none = syn::parse_quote_spanned!(expr.span()=> #receiver.is_none());
                let null = self.atom(&none, Test::Null(operand))?;
                Ok(Condition::Not(Box::new(null)))
            }
            "is_in" => {
                let operand = self.operand(&call.receiver)?;
                match call.args.first() {
                    Some(Expr::Array(array)) if array.elems.is_empty() => Err(
                        syn::Error::new_spanned(array, "nothing is one of no values"),
                    ),
                    Some(Expr::Array(array)) if call.args.len() == 1 => {
                        let values = array.elems.iter().map(|value| self.value(value));
                        let values = values.collect::<syn::Result<_>>()?;
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
            _ => match self.row_method(call) {
                Some(error) => Err(error),
                None => self.boolean(expr),
            },
        }
    }

    /// Why something is no method of a column or a relation, if it is called as one.
    fn row_method(&mut self, call: &syn::ExprMethodCall) -> Option<syn::Error> {
        let relation = self.relation(&call.receiver).is_ok();
        if !relation && !matches!(self.operand(&call.receiver), Ok(Operand::Tenant(_))) {
            return None;
        }
        let (receiver, method) = (written(&call.receiver), &call.method);
        let instead = match method.to_string().as_str() {
            "all" => format!(": write `{receiver}.every(|row| …)`"),
            name => {
                let operators = [
                    ("eq", "=="),
                    ("ne", "!="),
                    ("lt", "<"),
                    ("le", "<="),
                    ("gt", ">"),
                    ("ge", ">="),
                ];
                match operators.iter().find(|(known, _)| *known == name) {
                    Some((_, operator)) => format!(": write `{receiver} {operator} …`"),
                    None => format!(": {FORMS}"),
                }
            }
        };
        Some(syn::Error::new(
            method.span(),
            format_args!("in rules a column has no `{method}`{instead}"),
        ))
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
        not_a_word("the related row", parameter)?;
        let read = Ident::new("read", Span::call_site());
        let condition = self.inside(relation.clone(), parameter.clone(), |reader| {
            reader.condition(&closure.body)
        });
        let mut condition = condition?;
        if negated {
            condition = Condition::Not(Box::new(condition));
        }
        self.atom(expr, Test::Any(relation, read, Box::new(condition)))
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

    fn relation(&mut self, receiver: &Expr) -> syn::Result<Relation> {
        let declared = alone(receiver).and_then(|name| {
            let mut relations = self.relations.iter();
            relations.find(|declared| declared.name == *name)
        });
        if let Some(declared) = declared {
            if !self.rows.is_empty() {
                return Err(syn::Error::new_spanned(
                    receiver,
                    "this relation is one of the outer row, and here the condition is about a related one",
                ));
            }
            self.used.push(declared.name.clone());
            return Ok(Relation::Many(
                declared.model.clone(),
                declared.column.clone(),
            ));
        }
        match self.operand(receiver)? {
            Operand::Column(depth, ident) => Ok(Relation::One(depth, ident)),
            _ => Err(syn::Error::new_spanned(
                receiver,
                "not a relation: expected a foreign key of this row, such as `owner_id`, or a relation that was \
                 declared: `relation shares = Share.document_id;`",
            )),
        }
    }

    fn call(&mut self, expr: &Expr, call: &syn::ExprCall) -> syn::Result<Condition> {
        let Some(name) = alone(&call.func) else {
            return self.boolean(expr);
        };
        if name == "now" || !call.args.is_empty() {
            return self.boolean(expr);
        }
        let known = self.checks.iter().find(|(known, _)| known == name);
        let Some((name, check)) = known.cloned() else {
            return Err(self.no_check(name));
        };
        if self.reading.contains(&name) {
            return Err(syn::Error::new_spanned(expr, "a check that needs itself"));
        }
        self.used.push(name.clone());
        self.reading.push(name);
        let (rows, within) = (
            std::mem::take(&mut self.rows),
            std::mem::take(&mut self.within),
        );
        let condition = self.condition(&check);
        (self.rows, self.within) = (rows, within);
        self.reading.pop();
        if !self.rows.is_empty() && matches!(&condition, Ok(condition) if condition.about_row()) {
            return Err(syn::Error::new_spanned(
                expr,
                "this check is about the row itself, and here the condition is about a related one",
            ));
        }
        condition
    }

    fn operand(&self, expr: &Expr) -> syn::Result<Operand> {
        match expr {
            Expr::Paren(paren) => return self.operand(&paren.expr),
            Expr::Group(group) => return self.operand(&group.expr),
            Expr::Path(_) => {
                if let Some(name) = alone(expr) {
                    return self.named(name);
                }
            }
            Expr::Call(call)
                if call.args.is_empty() && alone(&call.func).is_some_and(|name| name == "now") =>
            {
                return Ok(Operand::Now(expr.span()));
            }
            Expr::Field(field) => {
                if let (Some(row), syn::Member::Named(column)) = (alone(&field.base), &field.member)
                {
                    if let Some(depth) = self.rows.iter().rposition(|known| known == row) {
                        return Ok(Operand::Column(depth + 1, column.clone()));
                    }
                    if row == "tenant" {
                        return Ok(Operand::Tenant(column.clone()));
                    }
                }
            }
            Expr::Reference(_) | Expr::Unary(_) => {
                if let Some(actor) = behind_a_reference(expr) {
                    return Err(syn::Error::new_spanned(
                        expr,
                        format_args!("`{actor}` is compared as it is: write `owner_id == {actor}`"),
                    ));
                }
            }
            _ => {}
        }
        self.value(expr).map(Operand::Value)
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
        if let Some(test) = about_tenant(&test) {
            return self.tenant_atom(expr, test);
        }
        self.moment(&test)?;
        // It is asked of the rows of relations from where it is.
        let within: Vec<_> = self.within.iter().map(Relation::key).collect();
        let key = format!("{}|{}", within.join("|"), test.key());
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
        let index = match atoms.iter().position(|atom| atom.key == key) {
            Some(index) => index,
            None => {
                atoms.push(Atom {
                    test,
                    place: Place::of(expr),
                    within: self.within.clone(),
                    key,
                    #[cfg(test)]
                    text: written(expr),
                });
                atoms.len() - 1
            }
        };
        Ok(make(index))
    }
}

impl Reader {
    /// A test of the tenant's own row, whose columns are those of a relation here.
    fn tenant_atom(&mut self, expr: &Expr, test: Test) -> syn::Result<Condition> {
        if !self.rows.is_empty() {
            return Err(syn::Error::new_spanned(
                expr,
                "here the condition is about the related row: what it asks about the tenant belongs outside",
            ));
        }
        let row = Ident::new("tenant", Span::call_site());
        let inner = self.inside(Relation::Tenant, row, |reader| reader.atom(expr, test))?;
        let read = Ident::new("read", Span::call_site());
        let test = Test::Any(Relation::Tenant, read, Box::new(inner));
        self.atom(expr, test)
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

/// The word `actor`, if an expression is a reference to it, or what is behind one.
fn behind_a_reference(expr: &Expr) -> Option<&Ident> {
    let inner = match expr {
        Expr::Paren(paren) => &paren.expr,
        Expr::Group(group) => &group.expr,
        Expr::Reference(reference) => &reference.expr,
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => &unary.expr,
        _ => return alone(expr).filter(|name| *name == "actor"),
    };
    behind_a_reference(inner)
}
