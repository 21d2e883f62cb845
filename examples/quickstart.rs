//! Two organizations in one table each, and no way to mix them up.
//!
//! `cargo run --example quickstart`: runs on an SQLite database in memory, nothing to install.

use tenancy::PoolOptions;
use tenancy::{Db, Error, Ref, Root as _, Scoped, Tenant, TenantRoot, TenantScoped};
use uuid::Uuid;

/// The tenants.
#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Sqlite)]
struct Organization {
    id: Uuid,
    name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, sqlx::Type)]
#[sqlx(rename_all = "lowercase")]
enum Role {
    Admin,
    Member,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct User {
    id: Uuid,
    email: String,
    role: Role,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct Document {
    id: Uuid,
    #[tenancy(belongs_to = User)]
    owner_id: Uuid,
    title: String,
    views: i64,
}

const SCHEMA: &str = "
    CREATE TABLE organizations (id BLOB PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE users (
        tenant_id BLOB NOT NULL REFERENCES organizations (id), id BLOB NOT NULL,
        email TEXT NOT NULL, role TEXT NOT NULL,
        PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, email)
    );
    CREATE TABLE documents (
        tenant_id BLOB NOT NULL, id BLOB NOT NULL, owner_id BLOB NOT NULL,
        title TEXT NOT NULL, views INTEGER NOT NULL,
        PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id)
    );
";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let db = Db::connect_with(
        PoolOptions::new().max_connections(1),
        "sqlite::memory:".parse()?,
    )
    .await?;
    sqlx::raw_sql(SCHEMA)
        .execute(&mut *db.acquire().await?)
        .await?;

    heading("Two organizations, one database");
    let mut tenants = Vec::new();
    for (name, domain) in [("Acme", "acme.com"), ("Globex", "globex.com")] {
        let new = NewOrganization { name: name.into() };
        let tenant = Organization::create(new).execute(&db).await?;
        tenant
            .clone()
            .scope(async |mut tenant| fill(&mut tenant, domain).await)
            .await?;
        tenants.push(tenant);
    }
    let [acme, globex] = [tenants.remove(0), tenants.remove(0)];

    heading("The same query, seen by each");
    for tenant in [&acme, &globex] {
        tenancy::enter!(tenant = tenant.clone());
        let organization = Organization::query().fetch_one(&tenant).await?;
        let admins = User::query()
            .filter(|u| u.role.eq(Role::Admin))
            .order_by(|u| u.email.asc())
            .fetch_all(&tenant)
            .await?;
        for admin in &admins {
            let id = admin.id.simple().to_string();
            println!(
                "  {:<8} {:<18} {:?} …{}",
                organization.name,
                admin.email,
                admin.role,
                &id[26..]
            );
        }
    }
    let members = User::query().filter(|u| u.role.eq(Role::Member));
    println!("\n  The text of such a query is computed by the compiler:");
    println!("  {}", members.sql());

    heading("Work on a row that was read, in a transaction");
    tenancy::enter!(mut acme = acme);
    let transaction = acme.begin().await?;
    let report = Document::query()
        .filter(|d| d.title.starts_with("Q"))
        .fetch_one(&transaction)
        .await?;
    let updated = Document::update(&report)
        .set(|d| (d.title.to("Q4"), d.views.to(d.views.plus(1))))
        .fetch_one(&transaction)
        .await?;
    transaction.commit().await?;
    let owner = User::find(updated.owner_id).fetch_one(&acme).await?;
    println!(
        "  {} ({} views) is now {} ({} views), owned by {}",
        report.title, report.views, updated.title, updated.views, owner.email
    );

    heading("What is refused while the program runs");
    tenancy::enter!(globex = globex);
    let foreign = User::query().fetch_one(&globex).await?.id;
    refused(
        "Acme looks for a user of Globex by id",
        User::find(foreign).fetch_one(&acme).await,
    );
    refused(
        "Acme looks for a user that does not exist",
        User::find(Uuid::now_v7()).fetch_one(&acme).await,
    );
    refused(
        "Acme gives a document to a user of Globex, by id",
        Document::update(&updated)
            .set(|d| d.owner_id.to(Ref::by_id(foreign)))
            .fetch_one(&acme)
            .await,
    );

    heading("What does not even compile");
    println!("  Remove a comment in the source of this example to see the message.");
    let stranger = User::query().fetch_one(&globex).await?;
    println!("  {} of Globex stays where they are.", stranger.email);
    // A query without a tenant:
    //     User::query().fetch_all(&db).await?;
    // error[E0277]: `User` belongs to a tenant: run this on a `Tenant` of its root, …

    // A row of Acme, changed on Globex:
    //     Document::update(&updated).set(|d| d.views.to(0)).execute(&globex).await?;
    // error[E0597]: `globex` does not live long enough
    //   … when `globex` is dropped and runs the `Drop` code for type `RowsOfTwoTenantsWereMixedOrATokenWasBorrowedForItsOwnBrand`

    // A document of Acme for an owner of Globex:
    //     Document::update(&updated).set(|d| d.owner_id.to(&stranger)).execute(&acme).await?;
    // error[E0597]: `globex` does not live long enough …

    // An owner by an id that nobody looked at:
    //     Document::update(&updated).set(|d| d.owner_id.to(foreign)).execute(&acme).await?;
    // error[E0277]: `Uuid` is not a reference to a `User` of this tenant

    println!();
    Ok(())
}

/// Two users and a document. Takes the tenant, whatever it is; there is no id to pass along.
async fn fill<'t>(tenant: &mut Tenant<'t, Organization>, domain: &str) -> tenancy::Result<()> {
    let transaction = tenant.begin().await?;
    let admin = create_user(&transaction, "ann", domain, Role::Admin).await?;
    create_user(&transaction, "bob", domain, Role::Member).await?;
    Document::create(NewDocument {
        title: "Q3".into(),
        views: 41,
        owner_id: (&admin).into(),
    })
    .execute(&transaction)
    .await?;
    transaction.commit().await?;

    let users = User::query().count(tenant).await?;
    let documents = Document::query().count(tenant).await?;
    println!("  {domain:<12} {users} users, {documents} document");
    Ok(())
}

/// A helper works on a token and inside a transaction alike.
async fn create_user<'t>(
    tenant: &Tenant<'t, Organization>,
    name: &str,
    domain: &str,
    role: Role,
) -> tenancy::Result<Scoped<'t, User>> {
    let email = format!("{name}@{domain}");
    User::create(NewUser { email, role })
        .fetch_one(tenant)
        .await
}

fn heading(text: &str) {
    println!("\n{text}\n{}", "─".repeat(text.chars().count()));
}

fn refused<T>(what: &str, result: Result<T, Error>) {
    match result {
        Ok(_) => unreachable!("{what}: this must not work"),
        Err(error) => println!("  {what:<50} {error}"),
    }
}
