//! A set of changes may borrow; it is of one type.

#[derive(tenancy::Changes)]
#[tenancy(model = tenancy_ui_tests::Document)]
struct Change<'a, T> {
    title: Option<&'a str>,
    views: Option<T>,
}

fn main() {}
