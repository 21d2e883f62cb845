//! A page is a limit and an offset.

#[derive(Clone, Copy)]
struct Evil;

impl tenancy::query::Page for Evil {
    const TEXT: &'static str = " LIMIT 1; --";

    fn bind<DB: tenancy::Backend>(self, _: &mut tenancy::__private::Binder<DB>) {}
}

fn main() {}
