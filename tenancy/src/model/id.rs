//! Ids: the closed set of values that identify tenants and rows.

use crate::backend::Backend;
use crate::sealed::{SEAL, Seal};
use sqlx::error::BoxDynError;
use std::fmt::{Debug, Display};
use std::hash::Hash;
use uuid::Uuid;

pub(crate) use crate::model::contract::Id;

/// A value that an id is made of. Sealed.
pub trait Repr: Clone + Eq + Ord + Hash + Debug + Display + Send + Sync + Unpin + 'static {
    #[doc(hidden)]
    const SEALED: Seal;

    /// Binds the value, or NULL.
    #[doc(hidden)]
    fn add<DB: Backend>(
        value: Option<&Self>,
        arguments: &mut DB::Arguments,
    ) -> Result<(), BoxDynError>;

    /// What a name is made of.
    #[doc(hidden)]
    fn word(&self) -> String {
        self.to_string()
    }

    /// The value as one of any type.
    #[doc(hidden)]
    fn any(&self) -> AnyId;

    /// The value, if it is of this type.
    #[doc(hidden)]
    fn from_any(id: AnyId) -> Option<Self>;

    /// The type of a column that holds it.
    #[doc(hidden)]
    const TYPE: KeyType;

    /// Reads the value of a column.
    #[doc(hidden)]
    fn get<DB: Backend>(row: &DB::Row, index: usize) -> Result<Self, sqlx::Error>;
}

/// A value of one of the types that ids are made of.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AnyId {
    Uuid(Uuid),
    Integer(i32),
    BigInteger(i64),
    Text(String),
}

/// The type of a column that holds an id.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    Uuid,
    Integer,
    BigInteger,
    Text,
}

macro_rules! id {
    ($($ty:ty => $type:ident, $get:ident, |$value:ident, $arguments:ident| $add:expr $(, |$id:ident| $word:expr)?;)*) => {$(
        impl Repr for $ty {
            const SEALED: Seal = SEAL;
            const TYPE: KeyType = KeyType::$type;

            fn add<DB: Backend>(
                $value: Option<&Self>,
                $arguments: &mut DB::Arguments,
            ) -> Result<(), BoxDynError> {
                $add
            }

            $(
                fn word(&self) -> String {
                    let $id = self;
                    $word
                }
            )?

            fn any(&self) -> AnyId {
                AnyId::$type(self.clone())
            }

            fn from_any(id: AnyId) -> Option<Self> {
                match id {
                    AnyId::$type(id) => Some(id),
                    _ => None,
                }
            }

            fn get<DB: Backend>(row: &DB::Row, index: usize) -> Result<Self, sqlx::Error> {
                DB::$get(row, index)
            }
        }

        #[diagnostic::do_not_recommend]
        #[expect(unsafe_code, reason = "a barrier, passed here for the closed set of ids")]
        // SAFETY: the identity.
        unsafe impl Id for $ty {
            type Repr = Self;

            fn repr(&self) -> &Self {
                self
            }

            fn from_repr(repr: Self) -> Self {
                repr
            }
        }
    )*};
}

id! {
    Uuid => Uuid, get_uuid, |value, arguments| DB::add_uuid(arguments, value.copied()),
        |id| id.simple().to_string();
    i32 => Integer, get_i32, |value, arguments| DB::add_i32(arguments, value.copied());
    i64 => BigInteger, get_i64, |value, arguments| DB::add_i64(arguments, value.copied());
    String => Text, get_string, |value, arguments| DB::add_str(arguments, value.map(String::as_str));
}
