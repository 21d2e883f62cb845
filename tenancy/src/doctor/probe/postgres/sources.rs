//! What the program can look through: relations and functions.

use sqlx::postgres::types::Oid;
use sqlx::{PgConnection, Row as _};

use super::super::super::Findings;
use super::super::values::{Slot, Style, literal, on_postgres};
use super::super::ward::Ward;
use super::personas::Persona;
use super::plots::OUTSIDE;
use super::world::World;
use crate::Result;
use crate::ddl::text::quoted;

/// Something that gives rows, and what a role may do with it.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// The number of the relation; 0 for a function.
    pub(super) oid: u32,
    /// As a finding names it.
    pub(super) shown: String,
    /// What stands behind `FROM`.
    pub(super) from: String,
    pub(super) schema: String,
    pub(super) kind: Kind,
    /// The columns that the role may read, in quotes.
    pub(super) columns: Vec<String>,
    /// Those that it may change.
    pub(super) changed: Vec<String>,
    /// Those of new rows.
    pub(super) inserted: Vec<String>,
    pub(super) deletes: bool,
    /// Whether something else is run where it is written to: rules and triggers of a view.
    pub(super) active: bool,
    /// What keeps the role away from it.
    pub(super) closing: String,
    /// What a function is called, and the types of its parameters.
    signature: Option<Signature>,
}

#[derive(Clone, Debug)]
struct Signature {
    name: String,
    /// Each as it is written in SQL, and what it is below domains.
    parameters: Vec<(String, String)>,
}

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
            let Some(from) = signature.call(world.other(), key) else {
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
}

/// How often a function is called with keys of rows.
const MOST_CALLS: usize = 20;

impl Signature {
    /// The call, with this value wherever it fits; `None` if there is no value of a type.
    fn call(&self, other: &Ward, value: &str) -> Option<String> {
        let mut values = Vec::new();
        for (sql_type, base) in &self.parameters {
            values.push(match base.as_str() {
                "uuid" | "text" | "varchar" | "int4" | "int8" if fits(base, value) => {
                    format!("{}::{sql_type}", literal(value))
                }
                _ => {
                    let slot = Slot {
                        sql_type: sql_type.clone(),
                        base: base.clone(),
                        ..Slot::default()
                    };
                    on_postgres(&slot, other, Style::ALL[0], 1)?
                }
            });
        }
        Some(format!("{}({})", self.name, values.join(", ")))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Table,
    View,
    Stored,
    Foreign,
    Function,
    Procedure,
}

const RELATIONS: &str = "
    SELECT c.oid, n.nspname::text, c.relname::text, c.relkind::text,
        ARRAY (SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
            AND NOT a.attisdropped AND has_column_privilege(r.oid, c.oid, a.attnum, 'SELECT') ORDER BY a.attnum),
        ARRAY (SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
            AND NOT a.attisdropped AND has_column_privilege(r.oid, c.oid, a.attnum, 'UPDATE')
            AND a.attidentity <> 'a' AND coalesce(to_jsonb(a) ->> 'attgenerated', '') = '' ORDER BY a.attnum),
        ARRAY (SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
            AND NOT a.attisdropped AND has_column_privilege(r.oid, c.oid, a.attnum, 'INSERT')
            AND coalesce(to_jsonb(a) ->> 'attgenerated', '') = '' ORDER BY a.attnum),
        has_table_privilege(r.oid, c.oid, 'DELETE'), n.nspname::text = ANY ($2),
        EXISTS (SELECT FROM pg_rewrite w WHERE w.ev_class = c.oid AND w.ev_type <> '1')
            OR EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
    FROM pg_roles r, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE r.rolname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND has_schema_privilege(r.oid, n.oid, 'USAGE')
        AND (has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE')
            OR has_any_column_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE'))
        AND NOT EXISTS (
            SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
        )
    ORDER BY n.nspname, c.relname";

/// Functions that run with the rights of somebody else: a role can do by itself what its own, and those of roles that it
/// can become, do.
const FUNCTIONS: &str = "
    SELECT p.oid::regprocedure::text, n.nspname::text, p.proname::text, p.prokind = 'p', l.lanname IN ('sql', 'plpgsql')
            AND p.prosrc !~* $2,
        ARRAY (
            SELECT format_type(t.oid, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY a (type, at)
            JOIN pg_type t ON t.oid = a.type ORDER BY a.at
        ),
        ARRAY (
            SELECT b.typname::text FROM unnest(p.proargtypes) WITH ORDINALITY a (type, at)
            JOIN pg_type t ON t.oid = a.type
            JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END ORDER BY a.at
        )
    FROM pg_roles r, pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
    WHERE r.rolname = $1 AND p.prosecdef AND p.prokind IN ('f', 'p')
        AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
        AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND p.oid IS DISTINCT FROM to_regprocedure('tenancy.tenant()')
        AND has_schema_privilege(r.oid, n.oid, 'USAGE') AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
        AND NOT pg_has_role(r.oid, p.proowner, 'MEMBER')
        AND NOT EXISTS (
            SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        )
    ORDER BY 1";

/// Everything that a role reaches, without what is in these schemas.
pub(super) async fn find(
    persona: &Persona,
    other: &Ward,
    left_out: &[String],
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    let quote = |names: Vec<String>| names.iter().map(|name| quoted(name)).collect::<Vec<_>>();
    for row in sqlx::query(RELATIONS)
        .bind(&persona.role)
        .bind(left_out)
        .fetch_all(&mut *connection)
        .await?
    {
        if row.try_get(8)? {
            continue;
        }
        let Oid(oid) = row.try_get(0)?;
        let (schema, name, kind): (String, String, String) =
            (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
        let from = format!("{}.{}", quoted(&schema), quoted(&name));
        sources.push(Source {
            oid,
            shown: match schema.as_str() {
                "public" => name,
                _ => format!("{schema}.{name}"),
            },
            closing: format!(
                "REVOKE ALL ON {from} FROM PUBLIC, {};\n",
                quoted(&persona.role)
            ),
            from,
            schema,
            kind: match kind.as_str() {
                "v" => Kind::View,
                "m" => Kind::Stored,
                "f" => Kind::Foreign,
                _ => Kind::Table,
            },
            columns: quote(row.try_get(4)?),
            changed: quote(row.try_get(5)?),
            inserted: quote(row.try_get(6)?),
            deletes: row.try_get(7)?,
            active: row.try_get(9)?,
            signature: None,
        });
    }
    for row in sqlx::query(FUNCTIONS)
        .bind(&persona.role)
        .bind(OUTSIDE)
        .fetch_all(&mut *connection)
        .await?
    {
        let (shown, schema, name): (String, String, String) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        if !row.try_get::<bool, _>(4)? {
            let why = "it is not called: a rollback may not undo what it does";
            found.not_tried(shown.trim_start_matches("public."), why);
            continue;
        }
        let (types, bases): (Vec<String>, Vec<String>) = (row.try_get(5)?, row.try_get(6)?);
        let signature = Signature {
            name: format!("{}.{}", quoted(&schema), quoted(&name)),
            parameters: types.into_iter().zip(bases).collect(),
        };
        let Some(from) = signature.call(other, &other.tenant) else {
            found.not_tried(
                shown.trim_start_matches("public."),
                "the probe knows no values of its parameters",
            );
            continue;
        };
        sources.push(Source {
            oid: 0,
            from,
            signature: Some(signature),
            closing: format!(
                "REVOKE EXECUTE ON ROUTINE {shown} FROM PUBLIC, {};\n",
                quoted(&persona.role)
            ),
            // As it is called where `public` is looked through.
            shown: shown
                .strip_prefix("public.")
                .map_or_else(|| shown.clone(), str::to_owned),
            schema,
            kind: match row.try_get(3)? {
                true => Kind::Procedure,
                false => Kind::Function,
            },
            columns: Vec::new(),
            changed: Vec::new(),
            inserted: Vec::new(),
            deletes: false,
            active: false,
        });
    }
    Ok(sources)
}

/// Whether a value can be of a type.
fn fits(base: &str, tenant: &str) -> bool {
    match base {
        "uuid" => uuid::Uuid::parse_str(tenant).is_ok(),
        "int4" => tenant.parse::<i32>().is_ok(),
        "int8" => tenant.parse::<i64>().is_ok(),
        _ => true,
    }
}
