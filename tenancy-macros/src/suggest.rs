//! Suggestions: what a word that is not known was to be.

/// `; did you mean …?`, if one of the words that there are is near enough.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    known: impl IntoIterator<Item = impl AsRef<str> + 'a>,
) -> String {
    let nearest = known
        .into_iter()
        .map(|known| (distance(word, known.as_ref()), known.as_ref().to_owned()))
        .min();
    match nearest {
        // A third of the letters may be wrong, and of a short word two.
        Some((distance, known))
            if distance <= 2.max(word.chars().count() / 3) && distance < word.chars().count() =>
        {
            format!("; did you mean `{known}`?")
        }
        _ => String::new(),
    }
}

/// How many letters are missing, too many, wrong, or in the place of their neighbour.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows = vec![(0..=other.len()).collect::<Vec<_>>()];
    for (i, left) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, right) in other.iter().enumerate() {
            let last = &rows[i];
            let mut least = (last[j + 1] + 1).min(row[j] + 1);
            least = least.min(last[j] + usize::from(left != right));
            if i > 0 && j > 0 && *left == other[j - 1] && one[i - 1] == *right {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let known = [
            "guard",
            "check",
            "read",
            "create",
            "authorize_if",
            "forbid_if",
        ];
        for (word, meant) in [
            ("gaurd", "guard"),
            ("chekc", "check"),
            ("raed", "read"),
            ("craete", "create"),
            ("authorise_if", "authorize_if"),
            ("autorize_if", "authorize_if"),
        ] {
            assert_eq!(
                did_you_mean(word, known),
                format!("; did you mean `{meant}`?")
            );
        }
        for word in ["x", "permit", "delete", "allow_if"] {
            assert_eq!(did_you_mean(word, ["guard", "check"]), "", "{word}");
        }
    }
}
