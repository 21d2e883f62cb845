//! What the program can look through: relations, and functions besides.

use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::doctor::probe::postgres::functions::Signature;
use crate::doctor::probe::postgres::personas::Persona;
use crate::doctor::probe::postgres::{functions, plots};
use crate::doctor::probe::values::Slot;
use crate::doctor::probe::ward::Ward;
use crate::error::Result;
use sqlx::PgConnection;
use sqlx::Row as _;
use sqlx::postgres::types::Oid;

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
    /// Whether rows of others go along with its own, or change.
    pub(super) takes_along: bool,
    /// Its columns, if it is a table in which something is run.
    pub(super) slots: Vec<Slot>,
    /// What keeps the role away from it.
    pub(super) closing: String,
    /// What a function is called, and the types of its parameters.
    pub(super) signature: Option<Signature>,
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
            OR EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal),
        EXISTS (
            SELECT FROM pg_constraint k WHERE k.confrelid = c.oid AND k.contype = 'f' AND k.confdeltype IN ('c', 'n', 'd')
        )
    FROM pg_roles r, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE r.rolname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        -- What is PostgreSQL's own is told by its number, and not by where it is.
        AND c.oid >= 16384 AND n.nspname !~ '^pg_temp_'
        AND has_schema_privilege(r.oid, n.oid, 'USAGE')
        AND (has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE')
            OR has_any_column_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE'))
        -- What is of an extension is its own, unless it reads what is not.
        AND (NOT EXISTS (
            SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
        ) OR EXISTS (
            SELECT FROM pg_rewrite w JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
            WHERE w.ev_class = c.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid >= 16384
                AND d.refobjid <> c.oid AND NOT EXISTS (
                    SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = d.refobjid AND e.deptype = 'e'
                )
        ))
    ORDER BY n.nspname, c.relname";

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
            takes_along: row.try_get(10)?,
            slots: Vec::new(),
            signature: None,
        });
    }
    let active: Vec<Oid> = sources
        .iter()
        .filter(|source| source.active && source.kind == Kind::Table)
        .map(|source| Oid(source.oid))
        .collect();
    for (oid, slot) in plots::slots(&active, connection).await? {
        if let Some(source) = sources.iter_mut().find(|source| source.oid == oid) {
            source.slots.push(slot);
        }
    }
    sources.extend(functions::find(persona, other, connection, found).await?);
    Ok(sources)
}
