//! A brand is a lifetime that the library chooses.

fn forge() -> tenancy::tenant::Brand<'static> {
    tenancy::tenant::Brand::new()
}

fn main() {}
