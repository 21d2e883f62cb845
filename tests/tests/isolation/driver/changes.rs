//! Changes that are collected at run time, from plain data.

use tenancy::{Changes, Model};

use super::handles::Handles;
use super::models::{Comment, Document, Note, Organization, Plan, Setting, User};
use super::subject::FromVal;
use crate::schema::Table;
use crate::statement::{Assign, Assigns, Reference};

/// Defines a function that collects the changes of a model, column by column.
macro_rules! collected {
    ($($name:ident $model:ident $table:ident |$columns:ident, $assign:ident, $handles:ident| {
        $($field:ident: $value:expr;)*
    })*) => {$(
        pub(super) fn $name<'t>(
            assigns: &Assigns,
            $handles: &Handles<'t>,
        ) -> Changes<'t, $model> {
            let mut changes = Changes::new();
            for (column, $assign) in assigns {
                changes = match Table::$table.schema().columns[*column].name {
                    $( stringify!($field) => {
                        if let Assign::Plus(_, number) = $assign {
                            plus!($field $model $columns changes number)
                        } else {
                            changes.set(|$columns: <$model as Model>::Columns| $columns.$field.to($value))
                        }
                    } )*
                    other => unreachable!("{other} is never assigned"),
                };
            }
            let _ = $handles;
            changes
        }
    )*};
}

/// Calculations, in the columns that have any.
macro_rules! plus {
    (views $model:ident $columns:ident $changes:ident $number:ident) => {
        $changes.set(|$columns: <$model as Model>::Columns| {
            $columns.views.to($columns.views.plus(*$number))
        })
    };
    (priority $model:ident $columns:ident $changes:ident $number:ident) => {
        $changes.set(|$columns: <$model as Model>::Columns| {
            $columns.priority.to($columns.priority.plus(*$number))
        })
    };
    ($field:ident $model:ident $columns:ident $changes:ident $number:ident) => {
        unreachable!("{} is never added to", $number)
    };
}

fn value<T: FromVal>(assign: &Assign) -> T {
    match assign {
        Assign::Value(value) => T::from_val(value),
        other => unreachable!("{other:?} is not a value"),
    }
}

fn reference(assign: &Assign) -> &Reference {
    match assign {
        Assign::Reference(reference) => reference,
        other => unreachable!("{other:?} is not a reference"),
    }
}

collected! {
    organizations Organization Organizations |c, assign, handles| {
        name: value::<String>(assign);
        active: value::<bool>(assign);
    }
    users User Users |c, assign, handles| {
        email: value::<String>(assign);
        role: value::<super::models::Role>(assign);
        nickname: value::<Option<String>>(assign);
    }
    documents Document Documents |c, assign, handles| {
        owner_id: handles.reference::<User>(reference(assign)).expect("a document has an owner");
        reviewer_id: handles.reference::<User>(reference(assign));
        title: value::<String>(assign);
        views: value::<i64>(assign);
        archived: value::<bool>(assign);
    }
    comments Comment Comments |c, assign, handles| {
        document_id: handles
            .reference::<Document>(reference(assign))
            .expect("a comment has a document");
        author_id: handles.reference::<User>(reference(assign));
        role: value::<super::models::Role>(assign);
        body: value::<String>(assign);
    }
    notes Note Notes |c, assign, handles| {
        body: value::<String>(assign);
        priority: value::<Option<i64>>(assign);
    }
    settings Setting Settings |c, assign, handles| {
        value: value::<i64>(assign);
    }
    plans Plan Plans |c, assign, handles| {
        value: value::<String>(assign);
    }
}

/// The same changes from structs of the user's own.
pub(super) mod derived {
    use tenancy::{Changes, IntoChanges as _, Patch};
    use uuid::Uuid;

    use super::super::models::{Comment, Document, Note, Organization, Plan, Role, Setting, User};
    use crate::schema::{Table, Val};
    use crate::statement::{Assign, Assigns, Reference};

    /// What a field of a partial update is filled with.
    trait Given: Default {
        fn given(assign: &Assign) -> Self;
    }

    impl<T: super::FromVal> Given for Option<T> {
        fn given(assign: &Assign) -> Self {
            match assign {
                Assign::Value(value) => Some(T::from_val(value)),
                Assign::Reference(Reference::ById(id)) => Some(T::from_val(&Val::Uuid(*id))),
                other => unreachable!("{other:?} is no change of a client"),
            }
        }
    }

    impl<T: super::FromVal> Given for Patch<T> {
        fn given(assign: &Assign) -> Self {
            match assign {
                Assign::Value(Val::Null) | Assign::Reference(Reference::None) => Self::Null,
                assign => Option::given(assign).map_or(Self::Keep, Self::Set),
            }
        }
    }

    macro_rules! derived {
        ($($name:ident $patch:ident $model:ident $table:ident { $($field:ident: $ty:ty),* })*) => {$(
            #[derive(Default, tenancy::Changes)]
            #[tenancy(model = $model)]
            struct $patch {
                $( $field: $ty ),*
            }

            pub(in super::super) fn $name<'t>(assigns: &Assigns) -> Changes<'t, $model> {
                let mut patch = $patch::default();
                for (column, assign) in assigns {
                    match Table::$table.schema().columns[*column].name {
                        $( stringify!($field) => patch.$field = Given::given(assign), )*
                        other => unreachable!("{other} is never assigned"),
                    }
                }
                patch.into_changes()
            }
        )*};
    }

    derived! {
        organizations OrganizationPatch Organization Organizations {
            name: Option<String>, active: Option<bool>
        }
        users UserPatch User Users {
            email: Option<String>, role: Option<Role>, nickname: Patch<String>
        }
        documents DocumentPatch Document Documents {
            owner_id: Option<Uuid>, reviewer_id: Patch<Uuid>, title: Option<String>,
            views: Option<i64>, archived: Option<bool>
        }
        comments CommentPatch Comment Comments {
            document_id: Option<Uuid>, author_id: Patch<Uuid>, role: Option<Role>,
            body: Option<String>
        }
        notes NotePatch Note Notes { body: Option<String>, priority: Patch<i64> }
        settings SettingPatch Setting Settings { value: Option<i64> }
        plans PlanPatch Plan Plans { value: Option<String> }
    }
}
