//! Every tenant has a database of its own, beside one that all of them share.
//!
//! `cargo run --example databases`: runs on files of SQLite in a temporary folder, nothing to install.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use tenancy::ddl::Tables;
use tenancy::doctor::Doctor;
use tenancy::{Db, DbOf, Error, PoolOptions, Root as _};
use tenancy::{Tenant, TenantRoot, TenantScoped, VerifiedTenant};
use uuid::Uuid;

/// The tenants, in the shared database.
#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Sqlite, databases)]
struct Studio {
    id: Uuid,
    name: String,
}

/// Which folder the database of a studio is in. Belongs to nobody: it is asked for before there is a tenant.
#[derive(Debug, TenantScoped)]
#[tenancy(root = Studio, global = true)]
struct Place {
    #[tenancy(given)] // that of the studio
    id: Uuid,
    folder: String,
}

/// In the shared database, in one table for all studios.
#[derive(Debug, TenantScoped)]
#[tenancy(root = Studio)]
struct Member {
    id: Uuid,
    email: String,
}

/// In the studio's own database.
#[derive(Debug, TenantScoped)]
#[tenancy(root = Studio, strategy = database)]
struct Invoice {
    id: Uuid,
    #[tenancy(unique)]
    number: i64,
    #[tenancy(index)]
    cents: i64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let (small, large) = (folder.path().join("small"), folder.path().join("large"));
    std::fs::create_dir(&small)?;
    std::fs::create_dir(&large)?;
    let db = connect(folder.path()).await?;
    let tables = Tables::<Studio>::new()
        .with::<Place>()
        .with::<Member>()
        .with::<Invoice>();
    // A program that is there to stay keeps them as migrations: `tables.write_to("migrations")`.
    sqlx::raw_sql(tables.of_shared())
        .execute(&mut *db.acquire().await?)
        .await?;

    heading("Two studios, a database each");
    let mut studios = Vec::new();
    for (name, domain) in [("Acme", "acme.com"), ("Globex", "globex.com")] {
        let new = NewStudio { name: name.into() };
        let studio = Studio::create(new).execute(&db).await?;
        let (id, folder) = (*studio.id(), "small".into());
        Place::create(NewPlace { id, folder }).execute(&db).await?;
        studio.create_database(tables.of_database()).await?;
        studio
            .clone()
            .scope(async |mut studio| fill(&mut studio, domain).await)
            .await?;
        show(&studio).await?;
        studios.push(studio);
    }
    let [acme, globex] = [studios.remove(0), studios.remove(0)];

    heading("One of them moves to another folder");
    // Nobody else is here. A service stops writing to it first: what has begun ends on the old one.
    let file = format!("{}.db", acme.id());
    std::fs::rename(small.join(&file), large.join(&file))?;
    let place = Place::find(*acme.id()).fetch_one(&db).await?;
    Place::update(&place)
        .set(|p| p.folder.to("large"))
        .execute(&db)
        .await?;
    db.forget_database(acme.id());
    show(&acme).await?;

    heading("The doctor examines it, after somebody was there by hand");
    sqlx::raw_sql("DROP INDEX invoices_cents_idx")
        .execute(&mut *acme.acquire_own().await?)
        .await?;
    println!("{}", Doctor::new(&tables).examine_database(&acme).await?);

    heading("The database of the other one is dropped");
    globex.drop_database().await?;
    match show(&globex).await {
        Err(error @ Error::NoDatabase(_)) => println!("  Globex   {error}"),
        other => unreachable!("{other:?}"),
    }
    show(&acme).await?;

    println!();
    Ok(())
}

/// The lookup is asked when a studio is first used. It reads a table of the shared database.
async fn connect(folder: &Path) -> tenancy::Result<DbOf<Studio>> {
    let folder = folder.to_owned();
    let file = SqliteConnectOptions::new().filename(folder.join("shared.db"));
    let options = PoolOptions::new().max_connections(4); // to all databases together
    let shared = Db::connect_with(options, file.create_if_missing(true)).await?;
    Ok(shared.clone().with_databases(move |id: Uuid| {
        let (shared, folder) = (shared.clone(), folder.clone());
        async move {
            let place = Place::find(id).fetch_one(&shared).await?;
            let file = folder.join(&place.folder).join(format!("{id}.db"));
            Ok(SqliteConnectOptions::new().filename(file))
        }
    }))
}

/// No transaction spans two databases: the member is by itself, and the invoices are there together or not at all.
async fn fill<'t>(studio: &mut Tenant<'t, Studio>, domain: &str) -> tenancy::Result<()> {
    let email = format!("ann@{domain}");
    Member::create(NewMember { email }).execute(studio).await?;

    let transaction = studio.begin().await?; // on the studio's own; `begin_shared` is on the other one
    for (number, cents) in [(1, 700), (2, 1200)] {
        Invoice::create(NewInvoice { number, cents })
            .execute(&transaction)
            .await?;
    }
    transaction.commit().await
}

/// Reads what is shared and what is the studio's own; there is no difference in the code.
async fn show(studio: &VerifiedTenant<Studio>) -> tenancy::Result<()> {
    tenancy::enter!(studio = studio.clone());
    let member = Member::query().fetch_one(&studio).await?;
    let largest = Invoice::query()
        .order_by(|i| i.cents.desc())
        .limit(1)
        .fetch_one(&studio)
        .await?;
    let name = &Studio::query().fetch_one(&studio).await?.name;
    println!(
        "  {name:<8} {:<14} invoice {} is of {} cents",
        member.email, largest.number, largest.cents
    );
    Ok(())
}

fn heading(text: &str) {
    println!("\n{text}\n{}", "─".repeat(text.chars().count()));
}
