//! Conditions, orderings, pages and sub-queries as they are meant.

use tenancy::query::Query;
use tenancy::{Condition, Sort, Tenant, TenantScoped};
use tenancy_ui_tests::{Document, Organization, Plan, User};
use uuid::Uuid;

pub async fn conditions(
    tenant: &Tenant<'_, Organization>,
    email: Option<String>,
) -> tenancy::Result<()> {
    // a_column_is_not_compared_with_a_value_of_another_type, … a_column_of_another_type
    User::query()
        .filter(|u| u.age.eq(40) & u.email.eq("ann@acme.com") & u.email.ne("bob".to_owned()))
        .filter(|u| u.email.eq(email.as_deref().unwrap_or("")) | u.id.eq(u.tenant_id))
        .filter(|u| !u.age.between(1, u.age) & u.age.in_([1, 2, 3]))
        // nothing_equals_null
        .filter(|u| u.nickname.is_null() | u.nickname.eq("Al") | u.nickname.ne("Bo".to_owned()))
        // a_comparison_of_rust_is_not_a_condition, conditions_are_not_combined_with_the_operators_of_rust
        .filter(|u| u.age.gt(18).and(u.email.ne("")).or(u.age.lt(3)))
        // a_text_pattern_does_not_apply_to_a_number
        .filter(|u| u.email.contains("@") & u.nickname.starts_with("A"))
        // an_ordering_by_a_column_of_another_model_is_not_one, a_column_is_not_an_ordering
        .order_by(|u| (u.email.asc(), u.age.desc()))
        // a_limit_is_given_once
        .limit(10)
        .offset(20)
        .fetch_all(tenant)
        .await?;
    // a_column_is_not_a_condition
    Document::query()
        .filter(|d| d.archived.eq(true))
        .count(tenant)
        .await?;
    // an_option_is_not_compared_with_a_column_that_always_has_a_value
    User::query()
        .filter(|u| Condition::if_some(email, |email| u.email.eq(email)))
        .count(tenant)
        .await?;
    // a_row_is_not_found_by_an_id_of_another_type
    User::find(Uuid::nil()).fetch_optional(tenant).await?;
    Plan::find("free").fetch_optional(tenant).await?;
    Ok(())
}

// a_sub_query_is_not_about_another_root, a_shared_model_does_not_look_into_rows_of_tenants, …
pub async fn sub_queries(tenant: &Tenant<'_, Organization>) -> tenancy::Result<()> {
    let adults = User::query().filter(|u| u.age.ge(18)).select(|u| u.id);
    let plans = Plan::query().select(|p| p.key);
    Document::query()
        .filter(|d| d.owner_id.in_query(adults))
        .count(tenant)
        .await?;
    User::query()
        .filter(|u| u.email.in_query(plans.clone()))
        .count(tenant)
        .await?;
    Plan::query()
        .filter(|p| p.value.in_query(plans))
        .count(tenant.db())
        .await?;
    Ok(())
}

// a_column_of_another_model_is_not_a_condition, conditions_of_two_models_are_not_combined
pub fn kept_conditions(adult: bool) -> usize {
    let mut wanted = User::condition(|u| u.email.ne("")).boxed();
    if adult {
        wanted = wanted.and(User::condition(|u| u.age.ge(18))).boxed();
    }
    User::query().filter(|_| wanted).sql().len()
}

// A helper may add a condition to a query whose conditions it does not know.
pub fn minors<P>(query: Query<User, P>) -> Query<User, impl Sized> {
    query.filter(|u| u.age.lt(18))
}

// a_column_of_another_type_is_not_compared: a column may stand on either side, and on both of an expression.
pub fn columns_on_both_sides() -> [usize; 3] {
    let one = Document::query().filter(|d| d.views.gt(d.version));
    let sum = Document::query().filter(|d| d.views.plus(d.version).minus(1).gt(d.views.plus(1)));
    let same =
        Document::query().filter(|d| d.reviewer_id.eq(d.owner_id) & d.views.minus(d.version).ne(0));
    [one.sql(), sum.sql(), same.sql()].map(|sql| sql.len())
}

// A client chooses the direction of an order.
pub fn directions(descending: bool) -> usize {
    let sort = if descending { Sort::Desc } else { Sort::Asc };
    let users = User::query().order_by(|u| (u.age.by(sort), u.nickname.by(sort), u.email.asc()));
    users.limit(10).sql().len()
}
