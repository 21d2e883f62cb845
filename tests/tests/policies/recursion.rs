//! Rules that lead back to themselves, further than they are followed: they permit less then, and never more.

use tenancy::{Root as _, TenantRoot, TenantScoped};
use uuid::Uuid;

/// A model of the links, with rules.
macro_rules! chain {
    ($actor:ident, $model:ident { $($rules:tt)* }) => {
        chain!($actor, $model -> $model {}, { $($rules)* });
    };
    ($actor:ident, $model:ident { $($rules:tt)* } $($action:ident { $($more:tt)* })*) => {
        chain!($actor, $model -> $model {}, { $($rules)* } $($action { $($more)* })*);
    };
    ($actor:ident, $model:ident { $($relations:tt)* }, { $($rules:tt)* }) => {
        chain!($actor, $model -> $model { $($relations)* }, { $($rules)* });
    };
    ($actor:ident, $model:ident -> $to:ident { $($rules:tt)* }) => {
        chain!($actor, $model -> $to {}, { $($rules)* });
    };
    ($actor:ident, $model:ident -> $to:ident { $($relations:tt)* }, { $($rules:tt)* } $($action:ident { $($more:tt)* })*) => {
        #[derive(Clone, Debug, TenantScoped)]
        #[tenancy(root = Organization, table = "links", policies)]
        pub struct $model {
            pub id: Uuid,
            #[tenancy(belongs_to = $to)]
            pub parent_id: Option<Uuid>,
            #[tenancy(belongs_to = $to)]
            pub second_id: Option<Uuid>,
            #[tenancy(belongs_to = $to)]
            pub third_id: Option<Uuid>,
            pub number: i64,
        }

        tenancy::policies! { $model, $actor: User {
            $($relations)*
            read { $($rules)* }
            $($action { $($more)* })*
        } }
    };
}

/// The rows that a rule permits, which asks what it permits three rows deep: what `permits` says of a row, its
/// keys, and what is permitted of the rows one further.
fn permitted(
    graph: &[[Option<usize>; 3]],
    permits: impl Fn(usize, &[Option<usize>; 3], &[bool]) -> bool,
) -> Vec<usize> {
    let mut further = vec![false; graph.len()];
    for _ in 0..=3 {
        let rows = graph.iter().enumerate();
        further = rows
            .map(|(row, keys)| permits(row, keys, &further))
            .collect();
    }
    (0..graph.len()).filter(|row| further[*row]).collect()
}

macro_rules! suite {
    ($name:ident, $database:ty, $schema:literal) => {
        mod $name {
            use super::*;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            pub struct Organization {
                pub id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub struct User {
                pub id: Uuid,
                pub first: i64,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub struct Link {
                pub id: Uuid,
                #[tenancy(belongs_to = Link)]
                pub parent_id: Option<Uuid>,
                #[tenancy(belongs_to = Link)]
                pub second_id: Option<Uuid>,
                #[tenancy(belongs_to = Link)]
                pub third_id: Option<Uuid>,
                pub number: i64,
            }

            chain!(actor, Reached { authorize_if number == 0; authorize_if parent_id.can(read); });
            chain!(actor, Denied { forbid_if parent_id.any(|p| p.number >= 0); authorize_if always; });
            chain!(actor, Unless { authorize_unless parent_id.any(|p| p.number >= 0); });
            chain!(actor, Without { authorize_if parent_id.none(|p| p.number >= 0); });
            chain!(actor, Each { authorize_if parent_id.every(|p| p.number < 0); });
            chain!(actor, Children { relation children = Children.parent_id; }, {
                forbid_if children.any(|c| c.number >= 0);
                authorize_if always;
            });

            // The same, by three keys: 3⁸ sub-queries if all were followed eight rows deep.
            chain!(actor, ReachedThrice { #![depth(3)] }, {
                authorize_if number == actor.first;
                authorize_if parent_id.can(read) || second_id.can(read) || third_id.can(read);
            });
            // Nobody said how far, or so far as there is no room for.
            chain!(actor, Refused {
                authorize_if number == actor.first;
                authorize_if parent_id.can(read) || second_id.can(read) || third_id.can(read);
            } update {
                authorize_if actor.first == 0;
                authorize_if parent_id.can(update) || second_id.can(update) || third_id.can(update);
            });
            chain!(actor, RefusedToo { #![depth(4)] }, {
                forbid_if parent_id.any(|p| p.number >= 0);
                forbid_if second_id.any(|p| p.number >= actor.first);
                forbid_if third_id.any(|p| p.number >= 0);
                authorize_if always;
            });
            chain!(actor, DeniedThrice { #![depth(3)] }, {
                forbid_if parent_id.any(|p| p.number >= 0);
                forbid_if second_id.any(|p| p.number >= actor.first);
                forbid_if third_id.any(|p| p.number >= 0);
                authorize_if always;
            });
            chain!(actor, WithoutThrice { #![depth(3)] }, {
                authorize_if parent_id.none(|p| p.number >= 0)
                    && second_id.none(|p| p.number >= 0)
                    && third_id.none(|p| p.number >= actor.first);
            });
            chain!(actor, Everywhere { #![depth(3)] }, {
                authorize_if number == actor.first;
                authorize_if parent_id.can(read) && second_id.can(read) && third_id.can(read);
            });
            // Far, but not back to where it began: nothing of it is beyond.
            chain!(actor, Fourth { forbid_if number == 3; authorize_if always; });
            chain!(actor, Third -> Fourth {
                authorize_if parent_id.none(|p| p.number >= actor.first)
                    && second_id.none(|p| p.number != 7) && third_id.none(|p| p.number > 1);
            });
            chain!(actor, Second -> Third {
                forbid_if parent_id.any(|p| p.number >= actor.first);
                forbid_if second_id.any(|p| p.number != 7);
                forbid_if third_id.any(|p| p.number > 1);
                authorize_if always;
            });
            chain!(actor, First -> Second {
                authorize_if parent_id.can(read);
                authorize_if second_id.none(|p| p.number != 7) && third_id.every(|p| p.number <= 1);
            });
            // Ten looks at each row.
            chain!(actor, Often { #![depth(1)] relation a = Often.parent_id; relation b = Often.second_id; relation c = Often.third_id; }, {
                authorize_if parent_id.can(read) || parent_id.any(|p| p.number == 1);
                authorize_if second_id.can(read) || second_id.any(|p| p.number == 1);
                authorize_if a.any(|p| p.number == 1) || b.any(|p| p.number == 1) || c.any(|p| p.number == 1);
                forbid_if a.any(|p| p.number == 2) || b.any(|p| p.number == 2) || c.any(|p| p.number == 2);
                authorize_if always;
            });
            // Rules of writes.
            chain!(actor, Changed -> Changed { #![depth(3)] }, {
                authorize_if always;
            } update {
                authorize_if number == actor.first;
                authorize_if parent_id.can(update) || second_id.can(update) || third_id.can(update);
            } destroy {
                authorize_if third_id.can(update) && second_id.can(update) && parent_id.can(update);
            });

            #[tokio::test]
            async fn is_followed_only_so_far_and_permits_nothing_beyond() {
                let fresh = tenancy_tests::database::$name($schema).await;
                let verified = Organization::create(NewOrganization {}).execute(&fresh);
                tenancy::enter!(acme = verified.await.unwrap());
                let user = User::create(NewUser { first: 0 }).fetch_one(&acme).await.unwrap();
                let mut parent = None;
                for number in 0..16 {
                    let new = NewLink {
                        parent_id: parent.as_ref().map(Into::into),
                        second_id: parent.as_ref().map(Into::into),
                        third_id: parent.as_ref().map(Into::into),
                        number,
                    };
                    parent = Some(Link::create(new).fetch_one(&acme).await.unwrap());
                }
                let acme = acme.acting_as(user);
                macro_rules! seen {
                    ($model:ident) => {{
                        let rows = $model::query().order_by(|l| l.number.asc());
                        let rows = rows.fetch_all(&acme).await.unwrap();
                        for row in &rows {
                            assert!(acme.can(tenancy::policy::action::Read, row).await.unwrap());
                        }
                        rows.iter().map(|row| row.number).collect::<Vec<_>>()
                    }};
                }
                // Exactly, all of them.
                assert_eq!(seen!(Reached), (0..=8).collect::<Vec<_>>());
                // Exactly, every other one. But since rules are followed only so far, no row is certainly hidden
                // from those after it.
                assert_eq!(seen!(Denied), [0]);
                assert_eq!(seen!(Unless), [0]);
                assert_eq!(seen!(Without), [0]);
                assert_eq!(seen!(Each), [0]);
                assert_eq!(seen!(Children), [15]);
                // Three looks at each row are followed three rows deep: 3 + 9 + 27 sub-queries, of 64.
                assert_eq!(seen!(ReachedThrice), [0, 1, 2, 3]);
                assert_eq!(seen!(Everywhere), [0, 1, 2, 3]);
                assert_eq!(seen!(DeniedThrice), [0]);
                assert_eq!(seen!(WithoutThrice), [0]);
                // Where nobody said how far, and eight rows are too many, it is no denial that nobody expects.
                macro_rules! refused {
                    ($result:expr) => {
                        refused!($result, "read", 3)
                    };
                    ($result:expr, $action:literal, $depth:literal) => {
                        match $result {
                            Err(tenancy::Error::RulesTooDeep(why)) => {
                                assert_eq!(why.depth(), $depth, "{why}");
                                let why = why.to_string();
                                assert!(why.starts_with(concat!("rules for `", $action, "` of `links`")) && why.contains(concat!("#![depth(", $depth, ")]")), "{why}");
                            }
                            other => panic!("{other:?}"),
                        }
                    };
                }
                refused!(Refused::query().fetch_all(&acme).await);
                refused!(Refused::query().count(&acme).await);
                refused!(RefusedToo::query().fetch_all(&acme).await);
                // An update asks the rules for reads, too, and so has less room.
                let all = Refused::update_where(|l| l.number.eq(1)).set(|l| l.number.to(1));
                refused!(all.execute(&acme).await, "read", 2);
            }

            /// What the database says to rules that look into many rows is what their definition says (L35).
            #[tokio::test]
            async fn many_looks_are_decided_as_one_by_one() {
                let fresh = tenancy_tests::database::$name($schema).await;
                let verified = Organization::create(NewOrganization {}).execute(&fresh);
                tenancy::enter!(acme = verified.await.unwrap());
                let user = User::create(NewUser { first: 0 }).fetch_one(&acme).await.unwrap();
                let (mut rows, mut graph) = (Vec::new(), Vec::new());
                for number in 0..24_usize {
                    // Earlier rows, each key another, and now and then none; the first leads far.
                    let [first, second, third] = [(1, 9), (7, 4), (5, 3)].map(|(factor, gap)| {
                        let far = if factor == 1 { 1 } else { 1 + number * factor % 5 };
                        (number % gap != 0).then(|| number.saturating_sub(far))
                    });
                    let key = |to: Option<usize>| to.map(|to| tenancy::Ref::from(&rows[to]));
                    let new = NewLink {
                        parent_id: key(first),
                        second_id: key(second),
                        third_id: key(third),
                        number: number as i64,
                    };
                    let row = Link::create(new).fetch_one(&acme).await.unwrap();
                    let stored = [row.parent_id, row.second_id, row.third_id];
                    assert_eq!(stored.map(|key| key.is_some()), [first, second, third].map(|to| to.is_some()));
                    assert_eq!(row.number, number as i64);
                    rows.push(row);
                    graph.push([first, second, third]);
                }
                let acme = acme.acting_as(user);
                macro_rules! seen {
                    ($model:ident) => {{
                        let rows = $model::query().order_by(|l| l.number.asc());
                        let rows = rows.fetch_all(&acme).await.unwrap();
                        rows.iter().map(|row| row.number as usize).collect::<Vec<_>>()
                    }};
                }
                let reach = |all: bool| permitted(&graph, |row, keys, further| {
                    let found = |key: &Option<usize>| key.is_some_and(|to| further[to]);
                    row == 0 || if all { keys.iter().all(found) } else { keys.iter().any(found) }
                });
                assert_eq!(seen!(ReachedThrice), reach(false));
                assert_eq!(seen!(Everywhere), reach(true));
                let ends: Vec<_> = (0..graph.len()).filter(|row| graph[*row] == [None; 3]).collect();
                assert_eq!(seen!(DeniedThrice), ends);
                assert_eq!(seen!(WithoutThrice), ends);
                // Exactly.
                let fourth: Vec<_> = (0..graph.len()).map(|row| row != 3).collect();
                let without = |further: &[bool]| {
                    let there = |key: Option<usize>, meets: fn(usize) -> bool| {
                        key.is_some_and(|to| further[to] && meets(to))
                    };
                    let none = |keys: &[Option<usize>; 3]| {
                        !there(keys[0], |_| true) && !there(keys[1], |to| to != 7) && !there(keys[2], |to| to > 1)
                    };
                    graph.iter().map(none).collect::<Vec<_>>()
                };
                let third = without(&fourth);
                let second = without(&third);
                let first = (0..graph.len()).filter(|row| {
                    let keys = &graph[*row];
                    let there = |key: Option<usize>, meets: fn(usize) -> bool| {
                        key.is_some_and(|to| second[to] && meets(to))
                    };
                    there(keys[0], |_| true) || !there(keys[1], |to| to != 7) && !there(keys[2], |to| to > 1)
                });
                let places = |rows: &[bool]| (0..rows.len()).filter(|row| rows[*row]).collect::<Vec<_>>();
                assert_eq!(seen!(Third), places(&third));
                assert_eq!(seen!(Second), places(&second));
                assert_eq!(seen!(First), first.collect::<Vec<_>>());

                // Writes: as far as the rules of an update reach, and with the row as it will be.
                let reached = reach(false);
                let changed = Changed::query().order_by(|l| l.number.asc());
                let changed = changed.fetch_all(&acme).await.unwrap();
                for row in &changed {
                    let may = reached.contains(&(row.number as usize));
                    assert_eq!(acme.can(tenancy::policy::action::Update, row).await.unwrap(), may);
                    let update = Changed::update(row).set(|l| l.number.to(row.number));
                    let update = update.execute(&acme).await;
                    assert_eq!(update.is_ok(), may, "{update:?}");
                    assert!(may || matches!(update, Err(tenancy::Error::Forbidden(_))));
                }
                let none = Changed::update(&changed[1]).set(|l| (l.number.to(30), l.parent_id.to(Some(&changed[23]))));
                let far = !reached.contains(&23);
                assert!(far, "the row is too far away to be reached");
                let keys = &graph[1];
                assert_eq!(
                    none.execute(&acme).await.is_ok(),
                    keys[1..].iter().any(|key| key.is_some_and(|to| reached.contains(&to))),
                );
                let gone = Changed::destroy_where(|l| l.number.eq(2)).execute(&acme).await.unwrap();
                assert_eq!(gone, u64::from(graph[2].iter().all(|key| key.is_some_and(|to| reached.contains(&to)))));
            }

            /// Rules that look back many times are a statement of bounded size, made on a small stack (L35).
            #[test]
            fn many_looks_take_little_stack_and_time() {
                let run = || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                    runtime.unwrap().block_on(async {
                        let fresh = tenancy_tests::database::$name($schema).await;
                        let verified = Organization::create(NewOrganization {}).execute(&fresh);
                        tenancy::enter!(acme = verified.await.unwrap());
                        let user = User::create(NewUser { first: 0 }).fetch_one(&acme).await.unwrap();
                        let acme = acme.acting_as(user);
                        let began = std::time::Instant::now();
                        assert!(ReachedThrice::query().fetch_all(&acme).await.unwrap().is_empty());
                        assert!(DeniedThrice::query().fetch_all(&acme).await.unwrap().is_empty());
                        assert!(Often::query().fetch_all(&acme).await.unwrap().is_empty());
                        assert!(began.elapsed() < std::time::Duration::from_secs(20));
                    });
                };
                let thread = std::thread::Builder::new().stack_size(2 << 20);
                thread.spawn(run).unwrap().join().unwrap();
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, first INTEGER NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE links (tenant_id BLOB NOT NULL, id BLOB NOT NULL, parent_id BLOB,
         second_id BLOB, third_id BLOB,
         number INTEGER NOT NULL, PRIMARY KEY (tenant_id, id));"
);
suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, first bigint NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE links (tenant_id uuid NOT NULL, id uuid NOT NULL, parent_id uuid,
         second_id uuid, third_id uuid,
         number bigint NOT NULL, PRIMARY KEY (tenant_id, id));"
);
