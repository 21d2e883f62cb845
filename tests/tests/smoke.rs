//! smoke
#![allow(missing_docs)]
use tenancy::{Db, Patch, Ref, Root as _, TenantRoot, TenantScoped};
use uuid::Uuid;

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Sqlite)]
pub struct Organization {
    pub id: Uuid,
    pub name: String,
    #[tenancy(active, default)]
    pub active: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, sqlx::Type)]
#[sqlx(rename_all = "snake_case")]
pub enum Role {
    Admin,
    Member,
}

#[derive(Debug, Clone, PartialEq, TenantScoped)]
#[tenancy(root = Organization, strategy = attribute, attribute = tenant_id, global = false)]
pub struct User {
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub email: String,
    pub role: Role,
    pub nick: Option<String>,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
pub struct Document {
    pub id: Uuid,
    #[tenancy(belongs_to = User)]
    pub owner_id: Uuid,
    #[tenancy(belongs_to = User)]
    pub reviewer_id: Option<Uuid>,
    pub title: String,
    pub views: i64,
    #[tenancy(default)]
    pub archived: bool,
    #[tenancy(version)]
    pub version: i64,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, global = true, key = key)]
pub struct Plan {
    pub key: String,
    pub value: String,
}

#[derive(tenancy::Changes)]
#[tenancy(model = Document)]
struct DocumentPatch {
    title: Option<String>,
    owner_id: Option<Uuid>,
    reviewer_id: Patch<Uuid>,
}

const SCHEMA: &str = r#"
create table organizations (id blob primary key, name text not null, active boolean not null default true);
create table users (id blob not null, tenant_id blob not null references organizations(id), email text not null, role text not null, nick text,
  primary key (tenant_id, id), unique (tenant_id, email));
create table documents (id blob not null, tenant_id blob not null, owner_id blob not null, reviewer_id blob, title text not null, views integer not null, archived boolean not null default false, version integer not null,
  primary key (tenant_id, id), foreign key (tenant_id, owner_id) references users (tenant_id, id), unique (tenant_id, title));
create table plans (key text primary key, value text not null);
"#;

#[tokio::test]
async fn smoke() -> Result<(), Box<dyn std::error::Error>> {
    let db = Db::connect_with(
        sqlx::pool::PoolOptions::new().max_connections(1),
        "sqlite::memory:".parse()?,
    )
    .await?;
    sqlx::raw_sql(SCHEMA).execute(db.pool()).await?;
    let acme = Organization::create(NewOrganization {
        name: "Acme".into(),
    })
    .execute(&db)
    .await?;
    let globex = Organization::create(NewOrganization {
        name: "Globex".into(),
    })
    .execute(&db)
    .await?;
    let acme = Organization::verify(&db, *acme.id()).await?;
    assert!(Organization::verify(&db, Uuid::now_v7()).await.is_err());

    acme.clone()
        .scope(&db, async |mut acme| {
            let ann = User::create(NewUser {
                email: "ann@acme.com".into(),
                role: Role::Admin,
                nick: None,
            })
            .fetch_one(&acme)
            .await?;
            User::create(NewUser {
                email: "bob@acme.com".into(),
                role: Role::Member,
                nick: Some("b".into()),
            })
            .execute(&acme)
            .await?;
            let all = User::query()
                .filter(|u| u.role.eq(Role::Admin) & u.email.ends_with("@acme.com"))
                .order_by(|u| u.email.asc())
                .limit(20)
                .fetch_all(&acme)
                .await?;
            assert_eq!(all.len(), 1);
            println!(
                "{}",
                User::query()
                    .filter(|u| u.role.eq(Role::Admin) & u.email.ends_with("@acme.com"))
                    .order_by(|u| u.email.asc())
                    .limit(20)
                    .sql()
            );
            let tx = acme.begin().await?;
            let q = Document::create(NewDocument {
                title: "Q3".into(),
                views: 1,
                owner_id: (&ann).into(),
                reviewer_id: None,
            })
            .set(|d| d.archived.to(true));
            println!("{}", q.sql());
            let doc = q.fetch_one(&tx).await?;
            println!("{doc:?}");
            let u = Document::update(&doc).set(|d| {
                (
                    d.title.to("Q4"),
                    d.views.to(d.views.plus(1)),
                    d.owner_id.to(&ann),
                    d.reviewer_id.to(Some(&ann)),
                )
            });
            println!("{}", u.sql());
            u.execute(&tx).await?;
            assert!(matches!(
                Document::update(&doc)
                    .set(|d| d.title.to("Q5"))
                    .execute(&tx)
                    .await,
                Err(tenancy::Error::Stale)
            ));
            tx.commit().await?;
            let doc = Document::find(doc.id).fetch_one(&acme).await?;
            let doc = Document::update(&doc)
                .apply(DocumentPatch {
                    title: Some("Q6".into()),
                    owner_id: Some(ann.id),
                    reviewer_id: Patch::Null,
                })
                .fetch_one(&acme)
                .await?;
            println!("{doc:?}");
            let err = Document::update(&doc)
                .set(|d| d.owner_id.to(Ref::by_id(Uuid::now_v7())))
                .execute(&acme)
                .await;
            println!("{err:?}");
            let n = Document::create_many((0..10).map(|i| NewDocument {
                title: format!("d{i}"),
                views: i,
                owner_id: (&ann).into(),
                reviewer_id: None,
            }))
            .execute(&acme)
            .await?;
            assert_eq!(n, 10);
            let each = Document::create_each((0..3_i64).map(|i| {
                Document::create(NewDocument {
                    title: format!("e{i}"),
                    views: i,
                    owner_id: (&ann).into(),
                    reviewer_id: None,
                })
                .set(|d| d.archived.to(i == 1))
                .with_key(Uuid::from_u128(i as u128))
            }))
            .fetch_all(&acme)
            .await?;
            assert!(
                each.iter()
                    .all(|d| d.archived == (d.title == "e1") && d.id.as_u128() == d.views as u128)
            );
            assert_eq!(
                Document::destroy_where(|d| d.title.starts_with("e"))
                    .execute(&acme)
                    .await?,
                3
            );
            let docs = Document::query()
                .filter(|d| {
                    d.owner_id.in_query(
                        User::query()
                            .filter(|u| u.role.eq(Role::Admin))
                            .select(|u| u.id),
                    )
                })
                .count(&acme)
                .await?;
            assert_eq!(docs, 11);
            let up = Document::upsert(NewDocument {
                title: "d3".into(),
                views: 100,
                owner_id: (&ann).into(),
                reviewer_id: None,
            })
            .on(|d| d.title);
            println!("{}", up.sql());
            println!("{:?}", up.fetch_one(&acme).await?);
            let n = Document::update_where(|d| {
                d.title.starts_with("d") & d.views.in_(vec![1_i64, 2, 3])
            })
            .set(|d| d.views.to(0))
            .execute(&acme)
            .await?;
            assert_eq!(n, 2);
            Plan::create(NewPlan {
                key: "a".into(),
                value: "b".into(),
            })
            .execute(&acme)
            .await?;
            assert_eq!(
                Document::destroy_where(|d| d.views.ge(0))
                    .execute(&acme)
                    .await?,
                11
            );
            Ok::<_, tenancy::Error>(())
        })
        .await?;
    println!("{:?}", Plan::query().fetch_all(&db).await?);
    tenancy::enter!(globex = globex, &db);
    assert_eq!(User::query().count(&globex).await?, 0);
    Ok(())
}
