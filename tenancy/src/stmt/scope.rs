//! The tenant's predicate after a condition that is made at run time.

use crate::model::contract::Model;
use crate::sql::node::Node;
use crate::sql::render::Stored;
use crate::sql::text::Text;
use crate::stmt::statement;
use std::marker::PhantomData;

/// The predicate of the tenant.
struct TenantScope<M>(PhantomData<M>);

impl<M: Model> Stored for TenantScope<M> {
    const TEXT: &'static Text = &statement::scope::<M>();
}

/// ` WHERE (condition) AND scope`, at run time.
pub(crate) fn render_scoped<M: Model>(condition: &impl Node, template: &mut Vec<u8>) {
    template.extend_from_slice(b" WHERE ");
    let start = template.len();
    template.push(b'(');
    condition.render(template);
    if template.len() == start + 1 {
        template.truncate(start);
    } else {
        template.extend_from_slice(b") AND ");
    }
    template.extend_from_slice(TenantScope::<M>::STORED.as_bytes());
}
