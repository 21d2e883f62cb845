//! The form of JSON on SQLite, which has no type for it: a text that is compared byte by byte.
//!
//! The members of an object have no order, and a map that is hashed gives them in another one each time. So they are
//! put in order.

/// The same JSON with the members of every object in the order of their names, and without blanks; `None` if it is
/// none. It is not nested deeper than what is [read again](super::json).
pub(crate) fn ordered(text: &str) -> Option<String> {
    let mut written = String::with_capacity(text.len());
    let rest = value(text, &mut written)?;
    blank(rest).is_empty().then_some(written)
}

/// What comes after blanks.
fn blank(text: &str) -> &str {
    text.trim_start_matches([' ', '\n', '\r', '\t'])
}

/// Writes the value that the text begins with, and gives what comes after it.
fn value<'t>(text: &'t str, to: &mut String) -> Option<&'t str> {
    let text = blank(text);
    match text.as_bytes().first()? {
        b'{' => object(&text[1..], to),
        b'[' => array(&text[1..], to),
        b'"' => copied(text, string(text)?, to),
        _ => {
            let end = text.find([',', ']', '}', ' ', '\n', '\r', '\t']);
            match end.unwrap_or(text.len()) {
                0 => None,
                end => copied(text, end, to),
            }
        }
    }
}

fn copied<'t>(text: &'t str, end: usize, to: &mut String) -> Option<&'t str> {
    let (first, rest) = text.split_at_checked(end)?;
    to.push_str(first);
    Some(rest)
}

/// Where the string ends that the text begins with.
fn string(text: &str) -> Option<usize> {
    let mut escaping = false;
    let inside = text.strip_prefix('"')?;
    let end = inside.bytes().position(|byte| {
        let ends = byte == b'"' && !escaping;
        escaping = byte == b'\\' && !escaping;
        ends
    })?;
    Some(end + 2)
}

fn array<'t>(mut text: &'t str, to: &mut String) -> Option<&'t str> {
    to.push('[');
    if let Some(rest) = blank(text).strip_prefix(']') {
        to.push(']');
        return Some(rest);
    }
    loop {
        text = blank(value(text, to)?);
        if let Some(rest) = text.strip_prefix(']') {
            to.push(']');
            return Some(rest);
        }
        text = text.strip_prefix(',')?;
        to.push(',');
    }
}

fn object<'t>(mut text: &'t str, to: &mut String) -> Option<&'t str> {
    let mut members = Vec::new();
    text = blank(text);
    let rest = loop {
        if members.is_empty()
            && let Some(rest) = text.strip_prefix('}')
        {
            break rest;
        }
        text = blank(text);
        let (name, after) = text.split_at_checked(string(text)?)?;
        let mut written = String::new();
        text = blank(value(blank(after).strip_prefix(':')?, &mut written)?);
        members.push((name, written));
        if let Some(rest) = text.strip_prefix('}') {
            break rest;
        }
        text = text.strip_prefix(',')?;
    };
    // Of the same name, the last one counts, and stays it.
    members.sort_by_key(|(name, _)| *name);
    to.push('{');
    for (index, (name, written)) in members.into_iter().enumerate() {
        if index > 0 {
            to.push(',');
        }
        to.push_str(name);
        to.push(':');
        to.push_str(&written);
    }
    to.push('}');
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::ordered;

    #[test]
    fn members_are_in_order() {
        for (text, form) in [
            (
                r#"{"b":1,"a":{"d":[],"c":{}}}"#,
                r#"{"a":{"c":{},"d":[]},"b":1}"#,
            ),
            (
                r#" [ {"b" : -1.5e300 , "a":"}\"]" } , null ] "#,
                r#"[{"a":"}\"]","b":-1.5e300},null]"#,
            ),
            (r#""{\"b\":1,\"a\":2}""#, r#""{\"b\":1,\"a\":2}""#),
            (r#"{"a":2,"a":1}"#, r#"{"a":2,"a":1}"#),
            (r#"{"\\":1,"ä":"\\"}"#, r#"{"\\":1,"ä":"\\"}"#),
            ("18446744073709551615", "18446744073709551615"),
            ("[]", "[]"),
            ("{}", "{}"),
        ] {
            assert_eq!(ordered(text).as_deref(), Some(form), "{text}");
            assert_eq!(ordered(form).as_deref(), Some(form), "{form}");
        }
    }

    #[test]
    fn what_is_no_json_has_none() {
        for text in [
            "",
            "{",
            "[1",
            "{\"a\"}",
            "{\"a\":}",
            "{a:1}",
            "[1,]",
            "\"a",
            "1 2",
            "{\"a\":1,}",
            "[]]",
        ] {
            assert_eq!(ordered(text), None, "{text}");
        }
    }
}
