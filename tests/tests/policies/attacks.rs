//! Ways around the rules that somebody tried: some worked once, the others are worth to be tried again.

use std::collections::BTreeSet;
use std::time::Duration;

use tenancy::policy::action::{self, Action};
use tenancy::{Changes, Error, Model, Root as _, Scoped, TenantRoot};
use time::{OffsetDateTime, UtcOffset};

macro_rules! readings {
    ($($name:ident)*) => {$(
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Action for $name {
            type Like = action::Read;
            const NAME: &'static str = stringify!($name);
        }
    )*};
}

readings! {
    IfAny UnlessAny NotIfAny OnlyIfAny
    IfNone UnlessNone NotIfNone OnlyIfNone
    IfEvery UnlessEvery NotIfEvery OnlyIfEvery
    IfParent UnlessParent NotIfParent OnlyIfParent
    IfBoth UnlessBoth NotIfBoth OnlyIfBoth
    IfMany UnlessMany NotIfMany OnlyIfMany

}

/// What is asked of rows that refer to a row: whether any is, or none, or every one.
#[derive(Clone, Copy, Debug)]
enum Asked {
    Any,
    None,
    Every,
}

impl Asked {
    /// The answer, of those of the single rows.
    fn of(self, rows: &[Option<bool>]) -> Option<bool> {
        let any = |wanted: bool| {
            if rows.contains(&Some(wanted)) {
                Some(true)
            } else if rows.contains(&None) {
                None
            } else {
                Some(false)
            }
        };
        match self {
            Self::Any => any(true),
            Self::None => any(true).map(|any| !any),
            Self::Every => any(false).map(|any| !any),
        }
    }
}

macro_rules! suite {
    ($name:ident, $database:ty, $schema:literal) => {
        mod $name {
            use super::*;
            use tenancy::{Db, TenantScoped, VerifiedTenant};
            use uuid::Uuid;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            pub struct Organization {
                pub id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub struct User {
                pub id: Uuid,
                pub level: Option<i64>,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Document {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub owner_id: Uuid,
                pub title: String,
                pub views: i64,
            }

            tenancy::policies! {
                Document, actor: User {
                    read { authorize_if owner_id == actor; }
                    create { authorize_if always; }
                    update { authorize_if title != "taken"; }
                    destroy { authorize_if always; }
                }
            }

            /// The same table, with rules that cost the database more than a filter.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "documents", policies)]
            pub struct Costly {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub owner_id: Uuid,
                pub title: String,
                pub views: i64,
            }

            tenancy::policies! {
                Costly, actor: User {
                    check is_open = owner_id.any(|owner| owner.level == 1);
                    read { authorize_if is_open(); }
                    update { forbid_if views < 0; authorize_if is_open(); }
                    destroy { authorize_if is_open(); }
                }
            }

            /// The same table, for who may see all of it.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "documents")]
            pub struct Plain {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub owner_id: Uuid,
                pub title: String,
                pub views: i64,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Invitation {
                pub id: Uuid,
                pub name: String,
                pub expires: OffsetDateTime,
            }

            tenancy::policies! {
                Invitation, actor: User {
                    read { authorize_if expires > now(); }
                    create { authorize_if always; }
                }
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "children")]
            pub struct Child {
                pub id: Uuid,
                #[tenancy(belongs_to = Paper)]
                pub paper_id: Option<i64>,
                pub level: Option<i64>,
            }

            /// Rows that the database numbers.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Paper {
                pub id: i64,
                #[tenancy(belongs_to = Paper)]
                pub parent_id: Option<i64>,
                pub level: Option<i64>,
            }

            tenancy::policies! {
                Paper, actor: User {
                    relation children = Child.paper_id;

                    read { authorize_if always; }
                    create {
                        authorize_if level.is_none() || actor.level != 1;
                        authorize_if actor.level.is_none() && children.any(|child| child.level == 2);
                    }
                    // Too many answers for a statement each.
                    update {
                        forbid_if children.any(|child| child.level == 9);
                        authorize_if (level >= 0 && actor.level != 11)
                            || (level == 1 && actor.level == 12)
                            || (level == 2 && actor.level == 13)
                            || (level == 3 && actor.level == 14)
                            || (level == 4 && actor.level == 15);
                    }

                    read as IfAny { authorize_if children.any(|c| c.level == actor.level); }
                    read as UnlessAny { authorize_unless children.any(|c| c.level == actor.level); }
                    read as NotIfAny { forbid_if children.any(|c| c.level == actor.level); authorize_if always; }
                    read as OnlyIfAny { forbid_unless children.any(|c| c.level == actor.level); authorize_if always; }
                    read as IfNone { authorize_if children.none(|c| c.level == actor.level); }
                    read as UnlessNone { authorize_unless children.none(|c| c.level == actor.level); }
                    read as NotIfNone { forbid_if children.none(|c| c.level == actor.level); authorize_if always; }
                    read as OnlyIfNone { forbid_unless children.none(|c| c.level == actor.level); authorize_if always; }
                    read as IfEvery { authorize_if children.every(|c| c.level == actor.level); }
                    read as UnlessEvery { authorize_unless children.every(|c| c.level == actor.level); }
                    read as NotIfEvery { forbid_if children.every(|c| c.level == actor.level); authorize_if always; }
                    read as OnlyIfEvery { forbid_unless children.every(|c| c.level == actor.level); authorize_if always; }
                    read as IfParent { authorize_if parent_id.any(|p| p.level == actor.level); }
                    read as UnlessParent { authorize_unless parent_id.any(|p| p.level == actor.level); }
                    read as NotIfParent { forbid_if parent_id.any(|p| p.level == actor.level); authorize_if always; }
                    read as OnlyIfParent { forbid_unless parent_id.any(|p| p.level == actor.level); authorize_if always; }
                    read as IfBoth { authorize_if children.any(|c| c.level == 1 && actor.level == 1); }
                    read as UnlessBoth { authorize_unless children.any(|c| c.level == 1 && actor.level == 1); }
                    read as NotIfBoth { forbid_if children.any(|c| c.level == 1 && actor.level == 1); authorize_if always; }
                    read as OnlyIfBoth { forbid_unless children.any(|c| c.level == 1 && actor.level == 1); authorize_if always; }
                    // The same, put together at run time.
                    read as IfMany { forbid_unless (parent_id.is_none() && !matches!(actor.level, Some(11)))
                            || (parent_id.is_some() && !matches!(actor.level, Some(12)))
                            || (level == 5 && matches!(actor.level, Some(13)))
                            || (level == 6 && matches!(actor.level, Some(14))); authorize_if children.any(|c| c.level == 1 && actor.level == 1); }
                    read as UnlessMany { forbid_unless (parent_id.is_none() && !matches!(actor.level, Some(11)))
                            || (parent_id.is_some() && !matches!(actor.level, Some(12)))
                            || (level == 5 && matches!(actor.level, Some(13)))
                            || (level == 6 && matches!(actor.level, Some(14))); authorize_unless children.any(|c| c.level == 1 && actor.level == 1); }
                    read as NotIfMany { forbid_unless (parent_id.is_none() && !matches!(actor.level, Some(11)))
                            || (parent_id.is_some() && !matches!(actor.level, Some(12)))
                            || (level == 5 && matches!(actor.level, Some(13)))
                            || (level == 6 && matches!(actor.level, Some(14))); forbid_if children.any(|c| c.level == 1 && actor.level == 1); authorize_if always; }
                    read as OnlyIfMany { forbid_unless (parent_id.is_none() && !matches!(actor.level, Some(11)))
                            || (parent_id.is_some() && !matches!(actor.level, Some(12)))
                            || (level == 5 && matches!(actor.level, Some(13)))
                            || (level == 6 && matches!(actor.level, Some(14))); forbid_unless children.any(|c| c.level == 1 && actor.level == 1); authorize_if always; }
                }
            }

            async fn tenant(db: &Db<$database>) -> VerifiedTenant<Organization> {
                let new = Organization::create(NewOrganization {});
                new.execute(db).await.expect("a tenant")
            }

            fn forbidden<T: std::fmt::Debug>(result: tenancy::Result<T>) {
                assert!(matches!(result, Err(Error::Forbidden(_))), "{result:?}");
            }

            /// Of a column that was assigned twice in a tuple, the rules were asked about the first value, and
            /// SQLite stored the last: a client's change got past them.
            #[tokio::test]
            async fn what_is_judged_is_what_is_stored() {
                type Columns = <Document as Model>::Columns;

                let db = tenancy_tests::database::$name($schema).await;
                tenancy::enter!(acme = tenant(&db).await);
                let user = || User::create(NewUser { level: None }).fetch_one(&acme);
                let (ann, bob) = (user().await.expect("Ann"), user().await.expect("Bob"));
                let acme = acme.acting_as(ann.clone());
                let new = NewDocument {
                    owner_id: (&ann).into(),
                    title: "hers".into(),
                    views: 0,
                };
                let row = Document::create(new).fetch_one(&acme).await.expect("a row");
                let to_ann = || Changes::new().set(|d: Columns| d.owner_id.to(&ann));
                let to_bob = || Changes::new().set(|d: Columns| d.owner_id.to(&bob));
                let given = || Changes::new().set(|d: Columns| d.owner_id.to(&bob))
                    .set(|d| d.title.to("given".to_owned()));
                let update = || Document::update(&row);

                // What the program says itself counts, wherever the client's changes are.
                update().set(|d| (d.owner_id.to(&ann), given())).execute(&acme).await.expect("hers");
                update().set(|d| (given(), d.owner_id.to(&ann))).execute(&acme).await.expect("hers");
                update().set(|d| ((d.owner_id.to(&ann), ()), (given(), ()))).execute(&acme).await.expect("hers");
                let all = Document::update_where(|d| d.views.eq(0));
                let all = all.set(|d| (d.owner_id.to(&ann), given())).execute(&acme).await;
                assert_eq!(all.expect("hers"), 1);
                forbidden(update().set(|d| (d.owner_id.to(&bob), to_ann())).execute(&acme).await);
                forbidden(update().set(|d| (to_ann(), d.owner_id.to(&bob))).execute(&acme).await);
                forbidden(update().set(|d| (to_ann(), d.owner_id.to(&bob))).fetch_one(&acme).await);
                // Of several changes, the last.
                forbidden(update().set(|_| (to_ann(), to_bob())).execute(&acme).await);
                forbidden(update().set(|_| (to_ann(), (to_ann(), to_bob()))).execute(&acme).await);
                update().set(|_| (to_bob(), to_ann())).execute(&acme).await.expect("hers");
                update().set(|_| ((to_bob(), to_bob()), to_ann())).execute(&acme).await.expect("hers");

                let left = Plain::query().fetch_one(&acme).await.expect("a row");
                assert_eq!((left.owner_id, left.title.as_str()), (ann.id, "given"));
            }

            /// The key is a column that such rules ask for, too: the row as it will be had none, which
            /// PostgreSQL refused, and a new row that the database numbers was asked for it.
            #[tokio::test]
            async fn rules_about_who_refers_to_a_row_are_asked_in_every_write() {
                let db = tenancy_tests::database::$name($schema).await;
                let verified = tenant(&db).await;
                tenancy::enter!(acme = verified.clone());
                let user = |level| User::create(NewUser { level: Some(level) }).fetch_one(&acme);
                let (ann, bob) = (user(1).await.expect("Ann"), user(2).await.expect("Bob"));
                fn new<'t>(level: Option<i64>) -> NewPaper<'t> {
                    NewPaper { parent_id: None, level }
                }
                {
                    let acme = acme.acting_as(ann);
                    forbidden(Paper::create(new(Some(0))).execute(&acme).await);
                    forbidden(Paper::create(new(Some(0))).fetch_one(&acme).await);
                    Paper::create(new(None)).execute(&acme).await.expect("permitted");
                }
                tenancy::enter!(acme = verified);
                let bob = User::find(bob.id).fetch_one(&acme).await.expect("Bob");
                let acme = acme.acting_as(bob);
                let row = Paper::create(new(Some(0))).fetch_one(&acme).await.expect("permitted");
                let level = |level| Paper::update(&row).set(move |p| p.level.to(Some(level)));
                level(1).execute(&acme).await.expect("permitted");
                level(2).fetch_one(&acme).await.expect("permitted");
                forbidden(level(-1).execute(&acme).await);
                let all = Paper::update_where(|p| p.level.ge(0)).set(|p| p.level.to(p.level.plus(1)));
                assert_eq!(all.execute(&acme).await.expect("permitted"), 1);
                let child = NewChild { paper_id: Some((&row).into()), level: Some(9) };
                Child::create(child).execute(&acme).await.expect("a child");
                forbidden(level(3).execute(&acme).await);
            }

            /// SQLite keeps moments as texts: with an offset of the client's choice, one that is over looked as
            /// if it were to come.
            #[tokio::test]
            async fn no_offset_makes_a_moment_last_longer() {
                let db = tenancy_tests::database::$name($schema).await;
                tenancy::enter!(acme = tenant(&db).await);
                let user = User::create(NewUser { level: None }).fetch_one(&acme).await;
                let acme = acme.acting_as(user.expect("a user"));
                let hour = time::Duration::HOUR;
                for offset in [-14, -5, 0, 5, 14] {
                    let offset = UtcOffset::from_hms(offset, 0, 0).expect("an offset");
                    for (name, expires) in [("over", -hour), ("to come", hour)] {
                        let expires = (OffsetDateTime::now_utc() + expires).to_offset(offset);
                        let new = NewInvitation { name: name.into(), expires };
                        Invitation::create(new).execute(&acme).await.expect("permitted");
                    }
                }
                let there = Invitation::query().fetch_all(&acme).await.expect("rows");
                let names: Vec<_> = there.iter().map(|row| row.name.as_str()).collect();
                assert_eq!(names, ["to come"; 5]);
            }

            /// A filter that fails on some rows fails on none of another tenant, whatever else it asks.
            #[tokio::test]
            async fn no_error_tells_of_another_tenant() {
                let db = tenancy_tests::database::$name($schema).await;
                tenancy::enter!(globex = tenant(&db).await);
                let eve = User::create(NewUser { level: None }).fetch_one(&globex).await.expect("Eve");
                for _ in 0..50 {
                    let new = NewPlain {
                        owner_id: (&eve).into(),
                        title: "theirs".into(),
                        views: i64::MAX,
                    };
                    Plain::create(new).execute(&globex).await.expect("a row");
                }
                tenancy::enter!(acme = tenant(&db).await);
                let ann = User::create(NewUser { level: None }).fetch_one(&acme).await.expect("Ann");
                let id = ann.id;
                let acme = acme.acting_as(ann.clone());
                let new = NewDocument { owner_id: (&ann).into(), title: "hers".into(), views: 1 };
                Document::create(new).execute(&acme).await.expect("a row");
                let one = |result: tenancy::Result<u64>| assert_eq!(result.expect("no error"), 1);
                one(Plain::query().filter(|d| d.views.lt(d.views.plus(1))).count(&acme).await);
                one(Document::query().filter(|d| d.views.lt(d.views.plus(1))).count(&acme).await);
                let among = User::query().filter(|u| u.id.in_query(
                    Plain::query().filter(|d| d.views.lt(d.views.plus(1))).select(|d| d.owner_id),
                ));
                one(among.filter(|u| u.id.eq(id)).count(&acme).await);
                let update = Document::update_where(|d| d.views.lt(d.views.plus(1)));
                one(update.set(|d| d.views.to(d.views.plus(1))).execute(&acme).await);
                let update = Document::update_where(|d| d.title.ne(""));
                one(update.set(|d| d.views.to(d.views.plus(1))).execute(&acme).await);
                one(Document::destroy_where(|d| d.views.lt(d.views.plus(1))).execute(&acme).await);
            }

            /// Nor on any that the rules hide.
            #[tokio::test]
            async fn no_error_tells_of_a_hidden_row() {
                let db = tenancy_tests::database::$name($schema).await;
                tenancy::enter!(acme = tenant(&db).await);
                let user = |level| User::create(NewUser { level }).fetch_one(&acme);
                let (ann, bob) = (user(Some(1)).await.expect("Ann"), user(None).await.expect("Bob"));
                for (owner, views) in [(&ann, 1), (&bob, 10), (&bob, i64::MAX)] {
                    let new = NewPlain { owner_id: owner.into(), title: "x".into(), views };
                    Plain::create(new).execute(&acme).await.expect("a row");
                }
                let acme = acme.acting_as(bob);
                let one = |result: tenancy::Result<u64>| assert_eq!(result.expect("no error"), 1);
                for guess in [1, 9, 10, 11] {
                    let most = i64::MAX - guess;
                    one(Costly::query().filter(|d| d.views.ne(d.views.plus(most))).count(&acme).await);
                    one(Costly::query().filter(|d| d.views.ne(d.views.plus(most)).boxed()).count(&acme).await);
                    one(Costly::query().filter(|d| d.views.ne(d.views.minus(-most))).count(&acme).await);
                    let update = || Costly::update_where(|d| d.title.eq("x"));
                    one(update().set(|d| d.views.to(d.views.plus(most))).execute(&acme).await);
                    one(update().set(|d| d.views.to(d.views.minus(most))).execute(&acme).await);
                }
                // What does not fit is refused all the same, of a row that may be written.
                let all = Costly::update_where(|d| d.title.eq("x"));
                let all = all.set(|d| d.views.to(d.views.plus(i64::MAX)));
                let refused = all.execute(&acme).await;
                if stringify!($name) == "postgres" {
                    assert!(matches!(refused, Err(Error::InvalidValue(_))), "{refused:?}");
                }
                one(Costly::destroy_where(|d| d.views.ne(d.views.plus(i64::MAX - 10))).execute(&acme).await);
            }

            /// The rules are asked of the row as it is when the write gets to it: not as it was when the
            /// statement began, and someone else had a hold of it.
            #[tokio::test]
            async fn a_row_that_changes_hands_meanwhile_is_out_of_reach() {
                let db = tenancy_tests::database::$name($schema).await;
                let verified = tenant(&db).await;
                tenancy::enter!(acme = verified.clone());
                let user = || User::create(NewUser { level: None }).fetch_one(&acme);
                let (ann, bob) = (user().await.expect("Ann"), user().await.expect("Bob"));
                let acme = acme.acting_as(ann.clone());
                for write in 0..6 {
                    let new = NewDocument { owner_id: (&ann).into(), title: "hers".into(), views: 0 };
                    let row = Document::create(new).fetch_one(&acme).await.expect("a row");
                    tenancy::enter!(other = verified.clone());
                    let mut other = other;
                    let (there, heir) = (
                        Plain::find(row.id).fetch_one(&other).await.expect("the row"),
                        User::find(bob.id).fetch_one(&other).await.expect("Bob"),
                    );
                    let tx = other.begin().await.expect("a transaction");
                    let give = Plain::update(&there).set(|d| d.owner_id.to(&heir));
                    give.execute(&tx).await.expect("given");
                    let title = || Document::update(&row).set(|d| d.title.to("stolen"));
                    let all = || Document::update_where(|d| d.title.eq("hers")).set(|d| d.title.to("stolen"));
                    let late = async {
                        match write {
                            0 => title().execute(&acme).await.map(|()| 1),
                            1 => title().fetch_one(&acme).await.map(|_| 1),
                            2 => all().execute(&acme).await,
                            3 => all().fetch_all(&acme).await.map(|rows| rows.len() as u64),
                            4 => Document::destroy(&row).execute(&acme).await.map(|()| 1),
                            _ => Document::destroy_where(|d| d.title.eq("hers")).execute(&acme).await,
                        }
                    };
                    let commit = async {
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        tx.commit().await
                    };
                    let (late, commit) = tokio::join!(late, commit);
                    commit.expect("given");
                    assert!(matches!(late, Ok(0) | Err(Error::NotFound)), "{write}: {late:?}");
                    let left = Plain::find(row.id).fetch_one(&acme).await.expect("a row");
                    assert_eq!((left.owner_id, left.title.as_str()), (bob.id, "hers"));
                    Plain::destroy(&left).execute(&acme).await.expect("gone");
                }
            }

            /// All verbs, all ways of asking related rows, and all of their answers.
            #[tokio::test]
            async fn relations_have_three_answers() {
                let db = tenancy_tests::database::$name($schema).await;
                let verified = tenant(&db).await;
                tenancy::enter!(acme = verified.clone());
                let mut users = Vec::new();
                for level in [None, Some(1), Some(100)] {
                    let user = User::create(NewUser { level }).fetch_one(&acme).await;
                    users.push(user.expect("a user").id);
                }
                let levels = [None, Some(1), Some(2)];
                let mut families: Vec<Vec<Option<i64>>> = vec![vec![]];
                families.extend(levels.map(|one| vec![one]));
                families.extend(levels.iter().flat_map(|one| levels.map(|two| vec![*one, two])));
                let mut papers: Vec<(i64, Vec<Option<i64>>, Option<Option<i64>>)> = Vec::new();
                {
                    let last = User::find(users[2]).fetch_one(&acme).await.expect("a user");
                    let acme = acme.acting_as(last);
                    let mut parents: Vec<Option<Scoped<'_, Paper>>> = vec![None];
                    for level in levels {
                        let new = NewPaper { parent_id: None, level };
                        let parent = Paper::create(new).fetch_one(&acme).await.expect("a paper");
                        papers.push((parent.id, vec![], None));
                        parents.push(Some(parent));
                    }
                    for family in families {
                        for parent in &parents {
                            let parent_id = parent.as_ref().map(Into::into);
                            let new = NewPaper { parent_id, level: None };
                            let paper = Paper::create(new).fetch_one(&acme).await.expect("a paper");
                            for level in &family {
                                let new = NewChild { paper_id: Some((&paper).into()), level: *level };
                                Child::create(new).execute(&acme).await.expect("a child");
                            }
                            let parent = parent.as_ref().map(|parent| parent.level);
                            papers.push((paper.id, family.clone(), parent));
                        }
                    }
                    // It refers to no row.
                    let new = NewChild { paper_id: None, level: Some(1) };
                    Child::create(new).execute(&acme).await.expect("a child");
                }
                for user in users {
                    tenancy::enter!(acme = verified.clone());
                    let user = User::find(user).fetch_one(&acme).await.expect("a user");
                    let level = user.level;
                    let acme = acme.acting_as(user);
                    let same = |other: &Option<i64>| Some((*other)? == level?);
                    macro_rules! check {
                        ($answer:expr; $if_:ident $unless:ident $not_if:ident $only_if:ident) => {{
                            let answer = $answer;
                            check!(@ $if_, answer, Some(true));
                            check!(@ $unless, answer, Some(false));
                            check!(@ $not_if, answer, Some(false));
                            check!(@ $only_if, answer, Some(true));
                        }};
                        (@ $action:ident, $answer:ident, $permits:expr) => {
                            let seen = Paper::query().action($action).fetch_all(&acme).await.expect("rows");
                            let seen: BTreeSet<_> = seen.iter().map(|paper| paper.id).collect();
                            let expected = papers.iter().filter(|paper| $answer(paper) == $permits);
                            let expected: BTreeSet<_> = expected.map(|paper| paper.0).collect();
                            assert_eq!(seen, expected, "{} of {level:?}", $action::NAME);
                            // One by one, as the future decides it.
                            for paper in Paper::query().fetch_all(&acme).await.expect("rows") {
                                let can = acme.can($action, &paper).await.expect("an answer");
                                assert_eq!(can, expected.contains(&paper.id), "{}", $action::NAME);
                            }
                        };
                    }
                    type Kin = (i64, Vec<Option<i64>>, Option<Option<i64>>);
                    let of = |asked: Asked| {
                        move |paper: &Kin| asked.of(&paper.1.iter().map(same).collect::<Vec<_>>())
                    };
                    check!(of(Asked::Any); IfAny UnlessAny NotIfAny OnlyIfAny);
                    check!(of(Asked::None); IfNone UnlessNone NotIfNone OnlyIfNone);
                    check!(of(Asked::Every); IfEvery UnlessEvery NotIfEvery OnlyIfEvery);
                    let parent = |paper: &Kin| Asked::Any.of(&paper.2.iter().map(same).collect::<Vec<_>>());
                    check!(parent; IfParent UnlessParent NotIfParent OnlyIfParent);
                    let both = |other: &Option<i64>| {
                        let one = |level: &Option<i64>| level.map(|level| level == 1);
                        match (one(other), one(&level)) {
                            (Some(false), _) | (_, Some(false)) => Some(false),
                            (Some(true), Some(true)) => Some(true),
                            _ => None,
                        }
                    };
                    let both = |paper: &Kin| Asked::Any.of(&paper.1.iter().map(both).collect::<Vec<_>>());
                    check!(both; IfBoth UnlessBoth NotIfBoth OnlyIfBoth);
                    check!(both; IfMany UnlessMany NotIfMany OnlyIfMany);
                }
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, level INTEGER, PRIMARY KEY (tenant_id, id));
     CREATE TABLE documents (tenant_id BLOB NOT NULL, id BLOB NOT NULL, owner_id BLOB NOT NULL,
         title TEXT NOT NULL, views INTEGER NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE invitations (tenant_id BLOB NOT NULL, id BLOB NOT NULL, name TEXT NOT NULL,
         expires TEXT NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE papers (tenant_id BLOB NOT NULL, id INTEGER PRIMARY KEY, parent_id INTEGER, level INTEGER);
     CREATE TABLE children (tenant_id BLOB NOT NULL, id BLOB NOT NULL, paper_id INTEGER, level INTEGER,
         PRIMARY KEY (tenant_id, id));"
);
suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, level bigint, PRIMARY KEY (tenant_id, id));
     CREATE TABLE documents (tenant_id uuid NOT NULL, id uuid NOT NULL, owner_id uuid NOT NULL,
         title text NOT NULL, views bigint NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE invitations (tenant_id uuid NOT NULL, id uuid NOT NULL, name text NOT NULL,
         expires timestamptz NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE papers (tenant_id uuid NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
         parent_id bigint, level bigint);
     CREATE TABLE children (tenant_id uuid NOT NULL, id uuid NOT NULL, paper_id bigint, level bigint,
         PRIMARY KEY (tenant_id, id));"
);

/// What a program's own `Encode` sees of the other parameters: on SQLite those that were bound before it,
/// and it may put others in their place.
mod encoded {
    use std::sync::{Mutex, PoisonError};

    use sqlx::Sqlite;
    use sqlx::encode::{Encode, IsNull};
    use sqlx::error::BoxDynError;
    use sqlx::sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef};
    use tenancy::{Root as _, TenantRoot, TenantScoped};
    use uuid::Uuid;

    #[derive(Debug, TenantRoot)]
    #[tenancy(database = Sqlite)]
    pub struct Organization {
        pub id: Uuid,
    }

    #[derive(Clone, Debug, TenantScoped)]
    #[tenancy(root = Organization)]
    pub struct User {
        pub id: Uuid,
        pub kind: Kind,
    }

    #[derive(Clone, Debug, TenantScoped)]
    #[tenancy(root = Organization, policies)]
    pub struct Document {
        pub id: Uuid,
        #[tenancy(belongs_to = User)]
        pub owner_id: Uuid,
        pub kind: Kind,
    }

    tenancy::policies! {
        Document, actor: User {
            read { authorize_if owner_id == actor && kind == actor.kind; }
            create { authorize_if always; }
            update { authorize_if owner_id == actor && kind == actor.kind; }
        }
    }

    /// Remembers the parameters that it comes after, and puts them in the place of others.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Kind(i64);

    #[derive(Debug, Default)]
    struct Plot {
        remember: bool,
        replace: bool,
        parameters: SqliteArgumentsBuffer,
    }

    static PLOT: Mutex<Option<Plot>> = Mutex::new(None);

    impl sqlx::Type<Sqlite> for Kind {
        fn type_info() -> SqliteTypeInfo {
            <i64 as sqlx::Type<Sqlite>>::type_info()
        }
    }

    impl Encode<'_, Sqlite> for Kind {
        fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
            let mut plot = PLOT.lock().unwrap_or_else(PoisonError::into_inner);
            let plot = plot.get_or_insert_default();
            if plot.remember {
                plot.parameters = buffer.clone();
            } else if plot.replace {
                *buffer = plot.parameters.clone();
            }
            Encode::<Sqlite>::encode_by_ref(&self.0, buffer)
        }
    }

    impl sqlx::Decode<'_, Sqlite> for Kind {
        fn decode(value: SqliteValueRef<'_>) -> Result<Self, BoxDynError> {
            <i64 as sqlx::Decode<'_, Sqlite>>::decode(value).map(Self)
        }
    }

    fn plot(remember: bool, replace: bool) {
        let mut plot = PLOT.lock().unwrap_or_else(PoisonError::into_inner);
        let plot = plot.get_or_insert_default();
        (plot.remember, plot.replace) = (remember, replace);
    }

    #[tokio::test]
    async fn values_do_not_say_who_acts() {
        let schema = "CREATE TABLE organizations (id BLOB PRIMARY KEY);
             CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, kind INTEGER NOT NULL,
                 PRIMARY KEY (tenant_id, id));
             CREATE TABLE documents (tenant_id BLOB NOT NULL, id BLOB NOT NULL, owner_id BLOB NOT NULL,
                 kind INTEGER NOT NULL, PRIMARY KEY (tenant_id, id));";
        let db = tenancy_tests::database::sqlite(schema).await;
        let verified = Organization::create(NewOrganization {});
        let verified = verified.execute(&db).await.expect("a tenant");
        tenancy::enter!(acme = verified.clone());
        let user = || User::create(NewUser { kind: Kind(1) }).fetch_one(&acme);
        let (ann, bob) = (user().await.expect("Ann"), user().await.expect("Bob"));
        let acme = acme.acting_as(ann);
        let new = NewDocument {
            owner_id: (&bob).into(),
            kind: Kind(1),
        };
        Document::create(new).execute(&acme).await.expect("a row");
        {
            tenancy::enter!(acme = verified);
            let bob = User::find(bob.id).fetch_one(&acme).await.expect("Bob");
            let acme = acme.acting_as(bob);
            plot(true, false);
            assert_eq!(Document::query().count(&acme).await.expect("his"), 1);
        }
        plot(false, true);
        assert_eq!(Document::query().count(&acme).await.expect("a count"), 0);
        let exists = Document::query().exists(&acme).await;
        assert!(!exists.expect("an answer"));
        plot(false, false);
    }
}
