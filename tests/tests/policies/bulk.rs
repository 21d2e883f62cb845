//! Creations of many rows, and upserts, of the random policies: what they say, and what is in the table
//! afterwards, seen past the library.

use std::collections::BTreeMap;

/// How often a policy decides about each, for each actor.
pub(crate) const ROUNDS: usize = 6;

/// How often each kind of statement was permitted, and denied.
#[derive(Debug, Default)]
pub(crate) struct Kinds(BTreeMap<&'static str, [usize; 2]>);

impl Kinds {
    pub(crate) fn add(&mut self, kind: &'static str, permitted: bool) {
        self.0.entry(kind).or_default()[usize::from(permitted)] += 1;
    }

    /// Fails if one of them was never permitted, or never denied.
    pub(crate) fn check(&self) {
        assert_eq!(self.0.len(), 6, "{self:?}");
        assert!(
            self.0.values().flatten().all(|times| *times >= 15),
            "{self:?}"
        );
    }
}

/// The table as it is, past the library.
macro_rules! stored {
    ($database:ty) => {
        #[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
        struct Stored {
            tenant_id: Uuid,
            id: Uuid,
            owner_id: Uuid,
            reviewer_id: Option<Uuid>,
            a: Option<i64>,
            b: i64,
            s: Option<String>,
            f: Option<bool>,
            g: bool,
            code: i64,
        }

        impl Stored {
            async fn all(db: &tenancy::Db<$database>) -> Vec<Self> {
                let mut all: Vec<Self> = sqlx::query_as("SELECT * FROM documents")
                    .fetch_all(&mut *db.acquire().await.expect("a connection"))
                    .await
                    .unwrap();
                Self::sort(&mut all);
                all
            }

            fn sort(all: &mut [Self]) {
                all.sort_by_key(|row| (row.tenant_id, row.code));
            }

            /// Makes the row one of `world` with these values.
            fn set(&mut self, world: &World, paper: &Paper) {
                self.owner_id = world.ids[paper.owner];
                self.reviewer_id = paper.reviewer.map(|reviewer| world.ids[reviewer]);
                (self.a, self.b, self.f, self.g) = (paper.a, paper.b, paper.f, paper.g);
                self.s = paper.s.map(str::to_owned);
                self.code = paper.code;
            }

            /// The rows after `paper` was written, whose key only the table knows.
            fn with(
                mut before: Vec<Self>,
                after: &[Self],
                world: &World,
                paper: &Paper,
            ) -> Vec<Self> {
                let tenant = *world.verified.id();
                let is = |row: &Self| row.tenant_id == tenant && row.code == paper.code;
                if let Some(row) = before.iter_mut().find(|row| is(row)) {
                    row.set(world, paper);
                } else {
                    let mut new = after.iter().find(|row| is(row)).expect("a new row").clone();
                    assert!(before.iter().all(|row| row.id != new.id));
                    new.set(world, paper);
                    before.push(new);
                    Self::sort(&mut before);
                }
                before
            }

            /// Puts the table back.
            async fn restore(world: &World, before: &[Self], codes: &[i64]) {
                let (mut connection, tenant) = (
                    world.db.acquire().await.expect("a connection"),
                    *world.verified.id(),
                );
                for code in codes {
                    sqlx::query("DELETE FROM documents WHERE tenant_id = $1 AND code = $2")
                        .bind(tenant)
                        .bind(code)
                        .execute(&mut *connection)
                        .await
                        .unwrap();
                    let is = |row: &&Self| row.tenant_id == tenant && row.code == *code;
                    let Some(row) = before.iter().find(is).cloned() else {
                        continue;
                    };
                    sqlx::query(
                        "INSERT INTO documents
                             (tenant_id, id, owner_id, reviewer_id, a, b, s, f, g, code)
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                    )
                    .bind(row.tenant_id)
                    .bind(row.id)
                    .bind(row.owner_id)
                    .bind(row.reviewer_id)
                    .bind(row.a)
                    .bind(row.b)
                    .bind(row.s)
                    .bind(row.f)
                    .bind(row.g)
                    .bind(row.code)
                    .execute(&mut *connection)
                    .await
                    .unwrap();
                }
            }
        }
    };
}

macro_rules! check_bulk {
    ($world:ident, $tally:ident, $number:literal, $model:ident, $new:ident) => {{
        let policy = cases::policy($number);
        let note_policy = cases::note_policy($number);
        let mut random = Random::new(5000 + $number);
        let db = &$world.db;
        let before = Stored::all(db).await;
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
            for _ in 0..bulk::ROUNDS {
                // Some statements prove their references themselves, which exist.
                let by_id = random.chance(25);
                let permitted = |done: Option<Error>| match done {
                    None => true,
                    Some(Error::Forbidden(_)) => false,
                    Some(error) => panic!("{error:?}"),
                };
                let new = |paper: &Paper| $new {
                    owner_id: match by_id {
                        true => tenancy::Ref::by_id($world.ids[paper.owner]),
                        false => (&users[paper.owner]).into(),
                    },
                    reviewer_id: paper.reviewer.map(|reviewer| (&users[reviewer]).into()),
                    a: paper.a,
                    b: paper.b,
                    s: paper.s.map(str::to_owned),
                    f: paper.f,
                    g: paper.g,
                    code: paper.code,
                };

                // An upsert, over a row that is seen, one that is not, or none.
                let there = random.chance(70).then(|| random.below(PAPERS));
                let old = there.map(|there| &$world.papers[there].1);
                let code = match old {
                    Some(old) => old.code,
                    None => free(&mut random),
                };
                let fresh = super::paper(&mut random, $world.people.len());
                let paper = match old {
                    // Much like it, so that more is permitted.
                    Some(old) if random.chance(60) => match random.below(3) {
                        0 => Paper {
                            a: fresh.a,
                            g: fresh.g,
                            ..old.clone()
                        },
                        1 => Paper {
                            owner: fresh.owner,
                            ..old.clone()
                        },
                        _ => Paper {
                            s: fresh.s,
                            f: fresh.f,
                            ..old.clone()
                        },
                    },
                    _ => Paper { code, ..fresh },
                };
                // Nothing is written yet about what would be new.
                let created = allows("create", &paper.noted(None));
                let paper = paper.noted(old);
                let upsert = || $model::upsert(new(&paper)).on(|d| d.code);
                let updated = |old| {
                    let both = |action| allows(action, old) && allows(action, &paper);
                    both("read") && both("update")
                };
                let allowed = created && old.is_none_or(updated);
                let about = || format!("upsert {}: {old:?} {paper:?} {policy:?}", $number);

                let tx = acting.begin().await.unwrap();
                let row = upsert().fetch_one(&tx).await;
                if let Ok(row) = &row {
                    assert_eq!(
                        ($model::find(row.id).count(&tx).await.unwrap(), row.code),
                        (1, code)
                    );
                    assert_eq!(
                        (row.a, row.b, row.f, row.g),
                        (paper.a, paper.b, paper.f, paper.g)
                    );
                }
                let done = permitted(row.err());
                tx.rollback().await.unwrap();
                assert_eq!(done, allowed && allows("read", &paper), "{}", about());
                assert_eq!(Stored::all(db).await, before, "{}", about());

                let done = permitted(upsert().execute(&acting).await.err());
                let after = Stored::all(db).await;
                let expected = match done {
                    true => Stored::with(before.clone(), &after, $world, &paper),
                    false => before.clone(),
                };
                assert_eq!(done, allowed, "{}", about());
                assert_eq!(after, expected, "{}", about());
                match old {
                    None => $tally.kinds.add("upsert of a new row", done),
                    Some(old) if allows("read", old) => $tally.kinds.add("upsert over a row", done),
                    Some(_) => {
                        assert!(!done, "{}", about());
                        // Which is another denial only if the new row could be created.
                        $tally.unseen += usize::from(created);
                    }
                }
                $tally.kinds.add(
                    if by_id {
                        "upsert by id"
                    } else {
                        "upsert by row"
                    },
                    done,
                );
                Stored::restore($world, &before, &[code]).await;

                // Many new rows.
                let mut papers: Vec<Paper> = Vec::new();
                for _ in 0..2 + random.below(3) {
                    let code = free(&mut random);
                    if papers.iter().all(|paper| paper.code != code) {
                        papers.push(Paper {
                            code,
                            ..super::paper(&mut random, $world.people.len())
                        });
                    }
                }
                let allowed = papers.iter().all(|paper| allows("create", paper));
                let readable = papers.iter().all(|paper| allows("read", paper));
                let about = || format!("create {}: {papers:?} {policy:?}", $number);

                let tx = acting.begin().await.unwrap();
                let rows = $model::create_many(papers.iter().map(new))
                    .fetch_all(&tx)
                    .await;
                if let Ok(rows) = &rows {
                    assert_eq!(rows.len(), papers.len());
                }
                let done = permitted(rows.err());
                tx.rollback().await.unwrap();
                assert_eq!(done, allowed && readable, "{}", about());
                assert_eq!(Stored::all(db).await, before, "{}", about());
                $tally.kinds.add("many rows that are returned", done);

                let rows = papers.iter().map(|paper| $model::create(new(paper)));
                let done = permitted($model::create_each(rows).execute(&acting).await.err());
                let after = Stored::all(db).await;
                let mut expected = before.clone();
                if done {
                    for paper in &papers {
                        expected = Stored::with(expected, &after, $world, paper);
                    }
                }
                assert_eq!(done, allowed, "{}", about());
                assert_eq!(after, expected, "{}", about());
                $tally.kinds.add("many rows", done);
                let codes: Vec<_> = papers.iter().map(|paper| paper.code).collect();
                Stored::restore($world, &before, &codes).await;
            }
        }
        assert_eq!(Stored::all(db).await, before);
    }};
}
