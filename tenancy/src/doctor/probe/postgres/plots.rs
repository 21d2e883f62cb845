//! Tables of the models, with what the catalog says of their columns and keys.

use crate::ddl::table::{NotKept, Place, Table};
use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::doctor::postgres::catalog::Relation;
use crate::doctor::probe::plot::{Foreign, Plot};
use crate::doctor::probe::postgres::personas::Persona;
use crate::doctor::probe::values::Slot;
use crate::error::Result;
use crate::sql::render::Dialect;
use sqlx::PgConnection;
use sqlx::postgres::types::Oid;
use std::collections::HashMap;

use sqlx::Row as _;

const SLOTS: &str = "
    SELECT a.attrelid, a.attname::text, format_type(a.atttypid, a.atttypmod), b.typname::text, NOT a.attnotnull,
        a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL,
        coalesce(to_jsonb(a) ->> 'attgenerated', '') <> '',
        CASE WHEN b.typname IN ('varchar', 'bpchar') AND m.typmod > 4 THEN m.typmod - 4 END,
        (SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = b.oid ORDER BY e.enumsortorder LIMIT 1),
        EXISTS (
            SELECT FROM pg_index i
            WHERE i.indrelid = a.attrelid AND (i.indisunique OR i.indisexclusion) AND a.attnum = ANY (i.indkey)
        )
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
        CROSS JOIN LATERAL (
            SELECT CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END AS typmod
        ) m
    WHERE a.attrelid = ANY ($1) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum";

/// Where there is a choice, the widest key: the one with the tenant in it.
const FOREIGN: &str = "
    SELECT k.conrelid, n.nspname::text, c.relname::text,
        ARRAY (
            SELECT a.attname::text FROM generate_subscripts(k.conkey, 1) at
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[at] ORDER BY at
        ),
        ARRAY (
            SELECT a.attname::text FROM generate_subscripts(k.confkey, 1) at
            JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = k.confkey[at] ORDER BY at
        )
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.confrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE k.contype = 'f' AND k.conrelid = ANY ($1) AND k.conparentid = 0
    ORDER BY k.conrelid, cardinality(k.conkey) DESC, k.conname";

/// Triggers with code that a transaction does not undo, or may not: in languages that are not trusted, or with words
/// that lead outside.
const UNSAFE: &str = "
    SELECT DISTINCT t.tgrelid FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_language l ON l.oid = p.prolang
    WHERE t.tgrelid = ANY ($1) AND NOT t.tgisinternal AND NOT (
        l.lanname = 'internal' OR l.lanname = 'c' AND EXISTS (
            SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        )
        OR l.lanpltrusted AND p.prosrc !~* $2
    )";

/// Relations in which code runs that one of these roles can change, or that one of them owns.
const THEIRS: &str = "
    WITH RECURSIVE inside AS (
        SELECT inhparent AS top, inhrelid AS oid FROM pg_inherits
        UNION SELECT r.ev_class, d.refobjid FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass
            AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
    ), parts AS (
        SELECT oid AS top, oid FROM unnest($2::oid[]) oid
        UNION SELECT p.top, i.oid FROM inside i JOIN parts p ON p.oid = i.top
    ), used AS (
        SELECT t.tgrelid AS of, t.tgfoid AS code FROM pg_trigger t
        UNION SELECT p.polrelid, d.refobjid FROM pg_policy p JOIN pg_depend d ON d.classid = 'pg_policy'::regclass
            AND d.objid = p.oid AND d.refclassid = 'pg_proc'::regclass
        UNION SELECT a.adrelid, d.refobjid FROM pg_attrdef a JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass
            AND d.objid = a.oid AND d.refclassid = 'pg_proc'::regclass
        UNION SELECT k.conrelid, d.refobjid FROM pg_constraint k JOIN pg_depend d
            ON d.classid = 'pg_constraint'::regclass AND d.objid = k.oid AND d.refclassid = 'pg_proc'::regclass
        UNION SELECT i.indrelid, d.refobjid FROM pg_index i JOIN pg_depend d ON d.classid = 'pg_class'::regclass
            AND d.objid = i.indexrelid AND d.refclassid = 'pg_proc'::regclass
        UNION SELECT r.ev_class, d.refobjid FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass
            AND d.objid = r.oid AND d.refclassid = 'pg_proc'::regclass
    )
    SELECT p.top FROM parts p JOIN used u ON u.of = p.oid JOIN pg_proc f ON f.oid = u.code, unnest($1::name[]) who
    WHERE pg_has_role(who, f.proowner, 'MEMBER')
    UNION
    SELECT p.top FROM parts p JOIN pg_class c ON c.oid = p.oid, unnest($1::name[]) who
    WHERE pg_has_role(who, c.relowner, 'MEMBER')";

/// Words of code that does what a rollback does not undo.
pub(super) const OUTSIDE: &str = r"dblink|\mcopy\M|\mprogram\M|lo_export|pg_advisory|pg_(read|write)_|http|\mset_config\M.*false|pg_terminate|pg_cancel";

/// The table of a model, as it is there.
pub(super) fn plot<'a>(there: &Relation, table: &'a Table, tenants: bool) -> Plot<'a> {
    let schema = there.live.schema.as_deref().unwrap_or_default();
    Plot {
        dialect: Dialect::Postgres,
        oid: there.oid.0,
        view: there.live.view,
        table,
        name: format!("{}.{}", quoted(schema), quoted(table.name)),
        shown: match tenants {
            true => format!("{schema}.{}", table.name),
            false => table.name.to_owned(),
        },
        schema: tenants.then(|| schema.to_owned()),
        slots: Vec::new(),
        foreign: Vec::new(),
    }
}

/// Why code of the program's is not run.
pub(super) const CHANGED: &str =
    "the program's role can change code that runs there, and that would run as whoever examines";

/// Those of these relations in which code of the program's role runs: it could change back to whoever examines.
pub(super) async fn theirs(
    oids: &[Oid],
    personas: &[Persona],
    connection: &mut PgConnection,
) -> Result<Vec<Oid>> {
    let roles: Vec<&str> = personas
        .iter()
        .map(|persona| persona.role.as_str())
        .collect();
    let theirs = sqlx::query_scalar(THEIRS).bind(&roles).bind(oids);
    Ok(theirs.fetch_all(connection).await?)
}

/// The columns of relations, each with the number of its relation.
pub(super) async fn slots(oids: &[Oid], connection: &mut PgConnection) -> Result<Vec<(u32, Slot)>> {
    let mut slots = Vec::new();
    for row in sqlx::query(SLOTS)
        .bind(oids)
        .fetch_all(&mut *connection)
        .await?
    {
        let Oid(oid) = row.try_get(0)?;
        let length: Option<i32> = row.try_get(7)?;
        let slot = Slot {
            name: row.try_get(1)?,
            sql_type: row.try_get(2)?,
            base: row.try_get(3)?,
            nullable: row.try_get(4)?,
            filled: row.try_get(5)?,
            generated: row.try_get(6)?,
            length: length.and_then(|length| usize::try_from(length).ok()),
            label: row.try_get(8)?,
            unique: row.try_get(9)?,
        };
        slots.push((oid, slot));
    }
    Ok(slots)
}

/// Reads their columns and keys, and leaves out what cannot be undone.
pub(super) async fn load(
    plots: &mut Vec<Plot<'_>>,
    personas: &[Persona],
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<()> {
    let oids: Vec<Oid> = plots.iter().map(|plot| Oid(plot.oid)).collect();
    let unsafe_ones: Vec<Oid> = sqlx::query_scalar(UNSAFE)
        .bind(&oids)
        .bind(OUTSIDE)
        .fetch_all(&mut *connection)
        .await?;
    let theirs = theirs(&oids, personas, connection).await?;
    plots.retain(|plot| {
        let oid = Oid(plot.oid);
        let why = if unsafe_ones.contains(&oid) {
            "it has triggers with code that a rollback does not undo"
        } else if theirs.contains(&oid) {
            CHANGED
        } else {
            return true;
        };
        found.not_tried(&plot.shown, why);
        false
    });
    let at: HashMap<u32, usize> = plots
        .iter()
        .enumerate()
        .map(|(at, plot)| (plot.oid, at))
        .collect();
    for (oid, slot) in slots(&oids, connection).await? {
        if let Some(&at) = at.get(&oid) {
            plots[at].slots.push(slot);
        }
    }
    for row in sqlx::query(FOREIGN)
        .bind(&oids)
        .fetch_all(&mut *connection)
        .await?
    {
        let Oid(oid) = row.try_get(0)?;
        let Some(&at) = at.get(&oid) else { continue };
        let (schema, name): (String, String) = (row.try_get(1)?, row.try_get(2)?);
        plots[at].foreign.push(Foreign {
            to: format!("{}.{}", quoted(&schema), quoted(&name)),
            columns: row.try_get(3)?,
            referred: row.try_get(4)?,
        });
    }
    plots.retain(|plot| {
        let named = |name: &str| plot.slots.iter().any(|slot| slot.name == name);
        let whole = named(plot.table.key) && plot.owner().is_none_or(named);
        if !whole {
            found.not_tried(
                &plot.shown,
                "it has no column for its key, or for the tenant",
            );
        }
        whole
    });
    // What no foreign key can keep is a reference all the same.
    let names: Vec<(&str, Place, Option<String>, String)> = plots
        .iter()
        .map(|plot| {
            (
                plot.table.name,
                plot.table.place,
                plot.schema.clone(),
                plot.name.clone(),
            )
        })
        .collect();
    for plot in plots.iter_mut() {
        for NotKept {
            column,
            table,
            place,
            key,
            ..
        } in &plot.table.not_kept
        {
            // From a shared table into the schema of whichever tenant: any value does.
            let own = plot.schema.as_ref();
            let to = names.iter().find(|(name, there, schema, _)| {
                name == table && there == place && (schema.is_none() || schema.as_ref() == own)
            });
            let Some((.., to)) = to else { continue };
            plot.foreign.push(Foreign {
                columns: vec![(*column).to_owned()],
                to: to.clone(),
                referred: vec![(*key).to_owned()],
            });
        }
    }
    Ok(())
}
