//! References: foreign keys on their way into a statement.

use crate::backend::Backend;
use crate::model::contract::{KeyOf, Model};
use crate::model::identity::Identity;
use crate::model::params::{Binder, References};
use crate::model::scoping::{OriginOf, Scoping as _};
use crate::row::key::Ref;
use crate::sealed::Seal;
use crate::sql::node::Node;
use crate::sql::render::Stored;
use crate::sql::text::{PROOF, Text, text};
use crate::stmt::statement;
use std::marker::PhantomData;

/// A foreign key to `R` on its way into a statement.
pub struct Reference<R: Model> {
    key: Option<KeyOf<R>>,
    /// Where the row was read, if it was.
    proof: Option<OriginOf<R>>,
    model: PhantomData<fn() -> R>,
}

impl<R: Model> Reference<R> {
    /// The reference without its brand, which the statement carries.
    #[doc(hidden)]
    #[must_use]
    pub fn from_ref(reference: Ref<'_, R>) -> Self {
        Self::from_option(Some(reference))
    }

    /// The reference, or NULL.
    #[doc(hidden)]
    #[must_use]
    pub fn from_option(reference: Option<Ref<'_, R>>) -> Self {
        let (key, proof) = match reference {
            Some(reference) => {
                let (key, proof) = reference.into_parts();
                (Some(key), proof)
            }
            None => (None, None),
        };
        Self {
            key,
            proof,
            model: PhantomData,
        }
    }

    /// Whether it is not known that there is such a row.
    fn unproven(&self) -> bool {
        self.key.is_some() && self.proof.is_none()
    }
}

impl<R: Model> std::fmt::Debug for Reference<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reference({})", R::TABLE)
    }
}

impl<R: Model> Node for Reference<R> {
    const COLUMNS: u128 = 0;
    const TEXT: &'static Text = &text!(mark(PROOF));
}

struct Check<R>(PhantomData<R>);

impl<R: Model> Stored for Check<R> {
    const TEXT: &'static Text = &statement::reference_check::<R>();
}

impl<DB: Backend, R: Model> References<DB> for Reference<R> {
    fn sealed(_: Seal) {}

    fn settle(&mut self, database: Identity) {
        self.proof = self
            .proof
            .filter(|origin| R::Scoping::is_of(*origin, database));
    }

    fn has_checks(&self) -> bool {
        self.unproven()
    }

    fn render_checks(&self, template: &mut Vec<u8>) {
        if self.unproven() {
            template.extend_from_slice(Check::<R>::STORED.as_bytes());
        }
    }

    fn bind_keys(&self, binder: &mut Binder<DB>) {
        binder.id(self.key.as_ref());
    }

    fn bind_checks(&self, binder: &mut Binder<DB>) {
        if self.unproven() {
            binder.id(self.key.as_ref());
        }
    }
}
