//! Types of the program's own, over any type of PostgreSQL's: which have no `=`, and which may not keep a value (L34).

use tenancy::doctor::Doctor;
use tenancy_tests::database;

use crate::expect;

mod patient {
    use sqlx::encode::IsNull;
    use sqlx::error::BoxDynError;
    use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef};
    use sqlx::{Decode, Encode, Postgres, Type};
    use tenancy::ddl::Tables;
    use tenancy::{TenantRoot, TenantScoped};
    use uuid::Uuid;

    #[derive(Debug, TenantRoot)]
    #[tenancy(database = Postgres)]
    pub(super) struct Organization {
        id: Uuid,
    }

    #[derive(Debug, TenantScoped)]
    #[tenancy(root = Organization)]
    pub(super) struct User {
        id: Uuid,
        admin: bool,
    }

    /// What it is over, the database says.
    #[derive(Clone, Debug)]
    pub(super) struct Own(Vec<u8>);

    impl Type<Postgres> for Own {
        fn type_info() -> PgTypeInfo {
            PgTypeInfo::with_name("own")
        }
    }

    impl PgHasArrayType for Own {
        fn array_type_info() -> PgTypeInfo {
            PgTypeInfo::with_name("own[]")
        }
    }

    impl Encode<'_, Postgres> for Own {
        fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
            buffer.extend_from_slice(&self.0);
            Ok(IsNull::No)
        }
    }

    impl<'r> Decode<'r, Postgres> for Own {
        fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
            Ok(Self(value.as_bytes()?.to_vec()))
        }
    }

    #[derive(Debug, TenantScoped)]
    #[tenancy(root = Organization, policies)]
    pub(super) struct Page {
        id: Uuid,
        title: String,
        own: Option<Own>,
    }

    tenancy::policies! {
        Page, actor: User {
            read { authorize_if always; }
            create { forbid_if title == "admin"; authorize_if always; }
        }
    }

    pub(super) fn tables() -> Tables<Organization> {
        Tables::new().with::<User>().with::<Page>()
    }
}

/// A type, and what is found of a column of it.
const KINDS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("bytea", &[]),
    ("jsonb", &[]),
    ("jsonb[]", &[]),
    ("varchar", &[]),
    ("varchar[]", &[]),
    ("varchar(5)", &["column-not-stored"]),
    ("varchar(5)[]", &["column-not-stored"]),
    ("timestamptz(0)[]", &["column-not-stored"]),
    ("numeric(8, 2)", &["column-not-stored"]),
    ("interval(0)", &["column-not-stored"]),
    ("bit(3)", &[]),
    ("inet", &[]),
    ("money", &["column-not-stored"]),
    ("name", &["column-not-stored"]),
    ("tsvector", &["column-not-stored"]),
    ("box", &["column-not-stored"]),
    ("path", &["column-not-stored"]),
    ("xml", &["no-equality"]),
    ("json", &["no-equality"]),
    ("json[]", &["no-equality"]),
    ("point", &["no-equality"]),
    ("polygon", &["no-equality"]),
    ("jsonpath", &["no-equality"]),
];

#[tokio::test]
async fn each_is_known() {
    let tables = patient::tables();
    let enums = [
        ("CREATE TYPE own AS ENUM ('one')", &[][..]),
        ("CREATE TYPE own AS RANGE (subtype = bigint)", &[]),
        ("CREATE TYPE own AS (one bigint, two text)", &[]),
        ("CREATE EXTENSION hstore; CREATE DOMAIN own AS hstore", &[]),
        (
            "CREATE EXTENSION ltree; CREATE DOMAIN own AS ltree",
            &["column-not-stored"],
        ),
    ];
    let enums = enums.map(|(seed, expected)| (seed.to_owned(), expected));
    let domains = KINDS.iter().map(|(kind, expected)| {
        let seed = format!("CREATE DOMAIN deeper AS {kind}; CREATE DOMAIN own AS deeper");
        (seed, *expected)
    });
    for (seed, expected) in domains.chain(enums) {
        let db = database::postgres("").await;
        database::run(&db, &seed).await.expect(&seed);
        database::run(&db, &tables.sql()).await.expect("tables");
        let report = Doctor::new(&tables).examine(&db).await.expect("a report");
        expect(&report, expected, &seed);
    }
}
