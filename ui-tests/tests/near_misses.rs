//! Programs that look like those that must not compile, and must.
//!
//! They are modules of one test, so that they are linked once.
#![allow(
    missing_docs,
    missing_debug_implementations,
    dead_code,
    unreachable_pub,
    reason = "to be compiled, not to be called"
)]

#[path = "../near_misses/assign/what_is_assigned.rs"]
mod assign;
#[path = "../near_misses/brand/what_belongs_to_one_tenant.rs"]
mod brand;
#[path = "../near_misses/derive/what_is_a_model.rs"]
mod derive;
#[path = "../near_misses/execute/what_a_statement_runs_on.rs"]
mod execute;
#[path = "../near_misses/filter/what_is_a_condition.rs"]
mod filter;
#[path = "../near_misses/forge/what_the_proofs_do_not_have.rs"]
mod forge;
#[path = "../near_misses/policy/names_that_two_things_have.rs"]
mod names;
#[path = "../near_misses/policy/names_and_what_stands_around_rules.rs"]
mod names_and_rules;
#[path = "../near_misses/policy/what_policies_decide.rs"]
mod policy;
#[path = "../near_misses/policy/what_all_tenants_share.rs"]
mod shared;
#[path = "../near_misses/transaction/what_runs_in_a_transaction.rs"]
mod transaction;

#[test]
fn every_near_miss_is_compiled() {
    let this = include_str!("near_misses.rs");
    for class in std::fs::read_dir("near_misses").expect("a readable folder") {
        let class = class.expect("a readable entry").path();
        for program in std::fs::read_dir(class).expect("a readable folder") {
            let program = program.expect("a readable entry").path();
            let path = program.display().to_string();
            assert!(this.contains(&path), "{path} is not a module of this test");
        }
    }
}
