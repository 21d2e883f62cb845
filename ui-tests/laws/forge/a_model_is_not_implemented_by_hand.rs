//! A hand-written model with a wrong table would be SQL of the caller's choice.

#![forbid(unsafe_code)]

use tenancy_ui_tests::Organization;
use uuid::Uuid;

struct Evil;

unsafe impl tenancy::Model for Evil {
    type Root = Organization;
    type Key = Uuid;
    type Columns = ();
    type Scoping = tenancy::__private::Global;
    const COLUMNS: () = ();
    const TABLE: &'static str = "users\" --";
    const FIELDS: &'static [tenancy::__private::Field] = &[];
    const KEY: usize = 0;
    const TENANT: &'static str = "";
    fn decode(_: &tenancy::__private::RowOf<Self>, _: Uuid) -> Result<Self, sqlx::Error> {
        Ok(Self)
    }
}

fn main() {}
