//! Tables with oddities and rows: they are examined, mended and examined again, and no value is another one (L30).
//!
//! A mend keeps every value, or fails and leaves the table as it is.

use tenancy::doctor::{Report, Severity};
use tenancy::{Backend, Db};
use tenancy_tests::database;

use crate::{codes, mends};

macro_rules! patient {
    ($database:ty) => {
        use tenancy::ddl::Tables;
        use tenancy::{Db, Root as _, TenantRoot, TenantScoped};
        use time::OffsetDateTime;
        use uuid::Uuid;

        #[derive(Debug, TenantRoot)]
        #[tenancy(database = $database)]
        pub(super) struct Organization {
            id: Uuid,
        }

        #[derive(Debug, TenantScoped)]
        #[tenancy(root = Organization)]
        pub(super) struct Item {
            id: Uuid,
            #[tenancy(unique)]
            title: String,
            at: OffsetDateTime,
            ratio: f64,
            count: i64,
            #[tenancy(generated)]
            doubled: Option<i64>,
            #[tenancy(default)]
            flag: bool,
            #[tenancy(default = "CURRENT_TIMESTAMP")]
            made: OffsetDateTime,
        }

        pub(super) fn tables() -> Tables<Organization> {
            Tables::new().with::<Item>()
        }

        /// How many rows the tenant has, each of which is found by its key and by any of its values.
        pub(super) async fn found(db: &Db<$database>) -> tenancy::Result<usize> {
            tenancy::enter!(acme = Organization::verify(db, Uuid::from_u128(1)).await?);
            let items = Item::query().fetch_all(&acme).await?;
            for item in &items {
                let row = Item::find(item.id).fetch_one(&acme).await?;
                assert_eq!((&row.title, row.at), (&item.title, item.at));
                let same = Item::query().filter(|i| {
                    i.id.eq(item.id)
                        & i.title.eq(&item.title)
                        & i.at.eq(item.at)
                        & i.ratio.eq(item.ratio)
                        & i.count.eq(item.count)
                        & i.flag.eq(item.flag)
                        & i.made.eq(item.made)
                });
                assert_eq!(same.count(&acme).await?, 1, "{item:?}");
            }
            Ok(items.len())
        }
    };
}

/// What came of a seed.
#[derive(Debug, PartialEq)]
enum Outcome {
    Mended,
    Refused,
}

/// What became of a database.
struct Healed {
    outcome: Outcome,
    /// What was found at first.
    first: Vec<&'static str>,
    /// What is found at last, and no statement mends.
    last: Vec<&'static str>,
}

impl Healed {
    /// What was found, and whether no mend helped.
    fn found(&self) -> Vec<&'static str> {
        let refused = (self.outcome == Outcome::Refused).then_some(seeds::REFUSED);
        self.first.iter().copied().chain(refused).collect()
    }

    /// Whether statements of the library do what they say: it is mended, and nothing is left that says they do not.
    fn is_sound(&self) -> bool {
        self.outcome == Outcome::Mended && !self.last.contains(&"compared-as-text")
    }
}

/// Mends until there is nothing to mend, or a mend fails.
async fn heal<DB: Backend, F>(db: &Db<DB>, sql: &str, examine: impl Fn() -> F) -> Healed
where
    for<'c> &'c mut DB::Connection: sqlx::Executor<'c, Database = DB>,
    F: Future<Output = Report>,
{
    let mut report = examine().await;
    let first = codes(&report);
    for _ in 0..6 {
        let mended = database::run(db, &mends(&report)).await;
        let next = examine().await;
        let same = report == next;
        report = next;
        let outcome = match (mended, report.count(Severity::Error)) {
            (Err(_), _) => Outcome::Refused,
            (Ok(()), 1..) if same && is_left(&report) => Outcome::Refused,
            (Ok(()), 0) if same => Outcome::Mended,
            (Ok(()), _) => continue,
        };
        let last = codes(&report);
        return Healed {
            outcome,
            first,
            last,
        };
    }
    panic!("it is never mended\n{report}\nafter\n{sql}");
}

/// Whether all that is wrong is for people to decide: no statement changes anything.
fn is_left(report: &Report) -> bool {
    let mut mends = report.findings().iter().map(|finding| &finding.mend);
    mends.all(|mend| {
        let mut lines = mend.lines();
        lines.all(|line| line.starts_with("--") || line.starts_with("SELECT"))
    })
}

mod postgres;
mod seeds;
mod sqlite;
