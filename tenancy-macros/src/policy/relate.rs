//! Conditions about other rows: what surrounds them, so that only the rows are there that the actor may
//! read, and that what they borrow lives as long as they do.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Expr, Ident};

use super::condition::{Atom, Condition, Relation, Test};
use super::emit::{Emitter, by, camel_case, columns, wrapped};
use super::fold::{Predicate, Rules};

/// The condition of a `when`, with the present moment in it: `actor.until > now()`.
pub(super) fn with_moment(krate: &syn::Path, expr: &Expr) -> Expr {
    let mut expr = expr.clone();
    put_moment(krate, &mut expr);
    expr
}

fn put_moment(krate: &syn::Path, expr: &mut Expr) {
    match expr {
        Expr::Paren(paren) => put_moment(krate, &mut paren.expr),
        Expr::Group(group) => put_moment(krate, &mut group.expr),
        Expr::Unary(unary) => put_moment(krate, &mut unary.expr),
        Expr::Binary(binary) => {
            let is_now = |expr: &Expr| {
                matches!(expr, Expr::Call(call) if call.args.is_empty()
                    && matches!(&*call.func, Expr::Path(path) if path.path.is_ident("now")))
            };
            let (now, other) = match (is_now(&binary.left), is_now(&binary.right)) {
                (true, false) => (&mut binary.left, &binary.right),
                (false, true) => (&mut binary.right, &binary.left),
                _ => {
                    put_moment(krate, &mut binary.left);
                    put_moment(krate, &mut binary.right);
                    return;
                }
            };
            **now = syn::parse_quote!(#krate::__private::now_like(&(#other)));
        }
        _ => {}
    }
}

/// What is there of a relation's rows.
fn related(atom: usize) -> Ident {
    format_ident!("related_{atom}")
}

/// A value that a condition about a related row is compared with.
pub(super) fn value(atom: usize, number: usize) -> Ident {
    format_ident!("value_{atom}_{number}")
}

impl Emitter<'_> {
    /// Around code that asks whether there are related rows: what is there of them.
    pub(super) fn looking(&self, mut atoms: Vec<usize>, body: TokenStream) -> TokenStream {
        let all = &self.resolved.atoms.row;
        atoms.retain(|atom| matches!(all[*atom].test, Test::Any(..)));
        atoms.into_iter().fold(body, |body, atom| {
            let Test::Any(relation, action, _) = &all[atom].test else {
                unreachable!("the others were left out")
            };
            let private = self.private();
            let name = related(atom);
            let named = format_ident!("{}", camel_case(&action.to_string()), span = action.span());
            let action = quote!(#private::action::#named);
            let (this, actor, by, place) = (self.model, self.actor, by(), all[atom].place);
            let of = place.enclose(quote!(#private::of::<#this>()));
            let acting = place.enclose(quote!(#action));
            let by = place.enclose(quote!(#by));
            match relation {
                Relation::Tenant => {
                    let look = place.show(quote!(#private::look_at_tenant::<_, #actor, _>));
                    place.show(quote!(#look(#of, #by, |#name| { #body })))
                }
                Relation::One(_, ident) => {
                    let outer = self.columns_within(&all[atom].within);
                    let (column, look) = (place.enclose(quote!(#outer.#ident)), place.name("__look"));
                    place.show(quote!(#column.#look::<#actor, #action, _>(#acting, #by, |#name| { #body })))
                }
                Relation::Many(model, ident) => {
                    let krate = self.krate;
                    let column = quote!(<#model as #krate::Model>::COLUMNS.#ident);
                    let (column, look) = (place.enclose(column), place.name("__look_back"));
                    place.show(quote! {
                        #column.#look::<_, #actor, #action, _>(#of, #acting, #by, |#name| { #body })
                    })
                }
            }
        })
    }

    /// The columns of the row inside of some relations.
    fn columns_within(&self, within: &[Relation]) -> TokenStream {
        let first = columns(0);
        within
            .iter()
            .fold(quote!(#first), |outer, relation| match relation {
                Relation::One(_, ident) => quote!(#outer.#ident.__to()),
                Relation::Many(model, _) => {
                    let krate = self.krate;
                    quote!(<#model as #krate::Model>::COLUMNS)
                }
                Relation::Tenant => unreachable!("what is asked of the tenant is no relation"),
            })
    }

    /// A method of a relation, on a condition about the related row.
    pub(super) fn relation(&self, atom: usize, name: &str, inner: &TokenStream) -> TokenStream {
        let Atom { within, place, .. } = &self.resolved.atoms.row[atom];
        let columns = columns(within.len() + 1);
        let (related, method) = (related(atom), place.name(name));
        place.show(quote!(#related.#method(|#columns| #inner)))
    }

    /// Declares the values that conditions about related rows are compared with: what such a condition
    /// borrows must outlive the closure that makes it.
    pub(super) fn values(&self, atoms: &[usize]) -> TokenStream {
        let all = &self.resolved.atoms.row;
        atoms
            .iter()
            .filter(|atom| !all[**atom].within.is_empty())
            .flat_map(|atom| {
                let values = all[*atom].test.values();
                values.into_iter().enumerate().map(|(number, expr)| {
                    let name = value(*atom, number);
                    quote!(let #name = &(#expr);)
                })
            })
            .collect()
    }

    /// The value of a condition.
    pub(super) fn value_of(&self, atom: usize, number: usize, expr: &Expr) -> TokenStream {
        if self.resolved.atoms.row[atom].within.is_empty() {
            return self.value(expr);
        }
        let name = value(atom, number);
        wrapped(expr, &quote!(#name))
    }

    /// The atoms about rows that rules are made of; those of related rows first.
    pub(super) fn row_atoms(&self, rules: &[&Rules]) -> Vec<usize> {
        let mut found = Vec::new();
        for block in rules.iter().flat_map(|rules| rules.blocks()) {
            for check in &block.checks {
                self.atoms_in(&check.condition, &mut found);
            }
        }
        found
    }

    /// Adds the atoms about rows in a condition; those of related rows first.
    pub(super) fn atoms_in(&self, condition: &Condition, found: &mut Vec<usize>) {
        match condition {
            Condition::Constant(_) | Condition::Actor(_) => {}
            Condition::Row(atom) => {
                if let Test::Any(_, _, inner) = &self.resolved.atoms.row[*atom].test {
                    self.atoms_in(inner, found);
                }
                if !found.contains(atom) {
                    found.push(*atom);
                }
            }
            Condition::Not(inner) => self.atoms_in(inner, found),
            Condition::And(left, right) | Condition::Or(left, right) => {
                self.atoms_in(left, found);
                self.atoms_in(right, found);
            }
        }
    }
}

impl Predicate {
    /// Adds the atoms about rows in it.
    pub(super) fn atoms(&self, found: &mut Vec<usize>) {
        match self {
            Self::True | Self::False => {}
            Self::Row(atom, _) => {
                if !found.contains(atom) {
                    found.push(*atom);
                }
            }
            Self::Some(atom, inner) | Self::All(atom, inner) => {
                inner.atoms(found);
                if !found.contains(atom) {
                    found.push(*atom);
                }
            }
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.atoms(found)),
        }
    }
}
