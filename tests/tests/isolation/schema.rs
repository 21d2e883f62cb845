//! The tables of the shared models as plain data: values, columns, constraints.

use uuid::Uuid;

/// A value of any column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Val {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    Uuid(Uuid),
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    Int,
    /// Text that is an enum in the model.
    Role,
    Text,
    Uuid,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Table {
    Organizations,
    Users,
    Documents,
    Comments,
    Notes,
    Settings,
    Plans,
}

/// A column of the model: its position is that of the field.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) nullable: bool,
}

#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) columns: &'static [Column],
    pub(crate) key: usize,
    pub(crate) version: Option<usize>,
    /// The field of the tenant, in models that have one.
    pub(crate) tenant: Option<usize>,
    /// A column besides the key that is unique in the tenant.
    pub(crate) unique: Option<usize>,
    /// Foreign keys that the database knows. Comments have none: there the statements of the
    /// library are all that keeps references inside the tenant.
    pub(crate) references: &'static [(usize, Table)],
    /// A column that must not be negative.
    pub(crate) not_negative: Option<usize>,
}

impl Table {
    pub(crate) const ALL: [Self; 7] = [
        Self::Organizations,
        Self::Users,
        Self::Documents,
        Self::Comments,
        Self::Notes,
        Self::Settings,
        Self::Plans,
    ];

    /// The tables that tenants with databases of their own share.
    pub(crate) const SHARED: [Self; 2] = [Self::Organizations, Self::Plans];

    /// The tables in the databases of such tenants.
    pub(crate) const OWN: [Self; 5] = [
        Self::Users,
        Self::Documents,
        Self::Comments,
        Self::Notes,
        Self::Settings,
    ];

    /// Whether tenants share it that have databases of their own.
    pub(crate) fn shared(self) -> bool {
        Self::SHARED.contains(&self)
    }

    pub(crate) fn schema(self) -> &'static Schema {
        match self {
            Self::Organizations => &ORGANIZATIONS,
            Self::Users => &USERS,
            Self::Documents => &DOCUMENTS,
            Self::Comments => &COMMENTS,
            Self::Notes => &NOTES,
            Self::Settings => &SETTINGS,
            Self::Plans => &PLANS,
        }
    }

    /// Whether its rows belong to nobody.
    pub(crate) fn global(self) -> bool {
        self == Self::Plans
    }

    /// The position of a column.
    pub(crate) fn column(self, name: &str) -> usize {
        self.schema()
            .columns
            .iter()
            .position(|column| column.name == name)
            .expect("a column of the table")
    }
}

impl Schema {
    /// Whether the key of a new row has to be among its values.
    pub(crate) fn key_is_given(&self) -> bool {
        self.columns[self.key].kind == Kind::Text
    }

    /// Whether the key of a new row may be chosen, or be random.
    pub(crate) fn key_is_random(&self) -> bool {
        self.columns[self.key].kind == Kind::Uuid
    }
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column {
        name,
        kind,
        nullable: false,
    }
}

const fn nullable(name: &'static str, kind: Kind) -> Column {
    Column {
        name,
        kind,
        nullable: true,
    }
}

const PLAIN: Schema = Schema {
    columns: &[],
    key: 0,
    version: None,
    tenant: None,
    unique: None,
    references: &[],
    not_negative: None,
};

static ORGANIZATIONS: Schema = Schema {
    columns: &[
        column("id", Kind::Uuid),
        column("name", Kind::Text),
        column("active", Kind::Bool),
    ],
    ..PLAIN
};

static USERS: Schema = Schema {
    columns: &[
        column("id", Kind::Uuid),
        column("tenant_id", Kind::Uuid),
        column("email", Kind::Text),
        column("role", Kind::Role),
        nullable("nickname", Kind::Text),
    ],
    tenant: Some(1),
    unique: Some(2),
    ..PLAIN
};

static DOCUMENTS: Schema = Schema {
    columns: &[
        column("id", Kind::Uuid),
        column("owner_id", Kind::Uuid),
        nullable("reviewer_id", Kind::Uuid),
        column("title", Kind::Text),
        column("views", Kind::Int),
        column("archived", Kind::Bool),
        column("version", Kind::Int),
    ],
    version: Some(6),
    unique: Some(3),
    references: &[(1, Table::Users), (2, Table::Users)],
    not_negative: Some(4),
    ..PLAIN
};

static COMMENTS: Schema = Schema {
    columns: &[
        column("id", Kind::Uuid),
        column("document_id", Kind::Uuid),
        nullable("author_id", Kind::Uuid),
        column("role", Kind::Role),
        column("body", Kind::Text),
    ],
    ..PLAIN
};

static NOTES: Schema = Schema {
    columns: &[
        column("id", Kind::Int),
        column("tenant_id", Kind::Uuid),
        column("body", Kind::Text),
        nullable("priority", Kind::Int),
    ],
    tenant: Some(1),
    ..PLAIN
};

static SETTINGS: Schema = Schema {
    columns: &[
        column("key", Kind::Text),
        column("tenant_id", Kind::Uuid),
        column("value", Kind::Int),
    ],
    tenant: Some(1),
    ..PLAIN
};

static PLANS: Schema = Schema {
    columns: &[column("key", Kind::Text), column("value", Kind::Text)],
    ..PLAIN
};

impl From<bool> for Val {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Val {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Val {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Val {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&String> for Val {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<Uuid> for Val {
    fn from(value: Uuid) -> Self {
        Self::Uuid(value)
    }
}

impl<T: Into<Self>> From<Option<T>> for Val {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
