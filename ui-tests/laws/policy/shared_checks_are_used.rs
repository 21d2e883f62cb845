//! Checks that are shared, and that no rules use, would mean nothing: rustc says so of whoever may see them.

#![deny(unused)]

mod of_everyone {
    tenancy::checks! {
        pub(crate) drafts {
            check draft = draft;
        }
    }

    tenancy::checks! {
        pub(crate) secrets {
            check secret = secret;
        }
    }
}

tenancy::checks! {
    numbers {
        check small = number < 10;
    }
}

fn main() {}
