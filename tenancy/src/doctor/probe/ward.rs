//! Tenants of the probe.

use std::sync::atomic::{AtomicI64, Ordering};

/// A tenant that has rows of the probe, and what they are known by.
#[derive(Debug)]
pub(super) struct Ward {
    /// What a report calls it.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "on PostgreSQL"))]
    pub(super) shown: String,
    /// The tenant's id, as a text; of rows that all tenants share there is none.
    pub(super) tenant: String,
    /// Twelve hexadecimal digits, in every text and UUID of the rows. The first one is a letter, so that it is in
    /// no number.
    pub(super) mark: String,
    /// The tenant's schema, if it has one.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "on PostgreSQL"))]
    pub(super) schema: Option<String>,
    /// Where its numbers begin: high, and with many digits, so that they are no others.
    base: i64,
    next: AtomicI64,
}

impl Ward {
    /// Makes one of 32 random hexadecimal digits.
    pub(super) fn new(shown: impl Into<String>, random: &str) -> Self {
        let digits = i64::from_str_radix(random.get(11..18).unwrap_or("7"), 16).unwrap_or(7);
        Self {
            shown: shown.into(),
            tenant: String::new(),
            mark: format!("c{}", random.get(..11).unwrap_or("0123456789a")),
            schema: None,
            // Up to 268,435,455 of them.
            base: 1_000_000_000 + digits * 4,
            next: AtomicI64::new(0),
        }
    }

    /// Another number each time, which begins with 0.
    pub(super) fn number(&self) -> i64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// A whole number of so many bytes.
    pub(super) fn whole(&self, bytes: u8, number: i64) -> i64 {
        match bytes {
            2 => 20_000 + (self.base + number) % 12_000,
            4 => self.base + number,
            _ => self.base * 100_000_000 + number,
        }
    }

    pub(super) fn uuid(&self, number: i64) -> String {
        format!(
            "{number:08x}-{:04x}-4000-8000-{}",
            self.base % 0x1_0000,
            self.mark
        )
    }
}
