//! Statements that were prepared by SQL are not those of the next borrower.

use tenancy::{Db, PoolOptions, Root as _, TenantScoped as _};
use tenancy_tests::over;
use tenancy_tests::postgres::*;

use crate::secured::raw;

#[tokio::test]
async fn a_prepared_statement_is_not_replaced() {
    let fresh = database().await;
    let options = fresh.connect_options().clone();
    let one = PoolOptions::new().max_connections(1);
    let db = Db::connect_with(one, options).await.unwrap();
    let mut tenants = Vec::new();
    for name in ["Acme", "Globex"] {
        let new = NewOrganization { name: name.into() };
        let verified = Organization::create(new).execute(&db).await.unwrap();
        tenancy::enter!(tenant = verified.clone());
        let note = NewNote {
            body: name.into(),
            priority: None,
        };
        Note::create(note).execute(&tenant).await.unwrap();
        tenants.push(verified);
    }
    tenancy::enter!(acme = over(&db, &tenants[0]));
    assert_eq!(Note::query().fetch_all(&acme).await.unwrap().len(), 1);

    let mut injected = db.acquire().await.unwrap();
    let find =
        "SELECT name FROM pg_prepared_statements WHERE statement ~ '^SELECT .* FROM \"notes\"'";
    let [name]: [String; 1] = raw(&mut injected, find).await.unwrap().try_into().unwrap();
    let statement = Note::query().sql().to_string();
    let all = statement.replace("\"notes\".\"tenant_id\" = $1", "$1 IS NOT NULL");
    assert_ne!(all, statement);
    let replace = format!("DEALLOCATE {name}; PREPARE {name} (uuid) AS {all}");
    raw(&mut injected, &replace).await.unwrap();
    drop(injected);

    let notes = Note::query().fetch_all(&acme).await.unwrap();
    assert_eq!(notes.len(), 1, "the statement of somebody else ran");
    assert_eq!(notes[0].body, "Acme");
}
