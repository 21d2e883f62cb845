//! Values on their way to SQLite.
//!
//! The driver does not say what it was given, but shows it: its `Debug` is read here. The version of the driver is
//! fixed, and tests of every kind of value would notice another.

use crate::backend::storable::{form, json, ordered};
use crate::error::unstorable::Unstorable;
use sqlx::error::BoxDynError;
use sqlx::sqlite::{SqliteArguments, SqliteTypeInfo};
use sqlx::{Encode, Sqlite, Type};
use std::fmt;

use sqlx::Arguments as _;
use sqlx::TypeInfo as _;

type Buffer = <Sqlite as sqlx::Database>::ArgumentBuffer;

/// Adds a value: a moment, a date, a time of day and JSON in their one form, and anything else as it is.
pub(crate) fn add<V>(to: &mut SqliteArguments, value: V) -> Result<(), BoxDynError>
where
    V: for<'q> Encode<'q, Sqlite> + Type<Sqlite>,
{
    let produced: Option<SqliteTypeInfo> = Encode::<Sqlite>::produces(&value);
    let of = produced.unwrap_or_else(V::type_info);
    let form: Form = match of.name() {
        "DATETIME" => form::moment,
        "DATE" => form::date,
        "TIME" => form::time_of_day,
        "TEXT" => {
            let mut seen = Seen::of::<V>();
            show(&value, &mut seen)?;
            seen.verdict()?;
            if is_json(std::any::type_name::<V>()) {
                let mut shown = String::new();
                show(&value, &mut shown)?;
                if let Some(text) = text_in(&shown).and_then(unescaped)
                    && let Some(text) = ordered::ordered(&text)
                {
                    return to.add(text);
                }
            }
            return to.add(value);
        }
        "REAL" => {
            let mut seen = String::new();
            show(&value, &mut seen)?;
            if seen.contains("NaN") {
                return Err(Unstorable::NotANumber.into());
            }
            return to.add(value);
        }
        _ => return to.add(value),
    };
    let mut seen = String::new();
    show(&value, &mut seen)?;
    match text_in(&seen) {
        Some(text) => to.add(form(text).ok_or(Unstorable::NoMoment)?),
        // NULL, or what a type of the program's own makes of moments.
        None => to.add(value),
    }
}

/// What makes the one form of a text.
type Form = fn(&str) -> Option<String>;

/// Writes what the value is encoded as.
fn show<V>(value: &V, to: &mut impl fmt::Write) -> Result<(), BoxDynError>
where
    V: for<'q> Encode<'q, Sqlite>,
{
    let mut buffer = Buffer::default();
    let _ = Encode::<Sqlite>::encode_by_ref(value, &mut buffer)?;
    // An error says that enough was seen.
    let _ = write!(to, "{buffer:?}");
    Ok(())
}

/// The text in a buffer that has one, and nothing else: as it is shown, which is as it is where there is nothing to
/// escape.
fn text_in(shown: &str) -> Option<&str> {
    let inside = shown
        .strip_prefix("SqliteArgumentsBuffer([")?
        .strip_suffix("])")?;
    let value = inside
        .strip_prefix("Text(\"")
        .or_else(|| inside.strip_prefix("TextSlice(\""))?;
    value.strip_suffix("\")").filter(|text| ends_once(text))
}

/// Whether no quote is in it but escaped ones: otherwise there are several texts.
fn ends_once(shown: &str) -> bool {
    let mut escaping = false;
    shown.bytes().all(|byte| {
        let ends = byte == b'"' && !escaping;
        escaping = byte == b'\\' && !escaping;
        !ends
    })
}

/// A text that is shown, as it is.
fn unescaped(shown: &str) -> Option<String> {
    let mut text = String::with_capacity(shown.len());
    let mut rest = shown;
    while let Some((plain, after)) = rest.split_once('\\') {
        text.push_str(plain);
        let mut characters = after.chars();
        let character = match characters.next()? {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '0' => '\0',
            'u' => {
                let (number, after) = characters.as_str().strip_prefix('{')?.split_once('}')?;
                characters = after.chars();
                u32::from_str_radix(number, 16).ok()?.try_into().ok()?
            }
            character => character,
        };
        text.push(character);
        rest = characters.as_str();
    }
    text.push_str(rest);
    Some(text)
}

/// Looks at a text as it is shown: between quotes, and escaped.
struct Seen {
    inside: bool,
    /// Whether the last character was a backslash that escapes the next one.
    escaping: bool,
    nul: bool,
    json: Option<json::Scan>,
    /// Whether nothing but the text itself tells whether it is JSON.
    guessed: bool,
}

impl Seen {
    /// For a value of this type. Nothing but its name tells JSON from other texts, and what a type of the program's own
    /// is made of, nothing at all: one that looks like JSON counts as such.
    fn of<V>() -> Self {
        let name = std::any::type_name::<V>();
        let is_json = is_json(name);
        let is_text = !is_json && is_text(name);
        Self {
            inside: false,
            escaping: false,
            nul: false,
            json: (!is_text).then(json::Scan::default),
            guessed: !is_json,
        }
    }

    fn verdict(&self) -> Result<(), Unstorable> {
        if self.nul {
            return Err(Unstorable::Nul);
        }
        match &self.json {
            Some(json) if !self.guessed || json.is_json() => json.verdict(),
            _ => Ok(()),
        }
    }
}

/// Whether a type of this name is one for JSON.
fn is_json(name: &str) -> bool {
    name.contains("::json::Json<") || name.contains("serde_json::")
}

/// Whether a type of this name is one of Rust's own for texts.
fn is_text(name: &str) -> bool {
    let name = name
        .strip_prefix("core::option::Option<")
        .and_then(|name| name.strip_suffix('>'))
        .unwrap_or(name);
    let name = name.trim_start_matches('&');
    let name = name
        .strip_prefix("alloc::boxed::Box<")
        .or_else(|| name.strip_prefix("alloc::sync::Arc<"))
        .or_else(|| name.strip_prefix("alloc::rc::Rc<"))
        .unwrap_or(name);
    matches!(name, "str" | "str>" | "alloc::string::String")
        || name.starts_with("alloc::borrow::Cow<")
}

impl fmt::Write for Seen {
    fn write_str(&mut self, shown: &str) -> fmt::Result {
        if self.json.is_none() && !self.escaping && !shown.contains('\\') {
            return Ok(());
        }
        for byte in shown.bytes() {
            if !self.escaping && byte == b'\\' {
                self.escaping = true;
                continue;
            }
            self.nul |= self.escaping && byte == b'0';
            if !self.escaping && byte == b'"' {
                self.inside = !self.inside;
            } else if let Some(json) = &mut self.json
                && self.inside
            {
                // `\\` is a backslash; other escapes are characters that mean nothing here.
                json.tell(match byte {
                    b'n' | b'r' | b't' | b'u' if self.escaping => b' ',
                    byte => byte,
                });
            }
            self.escaping = false;
        }
        match self.nul {
            true => Err(fmt::Error),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added<V>(value: V) -> Result<String, BoxDynError>
    where
        V: for<'q> Encode<'q, Sqlite> + Type<Sqlite>,
    {
        let mut to = SqliteArguments::default();
        add(&mut to, value)?;
        assert_eq!(to.len(), 1);
        Ok(format!("{to:?}"))
    }

    #[derive(sqlx::Type)]
    #[sqlx(transparent)]
    struct Name(String);

    #[test]
    fn a_text_with_nul_is_refused_wherever_it_is() {
        for text in ["\0", "a\0b", "\\\0", "\"\0"] {
            let error = added(text).expect_err("NUL");
            assert_eq!(error.downcast_ref(), Some(&Unstorable::Nul));
            assert!(added(text.to_owned()).is_err());
            assert!(added(Some(text)).is_err());
            assert!(added(Name(text.to_owned())).is_err());
        }
        for text in [
            "",
            "0",
            "\\0",
            "\\\\0",
            "\u{0}0".trim_start_matches('\0'),
            "\u{301}\n\t\"'\\",
        ] {
            assert!(added(text).is_ok(), "{text:?}");
        }
        // It is no text.
        assert!(added(vec![0_u8]).is_ok());
        assert!(added(None::<String>).is_ok());
    }

    #[test]
    fn what_is_shown_is_read_as_it_is() {
        for text in [
            "",
            "a",
            "\"\\\n\r\t'\u{301}\u{1}\u{7f}\u{1f980}",
            "\\u{41}",
            "\\\"",
            "\u{feff}\u{200b}",
        ] {
            let shown = added(text).expect("a text");
            let shown = shown.split_once("Text").expect("a text").1;
            let shown = shown
                .split_once('"')
                .expect("a quote")
                .1
                .rsplit_once('"')
                .expect("another")
                .0;
            assert_eq!(unescaped(shown).as_deref(), Some(text));
            assert!(ends_once(shown));
        }
        assert!(!ends_once("a\"), Text(\"b"));
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        assert!(added(f64::NAN).is_err());
        assert!(added(Some(f32::NAN)).is_err());
        assert!(added(f64::INFINITY).is_ok());
        assert!(added(-0.5_f32).is_ok());
    }

    #[cfg(feature = "json")]
    #[test]
    fn json_has_no_nul_either() {
        use sqlx::types::Json;

        assert!(added(Json("a\0b")).is_err());
        assert!(added(Some(Json(vec!["\\\0"]))).is_err());
        assert!(added(Json("\\u0000")).is_ok());
        assert!(added(Json("a\n\u{301}0000")).is_ok());
        // A text that looks like it is one.
        for text in ["\"\\u0000\"", "[\"\\u0000\"]"] {
            assert!(added(text).is_ok());
            assert!(added(Some(text.to_owned())).is_ok());
            assert!(added(std::borrow::Cow::Borrowed(text)).is_ok());
            assert!(added(Box::<str>::from(text)).is_ok());
        }
        assert!(added(Name("\\u0000".into())).is_ok());
    }

    #[cfg(feature = "json")]
    #[test]
    fn what_is_made_of_json_is_looked_at_too() {
        use sqlx::types::Json;

        #[derive(sqlx::Type)]
        #[sqlx(transparent)]
        struct Made(Json<Vec<String>>);

        assert!(added(Made(Json(vec!["a\0b".into()]))).is_err());
        assert!(added(Some(Made(Json(vec!["\u{301}".into(), "\0".into()])))).is_err());
        assert!(added(Made(Json(vec!["\\u0000\"[{".into()]))).is_ok());
        let nested = |depth| {
            (0..depth).fold(sqlx::types::JsonValue::Null, |inside, _| {
                sqlx::types::JsonValue::Array(vec![inside])
            })
        };
        assert!(added(Json(nested(127))).is_ok());
        assert!(added(nested(128)).is_err());
    }

    #[cfg(feature = "time")]
    #[test]
    fn moments_have_one_form() {
        use sqlx::types::time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

        #[derive(sqlx::Type)]
        #[sqlx(transparent)]
        struct Due(OffsetDateTime);

        let moment = OffsetDateTime::UNIX_EPOCH;
        let shown = "1970-01-01 00:00:00.000000000";
        for added in [
            added(moment),
            added(Some(moment)),
            added(Due(moment)),
            added(PrimitiveDateTime::new(moment.date(), moment.time())),
        ] {
            let added = added.expect("a moment");
            assert!(added.contains(&format!("Text({shown:?})")), "{added}");
        }
        assert!(
            added(Time::MIDNIGHT)
                .expect("a time")
                .contains("\"00:00:00.000000000\"")
        );
        assert!(added(Date::MIN).is_err());
        assert!(added(None::<Date>).expect("NULL").contains("Null"));
    }

    #[cfg(feature = "chrono")]
    #[tokio::test]
    async fn those_of_chrono_have_the_same() {
        use sqlx::types::chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Utc};
        use sqlx::{Connection as _, Row as _, SqliteConnection};

        let moment: DateTime<Utc> = DateTime::UNIX_EPOCH;
        let east = FixedOffset::east_opt(3_600).expect("an offset");
        let shown = "\"1970-01-01 00:00:00.000000000\"";
        for added in [
            added(moment),
            added(moment.with_timezone(&east)),
            added(moment.naive_utc()),
        ] {
            let added = added.expect("a moment");
            assert!(added.contains(shown), "{added}");
        }
        let mut connection = SqliteConnection::connect("sqlite::memory:")
            .await
            .expect("a database");
        let mut arguments = SqliteArguments::default();
        add(&mut arguments, moment).expect("a moment");
        let row = sqlx::query_with("SELECT ?", arguments);
        let row = row.fetch_one(&mut connection).await.expect("a row");
        assert_eq!(row.get::<DateTime<Utc>, _>(0), moment);
        assert_eq!(row.get::<DateTime<FixedOffset>, _>(0), moment);
        assert_eq!(row.get::<NaiveDateTime, _>(0), moment.naive_utc());
        assert!(added(DateTime::<Utc>::MAX_UTC).is_err());
        assert!(added(NaiveDateTime::MIN).is_err());
        assert!(added(NaiveDate::MAX).is_err());
    }
}
