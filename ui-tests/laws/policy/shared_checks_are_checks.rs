//! What models share are checks: rules belong to one model.

tenancy::checks! {
    ownership {
        read { authorize_if always; }
    }
}

fn main() {}
