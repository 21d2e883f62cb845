//! The rules as data, and the code that tells what each atom comes to: for denials, `can` and `explain`.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

use super::condition::{Comparison, Condition, Operand, Test};
use super::emit::{Emitter, by, columns, ordering};
use super::fold::Checks;
use super::resolve::Action;
use super::syntax::{Kind, Verb};
use super::written::written;

/// The constant with the rules of an action.
pub(super) fn rules_ident(action: &Action) -> Ident {
    format_ident!("RULES_OF_{}", action.word())
}

impl Emitter<'_> {
    /// `static RULES_OF_read: Rules = …`
    pub(super) fn rules(&self, action: &Action) -> TokenStream {
        let private = self.private();
        let constant = rules_ident(action);
        let name = match &action.custom {
            None => {
                let name = action.name.to_string();
                quote!(#name)
            }
            Some(custom) => {
                let path = &custom.path;
                quote!(<#path as #private::Action>::NAME)
            }
        };
        let blocks = action
            .rules
            .kinds()
            .map(|(kind, block)| self.block(kind, block));
        quote! {
            #[allow(non_upper_case_globals)]
            static #constant: #private::Rules = #private::Rules {
                action: #name,
                blocks: &[#(#blocks),*],
            };
        }
    }

    fn block(&self, kind: Kind, block: &Checks) -> TokenStream {
        let private = self.private();
        let kind = match kind {
            Kind::Guard => quote!(Guard),
            Kind::Bypass => quote!(Bypass),
            Kind::Policy | Kind::Field => quote!(Policy),
        };
        let name = option(block.name.as_ref());
        let when = option(block.when.map(|when| {
            let text = written(&self.resolved.whens[when].0);
            quote!((#when, #text))
        }));
        let checks = block.checks.iter().map(|check| {
            let verb = match check.verb {
                Verb::AuthorizeIf => quote!(AuthorizeIf),
                Verb::AuthorizeUnless => quote!(AuthorizeUnless),
                Verb::ForbidIf => quote!(ForbidIf),
                Verb::ForbidUnless => quote!(ForbidUnless),
            };
            let condition = self.as_data(&check.condition);
            let (text, code) = (&check.text, option(check.code.as_ref()));
            quote! {
                #private::Check {
                    verb: #private::Verb::#verb,
                    condition: &#condition,
                    text: #text,
                    code: #code,
                }
            }
        });
        quote! {
            #private::Block {
                kind: #private::Kind::#kind,
                name: #name,
                when: #when,
                checks: &[#(#checks),*],
            }
        }
    }

    fn as_data(&self, condition: &Condition) -> TokenStream {
        let private = self.private();
        let tree = quote!(#private::Tree);
        match condition {
            Condition::Constant(value) => quote!(#tree::Constant(#value)),
            Condition::Actor(atom) => quote!(#tree::Actor(#atom)),
            Condition::Row(atom) => quote!(#tree::Row(#atom)),
            Condition::Not(inner) => {
                let inner = self.as_data(inner);
                quote!(#tree::Not(&#inner))
            }
            Condition::And(left, right) => {
                let (left, right) = (self.as_data(left), self.as_data(right));
                quote!(#tree::And(&#left, &#right))
            }
            Condition::Or(left, right) => {
                let (left, right) = (self.as_data(left), self.as_data(right));
                quote!(#tree::Or(&#left, &#right))
            }
        }
    }

    /// Tells `questions` every atom.
    pub(super) fn questions(&self) -> TokenStream {
        let atoms = &self.resolved.atoms;
        let actor = (0..atoms.actor.len()).map(|atom| {
            let question = self.question(atom);
            quote!(questions.actor(#atom, || #question);)
        });
        let whens = self.resolved.whens.iter().enumerate().map(|(when, (_, expr))| {
            quote!(questions.when(#when, || { let when: ::core::primitive::bool = #expr; when });)
        });
        // Those about related rows are parts of others.
        let row = (0..atoms.row.len())
            .filter(|atom| atoms.row[*atom].within.is_empty())
            .map(|atom| self.about_row(atom));
        quote!(#(#actor)* #(#whens)* #(#row)*)
    }

    fn about_row(&self, atom: usize) -> TokenStream {
        let private = self.private();
        let in_memory = match self.in_memory(atom) {
            Some(answer) => {
                let row = row();
                let known = self.columns_of(atom).map(|column| {
                    let columns = columns(0);
                    let known = Ident::new("__known", column.span());
                    quote!(#columns.#column.#known(#row))
                });
                quote! {
                    match #row {
                        // What is hidden in the row, the rules see all the same.
                        ::core::option::Option::Some(#row) if true #(&& #known)* => #answer,
                        _ => #private::Answer::Open,
                    }
                }
            }
            None => quote!(#private::Answer::Open),
        };
        let condition = Condition::Row(atom);
        // What it asks about the actor.
        let mut actor = Vec::new();
        self.resolved.atoms.questions(&condition, &mut actor);
        let actor: Vec<_> = actor
            .iter()
            .map(|atom| {
                let (name, question) = (super::dynamic::question(*atom), self.question(*atom));
                quote!(let #name = #question;)
            })
            .collect();
        let mut row = Vec::new();
        self.atoms_in(&condition, &mut row);
        let values = self.values(&row);
        let [holds, fails] = [true, false].map(|holds| {
            let predicate = self.resolved.atoms.certainly(&condition, holds, self);
            let told = quote!(#values #(#actor)* tell(#predicate));
            self.looking(row.clone(), told)
        });
        quote! {
            questions.row(
                #atom,
                || #in_memory,
                |holds, tell| if holds { #holds } else { #fails },
            );
        }
    }

    /// The columns of the row that an atom names.
    fn columns_of(&self, atom: usize) -> impl Iterator<Item = &Ident> {
        let operands = match &self.resolved.atoms.row[atom].test {
            Test::Compare(left, _, right) => vec![left, right],
            Test::Null(operand) | Test::Among(operand, _) | Test::True(operand) => vec![operand],
            Test::Any(..) => Vec::new(),
        };
        operands.into_iter().filter_map(|operand| match operand {
            Operand::Column(_, ident) => Some(ident),
            _ => None,
        })
    }

    /// The answer for a row in memory; `None` if only the database can tell.
    fn in_memory(&self, atom: usize) -> Option<TokenStream> {
        let private = self.private();
        let atom = &self.resolved.atoms.row[atom];
        let side = |operand: &Operand| match operand {
            Operand::Column(_, ident) => self.value_in_row(ident),
            operand => self.given(operand),
        };
        Some(match &atom.test {
            Test::Compare(left, comparison, Operand::Actor(_)) => {
                let (left, by) = (side(left), by());
                let method = if *comparison == Comparison::Equal {
                    quote!(equal)
                } else {
                    quote!(unequal)
                };
                quote!(#private::Keyed(#left, #by).#method())
            }
            Test::Compare(left, comparison, Operand::Now(_)) => {
                let (left, test) = (side(left), ordering(*comparison));
                quote!(#private::Timed(#left).compared(#test))
            }
            Test::Compare(left, comparison, right) => {
                let (left, right) = (side(left), side(right));
                let test = match comparison {
                    Comparison::Equal => {
                        return Some(quote!(#private::Both(#left, #right).equal()));
                    }
                    Comparison::NotEqual => {
                        return Some(quote!(#private::Both(#left, #right).unequal()));
                    }
                    comparison => ordering(*comparison),
                };
                quote!(#private::Both(#left, #right).compared(#test))
            }
            Test::Null(operand) => {
                let value = side(operand);
                quote!(#private::Single(#value).is_none())
            }
            Test::Among(operand, values) => {
                let operand = side(operand);
                let values = values.iter().map(|value| self.value(value));
                quote!(#private::OneOf(#operand, &[#(#values),*]).equal())
            }
            Test::True(operand) => {
                let value = side(operand);
                quote!(#private::Single(#value).holds())
            }
            Test::Any(..) => return None,
        })
    }

    fn value_in_row(&self, column: &Ident) -> TokenStream {
        let (private, columns, row) = (self.private(), columns(0), row());
        let of = Ident::new("__of", column.span());
        quote!(#private::Wrap(#columns.#column.#of(#row)).given())
    }
}

/// The row in memory, by a name that nothing of the user's can mean.
pub(super) fn row() -> Ident {
    Ident::new("row", Span::mixed_site())
}

fn option(value: Option<impl quote::ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
