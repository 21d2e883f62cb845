//! Random policies, actors, rows and statements on real databases, against the reference.

use tenancy::Error;
use tenancy::policy::action;
use tenancy::query::Reach;
use tenancy_tests::grounds;

use crate::bulk;
use crate::cases::{self, Random};
use crate::reference::{Note, Paper, Person, Reference};

/// How many documents every policy decides about.
const PAPERS: usize = 20;

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
        code: free(random),
        notes: Vec::new(),
    }
}

fn notes(random: &mut Random, people: usize) -> Vec<Note> {
    (0..random.below(4))
        .map(|_| Note {
            author: random.below(people),
            weight: random.pick(&[None, Some(0), Some(1), Some(2), Some(3)]),
            open: random.chance(50),
        })
        .collect()
}

/// A code that no document has when a policy decides: theirs are even.
fn free(random: &mut Random) -> i64 {
    let half = i64::try_from(random.below(PAPERS)).expect("a small number");
    half * 2 + 1
}

/// How often what was the answer, so that a suite that never permits or never denies fails.
#[derive(Debug, Default)]
struct Tally {
    permitted: usize,
    denied: usize,
    kinds: bulk::Kinds,
    /// Upserts that were denied only because of a row that may not be read.
    unseen: usize,
}

impl Tally {
    fn add(&mut self, permitted: bool) {
        if permitted {
            self.permitted += 1;
        } else {
            self.denied += 1;
        }
    }
}

impl Tally {
    /// Fails if too little was permitted or denied. Only all policies together have everything in them.
    fn check(&self, enough: usize) {
        let Self {
            permitted, denied, ..
        } = self;
        assert!(*permitted > enough && *denied > enough, "{self:?}");
        if enough >= 1000 {
            self.kinds.check();
            assert!(self.unseen > 30, "{self:?}");
        }
    }
}

/// Whether a write was permitted; any other error is a failure.
fn permitted<T>(result: tenancy::Result<T>) -> bool {
    match result {
        Ok(_) => true,
        Err(Error::Forbidden(denial)) => {
            assert!(!denial.code().is_empty());
            false
        }
        Err(error) => panic!("{error:?}"),
    }
}

/// The paper after one of three changes; the numbers are those of the change.
fn changed(paper: &Paper, change: &Change) -> Paper {
    let mut new = paper.clone();
    match change.kind {
        0 => (new.a, new.g) = (change.paper.a, change.paper.g),
        1 => (new.owner, new.reviewer) = (change.paper.owner, change.paper.reviewer),
        _ => (new.b, new.s, new.f) = (paper.b + 1, change.paper.s, change.paper.f),
    }
    new
}

/// A change of a paper, to values of another.
struct Change {
    kind: usize,
    paper: Paper,
}

/// Applies a change to an update, or to a bulk update.
macro_rules! set {
    ($update:expr, $change:ident, $users:ident) => {{
        let to = &$change.paper;
        match $change.kind {
            0 => run!($update.set(|d| (d.a.to(to.a), d.g.to(to.g)))),
            1 => run!($update.set(|d| {
                (
                    d.owner_id.to(&$users[to.owner]),
                    d.reviewer_id
                        .to(to.reviewer.map(|reviewer| &$users[reviewer])),
                )
            })),
            _ => run!($update.set(|d| (
                d.b.to(d.b.plus(1)),
                d.s.to(to.s.map(str::to_owned)),
                d.f.to(to.f),
            ))),
        }
    }};
}

macro_rules! check_policy {
    ($world:ident, $tally:ident, $number:literal, $model:ident, $new:ident) => {{
        let policy = cases::policy($number);
        let note_policy = cases::note_policy($number);
        let mut random = Random::new(1000 + $number);
        for actor in 0..$world.people.len() {
            let reference = Reference {
                people: &$world.people,
                actor,
                notes: &note_policy,
            };
            let allows = |action: &str, paper: &Paper| reference.allows(&policy, action, paper);
            tenancy::enter!(acme = $world.verified.clone());
            let mut users = Vec::new();
            for id in &$world.ids {
                users.push(User::find(*id).fetch_one(&acme).await.unwrap());
            }
            let mut acting = acme.acting_as(users[actor].clone());

            // Reads.
            let seen = $model::query().fetch_all(&acting).await.unwrap();
            let mut readable = 0;
            for (id, paper) in &$world.papers {
                let allowed = allows("read", paper);
                readable += u64::from(allowed);
                let found = seen.iter().any(|row| row.id == *id);
                assert_eq!(found, allowed, "read {}: {paper:?} {policy:?}", $number);
                $tally.add(allowed);
            }
            assert_eq!($model::query().count(&acting).await.unwrap(), readable);
            assert_eq!($model::query().exists(&acting).await.unwrap(), readable > 0);

            for (id, paper) in &$world.papers {
                let row = seen.iter().find(|row| row.id == *id);
                let change = Change {
                    kind: random.below(3),
                    paper: super::paper(&mut random, $world.people.len()),
                };
                let new = changed(paper, &change);
                let allowed = ["read", "update"]
                    .iter()
                    .all(|action| allows(action, paper) && allows(action, &new));
                if let Some(row) = row {
                    // Asked in advance: in memory, and by a statement where a rule looks at a related row.
                    let can = acting.can(action::Update, row).await.unwrap();
                    let explained = acting.explain(action::Update, row).await.unwrap();
                    let expected = allows("read", paper) && allows("update", paper);
                    assert_eq!(can, expected, "can {}: {paper:?} {policy:?}", $number);
                    assert_eq!(explained.allowed, expected, "{explained} {paper:?}");
                    assert_eq!(explained.denial().is_none(), expected, "{explained}");
                    let can = acting.can(action::Destroy, row).await.unwrap();
                    let expected = allows("read", paper) && allows("destroy", paper);
                    assert_eq!(can, expected, "can {}: {paper:?} {policy:?}", $number);
                    match acting.reach::<$model, _>(action::Destroy) {
                        Reach::EveryRow => assert!(can),
                        Reach::NoRow => assert!(!can),
                        Reach::SomeRows => {}
                    }
                    $tally.add(can);
                }
                if let Some(row) = row {
                    let tx = acting.begin().await.unwrap();
                    macro_rules! run {
                        ($update:expr) => {
                            permitted($update.execute(&tx).await)
                        };
                    }
                    let done = set!($model::update(row), change, users);
                    tx.rollback().await.unwrap();
                    assert_eq!(
                        done, allowed,
                        "update {}: {paper:?} {new:?} {policy:?}",
                        $number
                    );
                    $tally.add(done);
                }
                let tx = acting.begin().await.unwrap();
                macro_rules! run {
                    ($update:expr) => {
                        $update.execute(&tx).await.unwrap()
                    };
                }
                let done = set!($model::update_where(|d| d.id.eq(*id)), change, users);
                tx.rollback().await.unwrap();
                assert_eq!(
                    done,
                    u64::from(allowed),
                    "update {}: {paper:?} {new:?}",
                    $number
                );

                let allowed = allows("read", paper) && allows("destroy", paper);
                let tx = acting.begin().await.unwrap();
                let done = match row {
                    Some(row) => permitted($model::destroy(row).execute(&tx).await),
                    None => {
                        let this = $model::destroy_where(|d| d.id.eq(*id));
                        this.execute(&tx).await.unwrap() > 0
                    }
                };
                tx.rollback().await.unwrap();
                assert_eq!(done, allowed, "destroy {}: {paper:?} {policy:?}", $number);
                $tally.add(done);

                // A new one.
                let paper = change.paper;
                let new = || $new {
                    owner_id: (&users[paper.owner]).into(),
                    reviewer_id: paper.reviewer.map(|reviewer| (&users[reviewer]).into()),
                    a: paper.a,
                    b: paper.b,
                    s: paper.s.map(str::to_owned),
                    f: paper.f,
                    g: paper.g,
                    code: paper.code,
                };
                let allowed = allows("create", &paper);
                let tx = acting.begin().await.unwrap();
                let done = permitted($model::create(new()).execute(&tx).await);
                assert_eq!(done, allowed, "create {}: {paper:?} {policy:?}", $number);
                $tally.add(done);
                tx.rollback().await.unwrap();
                let tx = acting.begin().await.unwrap();
                let done = permitted($model::create(new()).fetch_one(&tx).await);
                let allowed = allowed && allows("read", &paper);
                assert_eq!(done, allowed, "create {}: {paper:?} {policy:?}", $number);
                tx.rollback().await.unwrap();
            }
        }
    }};
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
            use tenancy::{TenantRoot, TenantScoped, VerifiedTenant};
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

            /// The notes' table without policies.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, $($strategy)* table = "notes")]
            pub struct Remark {
                pub id: Uuid,
                #[tenancy(belongs_to = Document)]
                pub document_id: Uuid,
                #[tenancy(belongs_to = User)]
                pub author_id: Uuid,
                pub weight: Option<i64>,
                pub open: bool,
            }

            stored!($database);

            struct World {
                /// A way past the library.
                db: tenancy::Db<$database>,
                verified: VerifiedTenant<Organization>,
                people: Vec<Person>,
                ids: Vec<Uuid>,
                papers: Vec<(Uuid, Paper)>,
            }

            include!(concat!(env!("OUT_DIR"), "/policies_", $policies, ".rs"));

            async fn world(
                (verified, outside): &(VerifiedTenant<Organization>, tenancy::Db<$database>),
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
                for number in 0..PAPERS {
                    let paper = Paper {
                        code: i64::try_from(number * 2).expect("a small number"),
                        notes: notes(random, people.len()),
                        ..paper(random, people.len())
                    };
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
                    let document = document.fetch_one(&acme).await.unwrap();
                    for note in &paper.notes {
                        let remark = Remark::create(NewRemark {
                            document_id: (&document).into(),
                            author_id: (&users[note.author]).into(),
                            weight: note.weight,
                            open: note.open,
                        });
                        remark.execute(&acme).await.unwrap();
                    }
                    papers.push((document.id, paper));
                }
                let ids = users.iter().map(|user| user.id).collect();
                World {
                    db: outside.clone(),
                    verified: verified.clone(),
                    people,
                    ids,
                    papers,
                }
            }

            async fn all(world: &World) -> Vec<Stored> {
                Stored::all(&world.db).await
            }

            #[tokio::test]
            async fn decide_as_the_reference_does() {
                let new = || NewOrganization {};
                let ground = grounds::$ground::<Organization>($($tables,)+ new).await;
                let mut random = Random::new(7);
                let mut tally = Tally::default();
                // The second is someone else's, who is never to be seen.
                let worlds = [
                    world(&ground.tenants[0], &mut random).await,
                    world(&ground.tenants[1], &mut random).await,
                ];
                let before = all(&worlds[1]).await;
                check_all(&worlds[0], &mut tally).await;
                println!("{tally:?}");
                tally.check($enough);
                // Whoever decides about the one's changes nothing of the other's.
                assert_eq!(all(&worlds[1]).await, before);
            }
        }
    };
}

/// What row-level security holds for.
const SECURED: &[&str] = &[
    "organizations id",
    "users tenant_id",
    "documents tenant_id",
    "notes tenant_id",
];

const SQLITE: &str = "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, admin BOOLEAN NOT NULL,
         flag BOOLEAN, level INTEGER, rank INTEGER NOT NULL, name TEXT,
         PRIMARY KEY (tenant_id, id));
     CREATE TABLE documents (tenant_id BLOB NOT NULL, id BLOB NOT NULL, owner_id BLOB NOT NULL,
         reviewer_id BLOB, a INTEGER, b INTEGER NOT NULL, s TEXT, f BOOLEAN, g BOOLEAN NOT NULL,
         code INTEGER NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, code));
     CREATE TABLE notes (tenant_id BLOB NOT NULL, id BLOB NOT NULL, document_id BLOB NOT NULL,
         author_id BLOB NOT NULL, weight INTEGER, open BOOLEAN NOT NULL, PRIMARY KEY (tenant_id, id));";

const POSTGRES: &str = "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, admin boolean NOT NULL,
         flag boolean, level bigint, rank bigint NOT NULL, name text,
         PRIMARY KEY (tenant_id, id));
     CREATE TABLE documents (tenant_id uuid NOT NULL, id uuid NOT NULL, owner_id uuid NOT NULL,
         reviewer_id uuid, a bigint, b bigint NOT NULL, s text, f boolean, g boolean NOT NULL,
         code bigint NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, code));
     CREATE TABLE notes (tenant_id uuid NOT NULL, id uuid NOT NULL, document_id uuid NOT NULL,
         author_id uuid NOT NULL, weight bigint, open boolean NOT NULL, PRIMARY KEY (tenant_id, id));";

suite!(
    sqlite,
    sqlx::Sqlite,
    [],
    [],
    "attribute",
    attribute_on_sqlite(SQLITE),
    1000
);
suite!(
    postgres,
    sqlx::Postgres,
    [],
    [],
    "attribute",
    attribute_on_postgres(POSTGRES),
    1000
);
suite!(
    schema,
    sqlx::Postgres,
    [schemas],
    [strategy = schema,],
    "schema",
    schemas(POSTGRES),
    100
);
suite!(
    database_on_sqlite,
    sqlx::Sqlite,
    [databases],
    [strategy = database,],
    "database_on_sqlite",
    databases_on_sqlite(SQLITE),
    100
);
suite!(
    database_on_postgres,
    sqlx::Postgres,
    [databases],
    [strategy = database,],
    "database_on_postgres",
    databases_on_postgres(POSTGRES),
    100
);
suite!(
    rls,
    sqlx::Postgres,
    [rls],
    [],
    "rls",
    rls(POSTGRES, SECURED),
    100
);
