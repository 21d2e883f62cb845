//! Which types keep values as they are given, and compare them so.

use crate::doctor::live::Change;

/// The types that do, without a length or a precision. Enums, ranges and composites do, too.
const KEEP: &[&str] = &[
    "bit",
    "bool",
    "bytea",
    "char",
    "cidr",
    "date",
    "float4",
    "float8",
    "hstore",
    "inet",
    "int2",
    "int4",
    "int8",
    "interval",
    "jsonb",
    "macaddr",
    "macaddr8",
    "numeric",
    "oid",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "uuid",
    "varbit",
    "varchar",
];

/// The type of a column; of an array, that of its elements.
pub(super) struct Kind<'a> {
    /// As the catalog calls it.
    pub(super) name: &'a str,
    /// Whether it is no enum, no range, and not made of others.
    pub(super) base: bool,
    /// Whether it has a length or a precision.
    pub(super) limited: bool,
    /// Whether its collation takes different texts for equal.
    pub(super) loose: bool,
    /// Whether it has a `=`.
    pub(super) equal: bool,
}

impl Kind<'_> {
    /// What a column of this type does to values, or to comparisons of them.
    pub(super) fn changes(&self) -> Option<Change> {
        Some(match self.name {
            _ if !self.equal => Change::NoEquality,
            "citext" => Change::Text("takes no notice of case"),
            "bpchar" => Change::Text("takes no notice of blanks at the end"),
            "name" => Change::Value("cuts texts off"),
            "varchar" if self.limited => Change::Value("cuts blanks off"),
            // The length of bits is that of the value, or it is refused.
            "bit" | "varbit" => return None,
            "money" => Change::Value("rounds"),
            name if self.limited && KEEP.contains(&name) => Change::Value("rounds"),
            "box" | "circle" | "line" | "lseg" | "path" => {
                Change::Value("takes others for equal that are as large, or nearly the same")
            }
            _ if self.loose => Change::Value("takes other texts for equal"),
            name if self.base && !KEEP.contains(&name) => {
                Change::Value("is of a type that may not keep what it is given")
            }
            _ => return None,
        })
    }
}
