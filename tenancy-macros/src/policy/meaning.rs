//! What an expression means, as far as a macro can tell: whether two of them are the same.

use proc_macro2::{Delimiter, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// A text that is the same for two expressions only if they mean the same.
///
/// Words alone do not tell: `$crate` of two macros is two crates, and a name that a macro binds is not the one
/// of the same letters outside. So names that hygiene decides about go with where they come from; where the
/// compiler does not say, with their place, and then they are like no other.
pub(super) fn meaning(tokens: impl ToTokens) -> String {
    let mut text = String::new();
    stream(tokens.to_token_stream(), &mut text);
    text
}

fn stream(tokens: TokenStream, text: &mut String) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis | Delimiter::None => ('(', ')'),
                    Delimiter::Bracket => ('[', ']'),
                    Delimiter::Brace => ('{', '}'),
                };
                text.push(open);
                stream(group.stream(), text);
                text.push(close);
            }
            TokenTree::Ident(ident) => {
                text.push_str(&ident.to_string());
                if is_hygienic(ident, &tokens[..at], &tokens[at + 1..]) {
                    text.push_str(&origin(ident.span()));
                }
                text.push(' ');
            }
            TokenTree::Punct(punct) => {
                text.push(punct.as_char());
                if punct.spacing() == Spacing::Alone {
                    text.push(' ');
                }
            }
            TokenTree::Literal(literal) => {
                text.push_str(&literal.to_string());
                text.push(' ');
            }
        }
    }
}

/// Whether hygiene decides what a name means: of `$crate`, and of what may be a local variable. What has a
/// path in front of it, or after it, or is a field or a method, goes by its letters.
fn is_hygienic(ident: &Ident, before: &[TokenTree], after: &[TokenTree]) -> bool {
    let punct = |token: Option<&TokenTree>| match token {
        Some(TokenTree::Punct(punct)) => Some(punct.clone()),
        _ => None,
    };
    let is = |punct: &Option<Punct>, character| {
        punct
            .as_ref()
            .is_some_and(|punct| punct.as_char() == character)
    };
    let joint = |punct: &Option<Punct>, character| {
        is(punct, character)
            && punct
                .as_ref()
                .is_some_and(|punct| punct.spacing() == Spacing::Joint)
    };
    let mut before = before.iter().rev();
    let (last, last_but_one) = (punct(before.next()), punct(before.next()));
    let member = is(&last, '.') && !joint(&last_but_one, '.');
    let segment = is(&last, ':') && joint(&last_but_one, ':');
    let path = joint(&punct(after.first()), ':') && is(&punct(after.get(1)), ':');
    ident == "$crate" || !member && !segment && !path
}

/// Which expansion of a macro a token comes from: what the compiler prints of it before the place.
fn origin(span: Span) -> String {
    let whole = format!("{span:?}");
    match whole.split_once(" bytes(") {
        Some((expansion, _)) => expansion.to_owned(),
        None => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::meaning;

    fn of(text: &str) -> String {
        meaning(syn::parse_str::<proc_macro2::TokenStream>(text).expect("tokens"))
    }

    #[test]
    fn spaces_mean_nothing_and_operators_do() {
        assert_eq!(of("a==b . c"), of("a == b.c"));
        assert_eq!(of("[1,2]"), of("[ 1, 2 ]"));
        for (one, other) in [
            ("a & &b", "a && b"),
            ("(a)", "[a]"),
            ("a b", "ab"),
            ("1 2", "12"),
        ] {
            assert_ne!(of(one), of(other));
        }
    }
}
