//! Columns with strange names, constants with paths, rules that macros write, and rules that are not there.
#![allow(non_snake_case, reason = "columns with strange names")]

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

const LIMIT: i64 = 3;
#[allow(dead_code, reason = "not what the rules mean")]
const URGENT: bool = false;

fn grown(user: &User) -> bool {
    user.age >= 18
}

/// A model whose columns are called like constants, checks and words.
#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
pub struct Task {
    pub id: Uuid,
    #[tenancy(belongs_to = User)]
    pub owner_id: Uuid,
    pub URGENT: bool,
    pub 公開: bool,
    pub _2fa: bool,
    pub now: i64,
    pub locked: bool,
    pub number: i32,
    pub size: i64,
}

tenancy::policies! {
    Task, actor: User {
        /// A check beside a column of the same name.
        check locked = r#locked || number > 1000;

        /// Documentation.
        read {
            /// Of a rule.
            forbid_if locked();
            authorize_if r#URGENT;
            #[cfg(any())]
            authorize_if no_such_column;
            authorize_if 公開 && _2fa;
            #[cfg(all())]
            authorize_if now > self::LIMIT && number == 1 && size == 1;
            authorize_if size < { LIMIT + 1 } && self::grown(actor);
        }
        #[cfg(any())]
        no_such_block { }
        #[cfg(all())]
        update { authorize_if always; }
    }
}

/// Rows whose rules look at others through others.
#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
pub struct Step {
    pub id: Uuid,
    #[tenancy(belongs_to = Task)]
    pub task_id: Uuid,
    #[tenancy(belongs_to = Step)]
    pub next_id: Option<Uuid>,
    #[tenancy(belongs_to = User)]
    pub keeper_id: Option<Uuid>,
    pub number: i32,
}

tenancy::policies! {
    Step, actor: User {
        relation before = Step.next_id;

        read {
            authorize_if task_id.any(|t| t.owner_id.any(|k| k.age > 3));
            authorize_if next_id.any(|s| s.next_id.none(|s| s.keeper_id.every(|k| k.nickname.is_none())));
            authorize_if before.any(|b| b.task_id.any(|t| t.owner_id == actor));
            // The same name, and columns of different types.
            authorize_if task_id.any(|r| r.size == 1) || next_id.any(|r| r.number == 1);
        }
    }
}

macro_rules! rules {
    ($model:path, $actor:ty, $column:ident, $related:path, $condition:expr, $number:expr, $code:literal) => {
        tenancy::policies! {
            $model, actor: $actor {
                relation others = $related.next_id;

                read => $code {
                    forbid_unless $number * 2 > actor.age;
                    authorize_if $condition;
                    authorize_if !$condition && $column == $number;
                    authorize_if others.any(|o| o.$column == 1);
                }
            }
        }
    };
}

/// Rows whose rules a macro writes.
#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
pub struct Page {
    pub id: Uuid,
    #[tenancy(belongs_to = Page)]
    pub next_id: Option<Uuid>,
    pub number: i64,
}

rules!(
    Page,
    User,
    number,
    Page,
    actor.nickname.is_some(),
    1 + 2,
    "pages"
);

/// A partial update that borrows.
#[derive(Debug, tenancy::Changes)]
#[tenancy(model = tenancy_ui_tests::Document)]
pub struct Borrowed<'a> {
    pub title: Option<&'a str>,
    pub owner_id: Option<Uuid>,
    pub views: Option<&'a i64>,
}

/// Another one.
#[derive(Debug, tenancy::Changes)]
#[tenancy(model = tenancy_ui_tests::Contract)]
pub struct Others<'t, 'a: 't> {
    pub bonus: tenancy::Patch<&'a i64>,
    pub pages: Option<&'t i64>,
}

/// And one of text that may be NULL.
#[derive(Debug, tenancy::Changes)]
#[tenancy(model = User)]
pub struct Names<'a> {
    pub email: Option<std::borrow::Cow<'a, str>>,
    pub nickname: tenancy::Patch<&'a str>,
}
