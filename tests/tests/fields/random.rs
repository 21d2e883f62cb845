//! Random field policies, actors, rows and statements on real databases, against papers in memory whose
//! fields are masked before anything is asked.

use tenancy::Masked;
use tenancy_tests::grounds;

use crate::cases::{self, Block, Random};
use crate::filter::{Filter, View, filter};
use crate::reference::{Paper, Person, Reference};

/// How many documents there are.
const PAPERS: usize = 16;

/// How many statements each actor makes of each kind.
const TURNS: usize = 12;

fn people(random: &mut Random) -> Vec<Person> {
    (0..5)
        .map(|_| Person {
            admin: random.chance(40),
            flag: random.pick(&[None, Some(true), Some(false)]),
            level: random.pick(&[None, Some(0), Some(1), Some(2)]),
            rank: random.pick(&[0, 1, 2, 3]),
            name: random.pick(&[None, Some("x"), Some("y")]),
        })
        .collect()
}

fn paper(random: &mut Random, people: usize) -> Paper {
    Paper {
        owner: random.below(people),
        reviewer: random.chance(70).then(|| random.below(people)),
        a: random.pick(&[None, Some(0), Some(1), Some(2)]),
        b: random.pick(&[0, 1, 2, 3]),
        s: random.pick(&[None, Some("x"), Some("y")]),
        f: random.pick(&[None, Some(true), Some(false)]),
        g: random.chance(50),
        code: random.pick(&[5, 15, 25, 35]),
        notes: Vec::new(),
    }
}

/// What an actor sees of a paper.
fn view(reference: &Reference<'_>, policy: &[Block], paper: &Paper) -> View {
    fn mask<T>(visible: bool, value: T) -> Masked<T> {
        if visible {
            Masked::Visible(value)
        } else {
            Masked::Hidden
        }
    }
    let sees = |field: &str| reference.allows(policy, field, paper);
    View {
        a: mask(sees("field a"), paper.a),
        b: mask(sees("field b"), paper.b),
        s: mask(sees("field s"), paper.s),
    }
}

/// The paper after one of three changes.
fn changed(paper: &Paper, kind: usize, to: &Paper) -> Paper {
    let mut new = paper.clone();
    match kind {
        0 => (new.a, new.b, new.s) = (to.a, to.b, to.s),
        1 => (new.owner, new.g) = (to.owner, to.g),
        _ => (new.s, new.f, new.b) = (None, to.f, to.b),
    }
    new
}

/// What was seen and what was not, so that a suite that always or never hides fails.
#[derive(Debug, Default)]
struct Tally {
    visible: usize,
    hidden: usize,
    matched: usize,
    missed: usize,
    changed: usize,
}

impl Tally {
    fn see(&mut self, view: &View) {
        for hidden in [view.a.is_hidden(), view.b.is_hidden(), view.s.is_hidden()] {
            self.hidden += usize::from(hidden);
            self.visible += usize::from(!hidden);
        }
    }

    fn filter(&mut self, matched: usize, of: usize) {
        self.matched += matched;
        self.missed += of - matched;
    }
}

/// Whether keys are in an order in which NULLs count as the greatest.
fn ascending<K: Ord>(keys: impl Iterator<Item = Option<K>>) -> bool {
    keys.map(|key| (key.is_none(), key)).is_sorted()
}

macro_rules! check_policy {
    ($world:ident, $tally:ident, $number:literal, $model:ident, $new:ident) => {{
        type M = $model;
        let policy = cases::field_policy($number);
        let mut random = Random::new(3000 + $number);
        let ranks = $world.people.iter().filter(|person| person.admin);
        let ranks: Vec<_> = ranks.map(|person| person.rank).collect();
        for actor in 0..$world.people.len() {
            let reference = Reference {
                people: &$world.people,
                actor,
                notes: &[],
            };
            let allows = |action: &str, paper: &Paper| reference.allows(&policy, action, paper);
            let view = |paper: &Paper| view(&reference, &policy, paper);
            let seen = |row: &M| View {
                a: row.a,
                b: row.b,
                s: match &row.s {
                    Masked::Hidden => Masked::Hidden,
                    Masked::Visible(text) => {
                        Masked::Visible(text.as_deref().map(|text| match text {
                            "x" => "x",
                            _ => "y",
                        }))
                    }
                },
            };
            tenancy::enter!(acme = $world.verified.clone());
            let mut users = Vec::new();
            for id in &$world.ids {
                users.push(User::find(*id).fetch_one(&acme).await.unwrap());
            }
            let mut acting = acme.acting_as(users[actor].clone());
            let papers: HashMap<_, _> = $world.papers.iter().cloned().collect();
            let readable = $world.papers.iter();
            let readable: Vec<_> = readable
                .filter(|(_, paper)| allows("read", paper))
                .collect();
            // Every row is that of a paper, with just what the actor may see of it.
            let check = |row: &M, paper: &Paper| {
                assert_eq!(seen(row), view(paper), "{}: {paper:?} {policy:?}", $number);
            };

            for turn in 0..TURNS {
                let filter = Filter::random(&mut random, 3);
                let condition = || filter!(&filter, $model, User);
                let holds = |paper: &Paper| filter.holds(paper, &view(paper), &ranks) == Some(true);
                let context = || format!("{} {filter:?} {policy:?}", $number);
                let wanted = readable.iter().filter(|(_, paper)| holds(paper));
                let mut wanted: Vec<_> = wanted.map(|(id, _)| *id).collect();
                wanted.sort();

                // Reads, in different orders.
                let query = || M::query().filter(|_| condition());
                let rows = match turn % 6 {
                    0 => query().fetch_all(&acting).await,
                    1 => query().order_by(|d| d.a.asc()).fetch_all(&acting).await,
                    2 => query().order_by(|d| d.a.desc()).fetch_all(&acting).await,
                    3 => {
                        query()
                            .order_by(|d| (d.b.asc(), d.s.desc()))
                            .fetch_all(&acting)
                            .await
                    }
                    4 => {
                        let tx = acting.begin().await.unwrap();
                        let rows = query().for_update().fetch_all(&tx).await.unwrap();
                        let rows = rows.into_iter().collect::<Vec<_>>();
                        tx.commit().await.unwrap();
                        Ok(rows)
                    }
                    _ => {
                        query()
                            .order_by(|d| d.s.asc())
                            .fetch(&acting)
                            .try_collect()
                            .await
                    }
                };
                let rows: Vec<_> = rows.unwrap();
                for row in &rows {
                    check(row, &papers[&row.id]);
                    $tally.see(&seen(row));
                }
                let views: Vec<_> = rows.iter().map(|row| seen(row)).collect();
                assert!(
                    match turn % 6 {
                        1 => ascending(views.iter().map(View::a)),
                        2 => ascending(views.iter().rev().map(View::a)),
                        3 => ascending(views.iter().map(View::b)),
                        5 => ascending(views.iter().map(View::s)),
                        _ => true,
                    },
                    "{views:?} {}",
                    context()
                );
                let mut ids: Vec<_> = rows.iter().map(|row| row.id).collect();
                ids.sort();
                assert_eq!(ids, wanted, "{}", context());
                $tally.filter(wanted.len(), readable.len());
                let number = query().count(&acting).await.unwrap();
                assert_eq!(number, wanted.len() as u64, "{}", context());
                let exists = query().exists(&acting).await.unwrap();
                assert_eq!(exists, !wanted.is_empty(), "{}", context());

                // A page, in an order that is complete.
                let mut order = wanted.clone();
                order.sort_by_key(|id| {
                    let b = view(&papers[id]).b();
                    (b.is_none(), b, *id)
                });
                let (limit, offset) = (1 + random.below(4), random.below(4));
                let page = query().order_by(|d| (d.b.asc(), d.id.asc()));
                let page = page.limit(limit as u64).offset(offset as u64);
                let page: Vec<_> = page.fetch_all(&acting).await.unwrap();
                let page: Vec<_> = page.iter().map(|row| row.id).collect();
                let expected: Vec<_> = order.iter().skip(offset).take(limit).copied().collect();
                assert_eq!(page, expected, "{}", context());

                // Writes by a condition: who may not see a value does not find it.
                let (kind, to) = (random.below(3), super::paper(&mut random, users.len()));
                macro_rules! set {
                    ($update:expr, |$done:ident| $run:expr) => {
                        match kind {
                            0 => {
                                let $done = $update.set(|d| {
                                    (d.a.to(to.a), d.b.to(to.b), d.s.to(to.s.map(str::to_owned)))
                                });
                                $run
                            }
                            1 => {
                                let $done = $update
                                    .set(|d| (d.owner_id.to(&users[to.owner]), d.g.to(to.g)));
                                $run
                            }
                            _ => {
                                let changes = tenancy::Changes::<M>::new()
                                    .set(|d| d.f.to(to.f))
                                    .set(|d| d.b.to(to.b));
                                let $done = $update.set(|d| (d.s.to_null(), changes));
                                $run
                            }
                        }
                    };
                }
                let updatable = |paper: &Paper| {
                    let new = changed(paper, kind, &to);
                    ["read", "update"]
                        .iter()
                        .all(|action| allows(action, paper) && allows(action, &new))
                };
                let mut hit: Vec<_> = wanted.clone();
                hit.retain(|id| updatable(&papers[id]));
                let tx = acting.begin().await.unwrap();
                let updated = set!(M::update_where(|_| condition()), |update| update
                    .fetch_all(&tx)
                    .await
                    .unwrap());
                for row in &updated {
                    check(row, &changed(&papers[&row.id], kind, &to));
                }
                let ids: Vec<_> = updated.iter().map(|row| row.id).collect();
                assert_eq!(ids, hit, "update {kind} {to:?} {}", context());
                drop(updated);
                tx.rollback().await.unwrap();
                let tx = acting.begin().await.unwrap();
                let number = set!(M::update_where(|_| condition()), |update| update
                    .execute(&tx)
                    .await
                    .unwrap());
                tx.rollback().await.unwrap();
                assert_eq!(
                    number,
                    hit.len() as u64,
                    "update {kind} {to:?} {}",
                    context()
                );
                $tally.changed += hit.len();

                let mut hit = wanted.clone();
                hit.retain(|id| allows("destroy", &papers[id]));
                let tx = acting.begin().await.unwrap();
                let destroyed = M::destroy_where(|_| condition())
                    .fetch_all(&tx)
                    .await
                    .unwrap();
                for row in &destroyed {
                    check(row, &papers[&row.id]);
                }
                let ids: Vec<_> = destroyed.iter().map(|row| row.id).collect();
                assert_eq!(ids, hit, "destroy {}", context());
                drop(destroyed);
                tx.rollback().await.unwrap();
                let tx = acting.begin().await.unwrap();
                let number = M::destroy_where(|_| condition())
                    .execute(&tx)
                    .await
                    .unwrap();
                tx.rollback().await.unwrap();
                assert_eq!(number, hit.len() as u64, "destroy {}", context());

                // Writes of one row.
                if let Some((id, old)) = readable.get(random.below(PAPERS)) {
                    let row = M::find(*id).fetch_one(&acting).await.unwrap();
                    check(&row, old);
                    let tx = acting.begin().await.unwrap();
                    let updated = set!(M::update(&row), |update| update.fetch_one(&tx).await);
                    match updated {
                        Ok(updated) => check(&updated, &changed(old, kind, &to)),
                        Err(error) => assert!(matches!(error, Error::Forbidden(_)), "{error:?}"),
                    }
                    tx.rollback().await.unwrap();
                    let tx = acting.begin().await.unwrap();
                    let done = set!(M::update(&row), |update| update.execute(&tx).await.is_ok());
                    tx.rollback().await.unwrap();
                    assert_eq!(
                        done,
                        updatable(old),
                        "update {kind} {old:?} {to:?} {}",
                        context()
                    );
                    let tx = acting.begin().await.unwrap();
                    match M::destroy(&row).fetch_one(&tx).await {
                        Ok(row) => check(&row, old),
                        Err(error) => assert!(!allows("destroy", old), "{error:?}"),
                    }
                    tx.rollback().await.unwrap();
                }
                let new = $new {
                    owner_id: (&users[to.owner]).into(),
                    reviewer_id: to.reviewer.map(|reviewer| (&users[reviewer]).into()),
                    a: to.a,
                    b: to.b,
                    s: to.s.map(str::to_owned),
                    f: to.f,
                    g: to.g,
                    code: to.code,
                };
                let tx = acting.begin().await.unwrap();
                match M::create(new).fetch_one(&tx).await {
                    Ok(row) => check(&row, &to),
                    Err(error) => assert!(!allows("read", &to), "{error:?}"),
                }
                tx.rollback().await.unwrap();
            }

            // Conditions whose text the compiler knows.
            let holds = |paper: &Paper, filter: [usize; 2]| {
                let [left, right] =
                    filter.map(|atom| Filter::Atom(atom).holds(paper, &view(paper), &ranks));
                (left, right)
            };
            let number = readable
                .iter()
                .filter(|(_, paper)| holds(paper, [0, 9]) == (Some(true), Some(true)));
            let count = M::query()
                .filter(|d| d.a.eq(1) & d.b.gt(1))
                .count(&acting)
                .await
                .unwrap();
            assert_eq!(count, number.count() as u64);
            let number = readable.iter().filter(|(_, paper)| {
                holds(paper, [1, 16]).0 == Some(false) || holds(paper, [1, 16]).1 == Some(false)
            });
            let rows = M::query()
                .filter(|d| !d.a.ne(1) | !d.s.eq("x"))
                .fetch_all(&acting)
                .await
                .unwrap();
            assert_eq!(rows.len(), number.count());
            let number = readable.iter().filter(|(_, paper)| {
                holds(paper, [0, 0]).0 == Some(true) && updatable_as_is(&allows, paper)
            });
            let tx = acting.begin().await.unwrap();
            let updated = M::update_where(|d| d.a.eq(1))
                .set(|d| d.a.to(1))
                .execute(&tx)
                .await
                .unwrap();
            tx.rollback().await.unwrap();
            assert_eq!(updated, number.count() as u64);
        }
    }};
}

/// Whether a paper may be updated to what it is.
fn updatable_as_is(allows: &impl Fn(&str, &Paper) -> bool, paper: &Paper) -> bool {
    allows("read", paper) && allows("update", paper)
}

macro_rules! suite {
    (
        $name:ident,
        $database:ty,
        [$($root:tt)*],
        [$($strategy:tt)*],
        $policies:literal,
        $ground:ident($($tables:ident),+),
        $enough:literal
    ) => {
        mod $name {
            use super::*;
            use futures_util::TryStreamExt as _;
            use std::collections::HashMap;
            use tenancy::expr::Boxed;
            use tenancy::model::DatabaseOf;
            use tenancy::{Condition, Error, TenantRoot, TenantScoped, VerifiedTenant};
            use uuid::Uuid;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database, $($root)*)]
            pub struct Organization {
                pub id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, $($strategy)*)]
            pub struct User {
                pub id: Uuid,
                pub admin: bool,
                pub flag: Option<bool>,
                pub level: Option<i64>,
                pub rank: i64,
                pub name: Option<String>,
            }

            /// The same table without policies.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, $($strategy)* table = "documents")]
            pub struct Document {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub owner_id: Uuid,
                #[tenancy(belongs_to = User)]
                pub reviewer_id: Option<Uuid>,
                pub a: Option<i64>,
                pub b: i64,
                pub s: Option<String>,
                pub f: Option<bool>,
                pub g: bool,
                pub code: i64,
            }

            struct World {
                verified: VerifiedTenant<Organization>,
                people: Vec<Person>,
                ids: Vec<Uuid>,
                papers: Vec<(Uuid, Paper)>,
            }

            include!(concat!(env!("OUT_DIR"), "/fields_", $policies, ".rs"));

            async fn world(
                verified: &VerifiedTenant<Organization>,
                random: &mut Random,
            ) -> World {
                tenancy::enter!(acme = verified.clone());
                let people = people(random);
                let mut users = Vec::new();
                for person in &people {
                    let user = User::create(NewUser {
                        admin: person.admin,
                        flag: person.flag,
                        level: person.level,
                        rank: person.rank,
                        name: person.name.map(str::to_owned),
                    });
                    users.push(user.fetch_one(&acme).await.unwrap());
                }
                let mut papers = Vec::new();
                for _ in 0..PAPERS {
                    let paper = paper(random, people.len());
                    let document = Document::create(NewDocument {
                        owner_id: (&users[paper.owner]).into(),
                        reviewer_id: paper.reviewer.map(|reviewer| (&users[reviewer]).into()),
                        a: paper.a,
                        b: paper.b,
                        s: paper.s.map(str::to_owned),
                        f: paper.f,
                        g: paper.g,
                        code: paper.code,
                    });
                    papers.push((document.fetch_one(&acme).await.unwrap().id, paper));
                }
                let ids = users.iter().map(|user| user.id).collect();
                World {
                    verified: verified.clone(),
                    people,
                    ids,
                    papers,
                }
            }

            #[tokio::test]
            async fn fields_are_masked_before_anything_is_asked() {
                let new = || NewOrganization {};
                let ground = grounds::$ground::<Organization>($($tables,)+ new).await;
                let mut random = Random::new(11);
                let mut tally = Tally::default();
                // The second is someone else's, who is never to be seen.
                let worlds = [
                    world(&ground.tenants[0].0, &mut random).await,
                    world(&ground.tenants[1].0, &mut random).await,
                ];
                check_all(&worlds[0], &mut tally).await;
                println!("{tally:?}");
                let numbers = [
                    tally.visible,
                    tally.hidden,
                    tally.matched,
                    tally.missed,
                    tally.changed,
                ];
                assert!(numbers.iter().all(|number| *number > $enough), "{tally:?}");
            }
        }
    };
}

/// What row-level security holds for.
const SECURED: &[&str] = &["organizations id", "users tenant_id", "documents tenant_id"];

const SQLITE: &str = "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, admin BOOLEAN NOT NULL,
         flag BOOLEAN, level INTEGER, rank INTEGER NOT NULL, name TEXT,
         PRIMARY KEY (tenant_id, id));
     CREATE TABLE documents (tenant_id BLOB NOT NULL, id BLOB NOT NULL, owner_id BLOB NOT NULL,
         reviewer_id BLOB, a INTEGER, b INTEGER NOT NULL, s TEXT, f BOOLEAN, g BOOLEAN NOT NULL, code INTEGER NOT NULL,
         PRIMARY KEY (tenant_id, id));";

const POSTGRES: &str = "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, admin boolean NOT NULL,
         flag boolean, level bigint, rank bigint NOT NULL, name text,
         PRIMARY KEY (tenant_id, id));
     CREATE TABLE documents (tenant_id uuid NOT NULL, id uuid NOT NULL, owner_id uuid NOT NULL,
         reviewer_id uuid, a bigint, b bigint NOT NULL, s text, f boolean, g boolean NOT NULL, code bigint NOT NULL,
         PRIMARY KEY (tenant_id, id));";

suite!(
    sqlite,
    sqlx::Sqlite,
    [],
    [],
    "attribute",
    attribute_on_sqlite(SQLITE),
    500
);
suite!(
    postgres,
    sqlx::Postgres,
    [],
    [],
    "attribute",
    attribute_on_postgres(POSTGRES),
    500
);
suite!(
    schema,
    sqlx::Postgres,
    [schemas],
    [strategy = schema,],
    "schema",
    schemas(POSTGRES),
    50
);
suite!(
    database_on_sqlite,
    sqlx::Sqlite,
    [databases],
    [strategy = database,],
    "database_on_sqlite",
    databases_on_sqlite(SQLITE),
    50
);
suite!(
    database_on_postgres,
    sqlx::Postgres,
    [databases],
    [strategy = database,],
    "database_on_postgres",
    databases_on_postgres(POSTGRES),
    50
);
suite!(
    rls,
    sqlx::Postgres,
    [rls],
    [],
    "rls",
    rls(POSTGRES, SECURED),
    50
);
