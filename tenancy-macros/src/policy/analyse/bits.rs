//! Sets of rows of a table.

/// A set of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bits {
    words: Vec<u64>,
    rows: usize,
}

impl Bits {
    pub(super) fn none(rows: usize) -> Self {
        Self {
            words: vec![0; rows.div_ceil(64)],
            rows,
        }
    }

    pub(super) fn all(rows: usize) -> Self {
        Self::none(rows).not()
    }

    /// Adds the rows from `from` up to `to`.
    pub(super) fn extend(&mut self, from: usize, to: usize) {
        let mut row = from;
        while row < to {
            let end = to.min(row - row % 64 + 64);
            self.words[row / 64] |= (u64::MAX >> (64 - (end - row))) << (row % 64);
            row = end;
        }
    }

    pub(super) fn and(mut self, other: &Self) -> Self {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
        self
    }

    pub(super) fn or(mut self, other: &Self) -> Self {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
        self
    }

    pub(super) fn not(mut self) -> Self {
        for word in &mut self.words {
            *word = !*word;
        }
        let beyond = self.rows % 64;
        if let Some(last) = self.words.last_mut()
            && beyond != 0
        {
            *last &= (1 << beyond) - 1;
        }
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    pub(super) fn is_full(&self) -> bool {
        self.clone().not().is_empty()
    }
}
