//! A column as a derive describes it.

/// A column as the derive describes it.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name in the table.
    pub name: &'static str,
    /// One bit for each of the questions below: one number is checked faster than three.
    pub is: u8,
}

impl Field {
    /// Whether it may be NULL.
    pub(crate) const fn nullable(&self) -> bool {
        self.is & 1 != 0
    }

    /// Whether it is a foreign key, which takes a reference and nothing else.
    pub(crate) const fn reference(&self) -> bool {
        self.is & 2 != 0
    }

    /// Whether an update may assign it: not the key, nor what the database or the library fills.
    pub(crate) const fn assignable(&self) -> bool {
        self.is & 4 != 0
    }

    /// Whether the database may make another value of what it is given.
    pub(crate) const fn stored(&self) -> bool {
        self.is & 8 != 0
    }

    /// Whether field policies say who may see it.
    pub(crate) const fn guarded(&self) -> bool {
        self.is & 16 != 0
    }

    /// Whether the database fills it in a row that comes without it.
    #[cfg(feature = "ddl")]
    pub(crate) const fn filled(&self) -> bool {
        self.is & 32 != 0
    }

    /// Whether no two rows of a tenant have the same.
    #[cfg(feature = "ddl")]
    pub(crate) const fn unique(&self) -> bool {
        self.is & 64 != 0
    }

    /// Whether rows are looked up by it.
    #[cfg(feature = "ddl")]
    pub(crate) const fn indexed(&self) -> bool {
        self.is & 128 != 0
    }
}
