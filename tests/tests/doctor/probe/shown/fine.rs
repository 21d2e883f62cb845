//! What looks like a fault, and is none.

/// What it is, and what makes it.
pub(super) const FINE: &[(&str, &str)] = &[
    (
        "a function that gives back what it is given",
        "CREATE FUNCTION same(x text) RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT
                x'; ALTER FUNCTION same(text) OWNER TO OTHER",
    ),
    (
        "a function that fails with what it is given",
        "CREATE FUNCTION refuse(x uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS
                'BEGIN RAISE EXCEPTION ''no %'', x; END'; ALTER FUNCTION refuse(uuid) OWNER TO OTHER",
    ),
    (
        "a function that quotes what it is given",
        "CREATE FUNCTION quoted(x text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS
                'DECLARE y text; BEGIN EXECUTE format(''SELECT %L'', x) INTO y; RETURN y; END';
            ALTER FUNCTION quoted(text) OWNER TO OTHER",
    ),
    (
        "a function that takes words to look for",
        "CREATE FUNCTION words(x text) RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT
                pg_catalog.to_tsquery(''simple'', x)::text'; ALTER FUNCTION words(text) OWNER TO OTHER",
    ),
    (
        "an aggregate",
        "CREATE FUNCTION next(state text, x text) RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = ''
                AS 'SELECT state || x'; ALTER FUNCTION next(text, text) OWNER TO OTHER;
            CREATE AGGREGATE joined(text) (SFUNC = next, STYPE = text)",
    ),
    (
        "a view with its own tenant and a barrier",
        "SUPPORT CREATE VIEW mine WITH (security_barrier) AS SELECT * FROM users WHERE tenant_id =
                nullif(current_setting('tenancy.tenant', true), '')::uuid; ALTER VIEW mine OWNER TO OTHER;
            GRANT SELECT ON mine TO APP",
    ),
    (
        "a journal with a trigger",
        "CREATE TABLE journal (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, line text NOT NULL, at
                timestamptz NOT NULL DEFAULT now()); CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql
                SECURITY DEFINER SET search_path = public, pg_temp AS 'BEGIN INSERT INTO journal (line) VALUES
                (NEW.email); RETURN NEW; END';
            CREATE TRIGGER note AFTER INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION note()",
    ),
    (
        "jobs with a trigger that wakes somebody",
        "CREATE TABLE jobs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant uuid NOT NULL, what jsonb
                NOT NULL DEFAULT '{}');
            GRANT INSERT, DELETE ON jobs TO APP; CREATE FUNCTION wake() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN
                NOTIFY jobs; RETURN NEW; END';
            CREATE TRIGGER wake AFTER INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION wake()",
    ),
    (
        "plans whose removal sets what refers to them",
        "ALTER TABLE notes DROP CONSTRAINT notes_plan_fkey, ADD FOREIGN KEY (plan) REFERENCES plans (name) ON
                DELETE SET NULL ON UPDATE CASCADE",
    ),
    (
        "plans that say when they were changed",
        "ALTER TABLE plans ADD changed timestamptz;
            CREATE FUNCTION changed() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.changed := now(); RETURN NEW;
            END'; CREATE TRIGGER changed BEFORE UPDATE ON plans FOR EACH ROW EXECUTE FUNCTION changed()",
    ),
    (
        "functions of the program's own",
        "CREATE FUNCTION own(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
            ALTER FUNCTION own(text) OWNER TO APP; CREATE DOMAIN own_text AS text CHECK (own(VALUE) IS NOT NULL);
            ALTER DOMAIN own_text OWNER TO APP;
            CREATE FUNCTION own_next(text, text) RETURNS text LANGUAGE sql AS 'SELECT $1';
            ALTER FUNCTION own_next(text, text) OWNER TO APP;
            CREATE AGGREGATE own_first(text) (SFUNC = own_next, STYPE = text);
            ALTER AGGREGATE own_first(text) OWNER TO APP",
    ),
    (
        "extensions",
        "CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE EXTENSION ltree; CREATE EXTENSION pg_trgm;
            CREATE EXTENSION btree_gist; CREATE EXTENSION pgcrypto; CREATE EXTENSION unaccent;
            CREATE EXTENSION \"uuid-ossp\"; CREATE EXTENSION tablefunc; CREATE EXTENSION postgres_fdw;
            CREATE EXTENSION dblink; CREATE EXTENSION intarray; CREATE EXTENSION lo; CREATE EXTENSION pageinspect;
            CREATE EXTENSION pgstattuple; CREATE EXTENSION pg_buffercache",
    ),
    (
        "statements that are counted",
        "CREATE EXTENSION pg_stat_statements",
    ),
    (
        "an exclusion within the tenant",
        "CREATE EXTENSION btree_gist;
            ALTER TABLE documents ADD during tstzrange NOT NULL DEFAULT tstzrange(now(), now() + interval '1 h'),
                ADD CONSTRAINT once EXCLUDE USING gist (tenant_id WITH =, owner_id WITH =, title WITH =)",
    ),
    (
        "conditions for each row",
        "ALTER TABLE users ADD CHECK (email LIKE '%_'), ADD CHECK (name IS NULL OR length(name) < 200)",
    ),
    (
        "text in a column of the tenant's",
        "ALTER TABLE users ADD UNIQUE NULLS NOT DISTINCT (tenant_id, name)",
    ),
    (
        "the path with PostgreSQL's own last, and nothing else like it",
        "CREATE SCHEMA apart; GRANT USAGE ON SCHEMA apart TO APP;
            ALTER ROLE APP SET search_path = apart, public, pg_catalog",
    ),
    (
        "a setting that the program may change",
        "GRANT SET ON PARAMETER log_min_duration_statement TO APP",
    ),
    (
        "a trigger that is off",
        "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
            CREATE TRIGGER nothing BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION nothing();
            ALTER TABLE users DISABLE TRIGGER nothing",
    ),
    (
        "foreign keys that always ask",
        "DO $$ BEGIN EXECUTE (SELECT string_agg(format('ALTER TABLE notes ENABLE ALWAYS TRIGGER %I', tgname),
                ';') FROM pg_trigger WHERE tgrelid = 'notes'::regclass); END $$",
    ),
    (
        "an event trigger",
        "CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
            CREATE EVENT TRIGGER w ON ddl_command_end EXECUTE FUNCTION watch()",
    ),
    (
        "rows that somebody else may read",
        "GRANT SELECT ON users, notes TO OTHER; CREATE POLICY support ON users FOR SELECT TO OTHER USING (true);
            GRANT SELECT ON pg_statistic TO OTHER; GRANT pg_monitor TO OTHER",
    ),
    (
        "parts by tenants",
        "CREATE TABLE events (tenant_id uuid, id uuid, PRIMARY KEY (tenant_id, id)) PARTITION BY HASH (tenant_id);
            CREATE TABLE events_0 PARTITION OF events FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
    ),
    (
        "a newsletter",
        "CREATE TABLE newsletter (address text PRIMARY KEY); INSERT INTO newsletter VALUES ('globex@example.com');
            GRANT SELECT, INSERT, DELETE ON newsletter TO APP",
    ),
    (
        "groups that take along what is nobody's",
        "CREATE TABLE groups (id bigint PRIMARY KEY);
            CREATE TABLE members (group_id bigint REFERENCES groups ON DELETE CASCADE);
            INSERT INTO groups VALUES (1); INSERT INTO members VALUES (1);
            GRANT SELECT, INSERT, UPDATE, DELETE ON groups, members TO APP",
    ),
    (
        "a larger cascade within the tenant",
        "ALTER TABLE notes DROP CONSTRAINT notes_tenant_id_author_id_fkey, ADD FOREIGN KEY (tenant_id, author_id)
                REFERENCES users (tenant_id, id) ON DELETE CASCADE",
    ),
    (
        "publications",
        "CREATE PUBLICATION p FOR ALL TABLES",
    ),
];
