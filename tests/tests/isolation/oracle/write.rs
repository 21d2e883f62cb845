//! What a write does.

use uuid::Uuid;

use super::{Fails, Record, State};
use crate::condition::Cond;
use crate::schema::{Table, Val};
use crate::statement::{Assign, Assigns, Failure, Reference};

/// What a statement does if nothing prevents it.
#[derive(Debug)]
pub(crate) struct Effect {
    /// The state afterwards, without the rows in `made`.
    pub(crate) state: State,
    /// The rows as a statement gives them back: as they are now, or were last.
    pub(crate) rows: Vec<Vec<Val>>,
    /// New rows whose key is made elsewhere.
    pub(crate) made: Vec<Made>,
}

/// A new row with NULL for the key, which is not known yet.
#[derive(Clone, Debug)]
pub(crate) struct Made(pub(crate) Record);

type Written = Result<Effect, Fails>;

impl State {
    /// Creates rows: all of them, or none.
    pub(crate) fn create(&self, tenant: Uuid, table: Table, rows: &[Assigns]) -> Written {
        for row in rows {
            self.prove(tenant, table, row)?;
        }
        let new: Vec<Record> = rows
            .iter()
            .map(|row| new_record(tenant, table, row))
            .collect();
        let mut state = self.clone();
        state.rows_mut(table).extend(new.iter().cloned());
        state.checked(table)?;
        Ok(self.created(table, new))
    }

    /// Creates a row, or updates the row of the same tenant with the same value of `target`.
    pub(crate) fn upsert(
        &self,
        tenant: Uuid,
        table: Table,
        target: usize,
        row: &Assigns,
    ) -> Written {
        self.prove(tenant, table, row)?;
        let proposed = new_record(tenant, table, row);
        let schema = table.schema();
        let mut state = self.clone();
        let present = state.rows_mut(table).iter_mut().find(|record| {
            (table.global() || record.tenant == tenant)
                && record.values[target] == proposed.values[target]
        });
        let Some(present) = present else {
            return self.create(tenant, table, std::slice::from_ref(row));
        };
        for &(column, _) in row {
            if column != schema.key {
                present.values[column] = proposed.values[column].clone();
            }
        }
        next_version(table, &mut present.values);
        let rows = vec![present.values.clone()];
        state.checked(table)?;
        Ok(Effect {
            state,
            rows,
            made: Vec::new(),
        })
    }

    fn created(&self, table: Table, new: Vec<Record>) -> Effect {
        let mut state = self.clone();
        let rows = new.iter().map(|record| record.values.clone()).collect();
        let mut made = Vec::new();
        for record in new {
            if record.values[table.schema().key] == Val::Null {
                made.push(Made(record));
            } else {
                state.rows_mut(table).push(record);
            }
        }
        Effect { state, rows, made }
    }

    /// Updates the rows that `filter` keeps.
    pub(crate) fn update_where(
        &self,
        tenant: Uuid,
        table: Table,
        filter: Option<&Cond>,
        assigns: &Assigns,
    ) -> Written {
        if self.prove(tenant, table, assigns).is_err() {
            return Ok(self.unchanged());
        }
        let matching = self.matching(tenant, table, filter);
        self.update(tenant, table, assigns, |values| matching.contains(values))
    }

    /// Updates the row with a key, if it is in the version that was read.
    pub(crate) fn update_row(
        &self,
        tenant: Uuid,
        table: Table,
        read: &[Val],
        assigns: &Assigns,
    ) -> Written {
        let mut rows = self.visible(table, tenant);
        if !rows.any(|record| same(table, &record.values, read)) {
            return Err(not_there(gone(table)));
        }
        self.prove(tenant, table, assigns)?;
        self.update(tenant, table, assigns, |values| same(table, values, read))
    }

    fn update(
        &self,
        tenant: Uuid,
        table: Table,
        assigns: &Assigns,
        meets: impl Fn(&Vec<Val>) -> bool,
    ) -> Written {
        let mut state = self.clone();
        let mut rows = Vec::new();
        for record in state.rows_mut(table) {
            if (table.global() || record.tenant == tenant) && meets(&record.values) {
                let before = record.values.clone();
                for (column, assign) in assigns {
                    record.values[*column] = assigned(assign, &before);
                }
                next_version(table, &mut record.values);
                rows.push(record.values.clone());
            }
        }
        state.checked(table)?;
        Ok(Effect {
            state,
            rows,
            made: Vec::new(),
        })
    }

    /// Removes the rows that `filter` keeps.
    pub(crate) fn destroy_where(
        &self,
        tenant: Uuid,
        table: Table,
        filter: Option<&Cond>,
    ) -> Written {
        let matching = self.matching(tenant, table, filter);
        self.remove(tenant, table, |values| matching.contains(values))
    }

    /// Removes the row with a key, if it is in the version that was read.
    pub(crate) fn destroy_row(&self, tenant: Uuid, table: Table, read: &[Val]) -> Written {
        let effect = self.remove(tenant, table, |values| same(table, values, read))?;
        if effect.rows.is_empty() {
            return Err(not_there(gone(table)));
        }
        Ok(effect)
    }

    fn remove(&self, tenant: Uuid, table: Table, meets: impl Fn(&Vec<Val>) -> bool) -> Written {
        let mut state = self.clone();
        let goes =
            |record: &Record| (table.global() || record.tenant == tenant) && meets(&record.values);
        let rows = self.rows(table).iter().filter(|record| goes(record));
        let rows = rows.map(|record| record.values.clone()).collect();
        state.rows_mut(table).retain(|record| !goes(record));
        if !state.violations(table).is_empty() {
            return Err(Fails {
                with: vec![Failure::StillReferenced],
                database: true,
            });
        }
        Ok(Effect {
            state,
            rows,
            made: Vec::new(),
        })
    }

    fn unchanged(&self) -> Effect {
        Effect {
            state: self.clone(),
            rows: Vec::new(),
            made: Vec::new(),
        }
    }

    /// Whether the ids that a statement has to prove are those of rows of the same tenant.
    fn prove(&self, tenant: Uuid, table: Table, assigns: &Assigns) -> Result<(), Fails> {
        for (column, assign) in assigns {
            let Assign::Reference(Reference::ById(id)) = assign else {
                continue;
            };
            let target = target(table, *column);
            let key = Val::Uuid(*id);
            if !self
                .visible(target, tenant)
                .any(|record| record.values[target.schema().key] == key)
            {
                return Err(not_there(Failure::InvalidReference));
            }
        }
        Ok(())
    }

    fn checked(&self, table: Table) -> Result<(), Fails> {
        let violations = self.violations(table);
        if violations.is_empty() {
            Ok(())
        } else {
            Err(Fails {
                with: violations,
                database: true,
            })
        }
    }
}

/// The table that a foreign key of the models refers to, whether the database knows or not.
fn target(table: Table, column: usize) -> Table {
    if table == Table::Comments && column == 1 {
        Table::Documents
    } else {
        Table::Users
    }
}

fn new_record(tenant: Uuid, table: Table, row: &Assigns) -> Record {
    let schema = table.schema();
    let mut values = vec![Val::Null; schema.columns.len()];
    if let Some(column) = schema.tenant {
        values[column] = Val::Uuid(tenant);
    }
    if let Some(column) = schema.version {
        values[column] = Val::Int(1);
    }
    if table == Table::Documents {
        values[table.column("archived")] = Val::Bool(false);
    }
    for (column, assign) in row {
        values[*column] = assigned(assign, &[]);
    }
    Record {
        tenant: if table.global() { Uuid::nil() } else { tenant },
        values,
    }
}

fn assigned(assign: &Assign, row: &[Val]) -> Val {
    match assign {
        Assign::Value(value) => value.clone(),
        Assign::Column(column) => row[*column].clone(),
        Assign::Plus(column, number) => match &row[*column] {
            Val::Int(value) => Val::Int(value + number),
            _ => Val::Null,
        },
        Assign::Reference(Reference::None) => Val::Null,
        Assign::Reference(Reference::Row(_, id) | Reference::ById(id)) => Val::Uuid(*id),
    }
}

fn next_version(table: Table, values: &mut [Val]) {
    if let Some(column) = table.schema().version
        && let Val::Int(version) = &mut values[column]
    {
        *version += 1;
    }
}

/// Whether a row is the one that was read, in the version that was read.
fn same(table: Table, values: &[Val], read: &[Val]) -> bool {
    let schema = table.schema();
    values[schema.key] == read[schema.key]
        && schema
            .version
            .is_none_or(|column| values[column] == read[column])
}

fn gone(table: Table) -> Failure {
    if table.schema().version.is_some() {
        Failure::Stale
    } else {
        Failure::NotFound
    }
}

/// A failure that the statement shows by touching no row.
fn not_there(failure: Failure) -> Fails {
    Fails {
        with: vec![failure],
        database: false,
    }
}
