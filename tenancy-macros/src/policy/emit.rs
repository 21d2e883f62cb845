//! From folded rules to code.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Expr, Ident, Path};

use super::analyse::analyse;
use super::condition::{Comparison, Operand, Test};
use super::data::{row, rules_ident};
use super::fields::fields;
use super::fold::{Predicate, Rules};
use super::idle::nothing_is_idle;
use super::located::Place;
use super::resolve::{Action, Resolved, resolve};
use super::stub::stub;
use super::syntax::Policies;
use super::tree::Tree;
use crate::errors::Errors;
use crate::expand::obligations::{demand, spanned};

pub(crate) fn expand(policies: Policies) -> TokenStream {
    let mut errors = Errors::new();
    let resolved = resolve(&policies, &mut errors);
    let emitter = Emitter {
        krate: &policies.krate,
        model: &policies.model,
        actor: &policies.actor,
        resolved: &resolved,
    };
    let mut impls = declared(&policies);
    impls.extend(fields(&policies, &emitter));
    for action in &resolved.actions {
        impls.extend(emitter.rules(action));
        impls.extend(decide(&policies, &emitter, action, &mut errors));
    }
    impls.extend(judged(&policies, &emitter));
    if errors.is_empty() {
        nothing_is_idle(&policies, &resolved, &mut errors);
    }
    if let Some(messages) = errors.finish() {
        let stub = stub(&policies.krate, &policies.model, &policies.actor);
        return quote!(#messages #stub);
    }
    let findings = analyse(&policies, &resolved);
    quote! {
        // A path is asked for where a name would do, and braces say where something is shown.
        #[allow(
            clippy::all, clippy::pedantic, clippy::nursery,
            unused_braces, unused_qualifications, unused_variables,
        )]
        const _: () = {
            #impls
        };
        #findings
    }
}

/// What has to be so for the rules to have an effect, and for their names to mean one thing.
fn declared(policies: &Policies) -> TokenStream {
    let krate = &policies.krate;
    let private = quote!(#krate::__private);
    let (model, actor) = (&policies.model, &policies.actor);
    let policied = demand(model, &quote!(#model), &quote!(#private::DeclaresPolicies));
    let state = quote!(<#actor as #krate::policy::Actor>::State);
    let acts = demand(actor, &state, &quote!(#private::ActsOn<#model>));
    let relations = policies.relations.iter().map(|relation| {
        let name = relation.name.unraw();
        let text = name.to_string();
        let message = format!(
            "`{name}` is a column already: give the relation another name, or nobody knows which of them is asked"
        );
        quote_spanned! {relation.name.span()=>
            const _: () = if #private::is_column::<#model>(#text) {
                ::core::panic!("{}", #message)
            };
        }
    });
    // Another crate does not let its own actors at the rows: rustc has an `impl` like this in the crate of the type alone.
    let in_its_crate = quote_spanned! {model.span()=>
        impl #model {}
    };
    quote! {
        #[allow(non_local_definitions)]
        const _: () = {
            #policied
            #acts
            #in_its_crate
        };
        #(#relations)*
    }
}

/// `unsafe impl Policy<Actor, Action> for Model`.
fn decide(
    policies: &Policies,
    emitter: &Emitter<'_>,
    action: &Action,
    errors: &mut Errors,
) -> TokenStream {
    let resolved = emitter.resolved;
    let read = resolved.actions.iter().find(|action| action.is("read"));
    let like = action.like();
    let changes = like == "update" || like == "destroy";
    if changes && read.is_none() {
        errors.at(
            &action.name,
            format_args!(
                "what may not be read cannot be changed: `{}` needs rules for `read`, too",
                action.name
            ),
        );
        return TokenStream::new();
    }
    let read = read.map(|read| &read.rules);
    let own = [&action.rules];
    let both: Vec<_> = read.into_iter().chain(own).collect();
    let krate = &policies.krate;
    let private = quote!(#krate::__private);
    let (model, actor) = (&policies.model, &policies.actor);
    let kind = format_ident!("{}", camel_case(&like.to_string()));
    let kind = quote!(#private::action::#kind);
    let (act, check) = match &action.custom {
        None => (kind, None),
        Some(custom) => {
            let path = &custom.path;
            let check = quote_spanned! {action.name.span()=>
                const _: () = {
                    let _ = <#path as #private::LikeOf<#kind>>::CHECKED;
                };
            };
            (quote!(#path), Some(check))
        }
    };
    let (named, columns, by, visit) = (&policies.word, columns(0), by(), visit());
    let wrap = wrap(&private);
    let of = quote!(#private::RulesOf<Self, #actor, #act>);
    let bits = resolved
        .atoms
        .columns(&both)
        .into_iter()
        .map(|column| match column {
            Some(column) => {
                quote!(| <#model as #private::DeclaresPolicies>::HANDLES.#column.__bit())
            }
            None => quote!(| 1 << <#model as #krate::Model>::KEY),
        });
    let method = |name: &str, rules: Option<&[&Rules]>| {
        let name = format_ident!("{name}");
        let body = match rules {
            None => quote!(#visit.none()),
            Some(rules) => {
                let body = match resolved.atoms.tree(rules) {
                    Some(tree) => emitter.tree(&tree),
                    None => emitter.dynamic(rules, &of),
                };
                emitter.looking(emitter.row_atoms(rules), body)
            }
        };
        quote! {
            fn #name<V: #private::Visit<Self>>(
                #by: #private::By<'_, #actor>,
                #visit: V,
            ) -> V::Output {
                #wrap
                let #named = #by.actor();
                let #columns = <#model as #private::DeclaresPolicies>::HANDLES;
                #body
            }
        }
    };
    let fields = (!resolved.fields.is_empty()).then(|| {
        quote! {
            fn fields<R>(
                #by: #private::By<'_, #actor>,
                with: impl ::core::ops::FnOnce(#private::Masks<'_, Self>) -> R,
            ) -> R {
                fields(#by, with)
            }
        }
    });
    let decide = method("decide", Some(if changes { &both } else { &own }));
    let returned = (like == "create").then(|| method("returned", read.map(|_| &*both)));
    let (own_part, read_part) = (rules_ident(action), format_ident!("RULES_OF_read"));
    let parts = match read {
        Some(_) if changes => vec![&read_part, &own_part],
        _ => vec![&own_part],
    };
    let returned_parts = (like == "create" && read.is_some()).then(|| {
        quote! {
            const RETURNED: &'static [&'static #private::Rules] = &[&#own_part, &#read_part];
        }
    });
    // At the action, so that a second one is what is at fault.
    let header = header(action.name.span());
    let this = spanned(&action.name, quote!(#model));
    quote! {
        #check

        #[automatically_derived]
        #header #private::Policy<#actor, #act> for #this {
            const NAMED: ::core::primitive::u128 = 0 #(#bits)*;

            const PARTS: &'static [&'static #private::Rules] = &[#(&#parts),*];
            #returned_parts

            #decide
            #returned
            #fields
        }
    }
}

/// `unsafe impl Judged<Actor> for Model`.
fn judged(policies: &Policies, emitter: &Emitter<'_>) -> TokenStream {
    let private = emitter.private();
    let (model, actor, named) = (&policies.model, &policies.actor, &policies.word);
    let (columns, row, by, questions) = (columns(0), row(), by(), emitter.questions());
    let wrap = wrap(&private);
    let header = header(actor.span());
    let this = spanned(actor, quote!(#model));
    let depth = policies.depth.as_ref().map(|depth| {
        quote! {
            const DEPTH: ::core::option::Option<::core::primitive::u8> =
                ::core::option::Option::Some(#depth);
        }
    });
    quote! {
        #[automatically_derived]
        #header #private::Judged<#actor> for #this {
            #depth

            fn ask<Q: #private::Questions<Self>>(
                #by: #private::By<'_, #actor>,
                #row: ::core::option::Option<&Self>,
                questions: &mut Q,
            ) {
                use #private::Incomparable as _;
                #wrap
                let #named = #by.actor();
                let #columns = <#model as #private::DeclaresPolicies>::HANDLES;
                #questions
            }
        }
    }
}

/// `unsafe impl`, written here, and shown there.
fn header(at: Span) -> TokenStream {
    quote_spanned!(Span::call_site().located_at(at)=> unsafe impl)
}

pub(super) struct Emitter<'a> {
    pub(super) krate: &'a Path,
    pub(super) model: &'a Path,
    pub(super) actor: &'a Path,
    pub(super) resolved: &'a Resolved,
}

impl Emitter<'_> {
    pub(super) fn private(&self) -> TokenStream {
        let krate = self.krate;
        quote!(#krate::__private)
    }

    fn tree(&self, tree: &Tree) -> TokenStream {
        match tree {
            Tree::Leaf(predicate) => self.leaf(predicate),
            Tree::When(when, branches) => {
                let question = &self.resolved.whens[*when].1;
                let [yes, no] = branches.each_ref().map(|branch| self.tree(branch));
                quote! {
                    if { let when: ::core::primitive::bool = #question; when } { #yes } else { #no }
                }
            }
            Tree::Actor(atom, branches) => {
                let question = self.question(*atom);
                let option = quote!(::core::option::Option);
                let [yes, no, unknown] = branches.each_ref().map(|branch| self.tree(branch));
                let arms = if branches[1] == branches[2] {
                    quote!(#option::Some(true) => { #yes } _ => { #no })
                } else if branches[0] == branches[2] {
                    quote!(#option::Some(false) => { #no } _ => { #yes })
                } else {
                    quote! {
                        #option::Some(true) => { #yes }
                        #option::Some(false) => { #no }
                        #option::None => { #unknown }
                    }
                };
                quote!(match #question { #arms })
            }
        }
    }

    /// What the rules ask about the actor alone, as an `Option<bool>`.
    pub(super) fn question(&self, atom: usize) -> TokenStream {
        let private = self.private();
        let atom = &self.resolved.atoms.actor[atom];
        let given = |operand: &Operand| self.given(operand);
        let shown = |function: &str| {
            let function = format_ident!("{function}");
            atom.place.show(quote!(#private::#function))
        };
        match &atom.test {
            Test::Compare(left, comparison, Operand::Now(_)) => {
                let (left, test) = (given(left), ordering(*comparison));
                let compare = shown("compare_now");
                quote!(#compare(#left).map(#test))
            }
            Test::Compare(left, comparison, right) => {
                let (left, right) = (given(left), given(right));
                let test = match comparison {
                    Comparison::Equal => {
                        let equal = shown("equal");
                        return quote!(#equal(#left, #right));
                    }
                    Comparison::NotEqual => {
                        let equal = shown("equal");
                        return quote!(#equal(#left, #right).map(|equal| !equal));
                    }
                    comparison => ordering(*comparison),
                };
                let compare = shown("compare");
                quote!(#compare(#left, #right).map(#test))
            }
            Test::Null(operand) => {
                let Operand::Value(value) = operand else {
                    unreachable!("the actor itself is no option");
                };
                let is_none = shown("is_none");
                let value = Place::of(value).show(quote!(&(#value)));
                quote!(#is_none(#value))
            }
            Test::Among(operand, values) => {
                let operand = given(operand);
                let values = values.iter().map(|value| self.value(value));
                let (among, list) = (shown("among"), atom.place.show(quote!(&[#(#values),*])));
                quote!(#among(#operand, #list))
            }
            Test::True(operand) => {
                let operand = given(operand);
                let is_true = shown("is_true");
                quote!(#is_true(#operand))
            }
            Test::Any(..) => unreachable!("a relation is about the row"),
        }
    }

    /// A value of Rust's, as a `Given`.
    pub(super) fn given(&self, operand: &Operand) -> TokenStream {
        match operand {
            Operand::Value(value) => self.value(value),
            Operand::Column(..) | Operand::Actor(_) | Operand::Tenant(_) | Operand::Now(_) => {
                unreachable!("none of them is a value")
            }
        }
    }

    pub(super) fn value(&self, value: &Expr) -> TokenStream {
        wrapped(value, &quote!(&(#value)))
    }

    fn leaf(&self, predicate: &Predicate) -> TokenStream {
        let visit = visit();
        match predicate {
            Predicate::True => quote!(#visit.all()),
            Predicate::False => quote!(#visit.none()),
            predicate => {
                let condition = self.predicate(predicate);
                let mut atoms = Vec::new();
                predicate.atoms(&mut atoms);
                let values = self.values(&atoms);
                if values.is_empty() {
                    quote!(#visit.filter(#condition))
                } else {
                    quote!({ #values #visit.filter(#condition) })
                }
            }
        }
    }

    fn predicate(&self, predicate: &Predicate) -> TokenStream {
        match predicate {
            Predicate::True | Predicate::False => {
                unreachable!("constants were folded away")
            }
            Predicate::Row(atom, holds) => self.test(*atom, *holds),
            Predicate::Some(atom, inner) => self.related(*atom, "some", inner, false),
            Predicate::All(atom, inner) => self.related(*atom, "no", inner, true),
            Predicate::And(parts) => self.join(parts, &format_ident!("and")),
            Predicate::Or(parts) => self.join(parts, &format_ident!("or")),
        }
    }

    /// Whether there is a related row that meets a predicate, or is not certain to fail it.
    fn related(&self, atom: usize, name: &str, inner: &Predicate, not_true: bool) -> TokenStream {
        let private = self.private();
        let condition = match (inner, not_true) {
            (Predicate::True, false) | (Predicate::False, true) => quote!(#private::any_row()),
            (inner, false) => self.predicate(inner),
            (inner, true) => {
                let inner = self.predicate(inner);
                quote!(#private::not_true(#inner))
            }
        };
        self.relation(atom, name, &condition)
    }

    /// What the rules ask about the row.
    pub(super) fn test(&self, index: usize, holds: bool) -> TokenStream {
        let atom = &self.resolved.atoms.row[index];
        match &atom.test {
            Test::Compare(left, comparison, right) => {
                let comparison = if holds {
                    *comparison
                } else {
                    comparison.negated()
                };
                self.compare(left, comparison, (right, index, 0), atom.place)
            }
            Test::Null(operand) => {
                let column = self.column(operand);
                let method = if holds { "is_null" } else { "is_not_null" };
                let method = atom.place.name(method);
                atom.place.show(quote!(#column.#method()))
            }
            Test::Among(operand, values) => {
                let (comparison, method) = if holds {
                    (Comparison::Equal, format_ident!("or"))
                } else {
                    (Comparison::NotEqual, format_ident!("and"))
                };
                values
                    .iter()
                    .enumerate()
                    .map(|(number, value)| {
                        let value = Operand::Value(value.clone());
                        self.compare(operand, comparison, (&value, index, number), atom.place)
                    })
                    .reduce(|left, right| quote!(#left.#method(#right)))
                    .unwrap_or_default()
            }
            Test::True(operand) => {
                let column = self.column(operand);
                let method = if holds { "__is_true" } else { "__is_false" };
                let method = atom.place.name(method);
                atom.place.show(quote!(#column.#method()))
            }
            Test::Any(..) => unreachable!("a relation is a predicate of its own"),
        }
    }

    fn compare(
        &self,
        left: &Operand,
        comparison: Comparison,
        (right, atom, number): (&Operand, usize, usize),
        place: Place,
    ) -> TokenStream {
        let column = self.column(left);
        let name = match comparison {
            Comparison::Equal => "__eq",
            Comparison::NotEqual => "__ne",
            Comparison::Less => "__lt",
            Comparison::LessOrEqual => "__le",
            Comparison::Greater => "__gt",
            Comparison::GreaterOrEqual => "__ge",
        };
        let code = match right {
            Operand::Value(value) => {
                let value = self.value_of(atom, number, value);
                let method = place.name(name);
                quote!(#column.#method(#value))
            }
            Operand::Actor(actor) => {
                let (by, actor) = (by(), Place::at(*actor));
                let (by, method) = (
                    actor.enclose(quote!(#by)),
                    actor.name(&format!("{name}_actor")),
                );
                quote!(#column.#method(#by))
            }
            Operand::Column(..) => {
                let (method, right) =
                    (place.name(name.trim_start_matches('_')), self.column(right));
                quote!(#column.#method(#right))
            }
            Operand::Now(span) => {
                let method = Ident::new(&format!("{name}_now"), *span);
                quote!(#column.#method())
            }
            Operand::Tenant(_) => unreachable!("columns of the tenant are those of a relation"),
        };
        place.show(code)
    }

    fn column(&self, operand: &Operand) -> TokenStream {
        match operand {
            Operand::Column(depth, ident) => {
                let columns = columns(*depth);
                Place::of(ident).enclose(quote!(#columns.#ident))
            }
            _ => unreachable!("a test about the row begins with a column"),
        }
    }

    fn join(&self, parts: &[Predicate], method: &Ident) -> TokenStream {
        parts
            .iter()
            .map(|part| self.predicate(part))
            .reduce(|left, right| quote!(#left.#method(#right)))
            .unwrap_or_default()
    }
}

/// A value of Rust's as a `Given`; `reference` is one to it.
///
/// [`wrap`] has it imported: a path would begin with the macro's `$crate`.
pub(super) fn wrapped(value: &Expr, reference: &TokenStream) -> TokenStream {
    let place = Place::of(value);
    let wrap = place.name(WRAP);
    place.show(quote!(#wrap(#reference).given()))
}

const WRAP: &str = "__Wrap";

/// What code needs in scope that makes a `Given` of values.
pub(super) fn wrap(private: &TokenStream) -> TokenStream {
    let wrap = format_ident!("{WRAP}");
    quote!(use #private::{GuardedValue as _, Plain as _, Wrap as #wrap};)
}

/// Who acts, by a name that nothing of the user's can mean.
pub(super) fn by() -> Ident {
    Ident::new("by", Span::mixed_site())
}

/// Who is told what is left of the rules, by such a name.
pub(super) fn visit() -> Ident {
    Ident::new("visit", Span::mixed_site())
}

/// The handles of the columns of the row, or of a related one.
pub(super) fn columns(depth: usize) -> Ident {
    Ident::new(&format!("columns_{depth}"), Span::mixed_site())
}

/// Whether an ordering is one.
pub(super) fn ordering(comparison: Comparison) -> TokenStream {
    let ordering = quote!(::core::cmp::Ordering);
    match comparison {
        Comparison::Equal => quote!(#ordering::is_eq),
        Comparison::NotEqual => quote!(#ordering::is_ne),
        Comparison::Less => quote!(#ordering::is_lt),
        Comparison::LessOrEqual => quote!(#ordering::is_le),
        Comparison::Greater => quote!(#ordering::is_gt),
        Comparison::GreaterOrEqual => quote!(#ordering::is_ge),
    }
}

/// `read` becomes `Read`.
pub(super) fn camel_case(name: &str) -> String {
    name.split('_')
        .flat_map(|word| {
            let mut characters = word.chars();
            let first = characters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(characters)
        })
        .collect()
}
