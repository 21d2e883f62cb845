//! Types of columns, and what can stand in them by default.

use crate::model::id::KeyType;
use crate::sql::render::Dialect;

/// The type of a column that holds a key.
pub(crate) fn of_key(dialect: Dialect, key: KeyType) -> &'static str {
    match (dialect, key) {
        (Dialect::Sqlite, KeyType::Uuid) => "BLOB",
        (Dialect::Sqlite, KeyType::Integer | KeyType::BigInteger) => "INTEGER",
        (Dialect::Sqlite, KeyType::Text) => "TEXT",
        (Dialect::Postgres, KeyType::Uuid) => "uuid",
        (Dialect::Postgres, KeyType::Integer) => "integer",
        (Dialect::Postgres, KeyType::BigInteger) => "bigint",
        (Dialect::Postgres, KeyType::Text) => "text",
    }
}

/// A type as it is written in SQL, from what sqlx calls it.
///
/// The name of a type of the program's own comes from its code, so what is not plain is quoted.
pub(crate) fn written(dialect: Dialect, name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.\"[] ".contains(&byte);
    if !name.bytes().all(plain) || name.bytes().filter(|&byte| byte == b'"').count() % 2 != 0 {
        return format!("\"{}\"", name.replace('"', "\"\""));
    }
    if dialect == Dialect::Sqlite {
        return name.to_owned();
    }
    let long = [
        ("BOOL", "boolean"),
        ("INT2", "smallint"),
        ("INT4", "integer"),
        ("INT8", "bigint"),
        ("FLOAT4", "real"),
        ("FLOAT8", "double precision"),
    ];
    match long.iter().find(|(short, _)| *short == name) {
        Some((_, long)) => (*long).to_owned(),
        None if name.bytes().any(|byte| byte.is_ascii_lowercase()) => name.to_owned(),
        None => name.to_ascii_lowercase(),
    }
}

/// The types that PostgreSQL comes with and sqlx knows.
const BUILT_IN: &[&str] = &[
    "bigint",
    "bit",
    "boolean",
    "box",
    "bpchar",
    "bytea",
    "char",
    "cidr",
    "circle",
    "date",
    "daterange",
    "double precision",
    "inet",
    "int4range",
    "int8range",
    "integer",
    "interval",
    "json",
    "jsonb",
    "jsonpath",
    "line",
    "lseg",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "numeric",
    "numrange",
    "oid",
    "path",
    "point",
    "polygon",
    "real",
    "smallint",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "tsrange",
    "tstzrange",
    "uuid",
    "varbit",
    "varchar",
    "void",
];

/// Whether the program has to make the type, without `[]`.
pub(crate) fn is_own(dialect: Dialect, sql_type: &str) -> bool {
    dialect == Dialect::Postgres && {
        let name = sql_type.trim_end_matches("[]").to_ascii_lowercase();
        let name = match name.as_str() {
            "int2" | "int4" | "int8" | "float4" | "float8" | "bool" => "integer",
            name => name,
        };
        !BUILT_IN.contains(&name.trim_matches('"'))
    }
}

/// A default as it is written in SQL. On SQLite the present moment is a text, in the form of all moments.
pub(crate) fn default<'a>(dialect: Dialect, sql_type: &str, sql: &'a str) -> &'a str {
    let is = |name: &str| sql.trim().eq_ignore_ascii_case(name);
    match (dialect, sql_type) {
        (Dialect::Sqlite, "DATETIME") if is("CURRENT_TIMESTAMP") => {
            "strftime('%Y-%m-%d %H:%M:%f000000', 'now')"
        }
        (Dialect::Sqlite, "TIME") if is("CURRENT_TIME") => "strftime('%H:%M:%f000000', 'now')",
        _ => sql,
    }
}

/// The plainest value of a type, where the model says only that there is a default.
pub(crate) fn zero(sql_type: &str) -> Option<&'static str> {
    Some(match sql_type.to_ascii_lowercase().as_str() {
        "boolean" => "FALSE",
        "smallint" | "integer" | "bigint" | "real" | "double precision" | "numeric" => "0",
        "text" | "varchar" | "bytea" => "''",
        "blob" => "x''",
        "json" | "jsonb" => "'{}'",
        "timestamptz" | "timestamp" | "datetime" => "CURRENT_TIMESTAMP",
        "date" => "CURRENT_DATE",
        "time" => "CURRENT_TIME",
        sql_type if sql_type.ends_with("[]") => "'{}'",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_written_as_people_do() {
        let postgres = |name| written(Dialect::Postgres, name);
        assert_eq!(postgres("INT8"), "bigint");
        assert_eq!(postgres("TIMESTAMPTZ"), "timestamptz");
        assert_eq!(postgres("TEXT[]"), "text[]");
        assert_eq!(postgres("Colour"), "Colour");
        assert_eq!(postgres("shop.colour"), "shop.colour");
        assert_eq!(written(Dialect::Sqlite, "DATETIME"), "DATETIME");
    }

    #[test]
    fn the_present_moment_has_the_form_of_all_moments() {
        let sqlite = |sql_type, sql| default(Dialect::Sqlite, sql_type, sql);
        assert!(sqlite("DATETIME", "current_timestamp").starts_with("strftime("));
        assert!(sqlite("TIME", "CURRENT_TIME").starts_with("strftime("));
        assert_eq!(sqlite("DATE", "CURRENT_DATE"), "CURRENT_DATE");
        assert_eq!(sqlite("TEXT", "CURRENT_TIMESTAMP"), "CURRENT_TIMESTAMP");
        let postgres = default(Dialect::Postgres, "DATETIME", "CURRENT_TIMESTAMP");
        assert_eq!(postgres, "CURRENT_TIMESTAMP");
    }

    #[test]
    fn what_is_no_name_of_a_type_becomes_one() {
        let name = written(Dialect::Postgres, "text); DROP TABLE users; --");
        assert_eq!(name, "\"text); DROP TABLE users; --\"");
        assert_eq!(written(Dialect::Postgres, "a\""), "\"a\"\"\"");
    }

    #[test]
    fn types_of_the_program_are_told_from_others() {
        assert!(is_own(Dialect::Postgres, "colour"));
        assert!(is_own(Dialect::Postgres, "colour[]"));
        assert!(!is_own(Dialect::Postgres, "text[]"));
        assert!(!is_own(Dialect::Sqlite, "DATETIME"));
    }
}
