//! Writes the models of the random policies, and of those that guard fields.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;
use std::{env, fs};

#[path = "cases/mod.rs"]
#[allow(dead_code, missing_docs)]
mod cases;

/// The strategies: what a model says besides, and how many of the policies are decided there.
///
/// Each model costs time to compile, so only the first has all of them, and the others share them out.
const STRATEGIES: [(&str, &str, [usize; 2], [usize; 2]); 5] = [
    (
        "attribute",
        "",
        [0, cases::POLICIES],
        [0, cases::FIELD_POLICIES],
    ),
    ("schema", "strategy = schema,", [0, 4], [0, 2]),
    ("database_on_sqlite", "strategy = database,", [4, 8], [2, 4]),
    (
        "database_on_postgres",
        "strategy = database,",
        [8, 12],
        [4, 6],
    ),
    ("rls", "", [12, 16], [6, 8]),
];

fn main() {
    println!("cargo::rerun-if-changed=cases");
    for (name, strategy, [first, end], [first_of_fields, end_of_fields]) in STRATEGIES {
        let text = policies(strategy, first..end);
        write_file(&format!("policies_{name}.rs"), &text);
        let text = fields(strategy, first_of_fields..end_of_fields);
        write_file(&format!("fields_{name}.rs"), &text);
    }
}

/// The models with policies.
fn policies(strategy: &str, numbers: Range<usize>) -> String {
    let mut text = String::new();
    let mut calls = String::new();
    for number in numbers {
        let policy = cases::text(&cases::policy(number));
        let note_policy = cases::text(&cases::note_policy(number));
        let relation = if policy.contains("notes.") {
            format!("relation notes = Note{number}.document_id;\n")
        } else {
            String::new()
        };
        write!(
            text,
            "
#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization, {strategy} table = \"documents\", policies)]
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
#[tenancy(root = Organization, {strategy} table = \"notes\", policies)]
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
{relation}{policy}}} }}

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
    text
}

/// The models with guarded fields.
fn fields(strategy: &str, numbers: Range<usize>) -> String {
    let mut text = String::new();
    let mut calls = String::new();
    for number in numbers {
        let policy = cases::text(&cases::field_policy(number));
        write!(
            text,
            "
#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization, {strategy} table = \"documents\", policies)]
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
