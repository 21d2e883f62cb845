//! What is declared in rules and has no effect.
//!
//! Whether a condition can matter is the [analysis](super::analyse); this is about what nothing asks for.

use quote::ToTokens as _;
use syn::Ident;

use super::condition::{Atom, Test};
use super::resolve::Resolved;
use super::syntax::{Kind, Policies};
use super::written::written;
use crate::errors::Errors;

/// Every check and every relation is used, and every guard guards something.
pub(super) fn nothing_is_idle(policies: &Policies, resolved: &Resolved, errors: &mut Errors) {
    if policies.thinned {
        // What asks for it may have been left out.
        return;
    }
    let Resolved { actions, used, .. } = resolved;
    if policies.blocks.is_empty() && policies.checks.is_empty() && policies.relations.is_empty() {
        errors.at(
            &policies.model,
            "there are no rules here, so this has no effect: `read { authorize_if always; }`",
        );
    }
    let shared = |name: &Ident| {
        let mut shared = policies.shared.iter();
        shared.any(|(_, names)| names.contains(name))
    };
    for (name, _) in &policies.checks {
        if !used.contains(name) && !shared(name) {
            errors.at(
                name,
                format_args!("no rule asks for this check: write `{name}()`, or leave it out"),
            );
        }
    }
    for (path, names) in &policies.shared {
        if !names.iter().any(|name| used.contains(name)) {
            errors.at(path, "no rule asks for any of these checks: leave them out");
        }
    }
    let looks = |atom: &Atom| matches!(atom.test, Test::Any(..));
    if let Some(depth) = &policies.depth
        && !resolved.atoms.row.iter().any(looks)
    {
        errors.at(
            depth,
            "no rule looks into other rows, so none is followed anywhere: leave the depth out",
        );
    }
    for relation in &policies.relations {
        let name = &relation.name;
        if !used.contains(name) {
            errors.at(
                name,
                format_args!(
                    "no rule asks for this relation: write `{name}.any(|row| …)`, or leave it out"
                ),
            );
        }
    }
    for (position, block) in policies.blocks.iter().enumerate() {
        let mut rules = actions.iter().flat_map(|action| action.rules.blocks());
        if block.kind == Kind::Guard && !rules.any(|checks| checks.block == position) {
            let names: Vec<_> = block
                .actions
                .iter()
                .map(|name| format!("`{name}`"))
                .collect();
            errors.at(
                block.word.to_token_stream(),
                format_args!(
                    "a guard alone does not let anyone do anything: no rule for `{}` covers {}",
                    written(&policies.actor),
                    names.join(" or ")
                ),
            );
        }
    }
}
