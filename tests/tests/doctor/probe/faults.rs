//! What somebody does to a database with row-level security, and what is found then.

/// The fault's name, what plants it, and a code of what is found. `APP` is the role of the program, `OTHER` another
/// one, `SELF` the name of the database. Two tenants, `Acme` and `Globex`, have rows.
pub(super) const FAULTS: &[(&str, &str, &str)] = &[
    // What reads the tables without their policies: parents and parts.
    (
        "a parent",
        "CREATE TABLE everyone (tenant_id uuid NOT NULL, email text NOT NULL); ALTER TABLE users INHERIT everyone;
        GRANT SELECT ON everyone TO APP",
        "probe-shows",
    ),
    (
        "a column of a parent",
        "CREATE TABLE everyone (email text NOT NULL); ALTER TABLE users INHERIT everyone;
        GRANT SELECT (email) ON everyone TO APP",
        "probe-shows",
    ),
    (
        "a parent of a parent, in another schema",
        "CREATE SCHEMA far; GRANT USAGE ON SCHEMA far TO PUBLIC;
        CREATE TABLE far.things (name text); CREATE TABLE people () INHERITS (far.things);
        ALTER TABLE users INHERIT people; GRANT SELECT ON far.things TO PUBLIC",
        "probe-shows",
    ),
    (
        "a parent that may be written to",
        "CREATE TABLE everyone (id uuid NOT NULL, email text NOT NULL); ALTER TABLE users INHERIT everyone;
        GRANT SELECT (id), UPDATE (email) ON everyone TO APP",
        "probe-changes",
    ),
    (
        "a parent from which rows may be removed",
        "CREATE TABLE everyone (email text NOT NULL); ALTER TABLE notes ADD email text NOT NULL DEFAULT gen_random_uuid();
        ALTER TABLE notes INHERIT everyone; GRANT SELECT, DELETE ON everyone TO APP",
        "probe-changes",
    ),
    (
        "TRUNCATE of a parent",
        "CREATE TABLE everyone (email text NOT NULL); ALTER TABLE users INHERIT everyone; GRANT TRUNCATE ON everyone TO APP",
        "truncate-granted",
    ),
    (
        "a child",
        "CREATE TABLE users_old () INHERITS (users); GRANT SELECT ON users_old TO APP",
        "partition-without-rls",
    ),
    (
        "a column of a child",
        "CREATE TABLE users_old () INHERITS (users); GRANT SELECT (email) ON users_old TO APP",
        "partition-without-rls",
    ),
    (
        "a child that may be written to",
        "CREATE TABLE users_old () INHERITS (users); GRANT INSERT ON users_old TO APP",
        "probe-changes",
    ),
    (
        "a child of a role that the program can become",
        "ALTER ROLE APP NOINHERIT; GRANT OTHER TO APP; CREATE TABLE users_old () INHERITS (users);
        GRANT SELECT ON users_old TO OTHER",
        "partition-without-rls",
    ),
    (
        "the owner of a child",
        "CREATE TABLE users_old () INHERITS (users); ALTER TABLE users_old OWNER TO APP",
        "role-owns-table",
    ),
    // Views.
    ("a view", "CREATE VIEW people AS SELECT email FROM users; GRANT SELECT ON people TO APP", "probe-shows"),
    (
        "a column of a view",
        "CREATE VIEW people AS SELECT * FROM users; GRANT SELECT (name) ON people TO APP",
        "probe-shows",
    ),
    (
        "a view with a barrier",
        "CREATE VIEW people WITH (security_barrier) AS SELECT * FROM users; GRANT SELECT ON people TO APP",
        "probe-shows",
    ),
    (
        "a view in another schema",
        "CREATE SCHEMA reports; GRANT USAGE ON SCHEMA reports TO APP;
        CREATE VIEW reports.people AS SELECT email FROM users; GRANT SELECT ON reports.people TO PUBLIC",
        "probe-shows",
    ),
    (
        "a view of somebody with a policy of his own",
        "GRANT SELECT ON users TO OTHER; CREATE POLICY support ON users TO OTHER USING (true);
        CREATE VIEW people AS SELECT * FROM users; ALTER VIEW people OWNER TO OTHER; GRANT SELECT ON people TO APP",
        "probe-shows",
    ),
    (
        "a view for its invoker, over one that is not",
        "CREATE VIEW inner_people AS SELECT email FROM users; GRANT SELECT ON inner_people TO APP;
        CREATE VIEW people WITH (security_invoker) AS SELECT * FROM inner_people; GRANT SELECT ON people TO APP",
        "probe-shows",
    ),
    (
        "a view that counts",
        "CREATE VIEW numbers AS SELECT count(*) FROM users; GRANT SELECT ON numbers TO APP",
        "probe-tells",
    ),
    (
        "a view with a digest",
        "CREATE VIEW digests AS SELECT md5(email) FROM users; GRANT SELECT ON digests TO APP",
        "probe-tells",
    ),
    (
        "a view with one tenant left out",
        "CREATE VIEW people AS SELECT email FROM users
            WHERE tenant_id IS DISTINCT FROM nullif(current_setting('tenancy.tenant', true), '')::uuid;
        GRANT SELECT ON people TO APP",
        "probe-shows",
    ),
    (
        "a view of JSON",
        "CREATE VIEW people AS SELECT jsonb_agg(to_jsonb(u)) FROM users u; GRANT SELECT ON people TO APP",
        "probe-shows",
    ),
    (
        "a view that may be written to",
        "CREATE VIEW people AS SELECT * FROM users; GRANT SELECT (id), UPDATE (name) ON people TO APP",
        "probe-changes",
    ),
    (
        "a view from which rows may be removed",
        "CREATE VIEW short AS SELECT id FROM notes; GRANT SELECT, DELETE ON short TO APP",
        "probe-changes",
    ),
    (
        "a view that takes new rows",
        "CREATE VIEW people AS SELECT * FROM users; GRANT INSERT ON people TO APP",
        "probe-changes",
    ),
    (
        "a view of the role that the program can become",
        "ALTER ROLE APP NOINHERIT; GRANT OTHER TO APP;
        CREATE VIEW people AS SELECT email FROM users; GRANT SELECT ON people TO OTHER",
        "probe-shows",
    ),
    (
        "a materialized view",
        "CREATE MATERIALIZED VIEW people AS SELECT email FROM users; GRANT SELECT (email) ON people TO APP",
        "materialized-view-leaks",
    ),
    (
        "a materialized view of a function",
        "CREATE FUNCTION everyone() RETURNS SETOF users LANGUAGE sql SECURITY DEFINER AS 'SELECT * FROM users';
        REVOKE EXECUTE ON FUNCTION everyone() FROM PUBLIC;
        CREATE MATERIALIZED VIEW people AS SELECT * FROM everyone(); GRANT SELECT ON people TO APP",
        "copy-of-rows",
    ),
    // Rules and triggers.
    (
        "a rule that writes to everybody's rows",
        "CREATE RULE touch AS ON UPDATE TO users DO ALSO UPDATE documents SET title = title",
        "probe-changes",
    ),
    (
        "a rule that removes everybody's rows",
        "CREATE RULE clean AS ON DELETE TO notes DO ALSO DELETE FROM documents",
        "probe-changes",
    ),
    (
        "a rule that writes new rows for everybody",
        "CREATE RULE welcome AS ON INSERT TO users DO ALSO INSERT INTO notes (tenant_id, author_id) SELECT tenant_id, id FROM users",
        "probe-changes",
    ),
    (
        "a view whose rule writes to everybody's rows",
        "CREATE VIEW inbox AS SELECT NULL::uuid AS id, NULL::text AS name WHERE false;
        CREATE RULE take AS ON INSERT TO inbox DO INSTEAD UPDATE users SET name = NEW.name WHERE id = NEW.id;
        GRANT INSERT ON inbox TO APP",
        "probe-changes",
    ),
    (
        "a view whose trigger writes to everybody's rows",
        "CREATE VIEW inbox AS SELECT NULL::uuid AS id, NULL::text AS name WHERE false;
        CREATE FUNCTION take() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
            'BEGIN UPDATE users SET name = NEW.name WHERE id = NEW.id; RETURN NEW; END';
        CREATE TRIGGER take INSTEAD OF INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION take();
        GRANT INSERT ON inbox TO APP",
        "probe-changes",
    ),
    (
        "a trigger with the rights of its owner",
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
            'BEGIN UPDATE documents SET version = version + 1; RETURN NULL; END';
        CREATE TRIGGER touch AFTER UPDATE ON users FOR EACH STATEMENT EXECUTE FUNCTION touch()",
        "probe-changes",
    ),
    (
        "a trigger that waits for the end",
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
            'BEGIN DELETE FROM documents; RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER touch AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION touch()",
        "probe-changes",
    ),
    (
        "a trigger that writes down what others do",
        "CREATE TABLE journal (line text); GRANT SELECT ON journal TO APP;
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
            'BEGIN INSERT INTO journal VALUES (NEW.email); RETURN NEW; END';
        CREATE TRIGGER note AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION note()",
        "probe-shows",
    ),
    (
        "a trigger that counts what others do",
        "CREATE TABLE counts (number bigint); INSERT INTO counts VALUES (0); GRANT SELECT ON counts TO APP;
        CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
            'BEGIN UPDATE counts SET number = number + 1; RETURN NEW; END';
        CREATE TRIGGER tell AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION tell()",
        "probe-tells",
    ),
    (
        "a trigger that moves new rows",
        "CREATE FUNCTION move() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN NEW.tenant_id := (SELECT id FROM public.organizations ORDER BY subdomain LIMIT 1); RETURN NEW; END';
        CREATE TRIGGER move BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION move()",
        "probe-moves",
    ),
    (
        "a trigger that moves rows that are changed",
        "CREATE FUNCTION move() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
            'BEGIN IF pg_trigger_depth() = 1 THEN UPDATE notes SET author_id = NULL,
                tenant_id = (SELECT id FROM organizations WHERE id <> NEW.tenant_id LIMIT 1) WHERE id = NEW.id;
            END IF; RETURN NULL; END';
        CREATE TRIGGER move AFTER UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION move()",
        "probe-moves",
    ),
    (
        "a trigger that leaves new rows out",
        "CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER skip BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION skip()",
        "probe-moves",
    ),
    (
        "a trigger whose code the program can change",
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER note BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION note();
        ALTER FUNCTION note() OWNER TO APP",
        "role-owns-code",
    ),
    (
        "a default whose code the program can change",
        "CREATE FUNCTION fill() RETURNS text LANGUAGE sql AS 'SELECT NULL::text'; ALTER FUNCTION fill() OWNER TO APP;
        ALTER TABLE users ALTER name SET DEFAULT fill()",
        "role-owns-code",
    ),
    (
        "a policy whose code a role can change that the program can become",
        "CREATE FUNCTION fine() RETURNS boolean LANGUAGE sql AS 'SELECT true'; ALTER FUNCTION fine() OWNER TO OTHER;
        GRANT OTHER TO APP; CREATE POLICY narrower ON users AS RESTRICTIVE USING (fine())",
        "role-owns-code",
    ),
    // Functions.
    (
        "a function of a superuser",
        "CREATE FUNCTION everyone() RETURNS SETOF users LANGUAGE sql SECURITY DEFINER SET search_path = public
            AS 'SELECT * FROM users'",
        "probe-shows",
    ),
    (
        "a function of somebody with a policy of his own",
        "GRANT SELECT ON users TO OTHER; CREATE POLICY support ON users TO OTHER USING (true);
        CREATE FUNCTION everyone() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER SET search_path = public
            AS 'SELECT email FROM users';
        ALTER FUNCTION everyone() OWNER TO OTHER",
        "probe-shows",
    ),
    (
        "a function that shows one row, and no new one",
        "GRANT SELECT ON users TO OTHER; CREATE POLICY support ON users TO OTHER USING (true);
        CREATE FUNCTION first() RETURNS uuid LANGUAGE sql SECURITY DEFINER SET search_path = public
            AS 'SELECT id FROM users ORDER BY name LIMIT 1';
        ALTER FUNCTION first() OWNER TO OTHER",
        "probe-shows",
    ),
    (
        "a view of one tenant",
        "GRANT SELECT ON users TO OTHER; CREATE POLICY support ON users TO OTHER USING (true);
        CREATE VIEW acme AS SELECT id, name FROM users WHERE tenant_id = '00000000-0000-0000-0000-000000000001';
        ALTER VIEW acme OWNER TO OTHER; GRANT SELECT ON acme TO APP",
        "probe-shows",
    ),
    (
        "a function that counts",
        "GRANT SELECT ON users TO OTHER; CREATE POLICY support ON users TO OTHER USING (true);
        CREATE FUNCTION number() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public
            AS 'SELECT count(*) FROM users';
        ALTER FUNCTION number() OWNER TO OTHER",
        "probe-tells",
    ),
    (
        "a function that is asked for a tenant",
        "GRANT SELECT ON users TO OTHER; CREATE POLICY support ON users TO OTHER USING (true);
        CREATE FUNCTION of(tenant uuid, words text DEFAULT '') RETURNS SETOF users LANGUAGE sql SECURITY DEFINER
            SET search_path = public AS 'SELECT * FROM users WHERE tenant_id = tenant';
        ALTER FUNCTION of(uuid, text) OWNER TO OTHER",
        "probe-shows",
    ),
    (
        "a function that is asked for a row",
        "GRANT SELECT ON users TO OTHER; CREATE POLICY support ON users TO OTHER USING (true);
        CREATE FUNCTION one(key uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
            AS 'BEGIN RETURN (SELECT email FROM users WHERE id = key); END';
        ALTER FUNCTION one(uuid) OWNER TO OTHER",
        "probe-shows",
    ),
    (
        "a procedure that removes rows",
        "GRANT SELECT, DELETE ON notes TO OTHER; CREATE POLICY support ON notes TO OTHER USING (true);
        CREATE PROCEDURE clean() LANGUAGE sql SECURITY DEFINER SET search_path = public AS 'DELETE FROM notes';
        ALTER PROCEDURE clean() OWNER TO OTHER",
        "probe-changes",
    ),
    (
        "a function that changes a row",
        "GRANT SELECT, UPDATE ON users TO OTHER; CREATE POLICY support ON users TO OTHER USING (true);
        CREATE FUNCTION rename(key uuid) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public
            AS 'UPDATE users SET name = '''' WHERE id = key';
        ALTER FUNCTION rename(uuid) OWNER TO OTHER",
        "probe-changes",
    ),
    (
        "a function of a role that the program can become",
        "ALTER ROLE APP NOINHERIT; GRANT OTHER TO APP;
        CREATE FUNCTION everyone() RETURNS SETOF users LANGUAGE sql SECURITY DEFINER SET search_path = public
            AS 'SELECT * FROM users';
        REVOKE EXECUTE ON FUNCTION everyone() FROM PUBLIC; GRANT EXECUTE ON FUNCTION everyone() TO OTHER",
        "security-definer",
    ),
    (
        "a function that looks for names where its caller says, of somebody with a policy",
        "CREATE FUNCTION one() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; ALTER FUNCTION one() OWNER TO OTHER",
        "security-definer-search-path",
    ),
    // Copies.
    (
        "a copy of a table",
        "CREATE TABLE users_copy AS SELECT * FROM users; GRANT SELECT ON users_copy TO APP",
        "copy-of-rows",
    ),
    (
        "a copy with other names",
        "CREATE TABLE backup AS SELECT tenant_id AS whose, email FROM users; GRANT SELECT ON backup TO PUBLIC",
        "copy-of-rows",
    ),
    (
        "a copy without the tenant",
        "CREATE TABLE backup AS SELECT id, name FROM users; GRANT SELECT ON backup TO PUBLIC",
        "copy-of-rows",
    ),
    (
        "a copy of what is unique",
        "CREATE TABLE addresses AS SELECT email FROM users; GRANT SELECT ON addresses TO APP",
        "copy-of-rows",
    ),
    (
        "a copy for a role that the program can become",
        "ALTER ROLE APP NOINHERIT; GRANT OTHER TO APP; CREATE SCHEMA old; GRANT USAGE ON SCHEMA old TO OTHER;
        CREATE TABLE old.users AS SELECT * FROM users; GRANT SELECT (tenant_id, email) ON old.users TO OTHER",
        "copy-of-rows",
    ),
    (
        "a foreign table that leads back",
        "CREATE EXTENSION postgres_fdw; CREATE SERVER here foreign data wrapper postgres_fdw OPTIONS (dbname 'SELF');
        CREATE FOREIGN TABLE far (email text) SERVER here OPTIONS (schema_name 'public', table_name 'users');
        GRANT SELECT ON far TO APP",
        "foreign-table-leads-back",
    ),
    (
        "a server that the program may use as somebody else",
        "CREATE EXTENSION postgres_fdw; CREATE SERVER here foreign data wrapper postgres_fdw OPTIONS (dbname 'SELF');
        GRANT USAGE ON FOREIGN SERVER here TO APP;
        create user mapping FOR PUBLIC SERVER here OPTIONS (user 'postgres', password 'secret')",
        "foreign-server-granted",
    ),
    // Rights to tables.
    ("REFERENCES of a column", "GRANT REFERENCES (id) ON users TO APP", "references-granted"),
    (
        "TRUNCATE of a role that the program can become",
        "ALTER ROLE APP NOINHERIT; GRANT OTHER TO APP; GRANT TRUNCATE ON users TO OTHER",
        "truncate-granted",
    ),
    (
        "a policy for a role that the program can become",
        "ALTER ROLE APP NOINHERIT; GRANT SELECT ON users TO OTHER; CREATE POLICY support ON users TO OTHER USING (true);
        GRANT OTHER TO APP",
        "probe-shows",
    ),
    (
        "a policy for another one that writes",
        "GRANT SELECT, UPDATE ON users TO OTHER; CREATE POLICY support ON users TO OTHER USING (true);
        GRANT OTHER TO APP",
        "probe-changes",
    ),
    ("TRUNCATE by default", "ALTER DEFAULT PRIVILEGES GRANT TRUNCATE ON TABLES TO APP", "default-privileges"),
    ("all by default", "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO PUBLIC", "default-privileges"),
    ("a right is missing", "REVOKE INSERT ON users FROM APP", "missing-grant"),
    ("all rights are missing", "REVOKE ALL ON documents FROM APP", "missing-grant"),
    ("the schema is missing", "REVOKE USAGE ON SCHEMA public FROM PUBLIC, APP", "missing-grant"),
    // Policies.
    ("no row-level security", "ALTER TABLE users DISABLE ROW LEVEL SECURITY", "probe-shows"),
    ("a policy for all", "CREATE POLICY reading ON users FOR SELECT USING (true)", "probe-shows"),
    ("new rows are not checked", "ALTER POLICY tenancy_isolation ON users WITH CHECK (true)", "probe-changes"),
    (
        "another column in capitals",
        "ALTER TABLE users ADD \"TENANT_ID\" uuid; ALTER POLICY tenancy_isolation ON users
            USING (\"TENANT_ID\" = nullif(current_setting('tenancy.tenant', true), '')::uuid)",
        "policy-widens",
    ),
    (
        "a cast that makes one of two tenants",
        "ALTER POLICY tenancy_isolation ON users
            USING (tenant_id::char(1) = (nullif(current_setting('tenancy.tenant', true), '')::uuid)::char(1))",
        "policy-widens",
    ),
    (
        "an operator of somebody",
        "CREATE FUNCTION same(uuid, uuid) RETURNS boolean LANGUAGE sql AS 'SELECT true';
        CREATE OPERATOR public.= (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = same);
        ALTER POLICY tenancy_isolation ON users
            USING (tenant_id OPERATOR(public.=) nullif(current_setting('tenancy.tenant', true), '')::uuid)",
        "probe-shows",
    ),
    (
        "a setting of somebody",
        "CREATE FUNCTION public.current_setting(name text, there boolean) RETURNS text LANGUAGE sql
            AS 'SELECT subdomain FROM organizations';
        ALTER POLICY tenancy_isolation ON users
            USING (tenant_id = nullif(public.current_setting('tenancy.tenant', true), '')::uuid)",
        "policy-widens",
    ),
    (
        "rows of nobody",
        "ALTER POLICY tenancy_isolation ON users
            USING (tenant_id IS NOT DISTINCT FROM nullif(current_setting('tenancy.tenant', true), '')::uuid)",
        "policy-widens",
    ),
    (
        "a tenant for whoever has none",
        "ALTER POLICY tenancy_isolation ON users USING (tenant_id = coalesce(
            nullif(current_setting('tenancy.tenant', true), '')::uuid, '00000000-0000-0000-0000-000000000001'))",
        "policy-widens",
    ),
    // Roles and servers.
    ("all data", "GRANT pg_read_all_data TO APP", "role-member-of-server-role"),
    ("all data, to be written", "GRANT pg_write_all_data TO APP", "role-member-of-server-role"),
    ("programs", "GRANT pg_execute_server_program TO APP", "role-member-of-server-role"),
    ("files", "GRANT pg_read_server_files TO APP", "role-member-of-server-role"),
    ("files, to be written", "GRANT pg_write_server_files TO APP", "role-member-of-server-role"),
    (
        "programs, of a role that the program can become",
        "ALTER ROLE APP NOINHERIT; GRANT pg_execute_server_program TO OTHER; GRANT OTHER TO APP",
        "role-member-of-server-role",
    ),
    ("statements of others", "GRANT pg_read_all_stats TO APP", "role-member-of-server-role"),
    ("REPLICATION", "ALTER ROLE APP REPLICATION", "role-replicates"),
    ("a function that reads files", "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO APP", "server-function-granted"),
    ("a function that writes files", "GRANT EXECUTE ON FUNCTION lo_export(oid, text) TO APP", "server-function-granted"),
    (
        "a function that connects as anybody",
        "CREATE EXTENSION dblink; GRANT EXECUTE ON FUNCTION dblink_connect_u(text) TO PUBLIC",
        "server-function-granted",
    ),
    ("statistics of columns", "GRANT SELECT ON pg_statistic TO APP", "catalog-granted"),
    ("passwords", "GRANT SELECT (rolname, rolpassword) ON pg_authid TO APP", "catalog-granted"),
    ("passwords of servers", "GRANT SELECT ON pg_user_mapping TO PUBLIC", "catalog-granted"),
    ("the database", "ALTER DATABASE SELF OWNER TO APP", "role-owns-database"),
    ("the database of a role that the program can become", "ALTER DATABASE SELF OWNER TO OTHER; GRANT OTHER TO APP", "role-owns-database"),
    ("the schema", "ALTER SCHEMA public OWNER TO APP", "role-owns-schema"),
    ("the schema of a role that the program can become", "ALTER SCHEMA public OWNER TO OTHER; GRANT OTHER TO APP", "role-owns-schema"),
    ("to create in the schema", "GRANT CREATE ON SCHEMA public TO APP", "role-creates-objects"),
    ("to create schemas", "GRANT CREATE ON DATABASE SELF TO PUBLIC", "role-creates-objects"),
    // Settings.
    ("a tenant from the beginning", "ALTER ROLE APP SET tenancy.tenant = '00000000-0000-0000-0000-000000000001'", "tenant-preset"),
    ("a tenant of the database", "ALTER DATABASE SELF SET tenancy.tenant = '00000000-0000-0000-0000-000000000001'", "tenant-preset"),
    (
        "a tenant of the role in the database",
        "ALTER ROLE APP IN DATABASE SELF SET tenancy.tenant = '00000000-0000-0000-0000-000000000001'",
        "tenant-preset",
    ),
    ("another role from the beginning", "GRANT OTHER TO APP; ALTER ROLE APP SET role = OTHER", "role-changes"),
    ("no triggers", "ALTER ROLE APP SET session_replication_role = replica", "triggers-off"),
    (
        "a table before the tenants'",
        "CREATE SCHEMA before; GRANT USAGE ON SCHEMA before TO APP; CREATE TABLE before.users (LIKE public.users);
        ALTER ROLE APP SET search_path = before, public",
        "shadowed-table",
    ),
    (
        "a view before the tenants', in the database",
        "CREATE SCHEMA \"Be fore\"; GRANT USAGE ON SCHEMA \"Be fore\" TO APP; CREATE VIEW \"Be fore\".users AS SELECT 1;
        ALTER ROLE APP IN DATABASE SELF SET search_path = \"Be fore\", public",
        "shadowed-table",
    ),
    (
        "a table in the schema of the role",
        "CREATE SCHEMA APP AUTHORIZATION OTHER; GRANT USAGE ON SCHEMA APP TO APP; CREATE TABLE APP.notes (id bigint)",
        "shadowed-table",
    ),
    // Keys.
    (
        "a foreign key that sets the tenant",
        "ALTER TABLE notes ALTER tenant_id SET DEFAULT '00000000-0000-0000-0000-000000000001',
            DROP CONSTRAINT notes_tenant_id_author_id_fkey,
            ADD FOREIGN KEY (tenant_id, author_id) REFERENCES users (tenant_id, id) ON DELETE SET DEFAULT",
        "foreign-key-sets-tenant",
    ),
    (
        "a foreign key of the tenant that sets it",
        "ALTER TABLE notes ALTER tenant_id SET DEFAULT '00000000-0000-0000-0000-000000000001',
            DROP CONSTRAINT notes_tenant_id_fkey,
            ADD FOREIGN KEY (tenant_id) REFERENCES organizations (id) ON DELETE SET DEFAULT",
        "foreign-key-sets-tenant",
    ),
];

/// Those whose code somebody has to change.
pub(super) const BY_HAND: &[&str] = &[
    "a rule that writes to everybody's rows",
    "a rule that removes everybody's rows",
    "a rule that writes new rows for everybody",
    "a trigger with the rights of its owner",
    "a trigger that waits for the end",
    "a trigger that moves new rows",
    "a trigger that moves rows that are changed",
    "a trigger that leaves new rows out",
];

/// The same, where policies verify signatures.
pub(super) const SIGNED: &[(&str, &str, &str)] = &[
    ("a view of the key", "CREATE VIEW keys AS SELECT * FROM tenancy.signing_keys; GRANT SELECT ON keys TO APP", "signing-key-shown"),
    (
        "a view of the key as a text",
        "CREATE VIEW keys AS SELECT encode(inner_block, 'hex') AS x FROM tenancy.signing_keys; GRANT SELECT ON keys TO APP",
        "signing-key-shown",
    ),
    (
        "a view with a digest of the key",
        "CREATE VIEW keys AS SELECT count(*) FROM users, tenancy.signing_keys; GRANT SELECT ON keys TO APP",
        "probe-tells",
    ),
    (
        "a parent of the key",
        "CREATE TABLE keys (inner_block bytea); ALTER TABLE tenancy.signing_keys INHERIT keys; GRANT SELECT ON keys TO APP",
        "signing-key-shown",
    ),
    ("a copy of the key", "CREATE TABLE keys AS SELECT * FROM tenancy.signing_keys; GRANT SELECT ON keys TO APP", "signing-key-shown"),
    (
        "a copy of the key as a text",
        "CREATE TABLE keys AS SELECT outer_block::text AS words FROM tenancy.signing_keys; GRANT SELECT ON keys TO PUBLIC",
        "signing-key-shown",
    ),
    (
        "a rule that writes the key down",
        "CREATE TABLE keys (x bytea); GRANT SELECT ON keys TO APP;
        CREATE RULE note AS ON INSERT TO tenancy.signing_keys DO ALSO INSERT INTO keys VALUES (NEW.inner_block)",
        "signing-key-shown",
    ),
    (
        "a function with the key",
        "GRANT USAGE ON SCHEMA tenancy TO OTHER; GRANT SELECT ON tenancy.signing_keys TO OTHER;
        CREATE FUNCTION key() RETURNS bytea LANGUAGE sql SECURITY DEFINER SET search_path = public
            AS 'SELECT inner_block FROM tenancy.signing_keys';
        ALTER FUNCTION key() OWNER TO OTHER",
        "signing-key-shown",
    ),
    ("a column of the key", "GRANT SELECT (outer_block) ON tenancy.signing_keys TO APP", "signing-key-readable"),
    (
        "the key of a role that the program can become",
        "ALTER ROLE APP NOINHERIT; GRANT OTHER TO APP; GRANT SELECT ON tenancy.signing_keys TO OTHER",
        "signing-key-readable",
    ),
    ("a trigger on the key", "GRANT TRIGGER ON tenancy.signing_keys TO APP", "signing-key-readable"),
    ("a policy that asks for no signature", "CREATE POLICY old ON users USING (tenant_id::text = current_setting('tenancy.tenant', true))", "policy-widens"),
    ("a view", "CREATE VIEW people AS SELECT email FROM users; GRANT SELECT ON people TO APP", "probe-shows"),
    ("new rows are not checked", "ALTER POLICY tenancy_isolation ON users WITH CHECK (true)", "probe-changes"),
];
