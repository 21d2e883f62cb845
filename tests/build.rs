//! Writes the models of the random policies.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[path = "cases/mod.rs"]
#[allow(dead_code, missing_docs)]
mod cases;

fn main() {
    println!("cargo::rerun-if-changed=cases");
    let mut text = String::new();
    let mut calls = String::new();
    for number in 0..cases::POLICIES {
        let policy = cases::text(&cases::policy(number));
        write!(
            text,
            "
#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization, table = \"documents\", policies)]
pub struct Document{number} {{
    pub id: Uuid,
    #[tenancy(belongs_to = User)]
    pub owner_id: Uuid,
    #[tenancy(belongs_to = User)]
    pub reviewer_id: Option<Uuid>,
    pub a: Option<i64>,
    pub b: i64,
    pub s: Option<String>,
    pub f: Option<bool>,
    pub g: bool,
    pub code: i64,
}}

tenancy::policies! {{ Document{number}, actor: User {{
#![allow(senseless_rules, unchecked_rules)]
{policy}}} }}

async fn check_{number}(world: &World, tally: &mut Tally) {{
    check_policy!(world, tally, {number}, Document{number}, NewDocument{number});
    check_bulk!(world, tally, {number}, Document{number}, NewDocument{number});
}}
"
        )
        .expect("a string");
        writeln!(calls, "    check_{number}(world, tally).await;").expect("a string");
    }
    writeln!(
        text,
        "async fn check_all(world: &World, tally: &mut Tally) {{\n{calls}}}"
    )
    .expect("a string");
    let out = env::var_os("OUT_DIR").expect("cargo says where");
    fs::write(Path::new(&out).join("policies.rs"), text).expect("a file");
}
