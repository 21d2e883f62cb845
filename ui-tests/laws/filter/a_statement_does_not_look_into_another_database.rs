//! A statement runs on one database: what is in another cannot be seen from there.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Ledger, Person};

fn from_the_own_one() {
    let people = Person::query().select(|p| p.id);
    let _ = Ledger::query().filter(|l| l.id.in_query(people));
}

fn from_the_shared_one() {
    let ledgers = Ledger::query().select(|l| l.id);
    let _ = Person::query().filter(|p| p.id.in_query(ledgers));
}

fn main() {}
