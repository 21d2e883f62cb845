//! Text patterns, straight from the text: no translation to any database's spelling.

use crate::condition::Match;

pub(super) fn matches(value: &str, kind: Match, pattern: &str) -> bool {
    match kind {
        Match::Contains => value.contains(pattern),
        Match::StartsWith => value.starts_with(pattern),
        Match::EndsWith => value.ends_with(pattern),
        Match::Like => {
            let value: Vec<char> = value.chars().collect();
            let pattern: Vec<char> = pattern.chars().collect();
            like(&value, &pattern)
        }
    }
}

fn like(value: &[char], pattern: &[char]) -> bool {
    match pattern {
        [] => value.is_empty(),
        ['%', rest @ ..] => (0..=value.len()).any(|skipped| like(&value[skipped..], rest)),
        ['_', rest @ ..] => !value.is_empty() && like(&value[1..], rest),
        // A backslash at the end stands for itself.
        ['\\', literal, rest @ ..] | [literal, rest @ ..] => {
            value.first() == Some(literal) && like(&value[1..], rest)
        }
    }
}
