//! What somebody does to a database with row-level security, what the program's role does then, and what is found.

use super::Proof::{self, Changes, Refused, Right, Shows};

/// The fault's name, what plants it, how it shows, and a code of what is found.
pub(super) const FAULTS: &[(&str, &str, Proof, &str)] = &[
    // Catalogs.
    (
        "a view of statistics",
        "ANALYZE users;
            CREATE VIEW stats AS SELECT stavalues1::text AS x FROM pg_statistic WHERE starelid = 'users'::regclass;
            GRANT SELECT ON stats TO APP",
        Shows("SELECT x FROM stats"),
        "probe-shows",
    ),
    (
        "other columns of statistics",
        "ANALYZE users; GRANT SELECT (starelid, stavalues2) ON pg_statistic TO APP",
        Shows("SELECT 'globex?' FROM pg_statistic"),
        "catalog-granted",
    ),
    (
        "statistics of expressions",
        "CREATE STATISTICS s ON (lower(email)), (lower(name)) FROM users;
            INSERT INTO users SELECT tenant_id, gen_random_uuid(), email || n, name FROM users, generate_series(1,
                200) n; ANALYZE users; GRANT SELECT (stxdexpr) ON pg_statistic_ext_data TO APP",
        Shows("SELECT stxdexpr::text FROM pg_statistic_ext_data"),
        "catalog-granted",
    ),
    (
        "subscriptions",
        "GRANT SELECT ON pg_subscription TO APP",
        Shows("SELECT 'globex' || count(subconninfo) FROM pg_subscription"),
        "catalog-granted",
    ),
    (
        "files of the server",
        "GRANT EXECUTE ON FUNCTION pg_ls_logdir() TO APP; ",
        Right,
        "server-function-granted",
    ),
    (
        "backups",
        "GRANT EXECUTE ON FUNCTION pg_backup_start(text, boolean) TO APP",
        Right,
        "server-function-granted",
    ),
    (
        "a parameter",
        "GRANT SET ON PARAMETER session_replication_role TO APP",
        Shows("SET LOCAL session_replication_role = replica;
            INSERT INTO notes (tenant_id, author_id) SELECT '00000000-0000-0000-0000-000000000001',
                md5('globex')::uuid RETURNING 'globex'"),
        "parameter-granted",
    ),
    (
        "settings of the server",
        "GRANT ALTER SYSTEM ON PARAMETER archive_command TO APP",
        Right,
        "parameter-granted",
    ),
    // Objects that are told apart by where they are.
    (
        "a view among those of the standard",
        "CREATE VIEW information_schema.people AS SELECT email FROM public.users;
            GRANT SELECT ON information_schema.people TO APP",
        Shows("SELECT email FROM information_schema.people"),
        "probe-shows",
    ),
    (
        "a function among PostgreSQL's own",
        "SUPPORT CREATE FUNCTION pg_catalog.everyone() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER SET
                search_path = public AS 'SELECT email FROM users';
            ALTER FUNCTION pg_catalog.everyone() OWNER TO OTHER",
        Shows("SELECT everyone()"),
        "probe-shows",
    ),
    (
        "a function of an extension",
        "SUPPORT CREATE EXTENSION citext;
            CREATE FUNCTION everyone() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER SET search_path = public AS
                'SELECT email FROM users'; ALTER FUNCTION everyone() OWNER TO OTHER;
            ALTER EXTENSION citext ADD FUNCTION everyone()",
        Shows("SELECT everyone()"),
        "probe-shows",
    ),
    (
        "a view of an extension",
        "SUPPORT CREATE EXTENSION citext; CREATE VIEW everyone AS SELECT email FROM users;
            ALTER VIEW everyone OWNER TO OTHER; GRANT SELECT ON everyone TO APP;
            ALTER EXTENSION citext ADD VIEW everyone",
        Shows("SELECT email FROM everyone"),
        "probe-shows",
    ),
    (
        "what is kept beside the table",
        "ALTER TABLE users ALTER name SET STORAGE EXTERNAL;
            UPDATE users SET name = repeat('globex', 2000) WHERE name = 'globex'; GRANT USAGE ON SCHEMA pg_toast TO
                APP;
            DO $$ BEGIN EXECUTE (SELECT format('GRANT SELECT ON %s TO APP', reltoastrelid::regclass) FROM pg_class
                WHERE oid = 'users'::regclass); END $$",
        Shows("DO $$ BEGIN EXECUTE (SELECT format('CREATE TEMP TABLE t AS SELECT encode(chunk_data, ''escape'') AS x
                FROM %s', reltoastrelid::regclass) FROM pg_class WHERE oid = 'users'::regclass); END $$;
            SELECT x FROM t"),
        "catalog-granted",
    ),
    // Code.
    (
        "an event trigger whose code the program can change",
        "CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
            CREATE EVENT TRIGGER w ON ddl_command_end EXECUTE FUNCTION watch(); ALTER FUNCTION watch() OWNER TO APP",
        Right,
        "role-owns-code",
    ),
    (
        "a rule whose code the program can change",
        "CREATE FUNCTION fill(text) RETURNS text LANGUAGE sql AS 'SELECT NULL::text'; CREATE TABLE log (x text);
            CREATE RULE r AS ON INSERT TO users DO ALSO INSERT INTO log VALUES (fill(NEW.name));
            ALTER FUNCTION fill(text) OWNER TO APP",
        Right,
        "role-owns-code",
    ),
    (
        "a view whose code the program can change",
        "CREATE FUNCTION fill(text) RETURNS text LANGUAGE sql AS 'SELECT NULL::text';
            CREATE VIEW people AS SELECT fill(email) FROM users; ALTER FUNCTION fill(text) OWNER TO APP",
        Right,
        "role-owns-code",
    ),
    (
        "a domain whose code the program can change",
        "CREATE FUNCTION fine(text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
            CREATE DOMAIN short AS text CHECK (fine(VALUE)); ALTER TABLE users ALTER name TYPE short;
            ALTER FUNCTION fine(text) OWNER TO APP",
        Right,
        "role-owns-code",
    ),
    (
        "an operator whose code the program can change",
        "CREATE FUNCTION fine(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
            CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = fine);
            CREATE POLICY p ON users AS RESTRICTIVE USING (email === name OR true);
            ALTER FUNCTION fine(text, text) OWNER TO APP",
        Right,
        "role-owns-code",
    ),
    (
        "a cast whose code the program can change",
        "CREATE TYPE pair AS (a text, b text);
            CREATE FUNCTION paired(text) RETURNS pair LANGUAGE sql AS 'SELECT ROW($1, $1)::pair';
            CREATE CAST (text AS pair) WITH FUNCTION paired(text) AS IMPLICIT;
            ALTER FUNCTION paired(text) OWNER TO APP",
        Right,
        "role-owns-code",
    ),
    (
        "an aggregate whose code the program can change",
        "CREATE FUNCTION next(text, text) RETURNS text LANGUAGE sql AS 'SELECT $1';
            CREATE AGGREGATE sum_up(text) (SFUNC = next, STYPE = text); ALTER FUNCTION next(text, text) OWNER TO APP",
        Right,
        "role-owns-code",
    ),
    (
        "statistics whose code the program can change",
        "CREATE FUNCTION fill(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT NULL::text';
            CREATE STATISTICS s ON (fill(email)), (fill(name)) FROM users; ALTER FUNCTION fill(text) OWNER TO APP",
        Right,
        "role-owns-code",
    ),
    (
        "an aggregate with the rights of somebody",
        "SUPPORT CREATE FUNCTION next(state text, x text) RETURNS text LANGUAGE sql SECURITY DEFINER SET
                search_path = public AS 'SELECT string_agg(email, '','') FROM users';
            ALTER FUNCTION next(text, text) OWNER TO OTHER; REVOKE EXECUTE ON FUNCTION next(text, text) FROM PUBLIC;
            CREATE AGGREGATE everyone(text) (SFUNC = next, STYPE = text);
            ALTER AGGREGATE everyone(text) OWNER TO OTHER",
        Shows("SELECT everyone('x')"),
        "probe-shows",
    ),
    (
        "code that does not leak, says its owner",
        "CREATE FUNCTION spy(x text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 LEAKPROOF AS 'BEGIN PERFORM
                set_config(''spy.x'', coalesce(current_setting(''spy.x'', true), '''') || x, true); RETURN true; END'",
        Shows("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off;
            SET LOCAL enable_indexonlyscan = off; SELECT count(*)::text FROM users WHERE spy(email);
            SELECT current_setting('spy.x')"),
        "function-leakproof",
    ),
    (
        "a view whose condition comes second",
        "SUPPORT CREATE VIEW mine AS SELECT * FROM users WHERE tenant_id::text =
                nullif(current_setting('tenancy.tenant', true), ''); ALTER VIEW mine OWNER TO OTHER;
            GRANT SELECT ON mine TO APP",
        Refused(
            "SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off;
                SELECT 1 FROM mine WHERE 1 / (CASE WHEN email = 'globex@example.com' THEN 0 ELSE 1 END) = 1",
        ),
        "probe-shows",
    ),
    (
        "a definer that looks among temporary tables",
        "GRANT SELECT ON users TO OTHER; CREATE POLICY support ON users TO OTHER USING (true);
            CREATE FUNCTION number() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public AS
                'SELECT 1 FROM users WHERE false'; ALTER FUNCTION number() OWNER TO OTHER",
        Right,
        "security-definer-search-path",
    ),
    (
        "a trigger that looks for names where its caller says",
        "CREATE TABLE journal (x text); CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
                AS 'BEGIN INSERT INTO journal VALUES (''x''); RETURN NEW; END';
            CREATE TRIGGER note AFTER INSERT ON notes FOR EACH ROW EXECUTE FUNCTION note()",
        Shows("CREATE TEMP TABLE journal (x text);
            CREATE FUNCTION pg_temp.evil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.x := (SELECT
                string_agg(email, '','') FROM public.users); RETURN NEW; END';
            CREATE TRIGGER evil BEFORE INSERT ON pg_temp.journal FOR EACH ROW EXECUTE FUNCTION pg_temp.evil();
            GRANT ALL ON pg_temp.journal TO PUBLIC; SET LOCAL search_path = pg_temp, public;
            INSERT INTO public.notes (tenant_id) VALUES ('00000000-0000-0000-0000-000000000001');
            SELECT x FROM pg_temp.journal"),
        "security-definer-search-path",
    ),
    // Functions that are asked in other ways.
    (
        "a function that is asked for many rows",
        "SUPPORT CREATE FUNCTION of(keys uuid[]) RETURNS SETOF text LANGUAGE sql SECURITY DEFINER SET search_path
                = public AS 'SELECT email FROM users WHERE id = ANY (keys)'; ALTER FUNCTION of(uuid[]) OWNER TO OTHER",
        Shows("SELECT of(ARRAY[md5('globex')::uuid])"),
        "probe-shows",
    ),
    (
        "a function that is asked in JSON",
        "SUPPORT CREATE FUNCTION of(x jsonb) RETURNS SETOF text LANGUAGE sql SECURITY DEFINER SET search_path =
                public AS 'SELECT email FROM users WHERE id = (x->>''id'')::uuid';
            ALTER FUNCTION of(jsonb) OWNER TO OTHER",
        Shows("SELECT of(jsonb_build_object('id', md5('globex')::uuid))"),
        "probe-shows",
    ),
    (
        "a function with any number of parameters",
        "SUPPORT CREATE FUNCTION of(VARIADIC keys text[]) RETURNS SETOF text LANGUAGE sql SECURITY DEFINER SET
                search_path = public AS 'SELECT email FROM users WHERE id::text = ANY (keys)';
            ALTER FUNCTION of(text[]) OWNER TO OTHER",
        Shows("SELECT of(md5('globex')::uuid::text)"),
        "probe-shows",
    ),
    (
        "a function that gives records",
        "SUPPORT CREATE FUNCTION everyone() RETURNS SETOF record LANGUAGE sql SECURITY DEFINER SET search_path =
                public AS 'SELECT id, email FROM users'; ALTER FUNCTION everyone() OWNER TO OTHER",
        Shows("SELECT everyone()::text"),
        "probe-shows",
    ),
    (
        "a function that gives a cursor",
        "SUPPORT CREATE FUNCTION everyone() RETURNS refcursor LANGUAGE plpgsql SECURITY DEFINER SET search_path =
                public AS 'DECLARE c refcursor := ''c''; BEGIN OPEN c FOR SELECT email FROM users; RETURN c; END';
            ALTER FUNCTION everyone() OWNER TO OTHER",
        Shows("SELECT everyone(); FETCH ALL FROM c"),
        "probe-shows",
    ),
    (
        "a function that gives what its caller asks for",
        "SUPPORT CREATE FUNCTION everyone(x anyelement) RETURNS SETOF text LANGUAGE sql SECURITY DEFINER SET
                search_path = public AS 'SELECT email FROM users'; ALTER FUNCTION everyone(anyelement) OWNER TO OTHER",
        Shows("SELECT everyone(1)"),
        "probe-shows",
    ),
    (
        "a function that runs what it is given",
        "SUPPORT CREATE FUNCTION run(x text) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path
                = public AS 'BEGIN RETURN QUERY EXECUTE x; END'; ALTER FUNCTION run(text) OWNER TO OTHER",
        Shows("SELECT run('SELECT email FROM users')"),
        "probe-injects",
    ),
    (
        "a function that puts what it is given into SQL",
        "SUPPORT CREATE FUNCTION called(x text) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET
                search_path = public AS 'BEGIN RETURN QUERY EXECUTE ''SELECT email FROM users WHERE name = '''''' ||
                x || ''''''''; END'; ALTER FUNCTION called(text) OWNER TO OTHER",
        Shows("SELECT called('x'' OR ''1'' = ''1')"),
        "probe-injects",
    ),
    (
        "a function whose error tells",
        "SUPPORT CREATE FUNCTION check_(key uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path
                = public AS 'BEGIN RAISE EXCEPTION ''%'', (SELECT email FROM users WHERE id = key); END';
            ALTER FUNCTION check_(uuid) OWNER TO OTHER",
        Refused(
            "SELECT check_(md5('globex')::uuid)",
        ),
        "probe-shows",
    ),
    (
        "a view of the greatest",
        "SUPPORT CREATE VIEW latest AS SELECT max(email) AS x FROM users; ALTER VIEW latest OWNER TO OTHER;
            GRANT SELECT ON latest TO APP",
        Shows("SELECT x FROM latest"),
        "probe-shows",
    ),
    // Tables of nobody.
    (
        "a table that takes jobs",
        "CREATE TABLE jobs (what text); GRANT INSERT ON jobs TO APP;
            CREATE FUNCTION work() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
                'BEGIN UPDATE documents SET version = version + 1; RETURN NEW; END';
            CREATE TRIGGER work AFTER INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION work()",
        Changes("INSERT INTO jobs VALUES ('x')"),
        "probe-changes",
    ),
    (
        "a table that takes keys",
        "CREATE TABLE jobs (what uuid); GRANT INSERT ON jobs TO APP;
            CREATE FUNCTION work() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
                'BEGIN UPDATE users SET name = ''x'' WHERE id = NEW.what; RETURN NEW; END';
            CREATE TRIGGER work AFTER INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION work()",
        Changes("INSERT INTO jobs VALUES (md5('globex')::uuid)"),
        "probe-changes",
    ),
    (
        "a table whose rows are done",
        "CREATE TABLE jobs (what text); INSERT INTO jobs VALUES ('x'); GRANT SELECT, UPDATE ON jobs TO APP;
            CREATE FUNCTION work() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
                'BEGIN DELETE FROM documents; RETURN NEW; END';
            CREATE TRIGGER work AFTER UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION work()",
        Changes("UPDATE jobs SET what = 'y'"),
        "probe-changes",
    ),
    (
        "a table whose rows are removed",
        "CREATE TABLE jobs (what text); INSERT INTO jobs VALUES ('x'); GRANT SELECT, DELETE ON jobs TO APP;
            CREATE RULE r AS ON DELETE TO jobs DO ALSO DELETE FROM documents",
        Changes("DELETE FROM jobs"),
        "probe-changes",
    ),
    (
        "a table that takes the rows along",
        "CREATE TABLE groups (id bigint PRIMARY KEY); INSERT INTO groups VALUES (1);
            GRANT SELECT, DELETE ON groups TO APP;
            ALTER TABLE notes ADD group_id bigint DEFAULT 1 REFERENCES groups ON DELETE CASCADE",
        Changes("DELETE FROM groups"),
        "probe-changes",
    ),
    (
        "a trigger of the shared rows",
        "CREATE FUNCTION work() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
                'BEGIN DELETE FROM documents; RETURN NEW; END';
            CREATE TRIGGER work AFTER UPDATE ON plans FOR EACH ROW EXECUTE FUNCTION work()",
        Changes("UPDATE plans SET rank = 7"),
        "probe-changes",
    ),
    // What one tenant has keeps another from having it.
    (
        "an exclusion of all tenants",
        "ALTER TABLE users ADD EXCLUDE (email WITH =)",
        Refused(
            "INSERT INTO users SELECT '00000000-0000-0000-0000-000000000001', gen_random_uuid(), 'globex@example.com'",
        ),
        "probe-tells",
    ),
    (
        "an index of all tenants",
        "CREATE UNIQUE INDEX ON users (lower(email))",
        Refused(
            "INSERT INTO users SELECT '00000000-0000-0000-0000-000000000001', gen_random_uuid(), 'globex@example.com'",
        ),
        "probe-tells",
    ),
    (
        "an index of some rows of all tenants",
        "CREATE UNIQUE INDEX ON users (name) WHERE name IS NOT NULL",
        Refused(
            "INSERT INTO users SELECT '00000000-0000-0000-0000-000000000001', gen_random_uuid(), 'x', 'globex'",
        ),
        "probe-tells",
    ),
    (
        "a trigger that refuses what others have",
        "CREATE FUNCTION once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
                'BEGIN IF EXISTS (SELECT FROM users WHERE email = NEW.email AND tenant_id <> NEW.tenant_id) THEN
                RAISE EXCEPTION ''taken''; END IF; RETURN NEW; END';
            CREATE TRIGGER once BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION once()",
        Refused(
            "INSERT INTO users SELECT '00000000-0000-0000-0000-000000000001', gen_random_uuid(), 'globex@example.com'",
        ),
        "probe-tells",
    ),
    (
        "a CHECK that refuses what others have",
        "CREATE FUNCTION free(t uuid, x text) RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path =
                public AS 'SELECT NOT EXISTS (SELECT FROM users WHERE email = x AND tenant_id <> t)';
            REVOKE EXECUTE ON FUNCTION free(uuid, text) FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION free(uuid, text) TO APP; ALTER TABLE users ADD CHECK (free(tenant_id, email))",
        Refused(
            "INSERT INTO users SELECT '00000000-0000-0000-0000-000000000001', gen_random_uuid(), 'globex@example.com'",
        ),
        "probe-tells",
    ),
    // Keys that are there, and ask nothing.
    (
        "foreign keys that are off",
        "ALTER TABLE notes DISABLE TRIGGER ALL",
        Shows("INSERT INTO notes (tenant_id, author_id) SELECT '00000000-0000-0000-0000-000000000001',
                md5('globex')::uuid RETURNING 'globex'"),
        "foreign-key-off",
    ),
    (
        "foreign keys that are off where they lead to",
        "ALTER TABLE users DISABLE TRIGGER ALL",
        Shows("DELETE FROM users RETURNING 'globex'"),
        "foreign-key-off",
    ),
    (
        "a foreign key that sets the tenant when a key changes",
        "ALTER TABLE notes ALTER tenant_id SET DEFAULT '00000000-0000-0000-0000-000000000002', DROP CONSTRAINT
                notes_tenant_id_author_id_fkey, ADD FOREIGN KEY (tenant_id, author_id) REFERENCES users (tenant_id,
                id) ON UPDATE SET DEFAULT",
        Changes("DELETE FROM documents; UPDATE users SET id = gen_random_uuid()"),
        "foreign-key-sets-tenant",
    ),
    // Roles.
    (
        "a role that makes roles, that the program can become",
        "ALTER ROLE OTHER CREATEROLE; GRANT OTHER TO APP",
        Right,
        "role-creates-roles",
    ),
    (
        "a role that replicates, that the program can become",
        "ALTER ROLE OTHER REPLICATION; GRANT OTHER TO APP",
        Right,
        "role-replicates",
    ),
    (
        "connections of others",
        "GRANT pg_signal_backend TO APP",
        Right,
        "role-member-of-server-role",
    ),
    (
        "a table in the place of another",
        "ALTER TABLE users RENAME TO users_all; CREATE VIEW users AS SELECT * FROM users_all;
            GRANT SELECT, INSERT, UPDATE, DELETE ON users TO APP",
        Shows("SELECT email FROM users"),
        "probe-shows",
    ),
    // Paths.
    (
        "operators before PostgreSQL's own",
        "CREATE SCHEMA tricks; GRANT USAGE ON SCHEMA tricks TO PUBLIC;
            CREATE FUNCTION tricks.same(uuid, uuid) RETURNS boolean LANGUAGE sql AS 'SELECT true';
            CREATE OPERATOR tricks.= (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = tricks.same);
            ALTER ROLE APP SET search_path = tricks, pg_catalog, public",
        Shows("SET LOCAL search_path = tricks, pg_catalog, public;
            SELECT 'globex' WHERE '00000000-0000-0000-0000-000000000001'::uuid =
                '00000000-0000-0000-0000-000000000002'::uuid"),
        "shadowed-catalog",
    ),
    // Policies.
    (
        "a policy that lets whoever says so",
        "CREATE POLICY support ON users USING (current_setting('app.support', true) = 'on')",
        Shows("SET LOCAL app.support = 'on'; SELECT email FROM users"),
        "policy-widens",
    ),
    (
        "a policy that looks into what the program writes",
        "CREATE TABLE friends (one uuid, two uuid); GRANT SELECT, INSERT ON friends TO APP;
            CREATE POLICY friends ON users FOR SELECT USING (tenant_id IN (SELECT two FROM friends))",
        Shows("INSERT INTO friends VALUES (NULL, '00000000-0000-0000-0000-000000000002'); SELECT email FROM users"),
        "policy-widens",
    ),
    (
        "a policy for UPDATE alone",
        "TRUNCATE notes, documents;
            CREATE POLICY writes ON users FOR UPDATE USING (true) WITH CHECK (tenant_id =
                nullif(current_setting('tenancy.tenant', true), '')::uuid)",
        Changes("UPDATE users SET tenant_id = '00000000-0000-0000-0000-000000000001'"),
        "policy-widens",
    ),
    (
        "a policy for DELETE alone",
        "CREATE POLICY removes ON notes FOR DELETE USING (true)",
        Changes("DELETE FROM notes"),
        "policy-widens",
    ),
    (
        "a policy of a role that the program is in",
        "GRANT OTHER TO APP; CREATE POLICY support ON users TO OTHER USING (true)",
        Shows("SELECT email FROM users"),
        "probe-shows",
    ),
];
