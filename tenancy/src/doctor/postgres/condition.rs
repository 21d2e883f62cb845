//! Whether a condition says that a row is of the tenant. It is known by its text, as PostgreSQL writes it.

/// How far a condition keeps to the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Isolation {
    /// It says that the row is the tenant's, and perhaps more.
    Whole,
    /// It does so, and fails where no tenant is set.
    Fragile,
    None,
}

/// Looks for `wanted` among what must be true. It knows a condition by its text, as PostgreSQL writes it.
pub(super) fn isolation(sql: &str, wanted: &str) -> Isolation {
    let parts: Vec<_> = conjuncts(sql).into_iter().map(bare).collect();
    let wanted = bare(wanted);
    let without = |left_out: &[&str]| -> Vec<String> {
        let words = wanted
            .iter()
            .filter(|word| !left_out.contains(&word.as_str()));
        words.cloned().collect()
    };
    let fragile = [&["nullif", "''"][..], &["true"], &["nullif", "''", "true"]];
    if parts.contains(&wanted) {
        Isolation::Whole
    } else if fragile
        .iter()
        .any(|left_out| parts.contains(&without(left_out)))
    {
        Isolation::Fragile
    } else {
        Isolation::None
    }
}

/// The conditions that must all be true: what stands between `AND`s that are in no other condition.
fn conjuncts(sql: &str) -> Vec<&str> {
    let sql = sql.trim();
    // The only `AND`s without parentheses of their own that mean something else.
    if sql.contains("CASE ") {
        return vec![sql];
    }
    let mut cuts = Vec::new();
    let (mut depth, mut quote, mut whole) = (0, None, sql.starts_with('('));
    for (at, character) in sql.char_indices() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth -= 1;
                whole &= depth > 0 || at + 1 == sql.len();
            }
            (None, ' ') if depth == 0 && sql[at..].starts_with(" AND ") => cuts.push(at),
            (None, _) => {}
        }
    }
    if whole && cuts.is_empty() {
        return conjuncts(&sql[1..sql.len() - 1]);
    }
    if cuts.is_empty() {
        return vec![sql];
    }
    let mut parts = Vec::new();
    let mut start = 0;
    for cut in cuts.into_iter().chain([sql.len()]) {
        parts.extend(conjuncts(&sql[start..cut]));
        start = (cut + " AND ".len()).min(sql.len());
    }
    parts
}

/// The words of a condition, without parentheses, commas, casts to text, which PostgreSQL writes behind every literal,
/// and what a sub-query around one value adds.
///
/// Other casts count, as do capitals in names that are quoted: they make something else of a column.
fn bare(sql: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '\'' => rest[1..].find('\'').map_or(rest.len(), |end| end + 2),
            '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
            _ if is_word(first) => rest
                .find(|character| !is_word(character))
                .unwrap_or(rest.len()),
            ':' if rest.starts_with("::") => {
                let name = rest[2..].find(|character| !is_word(character));
                name.map_or(rest.len(), |end| end + 2)
            }
            _ => first.len_utf8(),
        };
        let (word, after) = rest.split_at(end);
        rest = after;
        if word == "::text" || word.chars().all(|character| " \n\t(),".contains(character)) {
            continue;
        }
        let word = match first {
            '\'' => word.to_owned(),
            '"' => word.trim_matches('"').to_owned(),
            _ => word.to_lowercase(),
        };
        words.push(word);
    }
    // `( SELECT x AS name)`
    while let Some(at) = words.iter().position(|word| word == "select") {
        words.remove(at);
        if let Some(end) = words[at..].iter().position(|word| word == "as") {
            words.drain(at + end..(at + end + 2).min(words.len()));
        }
    }
    words
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '.'
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: &str =
        "\"tenant_id\" = nullif(current_setting('tenancy.tenant', true), '')::uuid";

    #[test]
    fn a_condition_is_known_as_postgresql_writes_it() {
        let setting = "(NULLIF(current_setting('tenancy.tenant'::text, true), ''::text))::uuid";
        for sql in [
            format!("(tenant_id = {setting})"),
            format!("((tenant_id = {setting}) AND (NOT archived))"),
            format!("(((tenant_id = {setting}) AND (a = ')'::text)) AND ((b > 0) OR c))"),
            format!("(tenant_id = ( SELECT {setting} AS \"nullif\"))"),
        ] {
            assert_eq!(isolation(&sql, WANTED), Isolation::Whole, "{sql}");
        }
    }

    #[test]
    fn what_says_less_is_not_it() {
        let setting = "(NULLIF(current_setting('tenancy.tenant'::text, true), ''::text))::uuid";
        for sql in [
            "true".to_owned(),
            format!("((tenant_id = {setting}) OR archived)"),
            format!("(NOT (tenant_id = {setting}))"),
            format!("(tenant_id <> {setting})"),
            format!("(NOT (archived AND (tenant_id = {setting})))"),
            format!(
                "CASE WHEN archived AND (tenant_id = {setting}) AND true THEN true ELSE false END"
            ),
            format!("((archived AND (tenant_id = {setting})) OR true)"),
            format!("(other_id = {setting})"),
            format!("((NOT (tenant_id = {setting})) AND true)"),
            "(tenant_id = (NULLIF(current_setting('another.tenant'::text, true), ''::text))::uuid)"
                .to_owned(),
            format!("(\"TENANT_ID\" = {setting})"),
            format!("((tenant_id)::smallint = {setting})"),
            format!("(tenant_id OPERATOR(public.=) {setting})"),
        ] {
            assert_eq!(isolation(&sql, WANTED), Isolation::None, "{sql}");
        }
    }

    #[test]
    fn what_fails_without_a_tenant_is_fragile() {
        for sql in [
            "(tenant_id = (current_setting('tenancy.tenant'::text))::uuid)",
            "(tenant_id = (current_setting('tenancy.tenant'::text, true))::uuid)",
            "(tenant_id = (NULLIF(current_setting('tenancy.tenant'::text), ''::text))::uuid)",
        ] {
            assert_eq!(isolation(sql, WANTED), Isolation::Fragile, "{sql}");
        }
    }
}
