//! From the blocks as they were written to the rules of each action.

use syn::{Expr, Ident};

use super::condition::Atoms;
use super::fold::{Check, Checks, Rules};
use super::reader::Reader;
use super::relate::with_moment;
use super::syntax::{Block, Custom, Kind, Policies};
use super::written::written;
use crate::errors::Errors;
use crate::suggest::did_you_mean;

/// The actions and their rules.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    pub(crate) actions: Vec<Action>,
    /// Guarded fields, and the rules for who sees them.
    pub(crate) fields: Vec<Action>,
    pub(crate) atoms: Atoms,
    /// The conditions of `when`s: as they were written, and as code.
    pub(crate) whens: Vec<(Expr, Expr)>,
    /// The checks and relations that something asks for.
    pub(crate) used: Vec<Ident>,
}

#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) name: Ident,
    /// If it is one of the program's own.
    pub(crate) custom: Option<Custom>,
    pub(crate) rules: Rules,
}

/// The actions that there are.
pub(super) const ACTIONS: [&str; 4] = ["read", "create", "update", "destroy"];

/// Whether it is an action.
pub(super) fn known(name: &Ident) -> syn::Result<()> {
    if ACTIONS.iter().any(|known| name == known) {
        return Ok(());
    }
    Err(syn::Error::new(
        name.span(),
        format_args!(
            "unknown action `{name}`: expected `read`, `create`, `update` or `destroy`{}",
            did_you_mean(&name.to_string(), ACTIONS)
        ),
    ))
}

pub(crate) fn resolve(policies: &Policies, errors: &mut Errors) -> Resolved {
    let mut reader = Reader::new(policies.checks.clone(), policies.relations.clone());
    let (mut actions, mut fields, mut whens) = (Vec::new(), Vec::new(), Vec::new());
    for (position, block) in policies.blocks.iter().enumerate() {
        let when = block.when.as_ref().and_then(|when| {
            reader.of_actor = true;
            let value = reader.value(&with_moment(&policies.krate, when));
            reader.of_actor = false;
            let value = value.map_err(|error| errors.push(error)).ok()?;
            whens.push((when.clone(), value));
            Some(whens.len() - 1)
        });
        let checks = Checks {
            block: position,
            when,
            name: block.name.clone(),
            checks: checks(block, &mut reader, errors),
        };
        for (name, custom) in block.actions.iter().zip(&block.customs) {
            let field = block.kind == Kind::Field;
            let like = custom.as_ref().map_or(name, |custom| &custom.like);
            if !field && let Err(error) = known(like) {
                errors.push(error);
                continue;
            }
            let rules = rules(if field { &mut fields } else { &mut actions }, name, custom);
            let blocks = match block.kind {
                Kind::Guard => &mut rules.guards,
                Kind::Bypass => &mut rules.bypasses,
                Kind::Policy | Kind::Field => &mut rules.policies,
            };
            blocks.push(checks.clone());
        }
    }
    guard_what_is_alike(&mut actions);
    // A guard alone does not cover an action: nothing that tries it compiles.
    actions.retain(|Action { rules, .. }| !rules.bypasses.is_empty() || !rules.policies.is_empty());
    Resolved {
        actions,
        fields,
        atoms: reader.atoms,
        whens,
        used: reader.used,
    }
}

/// Nothing overrides a guard: that of `update` holds for every action that is like it.
fn guard_what_is_alike(actions: &mut [Action]) {
    let guards: Vec<_> = actions
        .iter()
        .filter(|action| action.custom.is_none())
        .map(|action| (action.name.clone(), action.rules.guards.clone()))
        .collect();
    for action in actions.iter_mut().filter(|action| action.custom.is_some()) {
        let like = action.like().clone();
        let alike = guards.iter().filter(|(name, _)| *name == like);
        for guard in alike.flat_map(|(_, guards)| guards) {
            let mut own = action.rules.guards.iter();
            if !own.any(|own| own.block == guard.block) {
                action.rules.guards.push(guard.clone());
            }
        }
    }
}

/// The rules of an action or a field, which may have some already.
fn rules<'a>(all: &'a mut Vec<Action>, name: &Ident, custom: &Option<Custom>) -> &'a mut Rules {
    let position = all
        .iter()
        .position(|action| action.name == *name && action.custom == *custom);
    let position = position.unwrap_or_else(|| {
        all.push(Action {
            name: name.clone(),
            custom: custom.clone(),
            rules: Rules::default(),
        });
        all.len() - 1
    });
    &mut all[position].rules
}

fn checks(block: &Block, reader: &mut Reader, errors: &mut Errors) -> Vec<Check> {
    block
        .rules
        .iter()
        .filter_map(|rule| match reader.condition(&rule.condition) {
            Ok(condition) => Some(Check {
                verb: rule.verb,
                condition,
                text: written(&rule.condition),
                code: rule.code.clone(),
            }),
            Err(error) => {
                errors.push(error);
                None
            }
        })
        .collect()
}

impl Action {
    /// What it is like, as a word: itself, if it is not one of the program's own.
    pub(crate) fn like(&self) -> &Ident {
        self.custom
            .as_ref()
            .map_or(&self.name, |custom| &custom.like)
    }

    /// A word for it that no other action has.
    pub(crate) fn word(&self) -> String {
        match &self.custom {
            None => self.name.to_string(),
            Some(Custom { like, path }) => {
                let segments = path.segments.iter();
                let path: Vec<_> = segments.map(|each| each.ident.to_string()).collect();
                format!("{like}_as_{}", path.join("_").replace("r#", ""))
            }
        }
    }

    /// Whether it is the action of this name, and not one like it.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.custom.is_none() && self.name == name
    }
}
