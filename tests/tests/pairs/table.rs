//! The table of `docs/pairs.md` says what is tested, and nothing else.

use std::collections::BTreeSet;
use std::path::Path;

use crate::{HYBRIDS, SUITES, TOGETHER};

/// The cells of a table: what is said of a feature on a strategy.
struct Cell {
    feature: String,
    strategy: String,
    says: String,
}

fn docs() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs"))
}

/// The cells of the table below a heading.
fn cells(heading: &str) -> Vec<Cell> {
    let text = std::fs::read_to_string(docs().join("pairs.md")).expect("the table");
    let (_, section) = text.split_once(heading).expect("a heading");
    let section = section.split("\n## ").next().expect("a section");
    let mut rows = section.lines().filter(|line| line.starts_with('|'));
    let split = |line: &str| -> Vec<String> {
        let cells = line.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    };
    let head = split(rows.next().expect("a head"));
    let mut cells = Vec::new();
    for row in rows.skip(1) {
        let row = split(row);
        assert_eq!(row.len(), head.len(), "{row:?}");
        for (strategy, says) in head.iter().zip(&row).skip(1) {
            cells.push(Cell {
                feature: row[0].clone(),
                strategy: strategy.clone(),
                says: says.clone(),
            });
        }
    }
    cells
}

/// What the text in backquotes is.
fn quoted(text: &str) -> &str {
    text.split('`')
        .nth(1)
        .unwrap_or_else(|| panic!("`…` in {text}"))
}

#[test]
fn every_cell_is_a_test_or_a_law() {
    for (database, heading) in [("Postgres", "## On PostgreSQL"), ("Sqlite", "## On SQLite")] {
        let said = works(heading, 60);
        let mut tested = BTreeSet::new();
        for (_, strategy, wall, tests) in SUITES.iter().filter(|(of, ..)| *of == database) {
            let mut tests = tests();
            // On each wall there are all the tests.
            if *wall != "plain" {
                tests.push(wall);
            }
            tested.extend(
                tests
                    .iter()
                    .map(|test| ((*strategy).to_owned(), (*test).to_owned())),
            );
        }
        assert_eq!(said, tested);
    }
}

#[test]
fn schemas_and_databases_under_one_root() {
    let said = works("## Schemas and databases under one root", 15);
    let tested = HYBRIDS.iter().flat_map(|(wall, tests)| {
        let wall = (*wall).to_owned();
        tests()
            .into_iter()
            .map(move |test| (wall.clone(), test.to_owned()))
    });
    assert_eq!(said, tested.collect());
}

#[test]
fn each_feature_with_each_other() {
    let said = works("## With each other", 20);
    let names = said
        .iter()
        .map(|(column, row)| format!("{row}_{}", quoted(column)));
    let said: BTreeSet<_> = names.collect();
    for tests in TOGETHER {
        let tested: BTreeSet<_> = tests().into_iter().map(str::to_owned).collect();
        assert_eq!(said, tested);
    }
}

/// What works according to a table: columns and features.
fn works(heading: &str, at_least: usize) -> BTreeSet<(String, String)> {
    let cells = cells(heading);
    assert!(cells.len() > at_least, "only {} cells", cells.len());
    let mut said = BTreeSet::new();
    for cell in cells {
        let feature = quoted(&cell.feature);
        if cell.says == "works" {
            said.insert((cell.strategy.clone(), feature.to_owned()));
        } else if let Some(law) = cell.says.strip_prefix("does not compile: ") {
            law_is_there(law);
        } else {
            assert!(
                cell.says.starts_with("there is none") || cell.says == "↗",
                "{}",
                cell.says
            );
        }
    }
    said
}

/// A law is a program that must not compile, or an example of a method's documentation that must not.
fn law_is_there(link: &str) {
    let (_, path) = link.rsplit_once("](").expect("a link");
    let path = path.trim_end_matches(')');
    let text = std::fs::read_to_string(docs().join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(
        path.contains("ui-tests/laws/") || text.contains("```compile_fail"),
        "{path}"
    );
}
