//! Values for rows of the probe, by the types of columns.

use crate::doctor::probe::ward::Ward;

/// A column that is there.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot {
    pub(super) name: String,
    /// As it is written in SQL.
    pub(super) sql_type: String,
    /// What the type is, below domains: PostgreSQL's name, or SQLite's declared type.
    pub(super) base: String,
    /// The first value, for an enum.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "on PostgreSQL"))]
    pub(super) label: Option<String>,
    /// How many characters fit.
    pub(super) length: Option<usize>,
    pub(super) nullable: bool,
    /// Whether the database fills it.
    pub(super) filled: bool,
    /// Whether nobody but the database may fill it.
    pub(super) generated: bool,
    /// Whether it is part of something unique.
    pub(super) unique: bool,
}

/// Ways to fill a row, of which one may meet the constraints of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// Which texts and numbers.
    kind: usize,
    /// Whether to leave out what can be.
    pub(super) sparse: bool,
}

impl Style {
    pub(super) const ALL: [Self; 8] = [
        Self::of(0, false),
        Self::of(0, true),
        Self::of(1, false),
        Self::of(1, true),
        Self::of(2, false),
        Self::of(2, true),
        Self::of(3, false),
        Self::of(3, true),
    ];

    const fn of(kind: usize, sparse: bool) -> Self {
        Self { kind, sparse }
    }

    pub(super) fn text(self, slot: &Slot, ward: &Ward, number: i64) -> String {
        let plain = format!("{}{number:03x}", ward.mark);
        let name = slot.name.to_ascii_lowercase();
        let named = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
        let text = match self.kind {
            0 if named(&["mail"]) => format!("{plain}@probe.example"),
            0 if named(&["url", "link", "site", "href"]) => {
                format!("https://probe.example/{plain}")
            }
            0 => plain,
            1 => format!("{plain}@probe.example"),
            2 => format!("https://probe.example/{plain}"),
            _ => format!("C{}", plain.to_ascii_uppercase()),
        };
        match slot.length {
            // What differs is at the end.
            Some(length) if length < text.len() => {
                let digits = format!("{number:x}{}", ward.mark);
                digits.chars().take(length).collect()
            }
            _ => text,
        }
    }

    fn count(self) -> i64 {
        [1, 0, 100, -1][self.kind]
    }
}

/// A text as SQL.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A value as PostgreSQL's SQL; `None` if it is of a type of which the probe knows none.
#[cfg(feature = "postgres")]
pub(super) fn on_postgres(slot: &Slot, ward: &Ward, style: Style, number: i64) -> Option<String> {
    let whole = |bytes| match slot.unique {
        true => ward.whole(bytes, number),
        false => style.count(),
    };
    let text = match slot.base.as_str() {
        _ if slot.label.is_some() => slot.label.clone()?,
        "uuid" => ward.uuid(number),
        "text" | "varchar" | "bpchar" | "name" | "citext" => style.text(slot, ward, number),
        "bool" => "true".to_owned(),
        "int2" => whole(2).to_string(),
        "int4" | "oid" => whole(4).to_string(),
        "int8" => whole(8).to_string(),
        "numeric" | "money" if slot.unique => (number % 100).to_string(),
        "numeric" | "float4" | "float8" | "money" => whole(4).to_string(),
        "timestamptz" | "timestamp" | "date" | "time" | "timetz" => {
            return Some(format!(
                "(CURRENT_TIMESTAMP + {number} * pg_catalog.make_interval(days => 1))::{}",
                slot.sql_type
            ));
        }
        "interval" => "1 day".to_owned(),
        "json" | "jsonb" => format!("{{\"probe\": \"{}\"}}", ward.mark),
        "bytea" => format!("\\x{number:08x}{}", ward.mark),
        "inet" | "cidr" => format!("192.0.2.{}", number % 250 + 1),
        "macaddr" => format!("02:00:00:00:00:{:02x}", number % 250),
        "tsvector" | "xml" => ward.mark.clone(),
        "point" => format!("({number},1)"),
        name if name.starts_with('_') => "{}".to_owned(),
        name if name.ends_with("range") => "empty".to_owned(),
        _ => return None,
    };
    Some(format!("{}::{}", literal(&text), slot.sql_type))
}

/// A value as SQLite's SQL.
#[cfg(feature = "sqlite")]
pub(super) fn on_sqlite(slot: &Slot, ward: &Ward, style: Style, number: i64) -> String {
    let declared = slot.base.to_ascii_uppercase();
    let has = |parts: &[&str]| parts.iter().any(|part| declared.contains(part));
    if has(&["BOOL"]) {
        "TRUE".to_owned()
    } else if has(&["INT"]) {
        match slot.unique {
            true => ward.whole(8, number).to_string(),
            false => style.count().to_string(),
        }
    } else if has(&["REAL", "FLOA", "DOUB", "NUM", "DEC"]) {
        match slot.unique {
            true => format!("{number}.5"),
            false => format!("{}.0", style.count()),
        }
    } else if has(&["UUID"]) || declared.is_empty() || has(&["BLOB"]) {
        format!("x'{}'", ward.uuid(number).replace('-', ""))
    } else if has(&["DATETIME", "TIMESTAMP"]) {
        format!("'20{:02}-01-01 00:00:00+00:00'", number % 90 + 10)
    } else if has(&["DATE"]) {
        format!("'20{:02}-01-01'", number % 90 + 10)
    } else if has(&["TIME"]) {
        "'00:00:00'".to_owned()
    } else if has(&["JSON"]) {
        format!("'{{\"probe\": \"{}\"}}'", ward.mark)
    } else {
        literal(&style.text(slot, ward, number))
    }
}
