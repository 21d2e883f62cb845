//! What is asked of rows that were written, before they last.

use crate::error::Result;
use crate::error::reported::Details;
use crate::execute::context::Context;
use crate::execute::statement::Statement;
use crate::expr::bind::Bind;
use crate::expr::condition::Condition;
use crate::model::contract::{DatabaseOf, KeyOf, Model};
use crate::model::params::Binder;
use crate::query::write::finish;
use crate::sql::render::Stored;
use crate::sql::text::{PROOF, Text};
use crate::stmt::statement;
use std::marker::PhantomData;

/// Whether all of some rows meet a policy, as they are stored: the statement finds those that do.
pub(crate) struct Question<M: Model> {
    /// What is selected.
    head: &'static str,
    policy: Vec<u8>,
    /// What the policy binds.
    values: <DatabaseOf<M> as sqlx::Database>::Arguments,
}

impl<M: Model> Question<M> {
    /// With the rows, or only their number.
    pub(crate) fn new<P>(condition: Condition<M, P>, rows: bool) -> Result<Self>
    where
        P: Bind<DatabaseOf<M>>,
    {
        let node = condition.into_node();
        let mut policy = Vec::new();
        node.render(&mut policy);
        let mut binder = Binder::new(8);
        node.bind(&mut binder);
        binder.seal();
        Ok(Self {
            head: if rows {
                All::<M>::STORED
            } else {
                Number::<M>::STORED
            },
            policy,
            values: binder.finish(Details::Safe)?,
        })
    }

    /// The statement that finds those of the rows with these keys that meet the policy.
    pub(crate) fn about(
        &self,
        context: Context<'_, M::Root>,
        keys: &[KeyOf<M>],
    ) -> Result<Statement<DatabaseOf<M>>> {
        let mut template = self.head.as_bytes().to_vec();
        template.extend_from_slice(These::<M>::STORED.as_bytes());
        for index in 0..keys.len() {
            if index > 0 {
                template.extend_from_slice(b", ");
            }
            template.push(PROOF);
        }
        template.extend_from_slice(b") AND ");
        template.extend_from_slice(&self.policy);
        template.extend_from_slice(Ours::<M>::STORED.as_bytes());
        let mut binder = Binder::after(self.values.clone());
        for key in keys {
            binder.id(Some(key));
        }
        finish::<M>(context, binder, context.rendered(&template))
    }
}

struct All<M>(PhantomData<M>);

impl<M: Model> Stored for All<M> {
    const TEXT: &'static Text = &statement::select::<M>();
}

struct Number<M>(PhantomData<M>);

impl<M: Model> Stored for Number<M> {
    const TEXT: &'static Text = &statement::exists::<M>();
}

struct These<M>(PhantomData<M>);

impl<M: Model> Stored for These<M> {
    const TEXT: &'static Text = &statement::these::<M>();
}

struct Ours<M>(PhantomData<M>);

impl<M: Model> Stored for Ours<M> {
    const TEXT: &'static Text = &statement::and_ours::<M>();
}
