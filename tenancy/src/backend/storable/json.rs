//! The text of a JSON value: what not every database keeps of it, or gives back.

use crate::error::unstorable::Unstorable;

/// How deep values are inside of one another that `serde_json` reads: it counts to 128 and refuses.
const DEEPEST: u32 = 127;

/// Looks at the text of a JSON value, which it is told byte by byte.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scan {
    nul: Nul,
    number: Number,
    in_string: bool,
    escaping: bool,
    depth: u32,
    deepest: u32,
    /// Whether a value came to its end that is in no other.
    ended: bool,
    /// Whether it is no array, object or string, or more than one.
    broken: bool,
}

impl Scan {
    pub(crate) fn tell(&mut self, byte: u8) {
        self.nul.tell(byte);
        if self.in_string {
            match byte {
                _ if self.escaping => self.escaping = false,
                b'\\' => self.escaping = true,
                b'"' => {
                    self.in_string = false;
                    self.ended = self.depth == 0;
                }
                _ => {}
            }
            return;
        }
        self.number.tell(byte);
        match byte {
            b' ' | b'\n' | b'\r' | b'\t' => {}
            _ if self.ended => self.broken = true,
            b'"' => self.in_string = true,
            b'[' | b'{' => {
                self.depth += 1;
                self.deepest = self.deepest.max(self.depth);
            }
            b']' | b'}' => {
                self.broken |= self.depth == 0;
                self.depth = self.depth.saturating_sub(1);
                self.ended = self.depth == 0;
            }
            _ => self.broken |= self.depth == 0,
        }
    }

    /// What there is against storing it.
    pub(crate) fn verdict(&self) -> Result<(), Unstorable> {
        if self.nul.found {
            return Err(Unstorable::Nul);
        }
        if self.deepest > DEEPEST {
            return Err(Unstorable::TooDeep);
        }
        if self.number.too_great {
            return Err(Unstorable::TooGreat);
        }
        Ok(())
    }

    /// Whether it looks like an array, an object or a string from the beginning to the end, of a text that may be
    /// something else.
    #[cfg(feature = "sqlite")]
    pub(crate) fn is_json(&self) -> bool {
        self.ended && !self.broken && !self.in_string
    }
}

/// Looks at a whole text.
#[cfg(feature = "postgres")]
pub(crate) fn check(text: &[u8]) -> Result<(), Unstorable> {
    let mut scan = Scan::default();
    text.iter().for_each(|&byte| scan.tell(byte));
    scan.verdict()
}

/// The character NUL, which is written as an escape.
#[derive(Clone, Copy, Debug, Default)]
struct Nul {
    /// How much of the escape was seen.
    seen: usize,
    found: bool,
}

impl Nul {
    const ESCAPE: &'static [u8] = br"\u0000";

    fn tell(&mut self, byte: u8) {
        if Self::ESCAPE.get(self.seen) == Some(&byte) {
            self.seen += 1;
            self.found |= self.seen == Self::ESCAPE.len();
        } else {
            // What follows a backslash does not begin an escape of its own.
            self.seen = usize::from(byte == b'\\' && self.seen != 1);
        }
    }
}

/// How great numbers are: by their exponent, and the digits before the point.
#[derive(Clone, Copy, Debug, Default)]
struct Number {
    part: Part,
    /// How many digits there are, or what the exponent is.
    seen: u32,
    too_great: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Part {
    #[default]
    Whole,
    Fraction,
    Exponent,
    /// A negative one.
    Smaller,
}

impl Number {
    fn tell(&mut self, byte: u8) {
        match (byte, self.part) {
            (b'0'..=b'9', Part::Whole) => self.seen = self.seen.saturating_add(1),
            (b'0'..=b'9', Part::Exponent) => {
                let digit = u32::from(byte - b'0');
                self.seen = self.seen.saturating_mul(10).saturating_add(digit);
            }
            (b'0'..=b'9', _) | (b'+', _) => {}
            (b'-', Part::Exponent) => self.part = Part::Smaller,
            (b'.', _) => self.begin(Part::Fraction),
            (b'e' | b'E', _) => self.begin(Part::Exponent),
            _ => self.begin(Part::Whole),
        }
        self.too_great |= match self.part {
            Part::Whole => self.seen > 308,
            Part::Exponent => self.seen >= 308,
            Part::Fraction | Part::Smaller => false,
        };
    }

    fn begin(&mut self, part: Part) {
        (self.part, self.seen) = (part, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(text: &str) -> Scan {
        let mut scan = Scan::default();
        text.bytes().for_each(|byte| scan.tell(byte));
        scan
    }

    #[test]
    fn an_escape_is_told_from_the_text_of_one() {
        let found = |text| scan(text).verdict() == Err(Unstorable::Nul);
        assert!(found(r#"{"a": "b\u0000c"}"#));
        assert!(found(r#""\\\u0000""#));
        assert!(found(r#""\n\u0000""#));
        assert!(!found(r#""\\u0000""#));
        assert!(!found(r#""\u000""#));
        assert!(!found(r#""\u0001 0000""#));
    }

    #[test]
    fn what_is_too_deep_is_told_from_the_text_of_it() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(scan(&nested(127)).verdict(), Ok(()));
        assert_eq!(scan(&nested(128)).verdict(), Err(Unstorable::TooDeep));
        assert_eq!(scan(&format!("\"\\\"{}\"", nested(128))).verdict(), Ok(()));
        let side_by_side = format!("[{}]", "[],".repeat(200));
        assert_eq!(scan(&side_by_side).verdict(), Ok(()));
    }

    #[test]
    fn numbers_are_told_by_their_size() {
        let digits = "1".repeat(309);
        for great in [
            "1e308",
            "[1.7976931348623157e+308]",
            "-1E308",
            "{\"a\":2e999}",
            &digits,
        ] {
            assert_eq!(scan(great).verdict(), Err(Unstorable::TooGreat), "{great}");
        }
        let fraction = format!("0.{digits}");
        for fits in [
            "9.9e307",
            "1e-308",
            "5e-324",
            "[true, 308]",
            "\"1e308\"",
            &fraction,
            &digits[1..],
        ] {
            assert_eq!(scan(fits).verdict(), Ok(()), "{fits}");
        }
        let many = format!("[{}]", "1234567890,".repeat(100));
        assert_eq!(scan(&many).verdict(), Ok(()));
    }

    #[cfg(feature = "sqlite")]
    #[test]
    fn json_is_told_from_other_texts() {
        for json in [r#"{"a": ["]"]}"#, r#" "a\"b" "#, "[[], {}]"] {
            assert!(scan(json).is_json(), "{json}");
        }
        for other in [
            "", "a", "[1", "1]", "\"a", "\"a\" b", "[] []", "a []", "{}]",
        ] {
            assert!(!scan(other).is_json(), "{other}");
        }
    }
}
