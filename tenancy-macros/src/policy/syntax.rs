//! The grammar of `policies!`.

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, Path, Token, braced, parenthesized};

use super::analyse::allow::{self, Allowed};

/// What `policies!` was given.
pub(crate) struct Policies {
    pub(crate) krate: Path,
    pub(crate) model: Path,
    /// The word `actor`: what conditions call it is found by this very token.
    pub(crate) word: Ident,
    pub(crate) actor: Path,
    pub(crate) checks: Vec<(Ident, Expr)>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) allowed: Allowed,
}

/// A list of rules, and what it is for.
pub(crate) struct Block {
    pub(crate) allowed: Allowed,
    /// The word it begins with.
    pub(crate) word: Ident,
    pub(crate) kind: Kind,
    pub(crate) actions: Vec<Ident>,
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
}

/// One line of a block.
pub(crate) struct Rule {
    pub(crate) verb: Verb,
    pub(crate) keyword: Ident,
    pub(crate) condition: Expr,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    AuthorizeIf,
    AuthorizeUnless,
    ForbidIf,
    ForbidUnless,
}

impl Verb {
    pub(crate) fn authorizes(self) -> bool {
        matches!(self, Self::AuthorizeIf | Self::AuthorizeUnless)
    }
}

impl Parse for Policies {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let path;
        parenthesized!(path in input);
        let krate = path.call(Path::parse_mod_style)?;
        let model = input.call(Path::parse_mod_style)?;
        input.parse::<Token![,]>()?;
        let word: Ident = input.parse()?;
        if word != "actor" {
            return Err(syn::Error::new(
                word.span(),
                "expected the type of the actor: `policies! { Document, actor: User { … } }`",
            ));
        }
        input.parse::<Token![:]>()?;
        let actor = input.call(Path::parse_mod_style)?;
        let body;
        braced!(body in input);
        let allowed = allow::inner(&body)?;
        let (mut checks, mut blocks) = (Vec::new(), Vec::new());
        while !body.is_empty() {
            if body.peek(Ident) && body.peek2(Ident) && body.fork().parse::<Ident>()? == "check" {
                body.parse::<Ident>()?;
                let name = body.parse()?;
                body.parse::<Token![=]>()?;
                checks.push((name, body.parse()?));
                body.parse::<Token![;]>()?;
            } else {
                blocks.push(body.parse()?);
            }
        }
        Ok(Self {
            krate,
            model,
            word,
            actor,
            checks,
            blocks,
            allowed,
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
            _ => Kind::Policy,
        };
        let actions = if kind == Kind::Policy {
            vec![word.clone()]
        } else {
            let list;
            parenthesized!(list in input);
            let actions = Punctuated::<Ident, Token![,]>::parse_terminated(&list)?;
            if actions.is_empty() {
                return Err(syn::Error::new(
                    word.span(),
                    format_args!("say which actions it reaches: `{word}(update, destroy) {{ … }}`"),
                ));
            }
            actions.into_iter().collect()
        };
        let when = if input.peek(Ident) && input.fork().parse::<Ident>()? == "when" {
            input.parse::<Ident>()?;
            Some(input.call(Expr::parse_without_eager_brace)?)
        } else {
            None
        };
        let body;
        braced!(body in input);
        let mut rules = Vec::new();
        while !body.is_empty() {
            let rule: Rule = body.parse()?;
            let misplaced = match kind {
                Kind::Guard => rule.verb.authorizes(),
                Kind::Bypass => !rule.verb.authorizes(),
                Kind::Policy => false,
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
            rules.push(rule);
        }
        Ok(Self {
            allowed,
            word,
            kind,
            actions,
            when,
            rules,
        })
    }
}

impl Parse for Rule {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let keyword: Ident = input.parse()?;
        let verb = match keyword.to_string().as_str() {
            "authorize_if" => Verb::AuthorizeIf,
            "authorize_unless" => Verb::AuthorizeUnless,
            "forbid_if" => Verb::ForbidIf,
            "forbid_unless" => Verb::ForbidUnless,
            _ => {
                return Err(syn::Error::new(
                    keyword.span(),
                    "expected `authorize_if`, `authorize_unless`, `forbid_if` or `forbid_unless`",
                ));
            }
        };
        let condition = input.parse()?;
        input.parse::<Token![;]>()?;
        Ok(Self {
            verb,
            keyword,
            condition,
        })
    }
}
