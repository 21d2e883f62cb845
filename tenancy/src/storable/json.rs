//! The character NUL in JSON, where it is written as an escape.

/// Finds the escape of NUL in the text of a JSON value that is told byte by byte.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Nul {
    /// How much of the escape was seen.
    seen: usize,
    pub(super) found: bool,
}

impl Nul {
    const ESCAPE: &'static [u8] = br"\u0000";

    pub(super) fn tell(&mut self, byte: u8) {
        if Self::ESCAPE.get(self.seen) == Some(&byte) {
            self.seen += 1;
            self.found |= self.seen == Self::ESCAPE.len();
        } else {
            // What follows a backslash does not begin an escape of its own.
            self.seen = usize::from(byte == b'\\' && self.seen != 1);
        }
    }
}

/// Whether there is one in the text.
#[cfg(feature = "postgres")]
pub(super) fn has_nul(text: &[u8]) -> bool {
    let mut nul = Nul::default();
    text.iter().for_each(|&byte| nul.tell(byte));
    nul.found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> bool {
        let mut nul = Nul::default();
        text.bytes().for_each(|byte| nul.tell(byte));
        nul.found
    }

    #[test]
    fn an_escape_is_told_from_the_text_of_one() {
        assert!(found(r#"{"a": "b\u0000c"}"#));
        assert!(found(r#""\\\u0000""#));
        assert!(found(r#""\n\u0000""#));
        assert!(!found(r#""\\u0000""#));
        assert!(!found(r#""\u000""#));
        assert!(!found(r#""\u0001 0000""#));
    }
}
