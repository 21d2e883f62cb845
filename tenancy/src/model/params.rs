//! Binding: values become parameters, in the order that keeps isolation out of reach of user code.

use crate::backend::Backend;
use crate::error::reported::Details;
use crate::error::too_deep::TooDeep;
use crate::model::id::Repr;
use crate::model::identity::Identity;
use crate::model::stored::AllWritten;
use crate::sealed::{SEAL, Seal};
use sqlx::Arguments as _;
use sqlx::error::BoxDynError;
use sqlx::{Encode, Type};

/// Collects the parameters of one statement.
///
/// Values of users come first. Their `Encode` impls may be user code, and user code sees the
/// buffer that all parameters share; what is bound later is out of its reach, and
/// [`seal`](Self::seal) notices when a value was not exactly one parameter.
#[doc(hidden)]
pub struct Binder<DB: Backend> {
    arguments: DB::Arguments,
    scratch: DB::Scratch,
    error: Option<BoxDynError>,
    /// Who acts, until the user values have ended.
    actor: Option<Later<DB>>,
    /// How many parameters were bound.
    bound: usize,
    /// Whether there is too much of it for any database.
    too_large: bool,
    /// Rules that would have to be asked, and are not.
    too_deep: Option<TooDeep>,
}

/// A parameter that is bound later.
type Later<DB> =
    Box<dyn FnOnce(&mut <DB as sqlx::Database>::Arguments) -> Result<(), BoxDynError> + Send>;

impl<DB: Backend> Binder<DB> {
    pub(crate) fn new(parameters: usize) -> Self {
        let mut arguments = DB::Arguments::default();
        arguments.reserve(parameters, parameters * 20);
        Self {
            arguments,
            scratch: DB::Scratch::default(),
            error: None,
            actor: None,
            bound: 0,
            too_large: false,
            too_deep: None,
        }
    }

    /// What was bound so far, to go on with in another statement.
    pub(crate) fn snapshot(&self) -> Self {
        Self {
            arguments: self.arguments.clone(),
            scratch: DB::Scratch::default(),
            // A statement with an error does not run, and so is not asked about.
            error: None,
            actor: None,
            bound: self.bound,
            too_large: false,
            too_deep: None,
        }
    }

    /// Goes on after parameters that were finished.
    pub(crate) fn after(arguments: DB::Arguments) -> Self {
        Self {
            bound: arguments.len(),
            arguments,
            scratch: DB::Scratch::default(),
            error: None,
            actor: None,
            too_large: false,
            too_deep: None,
        }
    }

    /// Binds values of fields of a new row.
    pub fn fields(&mut self, values: impl AllWritten<DB>) {
        values.bind(self, SEAL);
    }

    /// Binds a value that user code may encode.
    pub(crate) fn user<V: for<'q> Encode<'q, DB> + Type<DB>>(&mut self, value: V) {
        self.bound += 1;
        if self.error.is_none()
            && let Err(error) = DB::add_user(&mut self.arguments, &mut self.scratch, value)
        {
            self.error = Some(error);
        }
    }

    /// Binds a text of the library's own making among the user values.
    pub(crate) fn text(&mut self, text: String) {
        self.record(|arguments| DB::add_text(arguments, text));
    }

    /// Refuses the statement, whatever rows there are.
    pub(crate) fn refuse(&mut self, reason: &'static str) {
        if self.error.is_none() {
            self.error = Some(reason.into());
        }
    }

    /// Refuses the statement: it would be more than databases read.
    pub(crate) fn too_large(&mut self) {
        self.too_large = true;
    }

    /// Refuses the statement: its rules look too far.
    pub(crate) fn too_deep(&mut self, too_deep: TooDeep) {
        self.too_deep = Some(too_deep);
    }

    /// Binds who acts, which is one parameter of the statement and comes after all user values.
    pub(crate) fn actor<R: Repr>(&mut self, key: R) {
        if self.actor.is_none() {
            self.actor = Some(Box::new(move |arguments| {
                R::add::<DB>(Some(&key), arguments)
            }));
        }
    }

    /// Ends the user values.
    pub(crate) fn seal(&mut self) {
        if self.error.is_none() && self.arguments.len() != self.bound {
            self.error = Some("an `Encode` impl did not write exactly one value".into());
        }
        if let Some(actor) = self.actor.take() {
            self.record(actor);
        }
    }

    /// Binds a value of the library: a proven key, the tenant, a limit.
    pub(crate) fn id<R: Repr>(&mut self, id: Option<&R>) {
        self.record(|arguments| R::add::<DB>(id, arguments));
    }

    pub(crate) fn number(&mut self, number: i64) {
        self.record(|arguments| DB::add_i64(arguments, Some(number)));
    }

    fn record(&mut self, add: impl FnOnce(&mut DB::Arguments) -> Result<(), BoxDynError>) {
        self.bound += 1;
        if self.error.is_none()
            && let Err(error) = add(&mut self.arguments)
        {
            self.error = Some(error);
        }
    }

    /// The parameters; or why there are none, in so much detail.
    pub(crate) fn finish(self, details: Details) -> Result<DB::Arguments, crate::error::Error> {
        if let Some(too_deep) = self.too_deep {
            return Err(crate::error::Error::RulesTooDeep(too_deep));
        }
        match self.error {
            None if self.too_large || self.bound > DB::MAX_PARAMETERS => {
                Err(crate::error::Error::TooLarge)
            }
            None => Ok(self.arguments),
            Some(error) => Err(crate::error::Error::reported(
                sqlx::Error::Encode(error),
                details,
            )),
        }
    }
}

impl<DB: Backend> std::fmt::Debug for Binder<DB> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Binder").finish_non_exhaustive()
    }
}

/// Proven keys that wait until all user values are bound. Sealed: it writes SQL text.
#[doc(hidden)]
pub trait References<DB: Backend>: Send + 'static {
    /// The seal; a constant would keep the trait from being an object.
    fn sealed(_: Seal)
    where
        Self: Sized;

    /// Takes back what proves nothing in this database: that a row was read in another one.
    fn settle(&mut self, _database: Identity) {}

    /// Whether the statement has to prove one of the keys itself.
    fn has_checks(&self) -> bool {
        false
    }

    /// Appends ` AND EXISTS (…)` for every key that the statement has to prove.
    fn render_checks(&self, _template: &mut Vec<u8>) {}

    /// Binds the keys, in textual order.
    fn bind_keys(&self, binder: &mut Binder<DB>);

    /// Binds the keys of the checks, in textual order.
    fn bind_checks(&self, _binder: &mut Binder<DB>) {}
}

impl<DB: Backend> References<DB> for () {
    fn sealed(_: Seal) {}

    fn bind_keys(&self, _: &mut Binder<DB>) {}
}

/// The key of a new row that the library or the caller chose.
#[doc(hidden)]
#[derive(Debug)]
pub struct NewKey<R>(R);

impl<R> NewKey<R> {
    pub(crate) const fn key(key: R) -> Self {
        Self(key)
    }
}

impl<DB: Backend, R: Repr> References<DB> for NewKey<R> {
    fn sealed(_: Seal) {}

    fn bind_keys(&self, binder: &mut Binder<DB>) {
        binder.id(Some(&self.0));
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        tuples!(@ [] $($name)*);
    };
    (@ [$($done:ident)*]) => {};
    (@ [$($done:ident)*] $next:ident $($rest:ident)*) => {
        tuples!(@impl $($done)* $next);
        tuples!(@ [$($done)* $next] $($rest)*);
    };
    (@impl $($name:ident)*) => {
        #[expect(non_snake_case, reason = "named after the types")]
        impl<DB: Backend, $($name: References<DB>),*> References<DB> for ($($name,)*) {
            fn sealed(_: Seal) {}

            fn settle(&mut self, database: Identity) {
                let ($($name,)*) = self;
                $( $name.settle(database); )*
            }

            fn has_checks(&self) -> bool {
                let ($($name,)*) = self;
                false $( || $name.has_checks() )*
            }

            fn render_checks(&self, template: &mut Vec<u8>) {
                let ($($name,)*) = self;
                $( $name.render_checks(template); )*
            }

            fn bind_keys(&self, binder: &mut Binder<DB>) {
                let ($($name,)*) = self;
                $( $name.bind_keys(binder); )*
            }

            fn bind_checks(&self, binder: &mut Binder<DB>) {
                let ($($name,)*) = self;
                $( $name.bind_checks(binder); )*
            }
        }
    };
}

tuples! { A B C D E F G H J K L M N }
