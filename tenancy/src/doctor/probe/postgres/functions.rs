//! Functions that the program can call and that run with the rights of somebody else: a role can do by itself what its
//! own, and those of roles that it can become, do.

use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::doctor::probe::plot::Row;
use crate::doctor::probe::postgres::personas::Persona;
use crate::doctor::probe::postgres::plots::OUTSIDE;
use crate::doctor::probe::postgres::sources::{Kind, Source};
use crate::doctor::probe::postgres::world::World;
use crate::doctor::probe::values::{Slot, Style, literal, on_postgres};
use crate::doctor::probe::ward::Ward;
use crate::error::Result;
use sqlx::PgConnection;
use sqlx::Row as _;

/// What a function is called, the types of its parameters, and what it gives.
#[derive(Clone, Debug)]
pub(super) struct Signature {
    name: String,
    parameters: Vec<Parameter>,
    /// Whether the last parameter is any number of them.
    variadic: bool,
    pub(super) gives: Gives,
}

#[derive(Clone, Debug)]
struct Parameter {
    sql_type: String,
    /// What it is below domains.
    base: String,
    /// Whether it is a row.
    composite: bool,
}

/// How what a function gives is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gives {
    /// As a table.
    Rows,
    /// As a value: records have no columns, and an aggregate is no table.
    Value,
    /// From the cursor that it opens.
    Cursor,
    /// Nothing: it is called.
    Nothing,
}

/// An aggregate runs as its caller, and its parts need not.
const FUNCTIONS: &str = "
    SELECT p.oid::regprocedure::text, n.nspname::text, p.proname::text,
        coalesce(bool_and(l.lanname IN ('sql', 'plpgsql') AND d.prosrc !~* $2), false),
        ARRAY (
            SELECT format_type(t.oid, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY a (type, at)
            JOIN pg_type t ON t.oid = a.type ORDER BY a.at
        ),
        ARRAY (
            SELECT b.typname::text FROM unnest(p.proargtypes) WITH ORDINALITY a (type, at)
            JOIN pg_type t ON t.oid = a.type
            JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END ORDER BY a.at
        ),
        ARRAY (
            SELECT b.typtype = 'c' FROM unnest(p.proargtypes) WITH ORDINALITY a (type, at)
            JOIN pg_type t ON t.oid = a.type
            JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END ORDER BY a.at
        ),
        p.provariadic <> 0, CASE
            WHEN p.prokind = 'p' THEN 'nothing' WHEN p.prorettype = 'refcursor'::regtype THEN 'cursor'
            WHEN p.prokind = 'a' OR p.prorettype = 'record'::regtype AND p.proargmodes IS NULL THEN 'value'
            ELSE 'rows'
        END
    FROM pg_roles r, pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        LEFT JOIN pg_aggregate g ON g.aggfnoid = p.oid AND g.aggkind = 'n'
        JOIN pg_proc d ON d.oid IN (
            CASE WHEN g.aggfnoid IS NULL THEN p.oid END, g.aggtransfn, g.aggfinalfn, g.aggmtransfn, g.aggminvtransfn, g.aggmfinalfn
        )
        JOIN pg_language l ON l.oid = d.prolang
    WHERE r.rolname = $1 AND d.prosecdef AND p.prokind IN ('f', 'p', 'a')
        AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
        -- What is PostgreSQL's own is told by its number, and not by where it is.
        AND p.oid >= 16384 AND p.oid IS DISTINCT FROM to_regprocedure('tenancy.tenant()')
        AND has_schema_privilege(r.oid, n.oid, 'USAGE') AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
        AND NOT pg_has_role(r.oid, d.proowner, 'MEMBER')
        AND (l.lanname IN ('sql', 'plpgsql') OR NOT EXISTS (
            SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        ))
    GROUP BY p.oid, n.nspname, p.proname, p.proargtypes, p.provariadic, p.prokind, p.prorettype, p.proargmodes
    ORDER BY 1";

/// How often a function is called with keys of rows.
const MOST_CALLS: usize = 20;

/// Texts that divide by zero where they become SQL.
const INJECTED: [&str; 3] = ["SELECT 1/0", "' || (1/0)::text || '", "1/0"];

impl Source {
    /// The same function, asked for rows of the other tenant by their keys.
    pub(super) fn asked(&self, world: &World<'_>) -> Vec<Self> {
        let Some(signature) = self
            .signature
            .as_ref()
            .filter(|signature| !signature.parameters.is_empty())
        else {
            return Vec::new();
        };
        let mut asked: Vec<Self> = Vec::new();
        for plot in world.plots.iter().filter(|plot| !plot.global()) {
            let row = world.planted.row(plot, world.other());
            let Some(key) = row.and_then(|row| row.plain(plot.table.key)) else {
                continue;
            };
            // What is given is not looked for, so there is no more of the row than what tells which one it is.
            let mut row = Row(vec![(plot.table.key.to_owned(), literal(key))]);
            if let Some(owner) = plot.owner().filter(|owner| *owner != plot.table.key) {
                row.0
                    .push((owner.to_owned(), literal(&world.other().tenant)));
            }
            let Some(from) = signature.call(world.other(), key, Some(&row)) else {
                continue;
            };
            if from != self.from && asked.iter().all(|other| other.from != from) {
                asked.push(Self {
                    from,
                    ..self.clone()
                });
            }
        }
        asked.truncate(MOST_CALLS);
        asked
    }

    /// The same function, with texts that fail where they are taken for SQL.
    pub(super) fn injected(&self, world: &World<'_>) -> Vec<Self> {
        let texts = [
            "text", "varchar", "bpchar", "name", "citext", "_text", "_varchar",
        ];
        let Some(signature) = self.signature.as_ref().filter(|signature| {
            let mut parameters = signature.parameters.iter();
            parameters.any(|parameter| texts.contains(&parameter.base.as_str()))
        }) else {
            return Vec::new();
        };
        let calls = INJECTED.iter().filter_map(|text| {
            let from = signature.call(world.other(), text, None)?;
            Some(Self {
                from,
                ..self.clone()
            })
        });
        calls.collect()
    }
}

impl Signature {
    /// The call, with this value wherever it fits, and the row where it takes one; `None` if there is no value of a type.
    fn call(&self, other: &Ward, value: &str, row: Option<&Row>) -> Option<String> {
        let mut values = Vec::new();
        for parameter in &self.parameters {
            values.push(parameter.value(other, value, row)?);
        }
        if let Some(last) = values.last_mut().filter(|_| self.variadic) {
            *last = format!("VARIADIC {last}");
        }
        Some(format!("{}({})", self.name, values.join(", ")))
    }
}

impl Parameter {
    fn value(&self, other: &Ward, value: &str, row: Option<&Row>) -> Option<String> {
        let (sql_type, base) = (&self.sql_type, self.base.as_str());
        let given = literal(value);
        if self.composite {
            let json = object(row);
            return Some(format!(
                "pg_catalog.jsonb_populate_record(NULL::{sql_type}, {json})"
            ));
        }
        Some(match base {
            "json" | "jsonb" if row.is_some() => format!("{}::{sql_type}", object(row)),
            "any" | "anyelement" | "anynonarray" | "anycompatible" | "anycompatiblenonarray" => {
                format!("{given}::pg_catalog.text")
            }
            "anyarray" | "anycompatiblearray" => format!("ARRAY[{given}::pg_catalog.text]"),
            _ if fits(base.trim_start_matches('_'), value) => match base.starts_with('_') {
                true => format!("ARRAY[{given}]::{sql_type}"),
                false => format!("{given}::{sql_type}"),
            },
            _ => {
                let slot = Slot {
                    sql_type: sql_type.clone(),
                    base: base.to_owned(),
                    ..Slot::default()
                };
                on_postgres(&slot, other, Style::ALL[0], 1)?
            }
        })
    }
}

/// A row as JSON.
fn object(row: Option<&Row>) -> String {
    let columns = row.iter().flat_map(|row| &row.0);
    let pairs: Vec<_> = columns
        .map(|(column, value)| format!("{}, {value}", literal(column)))
        .collect();
    format!("pg_catalog.jsonb_build_object({})", pairs.join(", "))
}

/// Whether a value can be of a type.
pub(super) fn fits(base: &str, value: &str) -> bool {
    match base {
        "uuid" => uuid::Uuid::parse_str(value).is_ok(),
        "int4" => value.parse::<i32>().is_ok(),
        "int8" => value.parse::<i64>().is_ok(),
        "text" | "varchar" | "citext" => true,
        _ => false,
    }
}

/// The functions that the role can call, each with values of the other tenant.
pub(super) async fn find(
    persona: &Persona,
    other: &Ward,
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for row in sqlx::query(FUNCTIONS)
        .bind(&persona.role)
        .bind(OUTSIDE)
        .fetch_all(&mut *connection)
        .await?
    {
        let (shown, schema, name): (String, String, String) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        // As it is called where `public` is looked through.
        let subject = shown.strip_prefix("public.").unwrap_or(&shown).to_owned();
        if !row.try_get::<bool, _>(3)? {
            let why = "it is not called: a rollback may not undo what it does";
            found.not_tried(&subject, why);
            continue;
        }
        let (types, bases): (Vec<String>, Vec<String>) = (row.try_get(4)?, row.try_get(5)?);
        let composites: Vec<bool> = row.try_get(6)?;
        let parameters = types.into_iter().zip(bases).zip(composites);
        let gives: String = row.try_get(8)?;
        let signature = Signature {
            name: format!("{}.{}", quoted(&schema), quoted(&name)),
            parameters: parameters
                .map(|((sql_type, base), composite)| Parameter {
                    sql_type,
                    base,
                    composite,
                })
                .collect(),
            variadic: row.try_get(7)?,
            gives: match gives.as_str() {
                "nothing" => Gives::Nothing,
                "cursor" => Gives::Cursor,
                "value" => Gives::Value,
                _ => Gives::Rows,
            },
        };
        let Some(from) = signature.call(other, &other.tenant, None) else {
            found.not_tried(&subject, "the probe knows no values of its parameters");
            continue;
        };
        let kind = match signature.gives {
            Gives::Nothing => Kind::Procedure,
            _ => Kind::Function,
        };
        sources.push(Source {
            oid: 0,
            from,
            signature: Some(signature),
            closing: format!(
                "REVOKE EXECUTE ON ROUTINE {shown} FROM PUBLIC, {};\n",
                quoted(&persona.role)
            ),
            shown: subject,
            schema,
            kind,
            columns: Vec::new(),
            changed: Vec::new(),
            inserted: Vec::new(),
            deletes: false,
            active: false,
            takes_along: false,
            slots: Vec::new(),
        });
    }
    Ok(sources)
}
