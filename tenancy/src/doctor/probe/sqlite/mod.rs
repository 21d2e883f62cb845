//! The probe on SQLite: what statements of a tenant do to the rows of another.

pub(crate) mod setup;

use crate::ddl::table::{Place, Rows};
use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::doctor::database::Examination;
use crate::doctor::live::{Live, same};
use crate::doctor::probe::plot::{Planted, Plot, Row};
use crate::doctor::probe::sqlite::setup::{plots, random, wards};
use crate::doctor::probe::values::Style;
use crate::doctor::probe::ward::Ward;
use crate::doctor::probe::{Said, refused, running};
use crate::error::Result;
use crate::model::contract::TenantRoot;
use crate::sql::trusted;
use sqlx::Connection as _;
use sqlx::Executor as _;
use sqlx::Row as _;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

/// Functions in triggers that do what a rollback does not undo.
const OUTSIDE: [&str; 4] = ["writefile", "load_extension", "edit(", "fts3_tokenizer"];

/// Tries, and undoes all of it.
pub(in super::super) async fn probe<R: TenantRoot>(
    examination: &Examination<'_, R>,
    live: &[Live],
    connection: &mut SqliteConnection,
    found: &mut Findings,
) -> Result<()> {
    if examination.here != Place::Shared {
        found.not_tried(
            "database",
            "it has the rows of one tenant: there is no wall in it",
        );
        return Ok(());
    }
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode")
        .fetch_one(&mut *connection)
        .await?;
    let reads: i64 = sqlx::query_scalar("PRAGMA query_only")
        .fetch_one(&mut *connection)
        .await?;
    if journal.eq_ignore_ascii_case("off") {
        refused(
            "without a journal (`journal_mode = OFF`) nothing can be undone",
            found,
        );
        return Ok(());
    }
    if reads != 0 {
        refused("the connection takes no writes", found);
        return Ok(());
    }
    let mut plots = plots(examination, live, found);
    plots.retain(|plot| {
        let code = live.iter().filter(|live| same(&live.name, plot.table.name));
        let code = code
            .flat_map(|live| &live.belongings)
            .map(|(_, sql)| sql.to_ascii_lowercase());
        let safe = code
            .into_iter()
            .all(|sql| OUTSIDE.iter().all(|word| !sql.contains(word)));
        if !safe {
            found.not_tried(
                &plot.shown,
                "it has triggers with code that a rollback does not undo",
            );
        }
        safe
    });
    let mut transaction = connection.begin().await?;
    transaction
        .execute("PRAGMA defer_foreign_keys = ON")
        .await?;
    let global = Ward::new("all", &random(&mut transaction).await?);
    let wards = wards::<R>(&mut transaction).await?;
    let mut probe = Probe {
        connection: &mut transaction,
        plots: &plots,
        global: &global,
        wards: &wards,
        planted: Planted::default(),
        said: Said::default(),
        found,
        over: false,
    };
    let tried = probe.go().await;
    if probe.over {
        // A trigger ended the transaction already, and all of it is undone.
        found.not_tried(
            "database",
            "a trigger or a constraint rolls whole transactions back: nothing after it was tried",
        );
        let _ = transaction.rollback().await;
        return Ok(());
    }
    transaction.rollback().await?;
    tried
}

/// What is known while the probe runs.
struct Probe<'p, 'a> {
    connection: &'p mut SqliteConnection,
    plots: &'p [Plot<'a>],
    global: &'p Ward,
    /// One tenant and the other.
    wards: &'p [Ward; 2],
    planted: Planted,
    said: Said,
    found: &'p mut Findings,
    /// Whether the transaction is.
    over: bool,
}

impl<'p, 'a> Probe<'p, 'a> {
    async fn go(&mut self) -> Result<()> {
        let plots = self.plots;
        let (global, wards) = (self.global, self.wards);
        for plot in plots.iter().filter(|plot| plot.global()) {
            self.plant(plot, global).await?;
        }
        for ward in wards {
            for plot in plots.iter().filter(|plot| !plot.global()) {
                self.plant(plot, ward).await?;
            }
        }
        for plot in plots.iter().filter(|plot| !plot.global()) {
            self.write(plot).await?;
        }
        Ok(())
    }

    async fn plant(&mut self, plot: &Plot<'_>, ward: &Ward) -> Result<()> {
        let mut why = String::new();
        for style in Style::ALL {
            if self.over {
                return Ok(());
            }
            let row = match plot.row(ward, self.global, &self.planted, style) {
                Ok(row) => row,
                Err(missing) => {
                    why = missing;
                    continue;
                }
            };
            let sql = plot.insert(&row, &plot.name);
            match self.attempt(&sql, true).await? {
                Ok(()) => {
                    if !self.is_there(plot, ward, &row).await? {
                        self.said.moved(plot, self.found);
                        self.planted.lose(plot, ward);
                    }
                    self.planted.add(plot, ward, row, style);
                    return Ok(());
                }
                Err(code) => {
                    why = format!("it takes no row that the probe makes (result code {code})");
                }
            }
        }
        self.found.not_tried(&plot.shown, why);
        Ok(())
    }

    /// Writes as the one tenant, and looks what became of the other's rows.
    async fn write(&mut self, plot: &Plot<'_>) -> Result<()> {
        let [one, other] = self.wards;
        let before = self.digests(other).await?;
        let Some(own) = self.planted.row(plot, one).cloned() else {
            return Ok(());
        };
        let mut statements = plot.own_writes(one, self.global, &self.planted);
        if let Some(twin) = self.twin(plot) {
            statements.push(("INSERT INTO", plot.insert(&twin, &plot.name)));
        }
        for (shown, sql) in statements {
            if self.over {
                return Ok(());
            }
            self.connection.execute("SAVEPOINT tenancy").await?;
            let wrote = match self.attempt(&sql, true).await? {
                Ok(()) => true,
                Err(code) => {
                    if shown == "UPDATE" && !self.over {
                        let why =
                            format!("a tenant's own row could not be updated (result code {code})");
                        self.found.not_tried(&plot.shown, why);
                    }
                    false
                }
            };
            let after = self.digests(other).await?;
            let kept = shown != "UPDATE" || self.is_there(plot, one, &own).await?;
            if self.over {
                return Ok(());
            }
            if wrote && !kept && !self.planted.is_lost(plot, one) {
                self.said.moved(plot, self.found);
            }
            self.run("ROLLBACK TO tenancy; RELEASE tenancy").await?;
            let changed = before
                .iter()
                .zip(&after)
                .find(|(before, after)| before != after);
            if let Some(((table, _), _)) = changed.filter(|_| wrote) {
                let problem = format!(
                    "with one tenant: {shown} {} writes a row of its own, and changes rows of another tenant in {table}",
                    plot.name
                );
                self.said.error(
                    "probe-changes",
                    &plot.shown,
                    problem,
                    running(plot),
                    self.found,
                );
            }
        }
        self.tell(plot, &own).await?;
        self.replace(plot, &own).await
    }

    /// Writes a row like that of the other tenant, and again without that: it is to be none of its affair.
    async fn tell(&mut self, plot: &Plot<'_>, own: &Row) -> Result<()> {
        let [one, other] = self.wards;
        let theirs = self.planted.row(plot, other);
        let condition = theirs.and_then(|theirs| plot.own(other, theirs));
        let new = self.planted.another(plot, one, self.global);
        let (Some(theirs), Some(condition), Some(new)) = (theirs, condition, new) else {
            return Ok(());
        };
        if plot.table.rows == Rows::Root || self.planted.is_lost(plot, one) || self.over {
            return Ok(());
        }
        let twin = plot.insert(&plot.alike(&new, theirs), &plot.name);
        let control = plot.insert(&new, &plot.name);
        // The tenant's own row may be like it, too.
        let own = plot.own(one, own).unwrap_or_else(|| "FALSE".to_owned());
        let without_own = format!("DELETE FROM {} WHERE {own}", plot.name);
        let without = format!("DELETE FROM {} WHERE {condition}", plot.name);
        let mut done = Vec::new();
        for statements in [
            vec![&without_own, &control],
            vec![&without_own, &twin],
            vec![&without_own, &without, &twin],
        ] {
            self.connection.execute("SAVEPOINT tenancy").await?;
            let mut all = true;
            for sql in statements {
                all = all && self.attempt(sql, true).await?.is_ok();
                if self.over {
                    return Ok(());
                }
            }
            self.run("ROLLBACK TO tenancy; RELEASE tenancy").await?;
            done.push(all);
        }
        if done == [true, false, true] {
            self.said.refused(plot, self.found);
        }
        Ok(())
    }

    /// Writes a row with the key of one that is there already, and one with what else is unique in it: both are to be
    /// refused.
    async fn replace(&mut self, plot: &Plot<'_>, own: &Row) -> Result<()> {
        let [one, _] = self.wards;
        let Some(new) = self.planted.another(plot, one, self.global) else {
            return Ok(());
        };
        let key = plot.table.key;
        let mut again = new.clone();
        for (column, value) in &mut again.0 {
            if let Some(old) = own.value(column).filter(|_| column == key) {
                old.clone_into(value);
            }
        }
        for row in [again, plot.with_unique(new, own, key)] {
            if self.over || self.planted.is_lost(plot, one) {
                return Ok(());
            }
            self.connection.execute("SAVEPOINT tenancy").await?;
            let sql = plot.insert(&row, &plot.name);
            let wrote = self.attempt(&sql, true).await?.is_ok();
            let Some(condition) = plot.own(one, own).filter(|_| !self.over) else {
                return Ok(());
            };
            let there = self
                .run(&format!(
                    "SELECT count(*) FROM {} WHERE {condition}",
                    plot.name
                ))
                .await?;
            let there: i64 = there.first().map_or(Ok(0), |row| row.try_get(0))?;
            self.run("ROLLBACK TO tenancy; RELEASE tenancy").await?;
            // Twice, where nothing is unique; once, where it was not written.
            let same = row.value(key) == own.value(key);
            if wrote && there < 2 && (same || there == 0) {
                let problem = "a row that is there already is replaced by a new one, or the new one is left out, and \
                               nothing says so (`ON CONFLICT`)"
                    .to_owned();
                self.said.error(
                    "probe-replaces",
                    &plot.shown,
                    problem,
                    running(plot),
                    self.found,
                );
            }
        }
        Ok(())
    }

    /// A row of the one tenant with what is unique in the other's: nobody else has to notice.
    fn twin(&self, plot: &Plot<'_>) -> Option<Row> {
        let [one, other] = self.wards;
        if plot.table.rows == Rows::Root {
            return None;
        }
        let row = self.planted.another(plot, one, self.global)?;
        Some(plot.with_unique(row, self.planted.row(plot, other)?, ""))
    }

    /// A digest of a tenant's rows in each table.
    async fn digests(&mut self, ward: &Ward) -> Result<Vec<(String, String)>> {
        let mut digests = Vec::new();
        for plot in self.plots.iter().filter(|plot| !plot.global()) {
            let Some(owner) = plot.owner() else { continue };
            let values: Vec<_> = plot
                .slots
                .iter()
                .map(|slot| format!("quote(t.{})", quoted(&slot.name)))
                .collect();
            let rows = self
                .run(&format!(
                    "SELECT coalesce(group_concat(x, ';'), '') FROM (
                        SELECT {} AS x FROM {} AS t WHERE t.{} = {} ORDER BY 1
                    )",
                    values.join(" || ',' || "),
                    plot.name,
                    quoted(owner),
                    plot.tenant(ward)
                ))
                .await?;
            let digest = rows.first().map(|row| row.try_get(0)).transpose()?;
            digests.push((plot.shown.clone(), digest.unwrap_or_default()));
        }
        Ok(digests)
    }

    async fn is_there(&mut self, plot: &Plot<'_>, ward: &Ward, row: &Row) -> Result<bool> {
        let Some(own) = plot.own(ward, row) else {
            return Ok(true);
        };
        let rows = self
            .run(&format!("SELECT 1 FROM {} WHERE {own}", plot.name))
            .await?;
        Ok(!rows.is_empty())
    }

    /// Runs what must work.
    async fn run(&mut self, sql: &str) -> Result<Vec<SqliteRow>> {
        if self.over {
            return Ok(Vec::new());
        }
        let sql = sqlx::raw_sql(trusted::of_probe(sql.to_owned()));
        Ok(self.connection.fetch_all(sql).await?)
    }

    /// Runs what may fail, and keeps it or not; the code, where it failed.
    async fn attempt(&mut self, sql: &str, keep: bool) -> Result<Result<(), String>> {
        self.connection.execute("SAVEPOINT attempt").await?;
        let sql = sqlx::raw_sql(trusted::of_probe(sql.to_owned()));
        let done = match self.connection.execute(sql).await {
            Ok(_) => Ok(()),
            Err(sqlx::Error::Database(error)) => Err(error.code().unwrap_or_default().into_owned()),
            Err(error) => return Err(error.into()),
        };
        let end = match done {
            Ok(()) if keep => "RELEASE attempt",
            _ => "ROLLBACK TO attempt; RELEASE attempt",
        };
        // Whatever is written after the transaction ended would last.
        if self.connection.execute(sqlx::raw_sql(end)).await.is_err() {
            self.over = true;
        }
        Ok(done)
    }
}
