//! Actions: what a policy allows or denies.

/// What may be allowed or denied.
pub trait Action: 'static {
    /// What it is called.
    const NAME: &'static str;
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Action for $name {
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
