//! One value of a new row is one parameter: more or fewer would move the tenant's.

use sqlx::Sqlite;
use tenancy::column::{Writable, Written};

struct Evil;

impl Writable<Sqlite> for Evil {
    const SEALED: () = ();

    fn get(_: &sqlx::sqlite::SqliteRow, _: usize) -> Result<Self, sqlx::Error> {
        Ok(Self)
    }

    fn get_masked(_: &sqlx::sqlite::SqliteRow, _: usize) -> Result<Self, sqlx::Error> {
        Ok(Self)
    }

    fn sql_type() -> String {
        String::new()
    }

    fn written(self) -> Written<Self, Sqlite> {
        Written {
            value: self,
            bind: |_, _| {},
        }
    }
}

fn main() {}
