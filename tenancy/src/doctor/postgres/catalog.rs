//! Tables as the catalog has them, in as many queries for one tenant as for thousands.

use crate::ddl::table::{Column, Table};
use crate::doctor::live::{Change, Live, LiveColumn, LiveForeignKey, LiveIndex};
use crate::doctor::postgres::kinds::Kind;
use crate::error::Result;
use sqlx::PgConnection;
use sqlx::postgres::PgRow;
use sqlx::postgres::types::Oid;
use std::collections::HashMap;

use sqlx::Row as _;

/// All tables that have the name of one of the models', in any schema.
pub(in super::super) struct Catalog {
    relations: Vec<Relation>,
    by_name: HashMap<(String, String), usize>,
    /// What the names of types stand for: their number, and their own name.
    types: HashMap<String, Option<(u32, String)>>,
    /// Those of them that are not found by their name: where they are, and what brings them to where they are found.
    elsewhere: HashMap<String, Vec<(String, String)>>,
    /// The names of types of columns that are there.
    names: HashMap<u32, String>,
}

pub(in super::super) struct Relation {
    pub(in super::super) oid: Oid,
    /// Whether it is found by its name alone.
    visible: bool,
    pub(super) enabled: bool,
    pub(super) forced: bool,
    pub(in super::super) live: Live,
}

const RELATIONS: &str = "
    SELECT c.oid, n.nspname::text, c.relname::text, c.relkind IN ('v', 'm'), pg_table_is_visible(c.oid),
        c.relrowsecurity, c.relforcerowsecurity, EXISTS (
            -- before, or instead of, INSERT
            SELECT FROM pg_trigger t
            WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgtype & 4 = 4 AND t.tgtype & 66 > 0
        )
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relname = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    ORDER BY n.nspname, c.relname";

// A domain is what it is of, and so on; an array is compared as its elements are.
const COLUMNS: &str = "
    SELECT a.attrelid, a.attname::text, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
        a.atthasdef OR a.attidentity <> '', b.oid, b.typname::text, e.limited, a.attgenerated <> '',
        coalesce(NOT l.collisdeterministic, FALSE), pg_get_expr(d.adbin, d.adrelid), e.typname::text, e.typtype = 'b',
        e.typtype <> 'b' OR EXISTS (
            SELECT FROM pg_operator o WHERE o.oprname = '=' AND o.oprleft = o.oprright AND (
                o.oprleft = e.oid OR EXISTS (
                    SELECT FROM pg_cast c WHERE c.castsource = e.oid AND c.casttarget = o.oprleft
                        AND c.castcontext = 'i' AND c.castmethod = 'b'
                )
            )
        ),
        EXISTS (SELECT FROM pg_operator o WHERE o.oprname = '=' AND o.oprleft = b.oid AND o.oprright = b.oid
            AND o.oprnamespace = b.typnamespace AND b.typnamespace <> 'pg_catalog'::regnamespace
            AND NOT pg_operator_is_visible(o.oid))
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        JOIN LATERAL (
            WITH RECURSIVE within AS (
                SELECT t.oid, FALSE AS elements, a.atttypmod >= 0 AS limited
                UNION ALL
                SELECT n.oid, w.elements OR o.typtype <> 'd', w.limited OR o.typtypmod >= 0
                FROM within w JOIN pg_type o ON o.oid = w.oid
                    JOIN pg_type n ON n.oid = CASE
                        WHEN o.typtype = 'd' THEN o.typbasetype WHEN o.typcategory = 'A' THEN o.typelem
                    END
            )
            SELECT (SELECT w.oid FROM within w JOIN pg_type o ON o.oid = w.oid AND o.typtype <> 'd'
                    WHERE NOT w.elements) AS whole,
                (SELECT w.oid FROM within w JOIN pg_type o ON o.oid = w.oid
                    AND o.typtype <> 'd' AND o.typcategory <> 'A') AS element,
                (SELECT bool_or(w.limited) FROM within w) AS limited
        ) i ON TRUE
        JOIN pg_type b ON b.oid = i.whole
        JOIN LATERAL (SELECT p.*, i.limited FROM pg_type p WHERE p.oid = i.element) e ON TRUE
        LEFT JOIN pg_collation l ON l.oid = a.attcollation
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = ANY ($1) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum";

const INDEXES: &str = "
    SELECT i.indrelid, c.relname::text, i.indisunique, i.indisprimary, k.oid IS NOT NULL,
        pg_get_expr(i.indpred, i.indrelid), i.indisvalid, NOT i.indimmediate,
        ARRAY (
            SELECT coalesce(a.attname::text, '') FROM generate_series(0, i.indnkeyatts - 1) at
            LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[at] ORDER BY at
        ),
        ARRAY (
            SELECT pg_get_indexdef(i.indexrelid, at, FALSE) FROM generate_series(1, i.indnkeyatts) at ORDER BY at
        )
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
    WHERE i.indrelid = ANY ($1)
    ORDER BY i.indrelid, c.relname";

const FOREIGN_KEYS: &str = "
    SELECT k.conrelid, k.conname::text, n.nspname::text, c.relname::text, k.convalidated,
        k.confdeltype = 'n' AND coalesce(jsonb_typeof(to_jsonb(k) -> 'confdelsetcols'), 'null') = 'null',
        ARRAY (
            SELECT a.attname::text FROM generate_subscripts(k.conkey, 1) at
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[at] ORDER BY at
        ),
        ARRAY (
            SELECT a.attname::text FROM generate_subscripts(k.confkey, 1) at
            JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = k.confkey[at] ORDER BY at
        ),
        regexp_replace(pg_get_constraintdef(k.oid), '^.* REFERENCES [^(]*[(][^)]*[)]| NOT VALID', '', 'g')
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.confrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE k.contype = 'f' AND k.conrelid = ANY ($1) AND k.conparentid = 0
    ORDER BY k.conrelid, k.conname";

// A domain is what it is of: so PostgreSQL says of a column, and takes it for a parameter.
const TYPES: &str = "
    SELECT name, b.oid, b.typname::text FROM unnest($1::text[]) name
        LEFT JOIN LATERAL (
            WITH RECURSIVE within AS (
                SELECT to_regtype(name)::oid AS oid
                UNION ALL
                SELECT t.typbasetype FROM within w JOIN pg_type t ON t.oid = w.oid AND t.typtype = 'd'
            )
            SELECT t.oid, t.typname FROM within w JOIN pg_type t ON t.oid = w.oid AND t.typtype <> 'd'
        ) b ON TRUE";

/// Types of a name that are in a schema where names are not looked for.
const ELSEWHERE: &str = "
    SELECT quote_ident(n.nspname), CASE
        WHEN e.extname IS NULL THEN format('ALTER TYPE %I.%I SET SCHEMA %I', n.nspname, t.typname, current_schema())
        ELSE format('ALTER EXTENSION %I SET SCHEMA %I', e.extname, current_schema()) END
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        LEFT JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
        LEFT JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
    WHERE t.typname = $1 AND NOT pg_type_is_visible(t.oid)
    ORDER BY 1";

impl Catalog {
    pub(in super::super) async fn load(
        tables: &[Table],
        connection: &mut PgConnection,
    ) -> Result<Self> {
        let names: Vec<&str> = tables.iter().map(|table| table.name).collect();
        let mut this = Self {
            relations: Vec::new(),
            by_name: HashMap::new(),
            types: HashMap::new(),
            elsewhere: HashMap::new(),
            names: HashMap::new(),
        };
        for row in sqlx::query(RELATIONS)
            .bind(&names)
            .fetch_all(&mut *connection)
            .await?
        {
            this.add(&row)?;
        }
        let oids: Vec<Oid> = this.relations.iter().map(|relation| relation.oid).collect();
        let at: HashMap<_, _> = oids
            .iter()
            .enumerate()
            .map(|(at, oid)| (oid.0, at))
            .collect();
        let at = |row: &PgRow| -> Result<usize> {
            let Oid(oid) = row.try_get(0)?;
            Ok(at[&oid])
        };
        for row in sqlx::query(COLUMNS)
            .bind(&oids)
            .fetch_all(&mut *connection)
            .await?
        {
            let Oid(type_id) = row.try_get(5)?;
            let name: String = row.try_get(6)?;
            let element: String = row.try_get(11)?;
            let kind = Kind {
                name: &element,
                base: row.try_get(12)?,
                limited: row.try_get(7)?,
                loose: row.try_get(9)?,
                equal: row.try_get(13)?,
            };
            let changes = match row.try_get(14)? {
                true => Some(Change::Unseen),
                false => kind.changes(),
            };
            this.names.insert(type_id, name);
            this.relations[at(&row)?].live.columns.push(LiveColumn {
                name: row.try_get(1)?,
                sql_type: row.try_get(2)?,
                nullable: row.try_get(3)?,
                filled: row.try_get(4)?,
                default: row.try_get(10)?,
                generated: row.try_get(8)?,
                written: String::new(),
                changes,
                type_id,
            });
        }
        for row in sqlx::query(INDEXES)
            .bind(&oids)
            .fetch_all(&mut *connection)
            .await?
        {
            let condition: Option<String> = row.try_get(5)?;
            let valid: bool = row.try_get(6)?;
            this.relations[at(&row)?].live.indexes.push(LiveIndex {
                name: row.try_get(1)?,
                unique: row.try_get(2)?,
                primary: row.try_get(3)?,
                constraint: row.try_get(4)?,
                whole: condition.is_none() && valid,
                deferrable: row.try_get(7)?,
                condition,
                columns: row.try_get(8)?,
                parts: row.try_get(9)?,
            });
        }
        for row in sqlx::query(FOREIGN_KEYS)
            .bind(&oids)
            .fetch_all(&mut *connection)
            .await?
        {
            this.relations[at(&row)?]
                .live
                .foreign_keys
                .push(LiveForeignKey {
                    name: row.try_get(1)?,
                    schema: row.try_get(2)?,
                    table: row.try_get(3)?,
                    valid: row.try_get(4)?,
                    nulls_all: row.try_get(5)?,
                    columns: row.try_get(6)?,
                    referred: row.try_get(7)?,
                    actions: row.try_get(8)?,
                });
        }
        let types: Vec<&str> = tables
            .iter()
            .flat_map(|table| table.columns.iter().map(|column| column.sql_type.as_str()))
            .collect();
        for row in sqlx::query(TYPES)
            .bind(&types)
            .fetch_all(&mut *connection)
            .await?
        {
            let there = match row.try_get::<Option<Oid>, _>(1)? {
                Some(Oid(oid)) => Some((oid, row.try_get(2)?)),
                None => None,
            };
            this.types.insert(row.try_get(0)?, there);
        }
        for name in this
            .missing_types()
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
        {
            let bare = match name.trim_end_matches("[]") {
                quoted if quoted.starts_with('"') => quoted.trim_matches('"').to_owned(),
                plain => plain.to_lowercase(),
            };
            let places = sqlx::query(ELSEWHERE)
                .bind(bare)
                .fetch_all(&mut *connection)
                .await?;
            let places = places
                .iter()
                .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
            this.elsewhere.insert(name, places.collect::<Result<_>>()?);
        }
        Ok(this)
    }

    fn add(&mut self, row: &PgRow) -> Result<()> {
        let (schema, name): (String, String) = (row.try_get(1)?, row.try_get(2)?);
        self.by_name
            .insert((schema.clone(), name.clone()), self.relations.len());
        self.relations.push(Relation {
            oid: row.try_get(0)?,
            visible: row.try_get(4)?,
            enabled: row.try_get(5)?,
            forced: row.try_get(6)?,
            live: Live {
                schema: Some(schema),
                name,
                view: row.try_get(3)?,
                triggers: row.try_get(7)?,
                ..Live::default()
            },
        });
        Ok(())
    }

    /// The table that is found by its name alone.
    pub(in super::super) fn visible(&self, name: &str) -> Option<&Relation> {
        self.relations
            .iter()
            .find(|there| there.visible && there.live.name == name)
    }

    /// The table in a schema.
    pub(in super::super) fn relation(&self, schema: &str, name: &str) -> Option<&Relation> {
        let at = self.by_name.get(&(schema.to_owned(), name.to_owned()))?;
        Some(&self.relations[*at])
    }

    /// The same, as it is compared.
    pub(super) fn within(&self, schema: &str, name: &str) -> Option<&Live> {
        Some(&self.relation(schema, name)?.live)
    }

    /// All of them.
    pub(super) fn live(&self) -> Vec<Live> {
        self.relations
            .iter()
            .map(|relation| relation.live.clone())
            .collect()
    }

    /// The schemas that have one of these tables.
    pub(super) fn schemas_with(&self, names: &[&str]) -> Vec<&str> {
        let there = self.relations.iter().map(|relation| &relation.live);
        let there = there.filter(|live| names.contains(&live.name.as_str()));
        let mut schemas: Vec<_> = there.filter_map(|live| live.schema.as_deref()).collect();
        schemas.dedup();
        schemas
    }

    /// Types of the models that are not there.
    pub(super) fn missing_types(&self) -> Vec<&str> {
        let missing = self.types.iter().filter(|(_, there)| there.is_none());
        let mut missing: Vec<_> = missing.map(|(name, _)| name.as_str()).collect();
        missing.sort_unstable();
        missing
    }

    /// Where a type is that is not found by its name, and what brings it to where it is.
    pub(super) fn elsewhere(&self, name: &str) -> &[(String, String)] {
        self.elsewhere.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether sqlx reads and writes a column of the type that is there as the models want it.
    pub(super) fn fits(&self, column: &Column, live: &LiveColumn) -> bool {
        let Some(Some((wanted, name))) = self.types.get(&column.sql_type) else {
            return true; // a type that is not there, which is said once
        };
        let there = self.names.get(&live.type_id).map_or("", String::as_str);
        // As `compatible` in sqlx has it.
        let kinds: [&[&str]; 2] = [
            &["text", "varchar", "bpchar", "name", "citext"],
            &["json", "jsonb"],
        ];
        *wanted == live.type_id
            || kinds
                .iter()
                .any(|kind| kind.contains(&name.as_str()) && kind.contains(&there))
    }
}
