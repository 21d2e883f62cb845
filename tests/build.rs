//! Writes the models of the random policies, and of those that guard fields.

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
        let note_policy = cases::text(&cases::note_policy(number));
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

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization, table = \"notes\", policies)]
pub struct Note{number} {{
    pub id: Uuid,
    #[tenancy(belongs_to = Document{number})]
    pub document_id: Uuid,
    #[tenancy(belongs_to = User)]
    pub author_id: Uuid,
    pub weight: Option<i64>,
    pub open: bool,
}}

tenancy::policies! {{ Document{number}, actor: User {{
#![allow(senseless_rules, unchecked_rules)]
relation notes = Note{number}.document_id;
{policy}}} }}

tenancy::policies! {{ Note{number}, actor: User {{
#![allow(senseless_rules, unchecked_rules)]
{note_policy}}} }}

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
    write_file("policies.rs", &text);
    write_file("fields.rs", &fields());
}

/// The models with guarded fields.
fn fields() -> String {
    let mut text = String::new();
    let mut calls = String::new();
    for number in 0..cases::FIELD_POLICIES {
        let policy = cases::text(&cases::field_policy(number));
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
    #[tenancy(guarded)]
    pub a: Masked<Option<i64>>,
    #[tenancy(guarded)]
    pub b: Masked<i64>,
    #[tenancy(guarded)]
    pub s: Masked<Option<String>>,
    pub f: Option<bool>,
    pub g: bool,
    pub code: i64,
}}

tenancy::policies! {{ Document{number}, actor: User {{
#![allow(senseless_rules, unchecked_rules)]
{policy}}} }}

async fn check_{number}(world: &World, tally: &mut Tally) {{
    check_policy!(world, tally, {number}, Document{number}, NewDocument{number});
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
    text
}

fn write_file(name: &str, text: &str) {
    let out = env::var_os("OUT_DIR").expect("cargo says where");
    fs::write(Path::new(&out).join(name), text).expect("a file");
}
