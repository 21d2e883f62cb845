//! The SQL that is written by hand.

/// `$p!(1)` is the database's spelling of its first parameter, `$n!(1)` if another one is used twice.
macro_rules! text {
    ($schema:literal, $p:ident, $n:ident) => {
        pub(crate) const SCHEMA: &str = $schema;
        pub(crate) const READ: &str = concat!(
            "SELECT id, tenant_id, author_id, title, summary, status, note, views, priority, pinned",
            " FROM documents WHERE tenant_id = ", $p!(1), " AND id = ", $p!(2),
        );
        pub(crate) const LIST: &str = concat!(
            "SELECT id, tenant_id, author_id, title, summary, status, note, views, priority, pinned",
            " FROM documents WHERE tenant_id = ", $p!(1), " ORDER BY id LIMIT ", $p!(2),
        );
        pub(crate) const INSERT: &str = concat!(
            "INSERT INTO documents",
            " (id, tenant_id, author_id, title, summary, status, note, views, priority, pinned)",
            " VALUES (", $p!(1), ", ", $p!(2), ", ", $p!(3), ", ", $p!(4), ", ", $p!(5), ", ",
            $p!(6), ", ", $p!(7), ", ", $p!(8), ", ", $p!(9), ", ", $p!(10), ")",
        );
        pub(crate) const UPDATE: &str = concat!(
            "UPDATE documents SET title = ", $p!(1), ", views = ", $p!(2),
            " WHERE tenant_id = ", $p!(3), " AND id = ", $p!(4),
        );
        pub(crate) const DELETE: &str = concat!(
            "DELETE FROM documents WHERE tenant_id = ", $p!(1), " AND id = ", $p!(2),
        );
        pub(crate) const OWN_READ: &str = concat!(
            "SELECT id, tenant_id, author_id, title, summary, status, note, views, priority, pinned",
            " FROM documents WHERE tenant_id = ", $p!(1), " AND id = ", $p!(2),
            " AND author_id = ", $p!(3),
        );
        pub(crate) const OWN_LIST: &str = concat!(
            "SELECT id, tenant_id, author_id, title, summary, status, note, views, priority, pinned",
            " FROM documents WHERE tenant_id = ", $p!(1), " AND author_id = ", $p!(2),
            " ORDER BY id LIMIT ", $p!(3),
        );
        pub(crate) const OWN_INSERT: &str = concat!(
            "INSERT INTO documents",
            " (id, tenant_id, author_id, title, summary, status, note, views, priority, pinned)",
            " SELECT ", $n!(1), ", ", $n!(2), ", ", $n!(3), ", ", $n!(4), ", ", $n!(5), ", ",
            $n!(6), ", ", $n!(7), ", ", $n!(8), ", ", $n!(9), ", ", $n!(10),
            " WHERE ", $n!(3), " = ", $n!(11),
        );
        pub(crate) const OWN_UPDATE: &str = concat!(
            "UPDATE documents SET title = ", $p!(1), ", views = ", $p!(2),
            " WHERE tenant_id = ", $p!(3), " AND id = ", $p!(4), " AND author_id = ", $p!(5),
        );
        pub(crate) const BULK: &str = concat!(
            "INSERT INTO documents",
            " (id, tenant_id, author_id, title, summary, status, note, views, priority, pinned) ",
        );
        pub(crate) const DYNAMIC: &str = concat!(
            "SELECT id, tenant_id, author_id, title, summary, status, note, views, priority, pinned",
            " FROM documents WHERE tenant_id = ",
        );
    };
}

macro_rules! question_mark {
    ($number:literal) => {
        "?"
    };
}

macro_rules! numbered {
    ($number:literal) => {
        concat!("?", $number)
    };
}

macro_rules! dollar {
    ($number:literal) => {
        concat!("$", $number)
    };
}

pub(crate) mod sqlite {
    text!(
        "CREATE TABLE organizations (id BLOB PRIMARY KEY NOT NULL, name TEXT NOT NULL);
        CREATE TABLE users (
            id BLOB NOT NULL, tenant_id BLOB NOT NULL REFERENCES organizations (id),
            email TEXT NOT NULL, admin BOOLEAN NOT NULL,
            PRIMARY KEY (tenant_id, id)
        );
        CREATE TABLE documents (
            id BLOB NOT NULL, tenant_id BLOB NOT NULL REFERENCES organizations (id),
            author_id BLOB NOT NULL, title TEXT NOT NULL, summary TEXT NOT NULL,
            status TEXT NOT NULL, note TEXT, views BIGINT NOT NULL, priority INT NOT NULL,
            pinned BOOLEAN NOT NULL,
            PRIMARY KEY (tenant_id, id),
            FOREIGN KEY (tenant_id, author_id) REFERENCES users (tenant_id, id)
        );",
        question_mark,
        numbered
    );
}

pub(crate) mod postgres {
    text!(
        "CREATE TABLE organizations (id uuid PRIMARY KEY, name text NOT NULL);
        CREATE TABLE users (
            id uuid NOT NULL, tenant_id uuid NOT NULL REFERENCES organizations (id),
            email text NOT NULL, admin boolean NOT NULL,
            PRIMARY KEY (tenant_id, id)
        );
        CREATE TABLE documents (
            id uuid NOT NULL, tenant_id uuid NOT NULL REFERENCES organizations (id),
            author_id uuid NOT NULL, title text NOT NULL, summary text NOT NULL,
            status text NOT NULL, note text, views bigint NOT NULL, priority int NOT NULL,
            pinned boolean NOT NULL,
            PRIMARY KEY (tenant_id, id),
            FOREIGN KEY (tenant_id, author_id) REFERENCES users (tenant_id, id)
        );",
        dollar,
        dollar
    );

    /// Other tenants, so that the planner sees tables of the usual kind.
    pub(crate) const OTHERS: &str = "
        INSERT INTO organizations SELECT gen_random_uuid(), 'Other' FROM generate_series(1, 100);
        INSERT INTO users SELECT gen_random_uuid(), id, 'bob@other.com', false FROM organizations;
        INSERT INTO documents SELECT gen_random_uuid(), tenant_id, id, 'Minutes', 'What was decided',
            'draft', NULL, 17, 3, false
            FROM users, generate_series(1, 100);
        ANALYZE";

    pub(crate) const UNNEST: &str = "INSERT INTO documents \
        (id, tenant_id, author_id, title, summary, status, note, views, priority, pinned) \
        SELECT id, $2, author_id, title, summary, status, note, views, priority, pinned FROM UNNEST( \
            $1::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], \
            $9::int[], $10::boolean[] \
        ) AS new (id, author_id, title, summary, status, note, views, priority, pinned)";
}
