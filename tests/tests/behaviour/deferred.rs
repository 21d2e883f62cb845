//! An `Encode` that leaves something for sqlx to do later, when the tenant is bound already.
//!
//! On PostgreSQL sqlx fills in the OID of a type that it knows by name when the statement runs, at
//! an offset that `Encode` left behind. A value that encodes an empty array of such a type and cuts
//! it off again would have the low half of the tenant's number overwritten with that OID.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef};
use sqlx::{Decode, Encode, Postgres, Type};
use tenancy::{Root as _, TenantRoot, TenantScoped};
use tenancy_tests::database;

/// A type known by name, whose OID is 16.
struct Named;

impl Type<Postgres> for Named {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("bool")
    }
}

impl Encode<'_, Postgres> for Named {
    fn encode_by_ref(&self, _: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Ok(IsNull::No)
    }
}

#[derive(Debug)]
struct Email(String);

impl Type<Postgres> for Email {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("text")
    }

    fn compatible(_: &PgTypeInfo) -> bool {
        true
    }
}

impl<'r> Decode<'r, Postgres> for Email {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        <String as Decode<Postgres>>::decode(value).map(Self)
    }
}

impl Encode<'_, Postgres> for Email {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(self.0.as_bytes());
        let end = buffer.len();
        let _ = <Vec<Named> as Encode<Postgres>>::encode_by_ref(&Vec::new(), buffer)?;
        buffer.truncate(end);
        Ok(IsNull::No)
    }
}

#[derive(Debug, TenantRoot)]
#[tenancy(database = Postgres)]
struct Organization {
    #[tenancy(given)]
    id: i64,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct User {
    id: i64,
    tenant_id: i64,
    email: Email,
}

#[tokio::test]
async fn what_an_encode_leaves_for_later_does_not_reach_the_tenant() {
    let db = database::postgres(
        "CREATE TABLE organizations (id bigint PRIMARY KEY);
         CREATE TABLE users (
             tenant_id bigint NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY,
             email text NOT NULL, PRIMARY KEY (tenant_id, id)
         );
         INSERT INTO users (tenant_id, email) VALUES (16, 'ann@sixteen')",
    )
    .await;
    let one = Organization::create(NewOrganization { id: 1 })
        .execute(&db)
        .await
        .unwrap();
    tenancy::enter!(one = one);

    let read = User::query()
        .filter(|u| u.email.ne(Email("x".into())))
        .fetch_all(&one)
        .await;
    assert!(read.unwrap().is_empty());
    let new = NewUser {
        email: Email("planted".into()),
    };
    let planted = User::create(new).fetch_one(&one).await.unwrap();
    assert_eq!(planted.tenant_id, 1);
    assert_eq!(planted.email.0, "planted");
    let updated = User::update_where(|u| u.email.ne(Email("x".into())))
        .set(|u| u.email.to(Email("changed".into())))
        .fetch_all(&one)
        .await
        .unwrap();
    assert_eq!(updated.len(), 1);
    assert_eq!(updated[0].id, planted.id);
}
