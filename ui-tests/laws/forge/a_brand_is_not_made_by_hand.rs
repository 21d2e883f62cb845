//! The place whose borrow is a brand is declared by `enter!` only.

#![forbid(unsafe_code)]

fn forge() -> tenancy::__private::Place {
    unsafe { tenancy::__private::Place::declared_by_enter() }
}

fn main() {}
