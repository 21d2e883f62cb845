//! From a template to the text of one database.

use super::text::{
    CAPACITY, FOR_UPDATE, Fixed, MATCHES, NULLS_FIRST, NULLS_LAST, PAGE, PROOF, TENANT, Text, USER,
    count,
};

/// How a database spells what differs between databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite 3.35 or later.
    Sqlite,
    /// PostgreSQL 12 or later.
    Postgres,
}

/// Numbers parameters: user values first, then proven keys, the tenant, and limits.
///
/// User values are encoded by code of the user (an `Encode` impl of an enum, say), which sees the
/// buffer that all values share. What is bound after it cannot be touched by it, so everything
/// that carries isolation comes later.
#[derive(Clone, Copy)]
struct Numbers {
    user: usize,
    proof: usize,
    tenant: usize,
    page: usize,
    /// The highest number that an unadorned `?` has stood for, while only such were written.
    plain: Option<usize>,
}

impl Numbers {
    const fn of(template: &[u8]) -> Self {
        let users = count(template, USER);
        let proofs = count(template, PROOF);
        Self {
            user: 0,
            proof: users,
            tenant: users + proofs + 1,
            page: users + proofs + if count(template, TENANT) == 0 { 0 } else { 1 },
            plain: Some(0),
        }
    }

    /// The number of the parameter that `marker` stands for.
    const fn next(&mut self, marker: u8) -> usize {
        match marker {
            USER => {
                self.user += 1;
                self.user
            }
            PROOF => {
                self.proof += 1;
                self.proof
            }
            PAGE => {
                self.page += 1;
                self.page
            }
            _ => self.tenant,
        }
    }
}

/// What stands for a control byte.
enum Spelling {
    Text(&'static str),
    /// `?`, `?N` or `$N`.
    Parameter {
        prefix: &'static str,
        number: Option<usize>,
    },
}

const fn spell(marker: u8, dialect: Dialect, numbers: &mut Numbers) -> Spelling {
    let sqlite = matches!(dialect, Dialect::Sqlite);
    match marker {
        USER | PROOF | TENANT | PAGE => parameter(numbers.next(marker), sqlite, numbers),
        MATCHES if sqlite => Spelling::Text(" GLOB "),
        MATCHES => Spelling::Text(" LIKE "),
        NULLS_LAST if sqlite => Spelling::Text(" NULLS LAST"),
        NULLS_FIRST if sqlite => Spelling::Text(" NULLS FIRST"),
        FOR_UPDATE if !sqlite => Spelling::Text(" FOR UPDATE"),
        NULLS_LAST | NULLS_FIRST | FOR_UPDATE => Spelling::Text(""),
        _ => panic!("not a control byte of a template"),
    }
}

/// SQLite looks a numbered parameter up by name, so plain `?` is used as long as the numbers run
/// in textual order, which is nearly always.
const fn parameter(number: usize, sqlite: bool, numbers: &mut Numbers) -> Spelling {
    if !sqlite {
        return Spelling::Parameter {
            prefix: "$",
            number: Some(number),
        };
    }
    if let Some(last) = numbers.plain
        && number == last + 1
    {
        numbers.plain = Some(number);
        return Spelling::Parameter {
            prefix: "?",
            number: None,
        };
    }
    numbers.plain = None;
    Spelling::Parameter {
        prefix: "?",
        number: Some(number),
    }
}

/// Renders a template at compile time.
pub(crate) const fn render(template: &Text, dialect: Dialect) -> Text {
    let bytes = template.as_bytes();
    let mut numbers = Numbers::of(bytes);
    let mut text = Text::EMPTY;
    let mut from = 0;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] < b' ' {
            text = push_range(text, bytes, from, at);
            text = match spell(bytes[at], dialect, &mut numbers) {
                Spelling::Text(spelling) => text.push(spelling),
                Spelling::Parameter {
                    prefix,
                    number: None,
                } => text.push(prefix),
                Spelling::Parameter {
                    prefix,
                    number: Some(number),
                } => text.push(prefix).number(number),
            };
            from = at + 1;
        }
        at += 1;
    }
    push_range(text, bytes, from, bytes.len())
}

const fn push_range(text: Text, bytes: &[u8], from: usize, to: usize) -> Text {
    let (head, _) = bytes.split_at(to);
    let (_, range) = head.split_at(from);
    text.push_bytes(range)
}

/// Renders a template at run time: for queries whose shape only the running program knows.
pub(crate) fn render_dynamic(template: &[u8], dialect: Dialect) -> String {
    let mut numbers = Numbers::of(template);
    let mut text = Vec::with_capacity(template.len() + template.len() / 4);
    for &byte in template {
        if byte >= b' ' {
            text.push(byte);
            continue;
        }
        match spell(byte, dialect, &mut numbers) {
            Spelling::Text(spelling) => text.extend_from_slice(spelling.as_bytes()),
            Spelling::Parameter { prefix, number } => {
                text.extend_from_slice(prefix.as_bytes());
                if let Some(number) = number {
                    let digits = Fixed::<20>::EMPTY.number(number);
                    text.extend_from_slice(digits.as_bytes());
                }
            }
        }
    }
    String::from_utf8(text).expect("a template is made of UTF-8 strings and ASCII control bytes")
}

/// A rendered text in the smallest of a few static buffers, so that a program does not carry
/// [`CAPACITY`] bytes for every query it has.
pub(crate) trait Rendered {
    /// The rendered text.
    const RENDERED: Text;

    /// The text as a string that lives as long as the program.
    const SQL: &'static str = {
        let len = Self::RENDERED.as_bytes().len();
        if len <= 256 {
            Self::SMALL.as_str()
        } else if len <= 1024 {
            Self::MEDIUM.as_str()
        } else {
            Self::LARGE.as_str()
        }
    };

    #[doc(hidden)]
    const SMALL: &'static Fixed<256> = &Self::RENDERED.resize();
    #[doc(hidden)]
    const MEDIUM: &'static Fixed<1024> = &Self::RENDERED.resize();
    #[doc(hidden)]
    const LARGE: &'static Fixed<CAPACITY> = &Self::RENDERED.resize();
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: Text = Text::EMPTY
        .push("a = ")
        .mark(USER)
        .push(" AND b = ")
        .mark(PROOF)
        .push(" AND c = ")
        .mark(TENANT);

    const MIXED: Text = Text::EMPTY
        .mark(USER)
        .mark(PROOF)
        .mark(USER)
        .mark(TENANT)
        .mark(TENANT);

    #[test]
    fn parameters_in_textual_order_need_no_numbers_on_sqlite() {
        assert_eq!(
            render(&TEMPLATE, Dialect::Sqlite).as_str(),
            "a = ? AND b = ? AND c = ?"
        );
    }

    #[test]
    fn parameters_out_of_order_are_numbered() {
        assert_eq!(render(&MIXED, Dialect::Sqlite).as_str(), "??3?2?4?4");
        assert_eq!(render(&MIXED, Dialect::Postgres).as_str(), "$1$3$2$4$4");
    }

    #[test]
    fn both_renderers_agree() {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            for template in [TEMPLATE, MIXED] {
                assert_eq!(
                    render(&template, dialect).as_str(),
                    render_dynamic(template.as_bytes(), dialect)
                );
            }
        }
    }
}
