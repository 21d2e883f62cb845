//! Random writes.

use super::Surroundings;
use super::read::filter;
use super::value::{id_of, maybe_reference, number, reference, role, text, unique_text, values};
use crate::random::Random;
use crate::schema::{Kind, Table, Val};
use crate::statement::{Assign, Assigns, Change, Reference, Shape, Statement, Style};

/// A write to `table`, if there is one that can be made of what there is.
pub(super) fn write(
    random: &mut Random,
    around: &Surroundings<'_>,
    table: Table,
) -> Option<Statement> {
    let known = around.known[table as usize].len();
    let row = (known > 0).then(|| random.below(known.max(1)));
    let fetch = random.chance(50);
    if table == Table::Organizations {
        return row.map(|row| Statement::Update {
            table,
            row,
            change: change(random, around, table, false),
            fetch,
        });
    }
    Some(match random.weighted(&[22, 10, 13, 25, 14, 9, 7]) {
        0 => Statement::Create {
            table,
            row: {
                let with_default = random.chance(40);
                new_row(random, around, table, with_default)
            },
            fetch,
        },
        1 => Statement::CreateMany {
            table,
            rows: {
                let with_default = random.chance(40);
                (0..random.below(4))
                    .map(|_| new_row(random, around, table, with_default))
                    .collect()
            },
            fetch,
        },
        2 if !matches!(table, Table::Comments | Table::Notes) => Statement::Upsert {
            table,
            row: upserted_row(random, around, table),
            fetch,
        },
        3 => Statement::Update {
            table,
            row: row?,
            change: change(random, around, table, false),
            fetch,
        },
        5 => Statement::Destroy {
            table,
            row: row?,
            fetch,
        },
        6 => Statement::DestroyWhere {
            table,
            filter: filter(random, around, table),
            fetch,
        },
        _ => {
            let filter = filter(random, around, table);
            let first = matches!(filter.shape, Shape::Fixed(..));
            Statement::UpdateWhere {
                table,
                filter,
                change: change(random, around, table, first),
                fetch,
            }
        }
    })
}

/// The table that a column refers to.
fn target(table: Table, column: usize) -> Option<Table> {
    match (table, table.schema().columns[column].name) {
        (Table::Documents, "owner_id" | "reviewer_id") | (Table::Comments, "author_id") => {
            Some(Table::Users)
        }
        (Table::Comments, "document_id") => Some(Table::Documents),
        _ => None,
    }
}

/// A value for a column of a new row or of an update.
fn assign(random: &mut Random, around: &Surroundings<'_>, table: Table, column: usize) -> Assign {
    let schema = table.schema();
    let described = &schema.columns[column];
    if let Some(target) = target(table, column) {
        return Assign::Reference(if described.nullable {
            maybe_reference(random, around, target)
        } else {
            reference(random, around, target)
        });
    }
    if described.nullable && random.chance(30) {
        return Assign::Value(Val::Null);
    }
    let unique = column == schema.key || schema.unique == Some(column);
    Assign::Value(match described.kind {
        Kind::Bool => Val::Bool(random.chance(50)),
        Kind::Role => role(random),
        Kind::Text if unique => Val::Text(unique_text(random)),
        Kind::Text => Val::Text(text(random)),
        Kind::Int => Val::Int(number(random)),
        Kind::Uuid => unreachable!("every other uuid is a key or a tenant"),
    })
}

/// A new row, possibly under a key that is taken here or in another tenant.
fn new_row(
    random: &mut Random,
    around: &Surroundings<'_>,
    table: Table,
    with_default: bool,
) -> Assigns {
    let schema = table.schema();
    let mut row = upserted_row(random, around, table);
    if schema.key_is_random() && random.chance(25) {
        row.push((schema.key, Assign::Value(Val::Uuid(id_of(random, table)))));
    }
    if table == Table::Documents && with_default {
        let archived = Assign::Value(Val::Bool(random.chance(50)));
        row.push((table.column("archived"), archived));
    }
    row
}

/// A value for every column that has to have one.
fn upserted_row(random: &mut Random, around: &Surroundings<'_>, table: Table) -> Assigns {
    let schema = table.schema();
    (0..schema.columns.len())
        .filter(|&column| {
            let made = column == schema.key && !schema.key_is_given();
            let given = schema.tenant == Some(column) || schema.version == Some(column);
            !made && !given && schema.columns[column].name != "archived"
        })
        .map(|column| (column, assign(random, around, table, column)))
        .collect()
}

/// The assignments of an update. Statically known conditions go with the `first` of the statically
/// known lists only, so that there are not too many pairs to compile.
fn change(random: &mut Random, around: &Surroundings<'_>, table: Table, first: bool) -> Change {
    if random.chance(50) {
        let values = values(random, around);
        let wanted = if first {
            0
        } else {
            random.below(around.catalog.sets(table))
        };
        return Change {
            assigns: around.catalog.set(table, wanted, &values),
            style: Style::Fixed(wanted, values),
        };
    }
    let schema = table.schema();
    let mut assigns: Assigns = Vec::new();
    for (column, described) in schema.columns.iter().enumerate() {
        let fixed =
            column == schema.key || schema.tenant == Some(column) || schema.version == Some(column);
        if fixed || !random.chance(40) {
            continue;
        }
        let calculated = matches!(described.name, "views" | "priority") && random.chance(40);
        let assign = if calculated {
            Assign::Plus(column, if random.chance(50) { 1 } else { -1 })
        } else {
            assign(random, around, table, column)
        };
        assigns.push((column, assign));
    }
    let of_a_client = assigns.iter().all(|(_, assign)| {
        matches!(
            assign,
            Assign::Value(_) | Assign::Reference(Reference::ById(_) | Reference::None)
        )
    });
    random.shuffle(&mut assigns);
    Change {
        style: if of_a_client && random.chance(50) {
            Style::Derived
        } else {
            Style::Collected
        },
        assigns,
    }
}
