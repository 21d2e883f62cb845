//! A token that acts carries the brand of its tenant as any other does.

use tenancy::tenant::ActingTransaction;
use tenancy::{Acting, Scoped, Tenant};
use tenancy_ui_tests::{Organization, User};

fn shrinks<'a: 'b, 'b>(it: Acting<'a, Organization, User>) -> Acting<'b, Organization, User> {
    it
}

fn shrinks_in_a_transaction<'p, 'a: 'b, 'b>(
    it: ActingTransaction<'p, 'a, Organization, User>,
) -> ActingTransaction<'p, 'b, Organization, User> {
    it
}

fn acts_as_a_row_of_another<'a, 'b>(it: Tenant<'a, Organization>, user: Scoped<'b, User>) {
    it.acting_as(user);
}

fn main() {}
