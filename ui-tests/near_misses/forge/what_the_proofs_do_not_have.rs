//! What no proof can do, asserted for all of them; and what each can do.

use tenancy::{Detached, Key, Ref, Scoped, Tenant, TenantTransaction, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

/// Fails to compile if a type implements a trait: there would be two `NONE` to choose from.
macro_rules! assert_not {
    ($name:ident: $bound:path; $($ty:ty),* $(,)?) => {
        mod $name {
            use super::*;

            trait Unless<Marker> {
                const NONE: () = ();
            }
            impl<T: ?Sized> Unless<()> for T {}
            impl<T: ?Sized + $bound> Unless<u8> for T {}
            $( const _: () = <$ty>::NONE; )*
        }
    };
}

assert_not! { default: Default;
    Tenant<'static, Organization>, TenantTransaction<'static, 'static, Organization>,
    VerifiedTenant<Organization>, Scoped<'static, User>, Key<'static, User>, Ref<'static, User>,
    Detached<User>,
}

assert_not! { deserialize: serde::de::DeserializeOwned;
    Tenant<'static, Organization>, TenantTransaction<'static, 'static, Organization>,
    VerifiedTenant<Organization>, Scoped<'static, User>, Key<'static, User>, Ref<'static, User>,
    Detached<User>,
}

assert_not! { deref_mut: std::ops::DerefMut;
    Tenant<'static, Organization>, TenantTransaction<'static, 'static, Organization>,
    VerifiedTenant<Organization>, Scoped<'static, User>, Key<'static, User>, Ref<'static, User>,
    Detached<User>,
}

assert_not! { clone: Clone;
    Tenant<'static, Organization>, TenantTransaction<'static, 'static, Organization>,
}

assert_not! { from_an_id: From<uuid::Uuid>;
    Tenant<'static, Organization>, TenantTransaction<'static, 'static, Organization>,
    VerifiedTenant<Organization>, Scoped<'static, User>, Key<'static, User>, Ref<'static, User>,
    Detached<User>,
}

assert_not! { from_a_model: From<User>;
    Scoped<'static, User>, Key<'static, User>, Ref<'static, User>, Detached<User>,
}

assert_not! { from_a_reference_that_is_not_proven: From<Ref<'static, User>>;
    Scoped<'static, User>, Key<'static, User>, Detached<User>,
}

// a_verified_tenant_is_not_deserialized: it is cloned, sent and kept instead
pub fn a_verified_tenant_is_kept(
    verified: &VerifiedTenant<Organization>,
) -> impl Send + Sync + 'static {
    verified.clone()
}

// a_row_is_not_changed_in_memory: the plain model is
pub fn a_plain_model_is_changed(user: Scoped<'_, User>) -> User {
    let mut user = user.into_inner();
    "new".clone_into(&mut user.email);
    user
}

// a_key_is_not_made_from_an_id
pub fn keys_are_compared<'t>(user: &Scoped<'t, User>, other: &Scoped<'t, User>) -> bool {
    user.key() == other.key() && *user.key().id() == user.id
}

// the_macro_does_not_lend_its_guard_to_a_method_of_the_same_name
mod same_names {
    #![forbid(unsafe_code)]
    use super::*;

    pub trait Enter {
        fn enter(&self) {}
        fn guard(&self) {}
        fn clone(&self) {}
    }

    impl<T> Enter for T {}

    pub fn methods_of_the_same_name_do_no_harm(one: VerifiedTenant<Organization>) {
        tenancy::enter!(acme = one);
        acme.enter();
        acme.guard();
        Enter::clone(&acme);
    }
}
