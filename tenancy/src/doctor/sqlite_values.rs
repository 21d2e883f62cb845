//! Values and defaults on SQLite that no statement would find.

use crate::ddl::table::Column;
use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::doctor::forms::Form;
use crate::doctor::live::{LiveColumn, Pair};
use crate::doctor::mend::Mender;
use crate::doctor::tables::Expected;
use crate::error::{Error, Result};
use crate::sql::trusted;
use sqlx::Row as _;
use sqlx::SqliteConnection;

/// What the defaults fill in; and with `rows` what there is.
pub(super) async fn check(
    expected: &[Expected<'_>],
    rows: bool,
    mender: &Mender<'_>,
    connection: &mut SqliteConnection,
    found: &mut Findings,
) -> Result<()> {
    for (table, live, shown) in expected {
        let Some(live) = live.filter(|live| !live.view) else {
            continue;
        };
        let pair = Pair { table, live, shown };
        for column in &table.columns {
            let (Some(there), Some(form)) = (live.column(column.name), Form::of(column)) else {
                continue;
            };
            if let Some(default) = &there.default {
                default_of(pair, (column, form, default), mender, connection, found).await?;
            }
            if rows {
                values_of(pair, (there, form), mender, connection, found).await?;
            }
        }
    }
    Ok(())
}

async fn default_of(
    pair: Pair<'_>,
    (column, form, default): (&Column, Form, &str),
    mender: &Mender<'_>,
    connection: &mut SqliteConnection,
    found: &mut Findings,
) -> Result<()> {
    let met = form.is_met("filled");
    let sql = trusted::of_doctor(format!("SELECT {met} FROM (SELECT ({default}) AS filled)"));
    let asked = sqlx::query(sql).fetch_one(&mut *connection).await;
    // What cannot be computed here is for the one who creates a row to hear.
    let Ok(row) = asked else { return Ok(()) };
    if row.try_get::<bool, _>(0).map_err(Error::from)? {
        return Ok(());
    }
    found.error(
        "default-out-of-form",
        pair.shown,
        format!(
            "the default of `{}` is not {}, as values are that statements compare it with",
            column.name,
            form.name()
        ),
        mender.alter(pair, ""),
    );
    Ok(())
}

async fn values_of(
    pair: Pair<'_>,
    (live, form): (&LiveColumn, Form),
    mender: &Mender<'_>,
    connection: &mut SqliteConnection,
    found: &mut Findings,
) -> Result<()> {
    let (table, column) = (quoted(&pair.live.name), quoted(&live.name));
    let met = form.is_met(&column);
    let sql = trusted::of_doctor(format!("SELECT count(*) FROM {table} WHERE NOT {met}"));
    let row = sqlx::query(sql).fetch_one(&mut *connection).await?;
    let number: i64 = row.try_get(0)?;
    if number == 0 {
        return Ok(());
    }
    let (rows, have) = if number == 1 {
        ("row", "has")
    } else {
        ("rows", "have")
    };
    let query = format!("SELECT * FROM {table} WHERE NOT {met};\n");
    let mend = match form.given_to(&pair.live.name, &live.name) {
        _ if live.generated => query,
        None => format!("-- Look at them:\n{query}"),
        Some(update) => format!(
            "PRAGMA foreign_keys = OFF;\nBEGIN IMMEDIATE;\n{update}{}COMMIT;\nPRAGMA foreign_keys = ON;\n",
            mender.followers(pair, &live.name, form)
        ),
    };
    found.error(
        "rows-out-of-form",
        pair.shown,
        format!(
            "{number} {rows} {have} a `{}` that is not {}: no statement finds it, and it is in no order",
            live.name,
            form.name()
        ),
        mend,
    );
    Ok(())
}
