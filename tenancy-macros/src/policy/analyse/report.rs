//! What was found, in words.
//!
//! A mistake is an error. What merely does not matter is a warning; a macro has but one way to give one,
//! which is to use something that is deprecated.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::super::resolve::Resolved;
use super::super::syntax::{Block, Kind, Policies, Verb};
use super::finding::{Finding, Idle, Place, Spare, What};

/// Errors, and warnings.
pub(super) fn report(
    policies: &Policies,
    resolved: &Resolved,
    findings: &[Finding],
) -> TokenStream {
    let mut reports = TokenStream::new();
    let mut ordered: Vec<_> = findings.iter().collect();
    ordered.sort_by_key(|finding| match finding.place {
        Place::Check(block, check) => (block, Some(check)),
        Place::Block(block) => (block, None),
        Place::Action(action) => {
            let name = &resolved.actions[action].name;
            let mut blocks = policies.blocks.iter();
            let first = blocks.position(|block| block.actions.contains(name));
            (first.unwrap_or_default(), None)
        }
    });
    for finding in ordered {
        let tolerated = match finding.place {
            Place::Check(block, _) | Place::Block(block) => policies.tolerates(block),
            Place::Action(action) => {
                let name = &resolved.actions[action].name;
                let mut blocks = policies.blocks.iter();
                match finding.what {
                    What::Unchecked(_) => {
                        policies.allowed.unchecked
                            || blocks.any(|block| {
                                block.allowed.unchecked && block.actions.contains(name)
                            })
                    }
                    _ => {
                        policies.allowed.senseless
                            || blocks.any(|block| {
                                block.allowed.senseless && block.actions.contains(name)
                            })
                    }
                }
            }
        };
        if !tolerated {
            let mut message = message(policies, resolved, *finding);
            if let Place::Check(block, _) = finding.place
                && is_futile(&policies.blocks[block], block, findings)
            {
                message += "; so this policy never authorizes";
            }
            reports.extend(one(policies, resolved, *finding, &message));
        }
    }
    reports
}

/// Whether none of a policy's checks that authorize ever does.
fn is_futile(block: &Block, position: usize, findings: &[Finding]) -> bool {
    let authorizing = |check: usize| block.rules[check].verb.authorizes();
    let dead = findings.iter().filter(|finding| match finding.place {
        Place::Check(of, check) => {
            let dead = matches!(finding.what, What::Unreached { .. } | What::Idle(_));
            of == position && dead && authorizing(check)
        }
        _ => false,
    });
    let all = (0..block.rules.len()).filter(|check| authorizing(*check));
    block.kind == Kind::Policy && all.clone().next().is_some() && dead.count() == all.count()
}

fn one(policies: &Policies, resolved: &Resolved, finding: Finding, message: &str) -> TokenStream {
    let (word, tokens) = match finding.place {
        Place::Check(block, check) => {
            let rule = &policies.blocks[block].rules[check];
            let (keyword, condition) = (&rule.keyword, &rule.condition);
            (keyword, quote!(#keyword #condition))
        }
        Place::Block(block) => {
            let word = &policies.blocks[block].word;
            (word, quote!(#word))
        }
        Place::Action(action) => {
            let word = &resolved.actions[action].name;
            (word, quote!(#word))
        }
    };
    match warning(finding) {
        None => syn::Error::new_spanned(tokens, message).to_compile_error(),
        Some(name) => {
            // The name is what the warning begins with.
            let name = Ident::new(name, word.span());
            quote! {
                const _: fn() = {
                    #[deprecated(note = #message)]
                    fn #name() {}
                    #name
                };
            }
        }
    }
}

/// What the warning is called, if it is no error.
fn warning(finding: Finding) -> Option<&'static str> {
    match (finding.what, finding.place) {
        (What::Spare(_), Place::Check(..)) => Some("check_that_changes_nothing"),
        (What::Spare(_), _) => Some("block_that_changes_nothing"),
        (What::AlwaysAuthorized, _) => Some("block_that_always_authorizes"),
        (What::AlwaysAllowed, _) => Some("action_that_is_always_allowed"),
        (What::Unchecked(_), _) => Some("rules_that_were_not_analysed"),
        _ => None,
    }
}

fn message(policies: &Policies, resolved: &Resolved, finding: Finding) -> String {
    let block = match finding.place {
        Place::Check(block, _) | Place::Block(block) => Some(&policies.blocks[block]),
        Place::Action(_) => None,
    };
    let kind = block.map_or("", |block| match block.kind {
        Kind::Guard => "guard",
        Kind::Bypass => "bypass",
        Kind::Policy | Kind::Field => "policy",
    });
    let actions = match finding.place {
        Place::Check(block, _) | Place::Block(block) => policies.blocks[block].action_names(),
        Place::Action(action) => format!("`{}`", resolved.actions[action].name),
    };
    match finding.what {
        What::Unreached { after, alone: true } => format!(
            "this check is never reached: the {} one of the {kind} always decides",
            ordinal(after)
        ),
        What::Unreached { after, .. } => format!(
            "this check is never reached: up to the {} one, the checks of the {kind} always decide",
            ordinal(after)
        ),
        What::Idle(Idle::Condition) => {
            let Place::Check(position, check) = finding.place else {
                unreachable!("only a check decides");
            };
            let is = match policies.blocks[position].rules[check].verb {
                Verb::AuthorizeIf => "never true",
                Verb::AuthorizeUnless => "never false",
                Verb::ForbidIf => "always false",
                Verb::ForbidUnless => "always true",
            };
            format!("this check never decides: its condition is {is}")
        }
        What::Idle(Idle::Repeated(same)) => format!(
            "this check never decides: it repeats the {} one of the {kind}",
            ordinal(same)
        ),
        What::Idle(Idle::Late) => format!(
            "this check never decides: wherever it could, one before it in the {kind} has decided"
        ),
        What::Barren => format!(
            "this policy never authorizes, and all policies of {actions} must: end it with \
             `authorize_if always;`, or, if all it does is forbid, make it a `guard({})`",
            block.map(|block| block.actions[0].to_string()).unwrap_or_default()
        ),
        What::Empty => format!("there is no check in this {kind}"),
        What::Shut => format!("this guard always forbids: nobody can ever {actions}"),
        What::NeverAllowed => format!(
            "nobody can ever {actions}: its blocks never allow it together; if that is meant, leave \
             {actions} out, and nothing that tries it compiles"
        ),
        What::Repeated => format!("this {kind} repeats another one of {actions}"),
        What::AlwaysAuthorized => format!(
            "at this check at the latest, the {kind} has authorized everyone, for every row; if that \
             is meant, write `authorize_if always;`"
        ),
        What::AlwaysAllowed => format!(
            "taken together, the blocks let everyone {actions} every row; if that is meant, write \
             `authorize_if always;`"
        ),
        What::Spare(Spare::End) => {
            "reaching the end is a denial anyway; a check that forbids belongs in front of those that \
             authorize"
                .to_owned()
        }
        What::Spare(Spare::Checks) => {
            format!("without it, the other checks of the {kind} decide the same")
        }
        What::Spare(Spare::Blocks) => {
            format!("without it, the other blocks of {actions} decide the same")
        }
        What::Unchecked(questions) => format!(
            "whether the rules of {actions} make sense together was not looked at: they ask \
             {questions} different things, and only up to ten are sure to be looked at; \
             `#![allow(unchecked_rules)]` at the top of the rules accepts that"
        ),
    }
}

fn ordinal(position: usize) -> String {
    let names = ["first", "second", "third", "fourth", "fifth", "sixth"];
    let name = names.get(position).copied();
    name.map_or_else(|| format!("{}th", position + 1), str::to_owned)
}

impl Block {
    /// Its actions, for a message.
    fn action_names(&self) -> String {
        let names: Vec<_> = self
            .actions
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        names.join(" and ")
    }
}
