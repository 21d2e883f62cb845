//! Types of the user that do not keep their word. Code of the user runs while values are encoded,
//! rows decoded and models cloned; whatever it does, a statement stays in its tenant (rule 2 of the
//! design: a lying `Clone`, `Eq` or `Encode` changed a token's identity).

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Database as Sqlx, Decode, Encode, Type};
use tenancy::{Root as _, TenantRoot, TenantScoped};
use uuid::Uuid;

/// A number that encodes as something else.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Liar {
    lie: Lie,
    /// What it would like to be in the place of another parameter.
    forged: Uuid,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Lie {
    None,
    Nothing,
    Two,
    Null,
    NullAndMore,
    Forget,
    ForgetAndForge,
    ForgetAndForgeMore,
    Fail,
}

const LIES: [Lie; 8] = [
    Lie::Nothing,
    Lie::Two,
    Lie::Null,
    Lie::NullAndMore,
    Lie::Forget,
    Lie::ForgetAndForge,
    Lie::ForgetAndForgeMore,
    Lie::Fail,
];

macro_rules! liar {
    ($database:ty, $forge:expr) => {
        impl Type<$database> for Liar {
            fn type_info() -> <$database as Sqlx>::TypeInfo {
                <i64 as Type<$database>>::type_info()
            }

            fn compatible(_: &<$database as Sqlx>::TypeInfo) -> bool {
                true
            }
        }

        impl Encode<'_, $database> for Liar {
            fn encode_by_ref(
                &self,
                buffer: &mut <$database as Sqlx>::ArgumentBuffer,
            ) -> Result<IsNull, BoxDynError> {
                fn number(
                    buffer: &mut <$database as Sqlx>::ArgumentBuffer,
                ) -> Result<IsNull, BoxDynError> {
                    Encode::<$database>::encode_by_ref(&7_i64, buffer)
                }
                let forge: fn(&Uuid, &mut <$database as Sqlx>::ArgumentBuffer) = $forge;
                match self.lie {
                    Lie::None => number(buffer),
                    Lie::Nothing => Ok(IsNull::No),
                    Lie::Two => {
                        let _ = number(buffer)?;
                        number(buffer)
                    }
                    Lie::Null => Ok(IsNull::Yes),
                    Lie::NullAndMore => {
                        let _ = number(buffer)?;
                        forge(&self.forged, buffer);
                        Ok(IsNull::Yes)
                    }
                    Lie::Forget => {
                        *buffer = Default::default();
                        Ok(IsNull::No)
                    }
                    Lie::ForgetAndForge => {
                        *buffer = Default::default();
                        forge(&self.forged, buffer);
                        Ok(IsNull::No)
                    }
                    Lie::ForgetAndForgeMore => {
                        *buffer = Default::default();
                        for _ in 0..4 {
                            forge(&self.forged, buffer);
                        }
                        Ok(IsNull::No)
                    }
                    Lie::Fail => Err("no".into()),
                }
            }
        }

        impl Decode<'_, $database> for Liar {
            fn decode(_: <$database as Sqlx>::ValueRef<'_>) -> Result<Self, BoxDynError> {
                Ok(Self {
                    lie: Lie::None,
                    forged: Uuid::nil(),
                })
            }
        }
    };
}

liar!(sqlx::Sqlite, |forged, buffer| {
    let _ = Encode::<sqlx::Sqlite>::encode_by_ref(forged, buffer);
});
// PostgreSQL's buffer is bytes: a parameter is its length and its value.
liar!(sqlx::Postgres, |forged, buffer| {
    buffer.extend_from_slice(&16_i32.to_be_bytes());
    buffer.extend_from_slice(forged.as_bytes());
});

macro_rules! models {
    ($database:ty) => {
        #[allow(dead_code, reason = "columns that are only written")]
        #[derive(Debug, TenantRoot)]
        #[tenancy(database = $database, table = "organizations")]
        struct Org {
            id: Uuid,
            name: String,
        }

        #[derive(Clone, Debug, PartialEq, TenantScoped)]
        #[tenancy(root = Org, table = "users")]
        struct Person {
            id: Uuid,
            email: String,
            role: String,
        }

        /// `notes`, with a number that lies.
        #[derive(Clone, Debug, PartialEq, TenantScoped)]
        #[tenancy(root = Org, table = "notes")]
        struct Entry {
            id: i64,
            priority: Liar,
            body: String,
        }

        /// `documents`, with a number that lies beside keys that must not change.
        #[derive(Clone, Debug, PartialEq, TenantScoped)]
        #[tenancy(root = Org, table = "documents")]
        struct Paper {
            id: Uuid,
            views: Liar,
            title: String,
            #[tenancy(belongs_to = Person)]
            owner_id: Uuid,
            #[tenancy(version)]
            version: i64,
        }
    };
}

/// The rows of a tenant, by hand.
macro_rules! rows_of {
    ($db:ident, $tenant:expr) => {{
        let tenant: Uuid = $tenant;
        let notes: Vec<(i64, String)> =
            sqlx::query_as("SELECT id, body FROM notes WHERE tenant_id = $1 ORDER BY id")
                .bind(tenant)
                .fetch_all(&mut *$db.acquire().await.expect("a connection"))
                .await
                .unwrap();
        let documents: Vec<(Uuid, String, Uuid, i64)> = sqlx::query_as(
            "SELECT id, title, owner_id, version FROM documents WHERE tenant_id = $1 ORDER BY id",
        )
        .bind(tenant)
        .fetch_all(&mut *$db.acquire().await.expect("a connection"))
        .await
        .unwrap();
        (notes, documents)
    }};
}

/// Panics in code of the user are the user's; what counts is what they leave in the database.
async fn whatever<T>(attempt: impl Future<Output = T>) -> Option<T> {
    AssertUnwindSafe(attempt).catch_unwind().await.ok()
}

tenancy_tests::on_both! {
    async fn a_lying_encode_stays_in_its_tenant() {
        models!(Database);
        let db = database().await;
        let mut tenants = Vec::new();
        for name in ["Acme", "Globex"] {
            let new = NewOrg { name: name.into() };
            tenants.push(Org::create(new).execute(&db).await.unwrap());
        }
        let [acme, globex] = <[_; 2]>::try_from(tenants).unwrap();
        let honest = Liar { lie: Lie::None, forged: Uuid::nil() };
        let person = || NewPerson { email: "p".into(), role: "admin".into() };
        let foreign = {
            tenancy::enter!(globex = globex.clone());
            let person = Person::create(person()).fetch_one(&globex).await.unwrap();
            let entries = (0..3).map(|_| NewEntry { priority: honest, body: "foreign".into() });
            Entry::create_many(entries).execute(&globex).await.unwrap();
            let paper = NewPaper { views: honest, title: "t".into(), owner_id: (&person).into() };
            Paper::create(paper).execute(&globex).await.unwrap();
            person.id
        };
        let before = rows_of!(db, *globex.id());

        tenancy::enter!(mut acme = acme);
        let owner = Person::create(person()).fetch_one(&acme).await.unwrap();
        for lie in LIES {
            for forged in [*globex.id(), foreign] {
                let liar = Liar { lie, forged };
                let entry = || NewEntry { priority: liar, body: "mine".into() };
                let paper = |title: &str| NewPaper {
                    views: liar,
                    title: format!("{title} {lie:?} {forged}"),
                    owner_id: (&owner).into(),
                };
                let title = |title: &str| format!("{title} {lie:?} {forged}");
                whatever(async { Entry::create(entry()).execute(&acme).await }).await;
                whatever(async { Entry::create_many([entry(), entry()]).execute(&acme).await }).await;
                whatever(async { Paper::create(paper("one")).execute(&acme).await }).await;
                let many = async { Paper::create_many([paper("two"), paper("three")]).execute(&acme).await };
                whatever(many).await;
                let upsert = async { Paper::upsert(paper("one")).on(|p| p.title).execute(&acme).await };
                whatever(upsert).await;

                let honest = NewPaper { views: honest, title: title("own"), owner_id: (&owner).into() };
                let own = Paper::create(honest).fetch_one(&acme).await.unwrap();
                let reads = async {
                    let found = Entry::query()
                        .filter(|e| e.priority.eq(liar) | e.priority.ne(liar))
                        .limit(3)
                        .fetch_all(&acme)
                        .await;
                    found.into_iter().flatten().all(|entry| entry.body == "mine")
                };
                assert_ne!(whatever(reads).await, Some(false), "{lie:?}");
                let listed = async {
                    let found = Entry::query().filter(|e| e.priority.in_([liar; 3])).fetch_all(&acme);
                    found.await.into_iter().flatten().all(|entry| entry.body == "mine")
                };
                assert_ne!(whatever(listed).await, Some(false), "{lie:?}");
                let update = async { Paper::update(&own).set(|p| p.views.to(liar)).execute(&acme).await };
                whatever(update).await;
                let update = async {
                    Entry::update_where(|e| e.priority.eq(liar))
                        .set(|e| (e.priority.to(liar), e.body.to("mine")))
                        .execute(&acme)
                        .await
                };
                whatever(update).await;
                let destroy = async {
                    Entry::destroy_where(|e| e.priority.eq(liar) | e.priority.ne(liar))
                        .execute(&acme)
                        .await
                };
                whatever(destroy).await;
                let tx = acme.begin().await.unwrap();
                whatever(async { Entry::create(entry()).execute(&tx).await }).await;
                whatever(async { tx.commit().await }).await;

                assert_eq!(rows_of!(db, *globex.id()), before, "{lie:?}");
                for (_, title, owner_id, _) in rows_of!(db, *acme.id()).1 {
                    assert_eq!(owner_id, owner.id, "{title}");
                }
            }
        }
        // Whatever was written, it is all somebody's whom we know.
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM notes")
            .fetch_one(&mut *db.acquire().await.expect("a connection"))
            .await
            .unwrap();
        let known = rows_of!(db, *acme.id()).0.len() + before.0.len();
        assert_eq!(usize::try_from(count).unwrap(), known);
    }

    async fn a_lying_clone_changes_no_identity() {
        #[allow(dead_code, reason = "columns that are only written")]
        #[derive(Debug, TenantRoot)]
        #[tenancy(database = Database, table = "organizations")]
        struct Org {
            id: Uuid,
            name: String,
        }

        #[derive(Debug, PartialEq, TenantScoped)]
        #[tenancy(root = Org, table = "notes")]
        struct Entry {
            id: i64,
            body: String,
        }

        impl Clone for Entry {
            fn clone(&self) -> Self {
                Self { id: self.id - 1, body: self.body.clone() }
            }
        }

        let db = database().await;
        let acme = Org::create(NewOrg { name: "Acme".into() }).execute(&db).await.unwrap();
        tenancy::enter!(acme = acme);
        let entries = ["first", "second"].map(|body| NewEntry { body: body.into() });
        let entries = Entry::create_many(entries).fetch_all(&acme).await.unwrap();
        let second = entries.iter().find(|entry| entry.body == "second").unwrap();
        let clone = second.clone();
        assert_eq!(clone.id, second.id - 1);
        assert_eq!(clone.key().id(), &second.id);
        let detached = acme.detach(clone).clone();
        let adopted = acme.adopt(detached).unwrap();
        Entry::update(&adopted).set(|e| e.body.to("changed")).execute(&acme).await.unwrap();
        Entry::destroy(&adopted).execute(&acme).await.unwrap();
        let left = Entry::query().fetch_all(&acme).await.unwrap();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].body, "first");
    }
}
