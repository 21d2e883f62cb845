//! All databases seen from outside, over connections that are not the library's.

use sqlx::ConnectOptions as _;
use uuid::Uuid;

use super::APART;
use super::models::Database;
use super::world::{self, Connection};
use crate::oracle::State;
use crate::schema::Table;

pub(super) struct Outside {
    shared: Connection,
    own: Vec<(Uuid, Connection)>,
}

impl Outside {
    pub(super) async fn new(options: &tenancy_tests::database::Outside<Database>) -> Self {
        let shared = options.shared.connect().await;
        let mut own = Vec::new();
        for (tenant, options) in &options.own {
            own.push((*tenant, options.connect().await.expect("a connection")));
        }
        assert_eq!(own.is_empty(), !APART);
        Self {
            shared: shared.expect("a connection"),
            own,
        }
    }

    /// Replaces all rows.
    pub(super) async fn fill(&mut self, state: &State) -> sqlx::Result<()> {
        if !APART {
            return world::fill(&mut self.shared, &Table::ALL, state, |_| true).await;
        }
        world::fill(&mut self.shared, &Table::SHARED, state, |_| true).await?;
        for (tenant, connection) in &mut self.own {
            let is_here = |record: &crate::oracle::Record| record.tenant == *tenant;
            world::fill(connection, &Table::OWN, state, is_here).await?;
        }
        Ok(())
    }

    /// All rows: those in a tenant's database have to be the tenant's, or there is a difference.
    pub(super) async fn read(&mut self) -> sqlx::Result<State> {
        let mut state = State::default();
        if !APART {
            world::read(&mut self.shared, &Table::ALL, &mut state).await?;
            return Ok(state);
        }
        world::read(&mut self.shared, &Table::SHARED, &mut state).await?;
        for (_, connection) in &mut self.own {
            world::read(connection, &Table::OWN, &mut state).await?;
        }
        Ok(state)
    }
}
