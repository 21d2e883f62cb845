//! Values that field policies guard.

use crate::backend::Backend;
use crate::model::obligations::MaskedOf;
use crate::sealed::{SEAL, Seal};
use serde::{Serialize, Serializer};

/// The value of a field with `#[tenancy(guarded)]`: visible, or hidden from whoever read the row.
///
/// What is hidden never left the database, so there is nothing behind it to be found. It is not NULL, either:
/// a column that may be NULL is a `Masked<Option<T>>`, of which NULL is a visible value.
///
/// ```
/// use tenancy::Masked;
///
/// let salary = Masked::Visible(70_000);
/// assert_eq!(salary.visible(), Some(&70_000));
///
/// let salary = Masked::<i64>::Hidden;
/// assert!(salary.is_hidden());
/// assert_eq!(salary.visible(), None);
/// ```
///
/// It serializes as an `Option`, `None` if it is hidden, which in JSON is `null`. Where that could be taken for a
/// NULL, or for an empty field of a form that is sent back, leave it out:
///
/// ```
/// # use tenancy::Masked;
/// #[derive(serde::Serialize)]
/// struct Employee {
///     name: String,
///     #[serde(skip_serializing_if = "Masked::is_hidden")]
///     salary: Masked<Option<i64>>,
/// }
///
/// let json = |salary| serde_json::to_string(&Employee { name: "Ann".into(), salary }).unwrap();
/// assert_eq!(json(Masked::Visible(Some(1))), r#"{"name":"Ann","salary":1}"#);
/// assert_eq!(json(Masked::Visible(None)), r#"{"name":"Ann","salary":null}"#);
/// assert_eq!(json(Masked::Hidden), r#"{"name":"Ann"}"#);
/// ```
///
/// Two hidden values are equal as values of the program, as two `None`s are, so that rows can be compared
/// with what they were. It does not say that the same is behind them: compare what is
/// [visible](Self::visible). It is no proof of anything, and a program may make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Masked<T> {
    /// The value of the column.
    Visible(T),
    /// The actor may not see the value.
    Hidden,
}

impl<T> Masked<T> {
    /// The value, if it is visible.
    #[must_use]
    pub const fn visible(&self) -> Option<&T> {
        match self {
            Self::Visible(value) => Some(value),
            Self::Hidden => None,
        }
    }

    /// The value, if it is visible.
    #[must_use]
    pub fn into_visible(self) -> Option<T> {
        match self {
            Self::Visible(value) => Some(value),
            Self::Hidden => None,
        }
    }

    /// Whether the actor may not see the value.
    #[must_use]
    pub const fn is_hidden(&self) -> bool {
        matches!(self, Self::Hidden)
    }
}

impl<T: Serialize> Serialize for Masked<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.visible().serialize(serializer)
    }
}

#[diagnostic::do_not_recommend]
impl<V> MaskedOf<V> for Masked<V> {
    const SEALED: Seal = SEAL;

    fn hidden(&self) -> bool {
        self.is_hidden()
    }

    fn read<DB: Backend>(
        row: &DB::Row,
        index: usize,
        visible: usize,
        get: fn(&DB::Row, usize) -> Result<V, sqlx::Error>,
    ) -> Result<Self, sqlx::Error> {
        // Without masks the row ends before, and everything in it is visible.
        if sqlx::Row::len(row) <= visible || DB::get_bool(row, visible)? {
            get(row, index).map(Self::Visible)
        } else {
            Ok(Self::Hidden)
        }
    }
}
