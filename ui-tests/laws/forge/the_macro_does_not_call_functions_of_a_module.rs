//! What `enter!` calls is called through a type, by a name that no other function has: with a path of
//! one's own it calls nothing.

#![forbid(unsafe_code)]

mod evil {
    pub mod __private {
        pub mod Place {
            pub fn declared_by_enter() -> usize {
                0
            }
        }
        pub mod RowsOfTwoTenantsWereMixedOrATokenWasBorrowedForItsOwnBrand {
            pub use std::mem::transmute as guarded_by_enter;

            pub fn entered_by_enter(_: &u8, _: ()) {}
        }
    }
}

fn forge() {
    tenancy::__private::enter! { (evil) x = () }
}

fn main() {}
