//! Two databases of one program: the same id may be another tenant in each.

use tenancy::{Error, Root as _, TenantScoped as _};

tenancy_tests::on_both! {
    async fn a_tenant_is_entered_where_it_was_verified() {
        let [here, there] = [database().await, database().await];
        let new = |name: &str| NewOrganization { name: name.into() };
        let acme = Organization::create(new("Acme")).execute(&here).await.unwrap();
        let other = Organization::create(new("Other"))
            .with_key(*acme.id())
            .execute(&there)
            .await
            .unwrap();
        for (verified, name) in [(acme, "Acme"), (other, "Other")] {
            tenancy::enter!(tenant = verified);
            assert_eq!(Organization::query().fetch_one(&tenant).await.unwrap().name, name);
            tenancy::enter!(again = tenant.verified());
            assert_eq!(Organization::query().fetch_one(&again).await.unwrap().name, name);
        }
    }

    async fn a_row_is_not_adopted_in_another_database() {
        let [here, there] = [database().await, database().await];
        let new = || NewOrganization { name: "Acme".into() };
        let acme = Organization::create(new()).execute(&here).await.unwrap();
        let same_id = Organization::create(new())
            .with_key(*acme.id())
            .execute(&there)
            .await
            .unwrap();
        tenancy::enter!(acme = acme);
        tenancy::enter!(elsewhere = same_id);
        let note = Note::create(NewNote { body: "x".into(), priority: None });
        let note = acme.detach(note.fetch_one(&acme).await.unwrap());
        assert!(matches!(elsewhere.adopt(note.clone()), Err(Error::NotFound)));
        // A clone of the handle is the same database.
        tenancy::enter!(again = Organization::verify(&tenancy::Db::clone(&here), *acme.id())
            .await
            .unwrap());
        Note::destroy(&again.adopt(note).unwrap()).execute(&again).await.unwrap();
        assert_eq!(Note::query().count(&acme).await.unwrap(), 0);
    }
}
