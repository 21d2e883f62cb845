//! Random data and random programs.

mod condition;
mod read;
mod value;
mod world;
mod write;

use uuid::Uuid;

use crate::answer::Known;
use crate::condition::Cond;
use crate::oracle::State;
use crate::random::Random;
use crate::schema::Table;
use crate::statement::{Assigns, Params, Statement, Values};

pub(crate) use world::{ABSENT_TENANT, TENANTS, world};

/// The statically known queries: how many there are, and what they mean.
pub(crate) trait Catalog {
    /// Whether tenants have databases of their own.
    fn apart(&self) -> bool;
    fn filters(&self, table: Table) -> usize;
    fn orders(&self, table: Table) -> usize;
    fn sets(&self, table: Table) -> usize;
    fn filter(&self, table: Table, wanted: usize, params: &Params) -> Cond;
    fn order(&self, table: Table, wanted: usize) -> Vec<(usize, bool)>;
    fn set(&self, table: Table, wanted: usize, values: &Values) -> Assigns;
}

/// What a random statement may be made of.
pub(crate) struct Surroundings<'a> {
    pub(crate) state: &'a State,
    pub(crate) tenant: Uuid,
    /// The rows that may be updated, destroyed and referred to.
    pub(crate) known: &'a Known,
    /// Whether rows may be locked.
    pub(crate) in_transaction: bool,
    pub(crate) catalog: &'a dyn Catalog,
}

/// Any statement.
pub(crate) fn statement(random: &mut Random, around: &Surroundings<'_>) -> Statement {
    if random.chance(45) {
        return read(random, around);
    }
    let table = table(random);
    match write::write(random, around, table) {
        Some(statement) => statement,
        None => read(random, around),
    }
}

/// A statement that only reads.
pub(crate) fn read(random: &mut Random, around: &Surroundings<'_>) -> Statement {
    let table = table(random);
    read::read(random, around, table)
}

fn table(random: &mut Random) -> Table {
    Table::ALL[random.weighted(&[6, 20, 28, 20, 12, 9, 5])]
}
