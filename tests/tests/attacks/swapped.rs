//! A connection that was put in the place of another one is not used in its place.

use tenancy::TenantScoped as _;

use crate::secured::{Note, Secured, raw, tenant};

#[tokio::test]
async fn a_connection_of_another_role_does_not_stay_in_the_pool() {
    let secured = Secured::new(false).await;
    let db = secured.connect(1).await.unwrap();
    let acme = tenant(&db, "Acme").await;
    let mut own = db.acquire().await.unwrap();
    let mut superuser = secured.owner.acquire().await.unwrap();
    std::mem::swap(&mut *own, &mut *superuser);
    drop((own, superuser));
    let mut next = db.acquire().await.unwrap();
    let who = raw(&mut next, "SELECT current_user::text").await.unwrap();
    assert_eq!(who, [secured.role.as_str()]);
    drop(next);
    tenancy::enter!(acme = acme);
    assert_eq!(Note::query().count(&acme).await.unwrap(), 1);
}
