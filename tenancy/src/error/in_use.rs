//! What hangs on a schema elsewhere.

/// What depends on a schema that was to be dropped, and is elsewhere. It is for the operator, and belongs into no
/// answer to a client.
#[derive(Debug, thiserror::Error)]
#[error("what is in the schema is used from elsewhere: {}", objects.join(", "))]
pub struct Dependents {
    objects: Vec<String>,
}

impl Dependents {
    pub(crate) const fn new(objects: Vec<String>) -> Self {
        Self { objects }
    }
}
