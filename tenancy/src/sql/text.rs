//! SQL text as a value of the compiler: a fixed buffer that `const` code appends to.
//!
//! A [`Text`] is a template: identifiers and keywords as they are, and one control byte for every
//! place that only the dialect can spell. [`Template::render`](super::render) turns it into the text
//! of one database.

/// The longest template a statically known query may have, in bytes.
pub(crate) const CAPACITY: usize = 8192;

/// A text that is copied byte by byte.
const SHORT: usize = 64;

/// A value that the caller supplied: numbered first, in textual order.
pub(crate) const USER: u8 = 1;
/// A key proven to be the tenant's: numbered after all user values.
pub(crate) const PROOF: u8 = 2;
/// The tenant: one parameter, numbered last, used as often as needed.
pub(crate) const TENANT: u8 = 3;
/// The operator of case-sensitive pattern matching.
pub(crate) const MATCHES: u8 = 4;
/// NULLs sort last (what PostgreSQL does unasked when ascending).
pub(crate) const NULLS_LAST: u8 = 5;
/// NULLs sort first (what PostgreSQL does unasked when descending).
pub(crate) const NULLS_FIRST: u8 = 6;
/// A row lock where the database has one.
pub(crate) const FOR_UPDATE: u8 = 7;
/// A limit or an offset: numbered after everything else.
pub(crate) const PAGE: u8 = 8;
/// From here on, values and keys are those from the beginning of the statement again.
pub(crate) const AGAIN: u8 = 14;
/// From here on, they are new ones.
pub(crate) const ONWARDS: u8 = 15;
/// Who acts: one parameter, numbered after all user values, used as often as needed.
pub(crate) const ACTOR: u8 = 18;
/// From here to [`ON_ANY`] there is text for SQLite alone, without any parameters.
pub(crate) const ON_SQLITE: u8 = 16;
/// The same, for PostgreSQL alone.
pub(crate) const ON_POSTGRES: u8 = 21;
/// From here on, the text is for every database again.
pub(crate) const ON_ANY: u8 = 17;
/// What comes before is a number to calculate with exactly.
pub(crate) const EXACTLY: u8 = 19;
/// The schema of the tenant, and a dot. It stays in a rendered text until there is a tenant.
pub(crate) const SCHEMA: u8 = 20;
/// From here to [`DONE`] there is a column that field policies guard: see [`masked`](super::masked).
pub(crate) const GUARDED: u8 = 24;
/// From here to [`DONE`] there is a guarded column, of which to say whether it is visible.
pub(crate) const VISIBLE: u8 = 25;
/// From here to [`DONE`] there is the mask of a guarded column: the column, [`WHEN`], and the condition under
/// which it is visible.
pub(crate) const MASK: u8 = 26;
/// What comes before is the column, and what comes after the condition.
pub(crate) const WHEN: u8 = 27;
/// From here to [`DONE`] there is text that belongs there only if columns are masked.
pub(crate) const IF_MASKED: u8 = 28;
/// The end of what began with one of these five.
pub(crate) const DONE: u8 = 29;

/// A template, filled by `const` code.
///
/// It is filled in place, through `&mut self`, and is not generic over its size: a program has
/// many queries, each of them many parts, and the compiler takes its time over every copy of a
/// buffer and every type that it has to substitute.
#[derive(Clone, Copy)]
pub struct Text {
    bytes: [u8; CAPACITY],
    len: usize,
    /// How many bytes come before the first control byte.
    plain: usize,
    /// How often each of the markers of parameters occurs.
    users: usize,
    proofs: usize,
    tenants: usize,
    pages: usize,
    acting: bool,
    repeats: bool,
    in_schema: bool,
}

impl Text {
    /// No text.
    pub(crate) const EMPTY: Self = Self {
        bytes: [0; CAPACITY],
        len: 0,
        plain: 0,
        users: 0,
        proofs: 0,
        tenants: 0,
        pages: 0,
        acting: false,
        repeats: false,
        in_schema: false,
    };

    /// Appends text without parameters.
    pub(crate) const fn push(&mut self, text: &str) {
        self.push_bytes(text.as_bytes());
    }

    /// Appends another template.
    pub(crate) const fn append(&mut self, other: &Self) {
        self.append_from(other, 0);
    }

    /// Appends another template without its first bytes, which are no control bytes.
    pub(crate) const fn append_from(&mut self, other: &Self, from: usize) {
        if self.len == 0 && from == 0 {
            *self = *other;
            return;
        }
        let (start, plain) = (self.len, self.plain);
        self.push_range(&other.bytes, from, other.len);
        self.plain = if plain == start {
            start + other.plain - from
        } else {
            plain
        };
        self.users += other.users;
        self.proofs += other.proofs;
        self.tenants += other.tenants;
        self.pages += other.pages;
        self.acting |= other.acting;
        self.repeats |= other.repeats;
        self.in_schema |= other.in_schema;
    }

    /// Appends one control byte.
    pub(crate) const fn mark(&mut self, marker: u8) {
        match marker {
            USER => self.users += 1,
            PROOF => self.proofs += 1,
            TENANT => self.tenants += 1,
            PAGE => self.pages += 1,
            SCHEMA => self.in_schema = true,
            ACTOR => self.acting = true,
            _ => {}
        }
        let plain = self.plain;
        self.push_bytes(&[marker]);
        self.plain = plain;
    }

    /// Appends what the statement began with once more: its values and keys are the same parameters.
    pub(crate) const fn again(&mut self, beginning: &Self) {
        if beginning.users + beginning.proofs == 0 {
            return self.append(beginning);
        }
        self.repeats = true;
        self.mark(AGAIN);
        let plain = self.plain;
        self.push_range(&beginning.bytes, 0, beginning.len);
        self.plain = plain;
        self.mark(ONWARDS);
    }

    /// Appends a quoted identifier.
    ///
    /// Identifiers come from the derive, which refuses quotes and control characters.
    pub(crate) const fn identifier(&mut self, name: &str) {
        self.push("\"");
        self.push(name);
        self.push("\"");
    }

    /// Appends `"table"."column"`.
    ///
    /// Columns are qualified wherever SQL allows it: SQLite reads an unknown name in double
    /// quotes as a string, and a sub-query would fall back to the outer table.
    pub(crate) const fn column(&mut self, table: &str, column: &str) {
        self.identifier(table);
        self.push(".");
        self.identifier(column);
    }

    /// Appends `"table"."column"`, of a column that field policies guard.
    pub(crate) const fn guarded(&mut self, table: &str, column: &str) {
        self.mark(GUARDED);
        self.column(table, column);
        self.mark(DONE);
    }

    /// Appends text for SQLite alone.
    pub(crate) const fn on_sqlite(&mut self, text: &str) {
        self.mark(ON_SQLITE);
        self.push(text);
        self.mark(ON_ANY);
    }

    /// Appends text for PostgreSQL alone.
    pub(crate) const fn on_postgres(&mut self, text: &str) {
        self.mark(ON_POSTGRES);
        self.push(text);
        self.mark(ON_ANY);
    }

    /// Appends a number.
    pub(crate) const fn number(&mut self, number: u64) {
        if number >= 10 {
            self.number(number / 10);
        }
        self.push_bytes(&[b'0' + (number % 10) as u8]);
    }

    /// Appends bytes without parameters.
    pub(crate) const fn push_bytes(&mut self, bytes: &[u8]) {
        self.push_range(bytes, 0, bytes.len());
    }

    /// Appends a part of `bytes` without parameters.
    ///
    /// A call costs the compiler as much as a dozen steps of a loop, and the methods of slices are
    /// made of many calls, so a short text is copied byte by byte.
    pub(crate) const fn push_range(&mut self, bytes: &[u8], from: usize, to: usize) {
        let start = self.len;
        let len = to - from;
        assert!(
            len <= CAPACITY - start,
            "the SQL text of this query is longer than a statically known query may be: \
             make its filter dynamic with `.boxed()`"
        );
        if len <= SHORT {
            let mut read = from;
            let mut write = start;
            while read < to {
                self.bytes[write] = bytes[read];
                read += 1;
                write += 1;
            }
        } else {
            let (_, free) = self.bytes.split_at_mut(start);
            let (target, _) = free.split_at_mut(len);
            let (head, _) = bytes.split_at(to);
            let (_, range) = head.split_at(from);
            target.copy_from_slice(range);
        }
        self.len = start + len;
        if self.plain == start {
            self.plain = self.len;
        }
    }

    /// The bytes written so far.
    pub(crate) const fn as_bytes(&self) -> &[u8] {
        let (used, _) = self.bytes.split_at(self.len);
        used
    }

    /// The text written so far.
    pub(crate) const fn as_str(&self) -> &str {
        match str::from_utf8(self.as_bytes()) {
            Ok(text) => text,
            Err(_) => panic!("identifiers are UTF-8, so is a text made of them"),
        }
    }

    /// Whether nothing was written yet.
    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many bytes were written.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// How many bytes come before the first control byte.
    pub(crate) const fn plain(&self) -> usize {
        self.plain
    }

    /// How many values of the caller the text has.
    pub(crate) const fn users(&self) -> usize {
        self.users
    }

    /// How many keys.
    pub(crate) const fn proofs(&self) -> usize {
        self.proofs
    }

    /// How often the tenant is named.
    pub(crate) const fn tenants(&self) -> usize {
        self.tenants
    }

    /// Whether who acts is named.
    pub(crate) const fn acting(&self) -> bool {
        self.acting
    }

    /// Whether a table is in the schema of the tenant.
    pub(crate) const fn in_schema(&self) -> bool {
        self.in_schema
    }

    /// Whether parameters from the beginning are named again.
    pub(crate) const fn repeats(&self) -> bool {
        self.repeats
    }

    /// How many limits and offsets.
    pub(crate) const fn pages(&self) -> usize {
        self.pages
    }

    /// The bytes in a buffer of another size, if there are more than `least` and they fit.
    pub(crate) const fn copied<const M: usize>(&self, least: usize) -> [u8; M] {
        let mut bytes = [0; M];
        if self.len > least && self.len <= M {
            let (target, _) = bytes.split_at_mut(self.len);
            target.copy_from_slice(self.as_bytes());
        }
        bytes
    }
}

/// A text made by calls of the methods of [`Text`], one after the other.
macro_rules! text {
    ($($method:ident($($argument:expr),*)),* $(,)?) => {{
        #[allow(unused_mut, reason = "there may be no calls")]
        let mut text = $crate::sql::text::Text::EMPTY;
        $( text.$method($($argument),*); )*
        text
    }};
}

pub(crate) use text;

/// What fails on SQLite when it is computed, as a value that is too large: the expression that stands where a
/// number would be stored that Rust cannot read back.
macro_rules! too_large {
    () => {
        "zeroblob(1 << 62)"
    };
}

pub(crate) use too_large;

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_str().fmt(f)
    }
}

/// What the control bytes of a template say about all of it.
#[derive(Default)]
pub(crate) struct Summary {
    /// How many values of the caller there are.
    pub(crate) users: usize,
    /// How many keys.
    pub(crate) proofs: usize,
    pub(crate) tenanted: bool,
    /// Whether who acts is named.
    pub(crate) acting: bool,
    /// Whether parameters from the beginning are named again.
    pub(crate) repeats: bool,
    pub(crate) masked: bool,
    pub(crate) in_schema: bool,
}

impl Summary {
    pub(crate) fn of(template: &[u8]) -> Self {
        let mut summary = Self::default();
        let mut again = false;
        let mut rest = template;
        while let Some(at) = first_control(rest) {
            match rest[at] {
                USER => summary.users += usize::from(!again),
                PROOF => summary.proofs += usize::from(!again),
                TENANT => summary.tenanted = true,
                ACTOR => summary.acting = true,
                MASK => summary.masked = true,
                SCHEMA => summary.in_schema = true,
                AGAIN => (again, summary.repeats) = (true, true),
                ONWARDS => again = false,
                _ => {}
            }
            rest = &rest[at + 1..];
        }
        summary
    }
}

/// How many values of the caller a template has.
pub(crate) fn users(template: &[u8]) -> usize {
    Summary::of(template).users
}

/// The place of the first control byte of a template.
///
/// Most of a template is a list of columns without any, so it is searched a word at a time.
pub(crate) fn first_control(template: &[u8]) -> Option<usize> {
    const WORD: usize = size_of::<u64>();
    const HIGH: u64 = u64::from_le_bytes([0x80; WORD]);
    const SPACE: u64 = u64::from_le_bytes([b' '; WORD]);
    let (words, rest) = template.as_chunks::<WORD>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // Taking a space from a smaller byte sets its highest bit, which bytes beyond ASCII have
        // anyway. It borrows from the bytes after it only, so the first such bit is right.
        let smaller = word.wrapping_sub(SPACE) & !word & HIGH;
        if smaller != 0 {
            return Some(index * WORD + smaller.trailing_zeros() as usize / 8);
        }
    }
    let at = rest.iter().position(|byte| *byte < b' ')?;
    Some(words.len() * WORD + at)
}

#[cfg(test)]
mod tests {
    use super::first_control;

    #[test]
    fn the_first_control_byte_is_found_wherever_it_is() {
        for len in 0..40 {
            let plain: Vec<_> = "é ~ü x".bytes().cycle().take(len).collect();
            assert_eq!(first_control(&plain), None);
            for at in 0..len {
                for control in [0, 1, 8, 0x1f] {
                    let mut bytes = plain.clone();
                    bytes[at] = control;
                    bytes[len - 1] = bytes[len - 1].min(control);
                    assert_eq!(first_control(&bytes), Some(at));
                }
            }
        }
    }
}
