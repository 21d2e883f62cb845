//! SQL text as a value of the compiler: a fixed buffer that `const` code appends to.
//!
//! A [`Text`] is a template: identifiers and keywords as they are, and one control byte for every
//! place that only the dialect can spell. [`Template::render`](super::render) turns it into the text
//! of one database.

/// The longest template a statically known query may have, in bytes.
pub(crate) const CAPACITY: usize = 8192;

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

/// A buffer of at most `N` bytes, filled by `const` code.
#[derive(Clone, Copy)]
pub struct Fixed<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

/// A template in the buffer that all statically known queries share.
#[allow(unreachable_pub, reason = "in signatures of sealed traits")]
pub type Text = Fixed<CAPACITY>;

impl<const N: usize> Fixed<N> {
    /// No text.
    pub(crate) const EMPTY: Self = Self {
        bytes: [0; N],
        len: 0,
    };

    /// This text followed by `text`.
    pub(crate) const fn push(self, text: &str) -> Self {
        self.push_bytes(text.as_bytes())
    }

    /// This text followed by another template.
    pub(crate) const fn append<const M: usize>(self, other: &Fixed<M>) -> Self {
        self.push_bytes(other.as_bytes())
    }

    /// This text followed by one control byte.
    pub(crate) const fn mark(self, marker: u8) -> Self {
        self.push_bytes(&[marker])
    }

    /// This text followed by a quoted identifier.
    ///
    /// Identifiers come from the derive, which refuses quotes and control characters.
    pub(crate) const fn identifier(self, name: &str) -> Self {
        self.push("\"").push(name).push("\"")
    }

    /// This text followed by `"table"."column"`.
    ///
    /// Columns are qualified wherever SQL allows it: SQLite reads an unknown name in double
    /// quotes as a string, and a sub-query would fall back to the outer table.
    pub(crate) const fn column(self, table: &str, column: &str) -> Self {
        self.identifier(table).push(".").identifier(column)
    }

    /// This text followed by a number.
    pub(crate) const fn number(self, number: usize) -> Self {
        if number >= 10 {
            self.number(number / 10).digit(number % 10)
        } else {
            self.digit(number)
        }
    }

    const fn digit(self, digit: usize) -> Self {
        self.push_bytes(&[b'0' + digit as u8])
    }

    pub(crate) const fn push_bytes(mut self, bytes: &[u8]) -> Self {
        let end = self.len + bytes.len();
        assert!(
            end <= N,
            "the SQL text of this query is longer than a statically known query may be: \
             make its filter dynamic with `.boxed()`"
        );
        let (_, free) = self.bytes.split_at_mut(self.len);
        let (target, _) = free.split_at_mut(bytes.len());
        target.copy_from_slice(bytes);
        self.len = end;
        self
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

    /// The same text in a buffer of another size; cut off if it does not fit.
    pub(crate) const fn resize<const M: usize>(&self) -> Fixed<M> {
        let mut resized = Fixed::<M>::EMPTY;
        if self.len <= M {
            resized = resized.push_bytes(self.as_bytes());
        }
        resized
    }

    /// How often `marker` occurs.
    pub(crate) const fn count(&self, marker: u8) -> usize {
        count(self.as_bytes(), marker)
    }
}

impl<const N: usize> std::fmt::Debug for Fixed<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_str().fmt(f)
    }
}

/// How often `marker` occurs in `bytes`.
pub(crate) const fn count(bytes: &[u8], marker: u8) -> usize {
    let mut found = 0;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == marker {
            found += 1;
        }
        at += 1;
    }
    found
}
