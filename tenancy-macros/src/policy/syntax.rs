//! The grammar of `policies!`:
//!
//! ```text
//! policies   = model "," "actor" ":" type "{" (attributes (use | check | relation | block))* "}"
//! use        = "use" path ";"
//! check      = "check" name "=" condition ";"
//! relation   = "relation" name "=" type "." column ";"
//! block      = actions ("=>" string)? ("when" expression)? "{" rule* "}"
//! actions    = action | ("guard" | "bypass") "(" action ("," action)* ")"
//!            | "field" field | "field" "(" field ("," field)* ")"
//! action     = ("read" | "create" | "update" | "destroy") ("as" type)?
//! rule       = attributes verb condition ("=>" string)? ";"
//! verb       = "authorize_if" | "authorize_unless" | "forbid_if" | "forbid_unless"
//! condition  = condition ("&&" | "||") condition | "!" condition | "(" condition ")"
//!            | operand ("==" | "!=" | "<" | "<=" | ">" | ">=") operand
//!            | operand "." ("is_none" | "is_some") "()" | operand ".is_in([" values "])"
//!            | related "." ("any" | "none" | "every") "(|" row "|" condition ")"
//!            | related "." "can" "(" action ")"
//!            | operand | name "()" | "always" | "never"
//! related    = column | row "." column | name
//! operand    = column | row "." column | "tenant" "." column | "actor" | "now()" | expression
//! attributes = (documentation | "#[cfg(" predicate ")]" | "#[allow(" finding ")]")*, and "#![depth(" number ")]" at the top
//! ```
//!
//! The string is what a denial is called. An `expression` is Rust's, about the `actor`, and no name in it
//! stands alone: see [`names`](super::names).

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Expr, Ident, LitInt, LitStr, Path, Token, braced, bracketed, parenthesized, token,
};

use super::analyse::allow::{self, Allowed};
use super::meaning::meaning;
use super::names::not_a_word;
use super::resolve::ACTIONS;
use crate::suggest::did_you_mean;

/// What `policies!` was given.
pub(crate) struct Policies {
    pub(crate) krate: Path,
    pub(crate) model: Path,
    /// The word `actor`: what conditions call it is found by this very token.
    pub(crate) word: Ident,
    pub(crate) actor: Path,
    pub(crate) checks: Vec<(Ident, Expr)>,
    /// Which of the checks are shared with other models: the path of each `use`, and their names.
    pub(crate) shared: Vec<(Path, Vec<Ident>)>,
    /// Whether a `cfg` that does not hold left something out.
    pub(crate) thinned: bool,
    pub(crate) relations: Vec<Declared>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) allowed: Allowed,
    /// `#![depth(3)]`: how many rows away the rules are followed.
    pub(crate) depth: Option<LitInt>,
}

/// `relation shares = Share.document_id;`: the rows of another model whose foreign key names the row.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    pub(crate) name: Ident,
    pub(crate) model: Path,
    pub(crate) column: Ident,
}

/// `update as Publish`: an action of the program's own, and what it is like.
#[derive(Clone, Debug)]
pub(crate) struct Custom {
    pub(crate) like: Ident,
    pub(crate) path: Path,
}

impl PartialEq for Custom {
    /// Paths of the same letters may be those of two crates.
    fn eq(&self, other: &Self) -> bool {
        self.like == other.like && meaning(&self.path) == meaning(&other.path)
    }
}

/// An action with its name.
struct Named(Ident, Option<Custom>);

impl Parse for Named {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Self::after(input.parse()?, input)
    }
}

impl Named {
    /// `as Publish`, if it is there, after the word.
    fn after(word: Ident, input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek(Token![as]) {
            return Ok(Self(word, None));
        }
        input.parse::<Token![as]>()?;
        let path = input.call(Path::parse_mod_style)?;
        let name = path.segments.last().map(|segment| segment.ident.clone());
        let name = name.unwrap_or_else(|| word.clone());
        Ok(Self(name, Some(Custom { like: word, path })))
    }
}

/// A list of rules, and what it is for.
pub(crate) struct Block {
    pub(crate) allowed: Allowed,
    /// The word it begins with.
    pub(crate) word: Ident,
    pub(crate) kind: Kind,
    /// The names of the actions that it is about, or of the fields.
    pub(crate) actions: Vec<Ident>,
    /// Which of the actions are the program's own.
    pub(crate) customs: Vec<Option<Custom>>,
    /// What a denial is called for which no check has a code.
    pub(crate) name: Option<LitStr>,
    /// About the actor alone: whether the block applies at all.
    pub(crate) when: Option<Expr>,
    pub(crate) rules: Vec<Rule>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// May only forbid, and nothing overrides it.
    Guard,
    /// May only authorize, whatever the policies of the action say.
    Bypass,
    /// All that apply must authorize.
    Policy,
    /// All that apply must authorize, for an actor to see the field.
    Field,
}

/// One line of a block.
pub(crate) struct Rule {
    pub(crate) verb: Verb,
    pub(crate) keyword: Ident,
    pub(crate) condition: Expr,
    /// What a denial by this check is called.
    pub(crate) code: Option<LitStr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    AuthorizeIf,
    AuthorizeUnless,
    ForbidIf,
    ForbidUnless,
}

const VERBS: [&str; 4] = [
    "authorize_if",
    "authorize_unless",
    "forbid_if",
    "forbid_unless",
];

impl Verb {
    pub(crate) fn authorizes(self) -> bool {
        matches!(self, Self::AuthorizeIf | Self::AuthorizeUnless)
    }
}

impl Parse for Policies {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        // Checks that are shared with other models come first, and each time where they are from.
        let (mut checks, mut shared) = (Vec::new(), Vec::new());
        let mut thinned = false;
        while input.peek(Token![@]) || input.peek(Token![~]) {
            if input.parse::<Option<Token![~]>>()?.is_some() {
                thinned = true;
                continue;
            }
            input.parse::<Token![@]>()?;
            let (group, path);
            braced!(group in input);
            bracketed!(path in input);
            let group = self::checks(&group)?;
            let names = group.iter().map(|(name, _)| name.clone()).collect();
            shared.push((path.call(Path::parse_mod_style)?, names));
            checks.extend(group);
        }
        let path;
        parenthesized!(path in input);
        let krate = path.call(Path::parse_mod_style)?;
        let model = input.call(Path::parse_mod_style)?;
        let more = |input: ParseStream<'_>| {
            // Without this, the whole macro would be at fault.
            if input.is_empty() {
                return Err(syn::Error::new_spanned(&model, NO_ACTOR));
            }
            Ok(())
        };
        more(input)?;
        input.parse::<Token![,]>()?;
        more(input)?;
        let word: Ident = input.parse()?;
        if word != "actor" {
            return Err(syn::Error::new(word.span(), NO_ACTOR));
        }
        more(input)?;
        input.parse::<Token![:]>()?;
        more(input)?;
        let actor = input.call(Path::parse_mod_style)?;
        more(input)?;
        if input.peek(Token![<]) {
            return Err(input.error(
                "an actor is a model, or a `SystemActor`, and has no parameters: somebody acts, or there is no token \
                 (`tenant.acting_as(user)`)",
            ));
        }
        let body;
        braced!(body in input);
        if !input.is_empty() {
            return Err(input.error("nothing comes after the rules"));
        }
        let (allowed, depth) = allow::inner(&body)?;
        let (mut relations, mut blocks) = (Vec::new(), Vec::new());
        while !body.is_empty() {
            let ahead = body.fork();
            ahead.call(Attribute::parse_outer)?;
            let declared = ahead.peek(Ident)
                && ahead.peek2(Ident)
                && ahead.peek3(Token![=])
                && !ahead.peek3(Token![=>]);
            let word = declared.then(|| ahead.parse::<Ident>()).transpose()?;
            match word {
                Some(word) if word == "check" => checks.push(check(&body)?),
                Some(word) if word == "relation" => relations.push(body.parse()?),
                Some(word) => return Err(unknown(&word)),
                None => blocks.push(body.parse()?),
            }
        }
        // Shared checks come first, so one of the same name here would not be heeded.
        distinct("check", checks.iter().map(|(name, _)| name))?;
        distinct(
            "relation",
            relations.iter().map(|declared: &Declared| &declared.name),
        )?;
        Ok(Self {
            krate,
            model,
            word,
            actor,
            checks,
            shared,
            thinned,
            relations,
            blocks,
            allowed,
            depth,
        })
    }
}

const NO_ACTOR: &str =
    "expected the type of the actor: `policies! { Document, actor: User { … } }`";

/// A word with which nothing begins.
fn unknown(word: &Ident) -> syn::Error {
    // It is the right word, and something else comes after it.
    let form = match word.to_string().as_str() {
        "check" => Some("`check name = condition;`: a check has no parameters and no braces"),
        "relation" => Some("`relation name = Other.column;`"),
        "use" => Some("`use path::to::checks;`"),
        _ => None,
    };
    if let Some(form) = form {
        return syn::Error::new(word.span(), format_args!("expected {form}"));
    }
    let known = ["guard", "bypass", "field", "check", "relation", "use"];
    let known = ACTIONS.into_iter().chain(known);
    syn::Error::new(
        word.span(),
        format_args!(
            "nothing begins with `{word}`: expected `read`, `create`, `update`, `destroy`, `guard(…)`, `bypass(…)`, \
             `field`, `check`, `relation` or `use`{}",
            did_you_mean(&word.to_string(), known)
        ),
    )
}

/// Attributes that say nothing about the rules: documentation. What a `cfg` is about was decided before.
fn documentation(input: ParseStream<'_>) -> syn::Result<()> {
    for attribute in input.call(Attribute::parse_outer)? {
        if !attribute.path().is_ident("doc") && !attribute.path().is_ident("cfg") {
            return Err(syn::Error::new_spanned(
                attribute.path(),
                "expected documentation or `cfg(…)`",
            ));
        }
    }
    Ok(())
}

/// Two of the same name would be one of them.
fn distinct<'a>(what: &str, names: impl Iterator<Item = &'a Ident>) -> syn::Result<()> {
    let mut seen = Vec::new();
    for name in names {
        if seen.contains(&name) {
            return Err(syn::Error::new(
                name.span(),
                format_args!("there is a {what} `{name}` already: give one of them another name"),
            ));
        }
        seen.push(name);
    }
    Ok(())
}

/// `check name = condition;`
fn check(input: ParseStream<'_>) -> syn::Result<(Ident, Expr)> {
    documentation(input)?;
    let word: Ident = input.parse()?;
    if word != "check" {
        return Err(syn::Error::new(
            word.span(),
            format_args!(
                "expected a check: `check name = condition;`{}",
                did_you_mean(&word.to_string(), ["check"])
            ),
        ));
    }
    let name = input.parse()?;
    not_a_word("the check", &name)?;
    input.parse::<Token![=]>()?;
    let condition = condition(input)?;
    input.parse::<Token![;]>()?;
    Ok((name, condition))
}

/// Some checks, and nothing else.
pub(super) fn checks(input: ParseStream<'_>) -> syn::Result<Vec<(Ident, Expr)>> {
    let mut checks = Vec::new();
    while !input.is_empty() {
        checks.push(check(input)?);
    }
    Ok(checks)
}

impl Parse for Declared {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        documentation(input)?;
        input.parse::<Ident>()?;
        let name = input.parse()?;
        not_a_word("the relation", &name)?;
        input.parse::<Token![=]>()?;
        let model = input.call(Path::parse_mod_style)?;
        if !input.peek(Token![.]) {
            return Err(input.error(
                "expected the foreign key that names this row: `relation shares = Share.document_id;`",
            ));
        }
        input.parse::<Token![.]>()?;
        let column = input.parse()?;
        input.parse::<Token![;]>()?;
        Ok(Self {
            name,
            model,
            column,
        })
    }
}

impl Parse for Block {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let allowed = allow::outer(input)?;
        let word: Ident = input.parse()?;
        let kind = match word.to_string().as_str() {
            "guard" => Kind::Guard,
            "bypass" => Kind::Bypass,
            "field" => Kind::Field,
            name if ACTIONS.contains(&name) => Kind::Policy,
            _ => return Err(unknown(&word)),
        };
        let actions = if kind == Kind::Policy {
            vec![Named::after(word.clone(), input)?]
        } else if kind == Kind::Field && !input.peek(token::Paren) {
            vec![Named(input.parse()?, None)]
        } else {
            let list;
            let about = match kind {
                Kind::Field => {
                    "say which fields it is about: `field(salary, notes) { … }`".to_owned()
                }
                _ => format!("say which actions it reaches: `{word}(update, destroy) {{ … }}`"),
            };
            let about = || syn::Error::new(word.span(), about);
            if !input.peek(token::Paren) {
                return Err(about());
            }
            parenthesized!(list in input);
            let actions = Punctuated::<Named, Token![,]>::parse_terminated(&list)?;
            if actions.is_empty() {
                return Err(about());
            }
            actions.into_iter().collect()
        };
        let (actions, customs) = actions
            .into_iter()
            .map(|Named(name, custom)| (name, custom))
            .unzip();
        let name = code(input)?;
        if let (Kind::Field, Some(name)) = (kind, &name) {
            return Err(syn::Error::new(name.span(), NO_DENIAL));
        }
        let when = if input.peek(Ident) && input.fork().parse::<Ident>()? == "when" {
            input.parse::<Ident>()?;
            let when = input.call(Expr::parse_without_eager_brace)?;
            if let Expr::Lit(literal) = &when {
                return Err(syn::Error::new_spanned(
                    literal,
                    "a `when` asks something about the actor, and this is always the same: leave it out",
                ));
            }
            Some(when)
        } else {
            None
        };
        if kind == Kind::Policy && input.peek(Token![,]) {
            return Err(input.error(
                "a policy is about one action: write a block for each, and what they share as a `check`",
            ));
        }
        let body;
        braced!(body in input);
        let mut rules = Vec::new();
        while !body.is_empty() {
            let rule: Rule = body.parse()?;
            let misplaced = match kind {
                Kind::Guard => rule.verb.authorizes(),
                Kind::Bypass => !rule.verb.authorizes(),
                Kind::Policy | Kind::Field => false,
            };
            if misplaced {
                return Err(syn::Error::new(
                    rule.keyword.span(),
                    match kind {
                        Kind::Guard => "a guard only forbids: an `authorize` belongs into a policy",
                        _ => {
                            "a bypass only authorizes: a `forbid` belongs into a guard or a policy"
                        }
                    },
                ));
            }
            if let (Kind::Field, Some(code)) = (kind, &rule.code) {
                return Err(syn::Error::new(code.span(), NO_DENIAL));
            }
            rules.push(rule);
        }
        Ok(Self {
            allowed,
            word,
            kind,
            actions,
            customs,
            name,
            when,
            rules,
        })
    }
}

const NO_DENIAL: &str =
    "a field that is not seen is hidden, and nothing is denied: no code would ever be told";

impl Parse for Rule {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        documentation(input)?;
        let keyword: Ident = input.parse()?;
        let verb = match keyword.to_string().as_str() {
            "authorize_if" => Verb::AuthorizeIf,
            "authorize_unless" => Verb::AuthorizeUnless,
            "forbid_if" => Verb::ForbidIf,
            "forbid_unless" => Verb::ForbidUnless,
            _ => {
                return Err(syn::Error::new(
                    keyword.span(),
                    format_args!(
                        "expected `authorize_if`, `authorize_unless`, `forbid_if` or `forbid_unless`{}",
                        did_you_mean(&keyword.to_string(), VERBS)
                    ),
                ));
            }
        };
        let condition = condition(input)?;
        let code = code(input)?;
        if let Some(code) = &code
            && verb.authorizes()
        {
            return Err(syn::Error::new(
                code.span(),
                "a code is what a denial is called: name the block (`update => \"…\" { … }`), \
                 whose end denies, or give it to a `forbid`",
            ));
        }
        input.parse::<Token![;]>()?;
        Ok(Self {
            verb,
            keyword,
            condition,
            code,
        })
    }
}

/// A condition, before which and after which there is no word of another language.
fn condition(input: ParseStream<'_>) -> syn::Result<Expr> {
    let instead = |written| input.error(format_args!("in rules this is written {written}"));
    let word = || input.cursor().ident().map(|(word, _)| word.to_string());
    let negated = matches!(word().as_deref(), Some("not" | "NOT"));
    if negated && (input.peek2(Ident) || input.peek2(token::Paren)) {
        return Err(instead("`!`: `!locked`"));
    }
    let condition = input.parse()?;
    let written = match word().as_deref() {
        Some("and" | "AND") => "`&&`: `locked && number > 1`",
        Some("or" | "OR") => "`||`: `locked || number > 1`",
        Some("in" | "IN") => "`.is_in([…])`: `number.is_in([1, 2])`",
        Some("is" | "IS") => "`.is_none()` or `.is_some()`: `note.is_none()`",
        _ => return Ok(condition),
    };
    Err(instead(written))
}

/// `=> "code"`, if it is there.
fn code(input: ParseStream<'_>) -> syn::Result<Option<LitStr>> {
    if !input.peek(Token![=>]) {
        return Ok(None);
    }
    input.parse::<Token![=>]>()?;
    let code: LitStr = input.parse()?;
    if code.value().is_empty() {
        return Err(syn::Error::new(code.span(), "a code is not empty"));
    }
    Ok(Some(code))
}
