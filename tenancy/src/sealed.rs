//! The seal: what a trait mentions so that no one else can implement it.

/// A type that cannot be named outside of this crate. A trait with a constant or a parameter of this
/// type cannot be implemented elsewhere, because an implementation would have to write the type.
///
/// A private supertrait would do as well, but rustc's message then quotes it, and all its implementations.
#[derive(Clone, Copy, Debug)]
pub struct Seal(pub(crate) ());

/// What only this crate has, for what only this crate may call.
///
/// A [`Seal`] would not do: whoever does not name its type can still have its value, of a trait's constant.
#[derive(Clone, Copy, Debug)]
pub struct Inside(());

/// The only value.
pub(crate) const INSIDE: Inside = Inside(());

/// The only value.
pub(crate) const SEAL: Seal = Seal(());
