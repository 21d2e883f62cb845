//! Rules that are put together at run time: code that folds constants away as the compiler would.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use super::emit::{Emitter, visit};
use super::fold::{Algebra, Rules};

impl Emitter<'_> {
    /// Tells `visit` which rows all of the rules allow.
    pub(super) fn dynamic(&self, rules: &[&Rules], of: &TokenStream) -> TokenStream {
        let (private, visit) = (self.private(), visit());
        let asked = self.asked(rules);
        let allowed = rules
            .iter()
            .map(|rules| self.resolved.atoms.allowed(rules, self))
            .reduce(|left, right| self.and(left, right));
        quote! {
            #asked
            // One expression: what it borrows from lives until its end.
            #private::Decided::<'_, Self, #of>::visit(#allowed, #visit)
        }
    }

    /// Asks what rules ask about the actor.
    pub(super) fn asked(&self, rules: &[&Rules]) -> TokenStream {
        let (whens, actor) = self.resolved.atoms.asked(rules);
        let questions = actor.iter().map(|atom| {
            let (name, question) = (question(*atom), self.question(*atom));
            quote!(let #name = #question;)
        });
        let conditions = whens.iter().map(|when| {
            let (name, question) = (condition(*when), &self.resolved.whens[*when].1);
            quote!(let #name: ::core::primitive::bool = #question;)
        });
        let values = self.values(&self.row_atoms(rules));
        quote!(#values #(#questions)* #(#conditions)*)
    }
}

pub(super) fn question(atom: usize) -> Ident {
    format_ident!("question_{atom}")
}

fn condition(when: usize) -> Ident {
    format_ident!("when_{when}")
}

impl Algebra for Emitter<'_> {
    type Predicate = TokenStream;

    fn constant(&self, value: bool) -> TokenStream {
        let private = self.private();
        quote!(#private::Decided::constant(#value))
    }

    fn actor(&self, atom: usize, value: bool) -> TokenStream {
        let (private, name) = (self.private(), question(atom));
        quote!(#private::Decided::constant(#name == ::core::option::Option::Some(#value)))
    }

    fn when(&self, when: usize, value: bool) -> TokenStream {
        let (private, name) = (self.private(), condition(when));
        quote!(#private::Decided::constant(#name == #value))
    }

    fn row(&self, atom: usize, value: bool) -> TokenStream {
        let (private, test) = (self.private(), self.test(atom, value));
        quote!(#private::Decided::rows(#test))
    }

    fn some(&self, relation: usize, inner: TokenStream) -> TokenStream {
        self.relation(relation, "decided_some", &inner)
    }

    fn all(&self, relation: usize, inner: TokenStream) -> TokenStream {
        self.relation(relation, "decided_no", &inner)
    }

    fn and(&self, left: TokenStream, right: TokenStream) -> TokenStream {
        quote!(#left.and(#right))
    }

    fn or(&self, left: TokenStream, right: TokenStream) -> TokenStream {
        quote!(#left.or(#right))
    }
}
