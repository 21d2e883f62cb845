//! Every kind of error, where one meets it.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use tenancy::{Constraint, Error, Ref, Root as _, TenantRoot, TenantScoped};
use uuid::Uuid;

use crate::tenants;

/// A value that cannot be encoded.
#[derive(Clone, Debug)]
struct Unspeakable;

macro_rules! unspeakable {
    ($database:ty) => {
        impl sqlx::Type<$database> for Unspeakable {
            fn type_info() -> <$database as sqlx::Database>::TypeInfo {
                <String as sqlx::Type<$database>>::type_info()
            }
        }

        impl sqlx::Encode<'_, $database> for Unspeakable {
            fn encode_by_ref(
                &self,
                _: &mut <$database as sqlx::Database>::ArgumentBuffer,
            ) -> Result<IsNull, BoxDynError> {
                Err("a secret reason".into())
            }
        }

        impl sqlx::Decode<'_, $database> for Unspeakable {
            fn decode(_: <$database as sqlx::Database>::ValueRef<'_>) -> Result<Self, BoxDynError> {
                Err("a secret reason".into())
            }
        }
    };
}

unspeakable!(sqlx::Sqlite);
unspeakable!(sqlx::Postgres);

/// Models over the shared tables that do not fit them.
macro_rules! misfits {
    ($database:ty) => {
        #[allow(dead_code, reason = "columns that are only written")]
        #[derive(Debug, TenantRoot)]
        #[tenancy(database = $database, table = "organizations")]
        struct Org {
            id: Uuid,
            name: String,
        }

        #[allow(dead_code, reason = "columns that are only written")]
        #[derive(Debug, TenantScoped)]
        #[tenancy(root = Org, table = "notes")]
        struct Loose {
            id: i64,
            body: Option<String>,
        }

        #[allow(dead_code, reason = "columns that are only written")]
        #[derive(Debug, TenantScoped)]
        #[tenancy(root = Org, table = "notes")]
        struct Mute {
            id: i64,
            body: Unspeakable,
        }

        #[allow(dead_code, reason = "columns that are only written")]
        #[derive(Debug, TenantScoped)]
        #[tenancy(root = Org)]
        struct Missing {
            id: i64,
        }
    };
}

fn refused(error: Error) -> Constraint {
    assert!(!error.to_string().contains("secret"), "{error}");
    match error {
        Error::Conflict(constraint) | Error::InvalidValue(constraint) => constraint,
        other => panic!("{other:?}"),
    }
}

tenancy_tests::on_both! {
    async fn not_found_and_stale() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        tenancy::enter!(acme = acme);
        let absent = User::find(Uuid::now_v7()).fetch_one(&acme).await;
        assert!(matches!(absent, Err(Error::NotFound)));
        let user = NewUser { email: "a".into(), role: Role::Admin, nickname: None };
        let user = User::create(user).fetch_one(&acme).await.unwrap();
        let new = NewDocument {
            title: "t".into(),
            views: 0,
            owner_id: (&user).into(),
            reviewer_id: None,
        };
        let document = Document::create(new).fetch_one(&acme).await.unwrap();

        let changed = Document::update(&document).set(|d| d.title.to("u"));
        let changed = changed.fetch_one(&acme).await.unwrap();
        let again = Document::update(&document).set(|d| d.title.to("v")).execute(&acme).await;
        assert!(matches!(again, Err(Error::Stale)));
        assert!(matches!(Document::destroy(&document).execute(&acme).await, Err(Error::Stale)));
        Document::destroy(&changed).execute(&acme).await.unwrap();
        assert!(matches!(Document::destroy(&changed).execute(&acme).await, Err(Error::Stale)));

        User::destroy(&user).execute(&acme).await.unwrap();
        let gone = User::update(&user).set(|u| u.email.to("b")).execute(&acme).await;
        assert!(matches!(gone, Err(Error::NotFound)));
        assert!(matches!(User::destroy(&user).fetch_one(&acme).await, Err(Error::NotFound)));
    }

    async fn conflicts_name_their_constraint() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        tenancy::enter!(acme = acme);
        let user = || NewUser { email: "secret".into(), role: Role::Admin, nickname: None };
        User::create(user()).execute(&acme).await.unwrap();
        let constraint = refused(User::create(user()).execute(&acme).await.unwrap_err());
        assert!(constraint.mentions("email"));
        for other in ["nickname", "mail", "emails", "user"] {
            assert!(!constraint.mentions(other), "{other}");
        }
        if let Some(name) = constraint.name() {
            assert_eq!(name, "users_tenant_id_email_key");
        }
        assert!(!constraint.to_string().contains("secret"));
    }

    async fn an_upsert_says_that_it_has_no_index() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        let index = "CREATE UNIQUE INDEX part ON users (tenant_id, nickname) WHERE nickname <> 'secret'";
        tenancy_tests::database::run(&db, index).await.unwrap();
        tenancy::enter!(acme = acme);
        let user = || NewUser { email: "secret".into(), role: Role::Admin, nickname: Some("a".into()) };
        for partial in [false, true] {
            let upserted = match partial {
                true => User::upsert(user()).on(|u| u.nickname).execute(&acme).await,
                false => User::upsert(user()).on(|u| u.role).execute(&acme).await,
            };
            let Err(Error::Database(told)) = upserted else {
                panic!("{upserted:?}");
            };
            let said = told.to_string();
            assert!(said.starts_with("there is no unique index that an upsert can go by"), "{said}");
        }
    }

    async fn values_that_the_table_refuses() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        tenancy::enter!(acme = acme);
        let user = NewUser { email: "a".into(), role: Role::Admin, nickname: None };
        let user = User::create(user).fetch_one(&acme).await.unwrap();
        let new = |views| NewDocument {
            title: "t".into(),
            views,
            owner_id: (&user).into(),
            reviewer_id: None,
        };
        let negative = Document::create(new(-1)).execute(&acme).await.unwrap_err();
        assert!(matches!(&negative, Error::InvalidValue(_)));
        assert!(refused(negative).mentions("views"));
        let document = Document::create(new(0)).fetch_one(&acme).await.unwrap();
        let negative = Document::update(&document)
            .set(|d| d.views.to(d.views.minus(1)))
            .execute(&acme)
            .await;
        assert!(matches!(negative, Err(Error::InvalidValue(_))));
    }

    async fn values_that_no_column_takes() {
        misfits!(Database);
        let db = database().await;
        let acme = Org::create(NewOrg { name: "Acme".into() }).execute(&db).await.unwrap();
        tenancy::enter!(acme = acme);
        let null = Loose::create(NewLoose { body: None }).execute(&acme).await.unwrap_err();
        assert!(matches!(&null, Error::InvalidValue(_)));
        assert!(refused(null).mentions("body"));

        let mute = Mute::create(NewMute { body: Unspeakable }).execute(&acme).await.unwrap_err();
        assert!(matches!(&mute, Error::InvalidValue(_)));
        assert!(!refused(mute).to_string().contains("secret"));
        let mute = Mute::query().filter(|m| m.body.eq(Unspeakable)).count(&acme).await;
        assert!(matches!(mute, Err(Error::InvalidValue(_))));

        // A value that cannot be read is the operator's business, not the client's.
        Loose::create(NewLoose { body: Some("x".into()) }).execute(&acme).await.unwrap();
        let unread = Mute::query().fetch_one(&acme).await.unwrap_err();
        assert!(matches!(&unread, Error::Unreadable(_)));
        assert!(!unread.to_string().contains("secret"));

        let missing = Missing::query().fetch_all(&acme).await.unwrap_err();
        assert!(matches!(&missing, Error::Database(_)));
        assert!(!missing.to_string().contains("missing"), "{missing}");
    }

    async fn references() {
        let db = database().await;
        let [acme, globex] = tenants!(db, "Acme", "Globex");
        let user = |email: &str| NewUser {
            email: email.into(),
            role: Role::Admin,
            nickname: None,
        };
        let foreign = {
            tenancy::enter!(globex = globex);
            User::create(user("g")).fetch_one(&globex).await.unwrap().id
        };
        tenancy::enter!(acme = acme);
        let ann = User::create(user("a")).fetch_one(&acme).await.unwrap();
        let new = |title: &str, owner| NewDocument {
            title: title.into(),
            views: 0,
            owner_id: owner,
            reviewer_id: None,
        };
        let kept = Document::create(new("kept", (&ann).into())).fetch_one(&acme).await.unwrap();
        let mut answers = Vec::new();
        for id in [Uuid::now_v7(), foreign] {
            let one = Document::create(new("one", Ref::by_id(id)));
            answers.push(one.execute(&acme).await.unwrap_err());
            let many = [new("two", Ref::by_id(ann.id)), new("three", Ref::by_id(id))];
            answers.push(Document::create_many(many).execute(&acme).await.unwrap_err());
            let upsert = Document::upsert(new("kept", Ref::by_id(id))).on(|d| d.title);
            answers.push(upsert.execute(&acme).await.unwrap_err());
            let update = Document::update(&kept).set(|d| d.owner_id.to(Ref::by_id(id)));
            answers.push(update.fetch_one(&acme).await.unwrap_err());
            let reviewer = Document::update(&kept).set(|d| d.reviewer_id.to(Some(Ref::by_id(id))));
            answers.push(reviewer.execute(&acme).await.unwrap_err());
        }
        for error in answers {
            assert!(matches!(error, Error::InvalidReference), "{error:?}");
        }
        let all = Document::query().fetch_all(&acme).await.unwrap();
        assert_eq!(all, [kept]);

        for removed in [
            User::destroy(&ann).execute(&acme).await.unwrap_err(),
            User::destroy_where(|u| u.email.eq("a")).execute(&acme).await.unwrap_err(),
        ] {
            assert!(matches!(removed, Error::StillReferenced), "{removed:?}");
        }
    }

    async fn tenants_that_are_absent_or_inactive_are_the_same() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        {
            tenancy::enter!(acme = acme.clone());
            let row = Organization::query().fetch_one(&acme).await.unwrap();
            Organization::update(&row).set(|o| o.active.to(false)).execute(&acme).await.unwrap();
        }
        let inactive = Organization::verify(&db, *acme.id()).await.unwrap_err();
        let absent = Organization::verify(&db, Uuid::now_v7()).await.unwrap_err();
        assert!(matches!(inactive, Error::TenantUnavailable));
        assert_eq!(inactive.to_string(), absent.to_string());
        assert_eq!(format!("{inactive:?}"), format!("{absent:?}"));
    }
}

/// The driver does not know them as unique.
#[tokio::test]
async fn names_that_are_taken() {
    let db = tenancy_tests::postgres::database().await;
    for create in ["CREATE SCHEMA public", "CREATE DATABASE template1"] {
        let create = sqlx::raw_sql(create);
        let taken = create.execute(&mut *db.acquire().await.unwrap()).await;
        let taken = Error::from(taken.unwrap_err());
        assert!(matches!(&taken, Error::Conflict(_)), "{taken:?}");
    }
}
