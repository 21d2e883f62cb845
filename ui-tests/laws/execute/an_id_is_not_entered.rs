//! An id proves nothing: it is verified before it is entered.

use sqlx::Sqlite;
use tenancy::Db;
use uuid::Uuid;

async fn enter(db: Db<Sqlite>, id: Uuid) {
    tenancy::enter!(acme = id, &db);
}

fn main() {}
