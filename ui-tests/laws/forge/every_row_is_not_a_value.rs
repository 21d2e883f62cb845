//! The condition that every row meets is made for conditions.

fn forge() -> tenancy::expr::All {
    tenancy::expr::All(())
}

fn main() {}
