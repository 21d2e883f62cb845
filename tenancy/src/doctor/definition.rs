//! The text of a table on SQLite: it alone tells what generates a column, collations and checks.

use std::ops::Range;

/// What the text of `CREATE TABLE` says, line by line.
#[cfg(feature = "sqlite")]
#[derive(Debug, Default)]
pub(super) struct Definition<'a> {
    /// The names of columns, and all that is said of each.
    columns: Vec<(String, &'a str)>,
    /// `CHECK` constraints of the table.
    pub(super) checks: Vec<&'a str>,
}

#[cfg(feature = "sqlite")]
impl<'a> Definition<'a> {
    pub(super) fn of(sql: &'a str) -> Self {
        let mut this = Self::default();
        let body = tokens(sql)
            .into_iter()
            .find(|token| sql[token.clone()].starts_with('('));
        let Some(body) = body else { return this };
        let inside = sql[body].trim_start_matches('(').trim_end();
        let inside = inside.strip_suffix(')').unwrap_or(inside);
        let tokens = tokens(inside);
        for line in tokens.split(|token| &inside[token.clone()] == ",") {
            if let (Some(first), Some(last)) = (line.first(), line.last()) {
                this.line(&inside[first.start..last.end], &inside[first.clone()]);
            }
        }
        this
    }

    fn line(&mut self, line: &'a str, first: &str) {
        let is = |word: &str| first.eq_ignore_ascii_case(word);
        let constraint = ["CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK"];
        if !constraint.into_iter().any(is) {
            self.columns.push((unquoted(first), line));
        } else if is("CHECK") || is("CONSTRAINT") && !checks(line).is_empty() {
            self.checks.push(line);
        }
    }

    /// All that is said of a column, with its name.
    pub(super) fn column(&self, name: &str) -> Option<&'a str> {
        let same = |(there, _): &&(String, &str)| there.eq_ignore_ascii_case(name);
        self.columns.iter().find(same).map(|(_, text)| *text)
    }
}

/// What a column begins with, which is its name.
pub(super) fn first(column: &str) -> &str {
    let first = tokens(column).into_iter().next();
    first.map_or("", |token| &column[token])
}

/// The collation of a column, if it is not by bytes.
pub(super) fn collation(column: &str) -> Option<&str> {
    let tokens = tokens(column);
    let texts: Vec<_> = tokens.into_iter().map(|token| &column[token]).collect();
    let named = texts
        .windows(2)
        .find(|pair| pair[0].eq_ignore_ascii_case("COLLATE"))?;
    (!unquoted(named[1]).eq_ignore_ascii_case("BINARY")).then_some(named[1])
}

/// The conditions in parentheses that values must meet.
pub(super) fn checks(line: &str) -> Vec<&str> {
    let tokens = tokens(line);
    let texts: Vec<_> = tokens.into_iter().map(|token| &line[token]).collect();
    let checks = texts
        .windows(2)
        .filter(|pair| pair[0].eq_ignore_ascii_case("CHECK"));
    checks.map(|pair| pair[1]).collect()
}

fn unquoted(name: &str) -> String {
    let inside = || {
        name.get(1..name.len().saturating_sub(1))
            .unwrap_or_default()
    };
    match name.chars().next() {
        Some(quote @ ('"' | '`' | '\'')) => {
            inside().replace(&format!("{quote}{quote}"), &quote.to_string())
        }
        Some('[') => inside().to_owned(),
        _ => name.to_owned(),
    }
}

/// The words of a text, where what is in quotes or in parentheses is one.
fn tokens(sql: &str) -> Vec<Range<usize>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = sql[at..].chars().next() {
        let rest = &sql[at..];
        let len = match first {
            '-' if rest.starts_with("--") => {
                at += rest.find('\n').map_or(rest.len(), |end| end + 1);
                continue;
            }
            '/' if rest.starts_with("/*") => {
                at += rest.find("*/").map_or(rest.len(), |end| end + 2);
                continue;
            }
            first if first.is_whitespace() => {
                at += first.len_utf8();
                continue;
            }
            '"' | '`' | '\'' | '[' => in_quotes(rest, first),
            '(' => in_parentheses(rest),
            first if is_word(first) => rest.find(|next| !is_word(next)).unwrap_or(rest.len()),
            first => first.len_utf8(),
        };
        tokens.push(at..at + len);
        at += len;
    }
    tokens
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$' | '.') || !character.is_ascii()
}

/// How long what is in quotes is. Two quotes are one inside of it.
fn in_quotes(rest: &str, quote: char) -> usize {
    let end = if quote == '[' { ']' } else { quote };
    let mut from = 1;
    while let Some(at) = rest[from..].find(end) {
        from += at + 1;
        if end == ']' || !rest[from..].starts_with(end) {
            return from;
        }
        from += 1;
    }
    rest.len()
}

/// How long what is in parentheses is.
fn in_parentheses(rest: &str) -> usize {
    let inside = &rest[1..];
    let mut from = 0;
    // What is in there may have quotes and parentheses of its own.
    while let Some(at) = inside[from..].find(['(', ')', '"', '`', '\'', '[', '-', '/']) {
        let here = &inside[from + at..];
        let len = match here.as_bytes()[0] {
            b')' => return 1 + from + at + 1,
            b'(' => in_parentheses(here),
            b'-' if here.starts_with("--") => here.find('\n').map_or(here.len(), |end| end + 1),
            b'/' if here.starts_with("/*") => here.find("*/").map_or(here.len(), |end| end + 2),
            b'-' | b'/' => 1,
            quote => in_quotes(here, char::from(quote)),
        };
        from += at + len;
    }
    rest.len()
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_line_by_line() {
        let sql = r#"CREATE TABLE "t (x)" ( -- a comment, with a comma
            id INTEGER PRIMARY KEY,
            "a, ""b""" TEXT COLLATE NOCASE DEFAULT ',)' CHECK (length("a, ""b""") < 3),
            [c d] AS (id * (2 + 1)) STORED, /* , */ e DECIMAL(10, 2),
            CONSTRAINT "positive" CHECK (id > 0 /* ) */),
            UNIQUE (e), FOREIGN KEY (e) REFERENCES u (CHECKED), CHECK(1)
        ) STRICT"#;
        let definition = Definition::of(sql);
        let names: Vec<_> = definition
            .columns
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(names, ["id", "a, \"b\"", "c d", "e"]);
        let text = definition.column("A, \"b\"").expect("a column");
        assert_eq!(collation(text), Some("NOCASE"));
        assert_eq!(checks(text), [r#"(length("a, ""b""") < 3)"#]);
        assert_eq!(
            definition.column("c d"),
            Some("[c d] AS (id * (2 + 1)) STORED")
        );
        assert_eq!(definition.column("e"), Some("e DECIMAL(10, 2)"));
        assert_eq!(definition.checks.len(), 2);
        assert_eq!(collation("x TEXT COLLATE \"binary\""), None);
    }

    #[test]
    fn what_does_not_end_is_read_to_the_end() {
        for sql in [
            "",
            "(",
            "CREATE TABLE t (a 'b",
            "CREATE TABLE t (a (b",
            "\"",
            "--",
            "/*",
            "[",
            "()",
        ] {
            let _ = Definition::of(sql);
        }
    }
}
