//! Actions: what a policy allows or denies.

/// What may be allowed or denied: one of the four actions below, or one of the program's own, which is like
/// one of them (see [`Custom`](crate::query::Custom)).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an action",
    label = "expected an action, such as `action::Update`",
    note = "an action of the program's own is a type with `impl tenancy::policy::action::Action`"
)]
pub trait Action: 'static {
    /// The action of which it is a kind: one of the four.
    type Like: Action;
    /// What it is called.
    const NAME: &'static str;
}

/// An action that is like `K`. Sealed: what [`Action`] says of itself.
#[diagnostic::on_unimplemented(
    message = "the action `{Self}` is not a kind of `{K}`",
    label = "not an action for this statement",
    note = "`impl Action for {Self}` says what it is like: `type Like = action::Update;`"
)]
pub trait LikeOf<K>: Action {
    #[doc(hidden)]
    const CHECKED: crate::sealed::Seal;
}

#[diagnostic::do_not_recommend]
impl<A: Action<Like = K>, K> LikeOf<K> for A {
    const CHECKED: crate::sealed::Seal = crate::sealed::SEAL;
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Action for $name {
            type Like = Self;
            const NAME: &'static str = $text;
        }
    )*};
}

actions! {
    /// Reading rows; all other actions see only rows that may be read.
    Read = "read";
    /// Creating rows.
    Create = "create";
    /// Changing rows.
    Update = "update";
    /// Removing rows.
    Destroy = "destroy";
}
