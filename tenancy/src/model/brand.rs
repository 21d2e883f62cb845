//! The brand: a lifetime that stands for one entry into one tenant.

use std::marker::PhantomData;

/// The brand `'t`, invariant, so that no two entries into a tenant ever share it.
///
/// The technique is that of generativity: lifetime branding, as formalised by
/// J. Yanovski, H.-H. Dang, R. Jung and D. Dreyer, "GhostCell: Separating Permissions from Data in
/// Rust", ICFP 2021.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Brand<'t>(PhantomData<fn(&'t ()) -> &'t ()>);

impl Brand<'_> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}
