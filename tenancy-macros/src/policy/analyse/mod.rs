//! Whether the rules make sense: what can never decide, never be reached, never authorize, or be left
//! out.
//!
//! The rules are evaluated for every answer that their atoms may give ([`table`]). Atoms are taken to
//! be independent of each other, except where it is certain that they are not ([`question`],
//! [`constant`], [`space`]). So more is thought possible than is, and what is claimed holds for *all* of
//! it ([`block`], [`action`], [`spare`]): there is no false alarm. What was found is said in
//! [`report`], unless it was [allowed](allow).

mod action;
pub(super) mod allow;
mod answers;
mod bits;
mod block;
mod constant;
mod finding;
mod plane;
mod question;
mod report;
mod space;
mod spare;
mod table;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;

use self::finding::{Finding, Findings};
use super::resolve::Resolved;
use super::syntax::Policies;

/// Errors and warnings about rules that make no sense.
pub(super) fn analyse(policies: &Policies, resolved: &Resolved) -> TokenStream {
    if policies.allowed.senseless && policies.allowed.unchecked {
        return TokenStream::new();
    }
    let findings = findings(policies, resolved);
    report::report(policies, resolved, &findings)
}

/// What there is to say about the rules, whether or not it is allowed.
fn findings(policies: &Policies, resolved: &Resolved) -> Vec<Finding> {
    let mut findings = Findings::default();
    block::inspect(policies, resolved, &mut findings);
    let actions = action::inspect(resolved, &mut findings);
    spare::inspect(policies, resolved, &actions, &mut findings);
    findings.list
}
