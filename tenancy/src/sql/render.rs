//! From a template to the text of one database.

use crate::sql::masked::Masks;
use crate::sql::text::{
    ACTOR, AGAIN, CAPACITY, DONE, EXACTLY, FOR_UPDATE, GUARDED, IF_MASKED, MASK, MATCHES,
    NULLS_FIRST, NULLS_LAST, ON_ANY, ON_POSTGRES, ON_SQLITE, ONWARDS, PAGE, PROOF, SCHEMA, Summary,
    TENANT, Text, USER, VISIBLE, first_control,
};
use std::marker::PhantomData;

/// How a database spells what differs between databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite 3.35 or later.
    Sqlite,
    /// PostgreSQL 12 or later.
    Postgres,
}

/// Numbers parameters: user values first, then who acts, proven keys, the tenant, and limits.
///
/// User values are encoded by code of the user (an `Encode` impl of an enum, say), which sees the
/// buffer that all values share. What is bound after it cannot be touched by it, so everything
/// that carries isolation comes later.
#[derive(Clone, Copy)]
pub(crate) struct Numbers {
    pub(crate) user: usize,
    proof: usize,
    tenant: usize,
    page: usize,
    /// How many there are before the proven keys: those of the users and, last, who acts.
    before: usize,
    /// Where values and keys go on after those from the beginning.
    onwards: (usize, usize),
    /// The highest number that an unadorned `?` has stood for, while only such were written.
    plain: Option<usize>,
}

impl Numbers {
    /// For a template with so many values of the user and proofs, with or without a tenant.
    ///
    /// If parameters are `named` again, all have numbers: the driver counts the plain ones and those
    /// with a number apart.
    const fn new(users: usize, acting: bool, proofs: usize, tenanted: bool, named: bool) -> Self {
        let before = users + acting as usize;
        Self {
            user: 0,
            proof: before,
            tenant: before + proofs + 1,
            page: before + proofs + tenanted as usize,
            before,
            onwards: (0, 0),
            plain: if named { None } else { Some(0) },
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
            ACTOR => {
                // Named again, it would be one of those with a number: so it is from the first time on.
                self.plain = None;
                self.before
            }
            _ => self.tenant,
        }
    }
}

/// [`SCHEMA`] as a text.
const SCHEMA_AS_IT_IS: &str = "\x14";

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
        USER | PROOF | TENANT | PAGE | ACTOR => parameter(numbers.next(marker), sqlite, numbers),
        MATCHES if sqlite => Spelling::Text(" GLOB "),
        MATCHES => Spelling::Text(" LIKE "),
        AGAIN => {
            numbers.onwards = (numbers.user, numbers.proof);
            (numbers.user, numbers.proof) = (0, numbers.before);
            Spelling::Text("")
        }
        ONWARDS => {
            (numbers.user, numbers.proof) = numbers.onwards;
            Spelling::Text("")
        }
        NULLS_LAST if sqlite => Spelling::Text(" NULLS LAST"),
        NULLS_FIRST if sqlite => Spelling::Text(" NULLS FIRST"),
        FOR_UPDATE if !sqlite => Spelling::Text(" FOR UPDATE"),
        EXACTLY if !sqlite => Spelling::Text("::numeric"),
        NULLS_LAST | NULLS_FIRST | FOR_UPDATE | EXACTLY => Spelling::Text(""),
        GUARDED | IF_MASKED | DONE | ON_SQLITE | ON_POSTGRES | ON_ANY => Spelling::Text(""),
        SCHEMA => Spelling::Text(SCHEMA_AS_IT_IS),
        _ => panic!("not a control byte of a template"),
    }
}

/// Whether what follows is for another database.
const fn elsewhere(marker: u8, dialect: Dialect) -> bool {
    match dialect {
        Dialect::Sqlite => marker == ON_POSTGRES,
        Dialect::Postgres => marker == ON_SQLITE,
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
    let mut numbers = Numbers::new(
        template.users(),
        template.acting(),
        template.proofs(),
        template.tenants() > 0,
        template.repeats(),
    );
    let mut text = Text::EMPTY;
    let len = bytes.len();
    let mut from = 0;
    let mut at = template.plain();
    while at < len {
        if bytes[at] < b' ' {
            text.push_range(bytes, from, at);
            if elsewhere(bytes[at], dialect) {
                while bytes[at] != ON_ANY {
                    at += 1;
                }
            } else if matches!(bytes[at], VISIBLE | IF_MASKED) {
                // No column is masked where the text is known before the program runs.
                while bytes[at] != DONE {
                    at += 1;
                }
            } else {
                match spell(bytes[at], dialect, &mut numbers) {
                    Spelling::Text(spelling) => text.push(spelling),
                    Spelling::Parameter { prefix, number } => {
                        text.push(prefix);
                        if let Some(number) = number {
                            text.number(number as u64);
                        }
                    }
                }
            }
            from = at + 1;
        }
        at += 1;
    }
    text.push_range(bytes, from, len);
    text
}

/// Renders a template at run time: for queries whose shape only the running program knows.
pub(crate) fn render_dynamic(template: &[u8], dialect: Dialect) -> String {
    render_summed_up(template, &Summary::of(template), dialect)
}

/// The same, of a template whose control bytes were counted.
pub(crate) fn render_summed_up(template: &[u8], summary: &Summary, dialect: Dialect) -> String {
    let masks = summary.masked.then(|| Masks::of(template));
    let numbers = Numbers::new(
        summary.users,
        summary.acting,
        summary.proofs,
        summary.tenanted,
        summary.masked || summary.repeats,
    );
    let text = Vec::with_capacity(template.len() + template.len() / 4);
    let mut writer = Writer {
        text,
        dialect,
        numbers,
    };
    writer.write(template, masks.as_ref());
    String::from_utf8(writer.text)
        .expect("a template is made of UTF-8 strings and ASCII control bytes")
}

/// A text that is being made at run time.
pub(crate) struct Writer {
    pub(crate) text: Vec<u8>,
    pub(crate) numbers: Numbers,
    dialect: Dialect,
}

impl Writer {
    /// Writes a template, or a part of one.
    pub(crate) fn write(&mut self, template: &[u8], masks: Option<&Masks<'_>>) {
        let mut rest = template;
        while let Some(at) = first_control(rest) {
            self.text.extend_from_slice(&rest[..at]);
            let control = rest[at];
            rest = &rest[at + 1..];
            if elsewhere(control, self.dialect) {
                let end = rest.iter().position(|&byte| byte == ON_ANY);
                rest = &rest[end.expect("what begins in a template ends there") + 1..];
                continue;
            }
            match (control, masks) {
                (GUARDED | VISIBLE | MASK, Some(masks)) => rest = masks.write(self, control, rest),
                (VISIBLE | IF_MASKED, None) => (_, rest) = section(rest),
                _ => self.spell(control),
            }
        }
        self.text.extend_from_slice(rest);
    }

    fn spell(&mut self, control: u8) {
        match spell(control, self.dialect, &mut self.numbers) {
            Spelling::Text(spelling) => self.text.extend_from_slice(spelling.as_bytes()),
            Spelling::Parameter { prefix, number } => {
                self.text.extend_from_slice(prefix.as_bytes());
                if let Some(number) = number {
                    push_number(&mut self.text, number);
                }
            }
        }
    }
}

/// What comes before [`DONE`], and what comes after it.
pub(crate) fn section(rest: &[u8]) -> (&[u8], &[u8]) {
    let end = rest.iter().position(|&byte| byte == DONE);
    let end = end.expect("what begins in a template ends there");
    (&rest[..end], &rest[end + 1..])
}

fn push_number(text: &mut Vec<u8>, number: usize) {
    if number >= 10 {
        push_number(text, number / 10);
    }
    text.push(b'0' + (number % 10) as u8);
}

/// A text in the smallest of a few static buffers, so that a program does not carry [`CAPACITY`]
/// bytes for every query it has.
pub(crate) trait Stored {
    /// The text, in the buffer that it was made in.
    const TEXT: &'static Text;

    /// The text as a string that lives as long as the program.
    const STORED: &'static str = {
        let len = Self::TEXT.len();
        let buffer: &[u8] = if len <= SMALL {
            Self::SMALL
        } else if len <= MEDIUM {
            Self::MEDIUM
        } else {
            Self::LARGE
        };
        let (text, _) = buffer.split_at(len);
        match str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => panic!("identifiers are UTF-8, so is a text made of them"),
        }
    };

    // Evaluated for every text, so each is filled only if it is the one.
    #[doc(hidden)]
    const SMALL: &'static [u8; SMALL] = &Self::TEXT.copied(0);
    #[doc(hidden)]
    const MEDIUM: &'static [u8; MEDIUM] = &Self::TEXT.copied(SMALL);
    #[doc(hidden)]
    const LARGE: &'static [u8; CAPACITY] = &Self::TEXT.copied(MEDIUM);
}

const SMALL: usize = 256;
const MEDIUM: usize = 1024;

/// A text that is known before the program runs, in the spelling of one database.
pub(crate) trait Rendered {
    /// The template.
    const TEMPLATE: &'static Text;
    /// The database.
    const DIALECT: Dialect;

    /// The text as a string that lives as long as the program.
    const SQL: &'static str = <Rendering<Self> as Stored>::STORED;

    /// The same, and what it takes to run it.
    const FIXED: Fixed = Fixed {
        sql: Self::SQL,
        tenanted: Self::TEMPLATE.tenants() > 0,
        in_schema: Self::TEMPLATE.in_schema(),
    };
}

/// A text that is known before the program runs, but for the schema of the tenant.
#[derive(Clone, Copy)]
pub(crate) struct Fixed {
    pub(crate) sql: &'static str,
    /// Whether it names the tenant.
    pub(crate) tenanted: bool,
    /// Whether it names the schema of the tenant.
    pub(crate) in_schema: bool,
}

/// The rendered text of a template.
struct Rendering<R: ?Sized>(PhantomData<R>);

impl<R: Rendered + ?Sized> Stored for Rendering<R> {
    const TEXT: &'static Text = &render(R::TEMPLATE, R::DIALECT);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::text::text;

    const TEMPLATE: Text = text!(
        push("a = "),
        mark(USER),
        push(" AND b = "),
        mark(PROOF),
        push(" AND c = "),
        mark(TENANT),
    );

    const MIXED: Text = text!(
        mark(USER),
        mark(PROOF),
        mark(USER),
        mark(TENANT),
        mark(TENANT),
    );

    /// Longer than a block, with control bytes at the ends of blocks.
    const LONG: Text = text!(
        push("01234567890123456789012345678901"),
        mark(USER),
        push("0123456789012345678901234567890"),
        mark(PROOF),
        push("0123456789012345678901234567890123456789"),
        mark(MATCHES),
        push("0123456789012345678901234567890123456789012345678901234567890123"),
    );

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
            for template in [TEMPLATE, MIXED, LONG] {
                assert_eq!(
                    render(&template, dialect).as_str(),
                    render_dynamic(template.as_bytes(), dialect)
                );
            }
        }
    }
}
