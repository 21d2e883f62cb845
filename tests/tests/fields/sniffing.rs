//! Attempts to find out what a field holds that the actor does not see.

use std::error::Error as _;

use futures_util::TryStreamExt as _;
use tenancy::{Error, Masked, TenantScoped as _};

use crate::models::on_both;

/// What an error says, and what its sources say.
fn told(error: &Error) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        told += &format!(": {error}");
        source = error.source();
    }
    told
}

on_both! {
    async fn a_filter_does_not_find_what_is_hidden() {
        let db = database().await;
        tenancy::enter!(acme = tenant(&db).await);
        let [ann, bob] = [user(&acme, false, Some(0)).await, user(&acme, false, None).await];
        let acme = acme.acting_as(ann);
        let hidden = employee(&acme, &bob, "bob", 70_123).await;
        assert_eq!(hidden.salary, Masked::Hidden);
        let seen = |query: u64| assert_eq!(query, 0);

        // By bisection, from both sides, negated, and by a value that is right.
        for bound in [i64::MIN, 0, 70_122, 70_123, 70_124, i64::MAX] {
            seen(Employee::query().filter(|e| e.salary.ge(bound)).count(&acme).await.unwrap());
            seen(Employee::query().filter(|e| e.salary.le(bound)).count(&acme).await.unwrap());
            seen(Employee::query().filter(|e| !e.salary.gt(bound)).count(&acme).await.unwrap());
            seen(Employee::query().filter(|e| e.salary.eq(bound)).count(&acme).await.unwrap());
            seen(Employee::query().filter(|e| !e.salary.eq(bound)).count(&acme).await.unwrap());
            seen(Employee::query().filter(|e| e.salary.ne(bound)).count(&acme).await.unwrap());
            seen(Employee::query().filter(|e| e.salary.in_([bound, 1])).count(&acme).await.unwrap());
            seen(Employee::query().filter(|e| e.salary.not_in([bound])).count(&acme).await.unwrap());
            seen(Employee::query().filter(|e| e.salary.between(bound, i64::MAX)).count(&acme).await.unwrap());
            let both = Employee::query().filter(|e| e.salary.ge(bound) | e.salary.lt(bound));
            assert!(!both.exists(&acme).await.unwrap());
        }
        // By other columns, by what is calculated, by a sub-query, by a pattern.
        seen(Employee::query().filter(|e| e.team.lt(e.salary)).count(&acme).await.unwrap());
        seen(Employee::query().filter(|e| e.double.gt(e.salary)).count(&acme).await.unwrap());
        seen(Employee::query().filter(|e| e.team.ne(e.salary.minus(70_122))).count(&acme).await.unwrap());
        let levels = || User::query().select(|u| u.level);
        seen(Employee::query().filter(|e| e.salary.in_query(levels())).count(&acme).await.unwrap());
        seen(Employee::query().filter(|e| !e.salary.in_query(levels())).count(&acme).await.unwrap());
        seen(Employee::query().filter(|e| e.notes.contains("bob")).count(&acme).await.unwrap());
        seen(Employee::query().filter(|e| !e.notes.like("%x%")).count(&acme).await.unwrap());
        // By an error: it would be out of range for any salary but one below 5.
        let overflow = Employee::query().filter(|e| e.team.eq(e.salary.plus(i64::MAX - 5)));
        seen(overflow.count(&acme).await.unwrap());

        // Whether it is NULL, whatever it is.
        let null = Employee::query().filter(|e| e.salary.is_null() & e.bonus.is_null() & e.badge.is_null());
        assert_eq!(null.count(&acme).await.unwrap(), 1);
        seen(Employee::query().filter(|e| e.bonus.is_not_null()).count(&acme).await.unwrap());

        // A filter on what is visible does not give it away, either, in whichever way rows are read.
        let row = Employee::find(hidden.id).fetch_one(&acme).await.unwrap();
        assert_eq!((&row.salary, &row.notes), (&Masked::Hidden, &Masked::Hidden));
        let rows: Vec<_> = Employee::query().fetch(&acme).try_collect().await.unwrap();
        assert_eq!((rows.len(), rows[0].salary), (1, Masked::Hidden));
        let mut acme = acme;
        let tx = acme.begin().await.unwrap();
        let locked = Employee::query().for_update().fetch_all(&tx).await.unwrap();
        assert_eq!(locked[0].salary, Masked::Hidden);
        assert_eq!(locked[0].badge, Masked::Hidden);
        assert_eq!(locked[0].double, Masked::Hidden);
    }

    async fn an_order_does_not_tell_what_is_hidden() {
        let db = database().await;
        tenancy::enter!(acme = tenant(&db).await);
        let [ann, bob] = [user(&acme, false, Some(0)).await, user(&acme, false, None).await];
        let acme = acme.acting_as(ann.clone());
        let mut keys = Vec::new();
        for salary in [50, 90, 10, 70, 30, 60, 20, 80, 40] {
            keys.push(employee(&acme, &bob, "x", salary).await.id);
        }
        let mine = employee(&acme, &ann, "me", 55).await.id;
        keys.sort();
        let others: Vec<_> = keys.clone();
        let first = || [mine].into_iter().chain(others.iter().copied()).collect::<Vec<_>>();
        let last = || others.iter().copied().chain([mine]).collect::<Vec<_>>();
        macro_rules! order {
            ($query:expr) => {
                $query.fetch_all(&acme).await.unwrap().iter().map(|row| row.id).collect::<Vec<_>>()
            };
        }
        // There is an index on the salaries, whose order is not that of the keys.
        assert_eq!(order!(Employee::query().order_by(|e| e.salary.asc())), first());
        assert_eq!(order!(Employee::query().order_by(|e| e.salary.desc())), last());
        assert_eq!(order!(Employee::query().order_by(|e| (e.team.asc(), e.double.asc()))), first());
        assert_eq!(order!(Employee::query().order_by(|e| e.bonus.asc())), first());
        assert_eq!(order!(Employee::query().order_by(|e| e.salary.asc()).limit(3)), first()[..3]);
        keys.push(mine);
        keys.sort();
        assert_eq!(order!(Employee::query()), keys);
        assert_eq!(order!(Employee::query().limit(3).offset(2)), keys[2..5]);
        assert_eq!(order!(Employee::query().order_by(|e| e.team.desc())), keys);
        let rows: Vec<_> = Employee::query().fetch(&acme).try_collect().await.unwrap();
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), keys);
        // Nor does the order in which rows were found to be changed.
        assert_eq!(order!(Employee::update_where(|e| e.team.eq(1)).set(|e| e.team.to(1))), keys);
        assert_eq!(order!(Employee::destroy_where(|e| e.team.eq(1))), keys);
    }

    async fn a_write_does_not_find_what_is_hidden() {
        let db = database().await;
        tenancy::enter!(acme = tenant(&db).await);
        let [ann, bob] = [user(&acme, false, Some(0)).await, user(&acme, false, None).await];
        let acme = acme.acting_as(ann.clone());
        let hidden = employee(&acme, &bob, "bob", 70_123).await;
        let mine = employee(&acme, &ann, "ann", 70_123).await;
        assert_eq!((mine.salary, mine.double), (Masked::Visible(70_123), Masked::Visible(140_246)));
        assert_eq!((mine.bonus, mine.badge), (Masked::Visible(Some(7)), Masked::Visible(None)));

        // Only one's own is found.
        let found = Employee::update_where(|e| e.salary.eq(70_123)).set(|e| e.team.to(2));
        assert_eq!(found.execute(&acme).await.unwrap(), 1);
        let found = Employee::update_where(|e| !e.salary.lt(0)).set(|e| e.team.to(3));
        let found = found.fetch_all(&acme).await.unwrap();
        assert_eq!((found.len(), found[0].id), (1, mine.id));
        let found = Employee::update_where(|e| e.salary.is_null()).set(|e| e.team.to(4));
        let found = found.fetch_all(&acme).await.unwrap();
        assert_eq!((found.len(), found[0].salary), (1, Masked::Hidden));
        assert_eq!(Employee::destroy_where(|e| e.salary.ne(1) & e.team.eq(4)).execute(&acme).await.unwrap(), 0);
        assert_eq!(Employee::destroy_where(|e| e.double.gt(e.salary)).execute(&acme).await.unwrap(), 1);
        assert_eq!(Employee::query().count(&acme).await.unwrap(), 1);

        // What comes back is masked; by the row as it is then.
        let hidden = Employee::find(hidden.id).fetch_one(&acme).await.unwrap();
        let changed = Employee::update(&hidden).set(|e| e.salary.to(80_000)).fetch_one(&acme).await.unwrap();
        assert_eq!((changed.salary, changed.double), (Masked::Hidden, Masked::Hidden));
        let changed = Employee::update(&changed).set(|e| e.user_id.to(&ann)).fetch_one(&acme).await.unwrap();
        assert_eq!((changed.salary, changed.double), (Masked::Visible(80_000), Masked::Visible(160_000)));
        let changed = Employee::update(&changed).set(|e| e.user_id.to(&bob)).fetch_one(&acme).await.unwrap();
        assert_eq!(changed.salary, Masked::Hidden);
        Employee::update(&changed).set(|e| (e.bonus.to_null(), e.salary.to(9))).execute(&acme).await.unwrap();
        let changed = Employee::find(changed.id).fetch_one(&acme).await.unwrap();
        let gone = Employee::destroy(&changed).fetch_one(&acme).await.unwrap();
        assert_eq!((&gone.salary, &gone.notes), (&Masked::Hidden, &Masked::Hidden));
    }

    async fn an_error_does_not_say_what_is_hidden() {
        let db = database().await;
        tenancy::enter!(acme = tenant(&db).await);
        let [ann, bob] = [user(&acme, false, Some(0)).await, user(&acme, true, None).await];
        let acme = acme.acting_as(ann.clone());
        let hidden = employee(&acme, &bob, "bob", 7_012_345_673).await;
        let hidden = Employee::update(&hidden).set(|e| e.badge.to(4_711_471_147)).fetch_one(&acme).await.unwrap();
        // That a value is taken shows, as it does in every table with such a constraint, and no more.
        let new = NewEmployee {
            user_id: (&ann).into(), name: "ann".into(), team: 1, salary: 5, badge: Some(4_711_471_147), notes: None,
        };
        let conflict = Employee::create(new).set(|e| e.bonus.to(1)).fetch_one(&acme).await.unwrap_err();
        assert!(matches!(conflict, Error::Conflict(_)), "{conflict:?}");
        let check = Employee::update(&hidden).set(|e| e.bonus.to(8_000_000_000)).fetch_one(&acme).await.unwrap_err();
        assert!(matches!(check, Error::InvalidValue(_)), "{check:?}");
        for error in [conflict, check] {
            let told = told(&error);
            assert!(!told.contains("7012345673") && !told.contains("4711471147"), "{told}");
        }
    }

    async fn what_is_visible_is_found() {
        let db = database().await;
        tenancy::enter!(acme = tenant(&db).await);
        let [ann, bob] = [user(&acme, false, Some(1)).await, user(&acme, true, None).await];
        let acme = acme.acting_as(ann.clone());
        let mine = employee(&acme, &ann, "ann", 10).await;
        employee(&acme, &bob, "bob", 20).await;
        assert_eq!(mine.notes, Masked::Visible(Some("about ann".into())));
        let count = Employee::query().filter(|e| e.salary.between(5, 15) & e.notes.contains("ann"));
        assert_eq!(count.count(&acme).await.unwrap(), 1);
        let all = Employee::query().order_by(|e| e.salary.asc()).fetch_all(&acme).await.unwrap();
        assert_eq!(all[0].salary, Masked::Visible(10));
        // What the rules about one field say is not what those about another do.
        assert_eq!((all[1].salary, &all[1].notes), (Masked::Hidden, &Masked::Hidden));

        // An administrator sees all.
        tenancy::enter!(again = acme.verified());
        let bob = User::find(bob.id).fetch_one(&again).await.unwrap();
        let again = again.acting_as(bob);
        let all = Employee::query().order_by(|e| e.salary.desc()).fetch_all(&again).await.unwrap();
        assert_eq!(all.iter().map(|row| row.salary).collect::<Vec<_>>(), [20, 10].map(Masked::Visible));
        let raised = Employee::update_where(|e| e.salary.gt(15)).set(|e| e.salary.to(21));
        assert_eq!(raised.fetch_all(&again).await.unwrap()[0].double, Masked::Visible(42));
        // But the level of none is not known to be above that of a team.
        assert!(all.iter().all(|row| row.notes.is_hidden()));
    }
}
