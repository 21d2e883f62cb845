//! What the derives ask about a type, as constants.
//!
//! `Probe::<T>::MODEL` is `true` if `T` is a model, and compiles if it is not: the inherent constant
//! wins where its bound holds, and that of [`Otherwise`] is there for all other types.

use crate::backend::Backend;
use crate::model::builtin::Builtin;
use crate::model::contract::{Id, Model, TenantRoot};
use std::marker::PhantomData;

/// Asks about `T`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<T>);

macro_rules! probes {
    ($($name:ident: $question:ident,)*) => {
        $(
            impl<T: $question> Probe<T> {
                pub const $name: bool = true;
            }
        )*

        /// The answers where the question's bound does not hold.
        #[doc(hidden)]
        pub trait Otherwise {
            $( const $name: bool = false; )*
        }

        impl<T: ?Sized> Otherwise for Probe<T> {}
    };
}

probes! {
    BUILTIN: Builtin,
    DATABASE: Backend,
    ID: Id,
    MODEL: Model,
    ROOT: TenantRoot,
}
