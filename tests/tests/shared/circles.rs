//! Models that go with each other, in a circle: what may go is what a walk over the rows says, and asking in advance
//! says the same (L1).

use std::collections::HashSet;

use tenancy::policy::action;
use tenancy::{Error, Masked, Root as _, TenantRoot, TenantScoped};
use uuid::Uuid;

/// A row: a team, a person or a note, by its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Node {
    Team(usize),
    Person(usize),
    Note(usize),
}

/// What refers to what, and what its rules keep.
#[derive(Debug, Default)]
struct Graph {
    goes_with: Vec<(Node, Node)>,
    kept: HashSet<Node>,
}

impl Graph {
    /// Whether nothing that goes with the row is kept. A circle of rows has no end, so it is.
    fn may_go(&self, node: Node, above: &mut Vec<Node>) -> bool {
        if self.kept.contains(&node) || above.contains(&node) {
            return false;
        }
        above.push(node);
        let along = self.goes_with.iter().filter(|(_, with)| *with == node);
        let mut along = along.map(|(row, _)| *row);
        let may_go = along.all(|row| self.may_go(row, above));
        above.pop();
        may_go
    }
}

/// The same numbers every time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

macro_rules! suite {
    ($database:ident, $type:ty, $schema:literal) => {
        mod $database {
            use super::*;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $type)]
            pub struct Organization {
                pub id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub struct User {
                pub id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies, destroys(Person.team_id, Note.team_id))]
            pub struct Team {
                pub id: Uuid,
                #[tenancy(belongs_to = Person)]
                pub lead_id: Option<Uuid>,
                pub locked: bool,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "people", destroys(Note.person_id, Team.lead_id))]
            pub struct Person {
                pub id: Uuid,
                #[tenancy(belongs_to = Team)]
                pub team_id: Option<Uuid>,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Note {
                pub id: Uuid,
                #[tenancy(belongs_to = Person)]
                pub person_id: Option<Uuid>,
                #[tenancy(belongs_to = Team)]
                pub team_id: Option<Uuid>,
                #[tenancy(guarded)]
                pub secret: Masked<i64>,
            }

            tenancy::policies! {
                Team, actor: User {
                    guard(destroy) { forbid_if locked => "locked"; }
                    read { authorize_if always; }
                    create { authorize_if always; }
                    update { authorize_if always; }
                    destroy { authorize_if always; }
                }
            }

            tenancy::policies! {
                Note, actor: User {
                    read { authorize_if always; }
                    create { authorize_if always; }
                    destroy { authorize_if secret == 0; }
                    field secret {}
                }
            }

            #[tokio::test]
            async fn are_decided_as_a_walk_over_the_rows_says() {
                let fresh = tenancy_tests::database::$database($schema).await;
                let acme = Organization::create(NewOrganization {}).execute(&fresh);
                tenancy::enter!(acme = acme.await.unwrap());
                let user = User::create(NewUser {}).fetch_one(&acme).await.unwrap();
                let acme = acme.acting_as(user);
                let mut random = Random(7);
                let (mut gone, mut denied) = (0, 0);
                for _ in 0..40 {
                    let mut graph = Graph::default();
                    let (mut teams, mut people) = (Vec::new(), Vec::new());
                    for team in 0..3 {
                        let locked = random.once_in(8);
                        let new = NewTeam { lead_id: None, locked };
                        teams.push(Team::create(new).fetch_one(&acme).await.unwrap());
                        graph.kept.extend(locked.then_some(Node::Team(team)));
                    }
                    for person in 0..4 {
                        let team = (!random.once_in(3)).then(|| random.below(3));
                        let new = NewPerson { team_id: team.map(|team| (&teams[team]).into()) };
                        people.push(Person::create(new).fetch_one(&acme).await.unwrap());
                        graph.goes_with.extend(team.map(|team| (Node::Person(person), Node::Team(team))));
                    }
                    for team in 0..3 {
                        if random.once_in(3) {
                            let lead = random.below(4);
                            let update = Team::update(&teams[team]).set(|t| t.lead_id.to(Some(&people[lead])));
                            update.execute(&acme).await.unwrap();
                            graph.goes_with.push((Node::Team(team), Node::Person(lead)));
                        }
                    }
                    for note in 0..3 {
                        let secret = i64::from(random.once_in(8));
                        let team = random.once_in(2).then(|| random.below(3));
                        let person = random.once_in(2).then(|| random.below(4));
                        let new = NewNote {
                            person_id: person.map(|person| (&people[person]).into()),
                            team_id: team.map(|team| (&teams[team]).into()),
                            secret,
                        };
                        Note::create(new).execute(&acme).await.unwrap();
                        graph.kept.extend((secret == 1).then_some(Node::Note(note)));
                        graph.goes_with.extend(team.map(|team| (Node::Note(note), Node::Team(team))));
                        graph.goes_with.extend(person.map(|person| (Node::Note(note), Node::Person(person))));
                    }
                    let (may_go, can, explained, result) = if random.once_in(2) {
                        let at = random.below(3);
                        let team = &teams[at];
                        let can = acme.can(action::Destroy, team).await.unwrap();
                        let explained = acme.explain(action::Destroy, team).await.unwrap();
                        (graph.may_go(Node::Team(at), &mut Vec::new()), can, explained, Team::destroy(team).execute(&acme).await)
                    } else {
                        let at = random.below(4);
                        let person = &people[at];
                        let can = acme.can(action::Destroy, person).await.unwrap();
                        let explained = acme.explain(action::Destroy, person).await.unwrap();
                        (graph.may_go(Node::Person(at), &mut Vec::new()), can, explained, Person::destroy(person).execute(&acme).await)
                    };
                    assert_eq!((can, explained.allowed, result.is_ok()), (may_go, may_go, may_go), "{graph:?} {explained}");
                    match result {
                        Ok(()) => gone += 1,
                        Err(Error::Forbidden(denial)) => {
                            // The same code, whoever asks.
                            assert_eq!(explained.denial(), Some(denial), "{explained}");
                            denied += 1;
                        }
                        Err(error) => panic!("{error:?}"),
                    }
                    let mut connection = fresh.acquire().await.unwrap();
                    for table in ["DELETE FROM notes", "DELETE FROM teams", "DELETE FROM people"] {
                        sqlx::query(table).execute(&mut *connection).await.unwrap();
                    }
                }
                assert!(gone > 5 && denied > 5, "{gone} {denied}");
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY NOT NULL);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE teams (tenant_id BLOB NOT NULL, id BLOB NOT NULL, lead_id BLOB, locked BOOLEAN NOT NULL,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, lead_id) REFERENCES people (tenant_id, id) ON DELETE CASCADE);
     CREATE TABLE people (tenant_id BLOB NOT NULL, id BLOB NOT NULL, team_id BLOB, PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, team_id) REFERENCES teams (tenant_id, id) ON DELETE CASCADE);
     CREATE TABLE notes (tenant_id BLOB NOT NULL, id BLOB NOT NULL, person_id BLOB, team_id BLOB,
         secret INTEGER NOT NULL, PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id) ON DELETE CASCADE,
         FOREIGN KEY (tenant_id, team_id) REFERENCES teams (tenant_id, id) ON DELETE CASCADE)"
);

suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE teams (tenant_id uuid NOT NULL, id uuid NOT NULL, lead_id uuid, locked boolean NOT NULL,
         PRIMARY KEY (tenant_id, id));
     CREATE TABLE people (tenant_id uuid NOT NULL, id uuid NOT NULL, team_id uuid, PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, team_id) REFERENCES teams (tenant_id, id) ON DELETE CASCADE);
     ALTER TABLE teams ADD FOREIGN KEY (tenant_id, lead_id) REFERENCES people (tenant_id, id) ON DELETE CASCADE;
     CREATE TABLE notes (tenant_id uuid NOT NULL, id uuid NOT NULL, person_id uuid, team_id uuid,
         secret bigint NOT NULL, PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id) ON DELETE CASCADE,
         FOREIGN KEY (tenant_id, team_id) REFERENCES teams (tenant_id, id) ON DELETE CASCADE)"
);
