//! The input of `policies!` before it is parsed: what other macros left in it, and what depends on `cfg`.

use std::ops::Range;

use proc_macro2::{Delimiter, Group, Spacing, Span, TokenStream, TokenTree};
use quote::quote;

/// The input as if it had been written by hand.
///
/// An expression that a `macro_rules!` was given comes in invisible parentheses, which would be lost: it gets
/// visible ones, so that `$e * 2` does not mean something else. And the word `actor` is the same wherever it was
/// written: each macro has words of its own.
pub(crate) fn prepared(input: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = input.into_iter().collect();
    let word = tokens.windows(2).find_map(|pair| match pair {
        [TokenTree::Ident(ident), TokenTree::Punct(punct)]
            if ident == "actor" && punct.as_char() == ':' && punct.spacing() == Spacing::Alone =>
        {
            Some(ident.span())
        }
        _ => None,
    });
    // Around the rules there are paths, which have no parentheses.
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                within(&group, Delimiter::Brace, inside(group.stream(), word))
            }
            token => token,
        })
        .collect()
}

fn inside(tokens: TokenStream, word: Option<Span>) -> TokenStream {
    let mut prepared = TokenStream::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let stream = inside(group.stream(), word);
                match group.delimiter() {
                    // Nothing binds tighter than what they are made of.
                    Delimiter::None if is_path(&stream) => prepared.extend(stream),
                    Delimiter::None => {
                        prepared.extend([within(&group, Delimiter::Parenthesis, stream)]);
                    }
                    delimiter => prepared.extend([within(&group, delimiter, stream)]),
                }
            }
            TokenTree::Ident(mut ident) => {
                if let (true, Some(word)) = (ident == "actor", word) {
                    ident.set_span(ident.span().resolved_at(word));
                }
                prepared.extend([TokenTree::Ident(ident)]);
            }
            token => prepared.extend([token]),
        }
    }
    prepared
}

/// A path, a name, or one literal.
fn is_path(tokens: &TokenStream) -> bool {
    let mut all = tokens.clone().into_iter();
    let path = all.all(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        TokenTree::Group(_) | TokenTree::Literal(_) => false,
    });
    path || tokens.clone().into_iter().count() == 1
}

fn within(group: &Group, delimiter: Delimiter, stream: TokenStream) -> TokenTree {
    let mut new = Group::new(delimiter, stream);
    new.set_span(group.span());
    TokenTree::Group(new)
}

/// What an item is, of a list of them.
pub(super) struct Item {
    /// Its tokens.
    pub(super) all: Range<usize>,
    /// Its tokens without the attributes in front.
    pub(super) bare: Range<usize>,
}

/// The items of rules: up to a `;`, or up to the braces of a block.
pub(super) fn items(tokens: &[TokenTree], blocks: bool) -> Vec<Item> {
    let is = |at: usize, character: char| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == character);
    let group = |at: usize, delimiter| matches!(tokens.get(at), Some(TokenTree::Group(group)) if group.delimiter() == delimiter);
    let word = |at: usize| match tokens.get(at) {
        Some(TokenTree::Ident(word)) => Some(word),
        _ => None,
    };
    let (mut items, mut start) = (Vec::new(), 0);
    while start < tokens.len() {
        let mut bare = start;
        while is(bare, '#') && group(bare + 1, Delimiter::Bracket) {
            bare += 2;
        }
        let inner = is(bare, '#') && is(bare + 1, '!');
        let ends_with_braces = blocks
            && word(bare).is_some_and(|word| word != "use")
            && !(word(bare + 1).is_some() && is(bare + 2, '=') && !is(bare + 3, '>'));
        let end = if inner {
            bare + 3
        } else {
            let mut rest = bare..tokens.len();
            let last =
                rest.find(|at| is(*at, ';') || ends_with_braces && group(*at, Delimiter::Brace));
            last.map_or(tokens.len(), |last| last + 1)
        };
        let end = end.min(tokens.len());
        items.push(Item {
            all: start..end,
            bare: bare.min(end)..end,
        });
        start = end;
    }
    items
}

/// The input with and without what comes first of that which depends on a `cfg`: the compiler takes one of
/// them. A `~` says that something was left out. `None` if nothing does.
pub(crate) fn configured(input: &TokenStream) -> Option<TokenStream> {
    let tokens: Vec<TokenTree> = input.clone().into_iter().collect();
    let krate = tokens.iter().find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
            Some(group.stream())
        }
        _ => None,
    })?;
    let choices = tokens
        .iter()
        .enumerate()
        .find_map(|(at, token)| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                Some((at, choice(group, true)?))
            }
            _ => None,
        });
    let (at, (predicate, with, without)) = choices?;
    let [with, without] = [with, without].map(|group| {
        let mut tokens = tokens.clone();
        tokens[at] = group;
        TokenStream::from_iter(tokens)
    });
    Some(quote! {
        #[cfg(#predicate)]
        #krate::__private::policies! { #with }
        #[cfg(not(#predicate))]
        #krate::__private::policies! { ~ #without }
    })
}

/// The predicate of the first `#[cfg(…)]` in a list of items, and the list with what it is in front of, and
/// without.
fn choice(group: &Group, blocks: bool) -> Option<(TokenStream, TokenTree, TokenTree)> {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let rest = |left_out: &Range<usize>| {
        let tokens = tokens.iter().enumerate();
        let tokens = tokens.filter(|(at, _)| !left_out.contains(at));
        let tokens = tokens.map(|(_, token)| token.clone()).collect();
        within(group, group.delimiter(), tokens)
    };
    for item in items(&tokens, blocks) {
        for at in (item.all.start..item.bare.start).step_by(2) {
            if let Some(predicate) = cfg(&tokens[at + 1]) {
                return Some((predicate, rest(&(at..at + 2)), rest(&item.all)));
            }
        }
        let last = item.bare.end.checked_sub(1)?;
        if let (true, TokenTree::Group(block)) = (blocks, &tokens[last])
            && block.delimiter() == Delimiter::Brace
            && let Some((predicate, with, without)) = choice(block, false)
        {
            let [with, without] = [with, without].map(|block| {
                let mut tokens = tokens.clone();
                tokens[last] = block;
                within(group, group.delimiter(), TokenStream::from_iter(tokens))
            });
            return Some((predicate, with, without));
        }
    }
    None
}

/// What is inside of `[cfg(…)]`.
fn cfg(attribute: &TokenTree) -> Option<TokenStream> {
    let TokenTree::Group(attribute) = attribute else {
        return None;
    };
    let mut tokens = attribute.stream().into_iter();
    match (tokens.next()?, tokens.next()?) {
        (TokenTree::Ident(word), TokenTree::Group(predicate)) if word == "cfg" => {
            Some(predicate.stream())
        }
        _ => None,
    }
}
