//! Programs that must not compile.
//!
//! Only checked, not built: one run of the compiler's front end for all of them. A rule that shows
//! only when constants are evaluated is a `compile_fail` doctest at the method it belongs to.

use std::fs;
use std::path::{Path, PathBuf};

/// How many laws there are at least.
const LAWS: usize = 90;

#[test]
fn laws_are_enforced() {
    trybuild::TestCases::new().compile_fail("laws/*/*.rs");
}

#[test]
fn every_law_states_its_rule_and_its_message() {
    let laws = programs("laws");
    assert!(laws.len() >= LAWS, "there are only {} laws", laws.len());
    for law in &laws {
        let law = law.display();
        let text = fs::read_to_string(law.to_string()).expect("a law is text");
        let rule = text.lines().take_while(|line| line.starts_with("//! "));
        assert!(rule.count() > 0, "{law} does not open with its rule");
        let message = law.to_string().replace(".rs", ".stderr");
        assert!(Path::new(&message).exists(), "{law} has no message");
    }
}

#[test]
fn every_class_of_laws_has_near_misses() {
    for law in programs("laws") {
        let class = law.parent().and_then(Path::file_name).expect("a folder");
        assert!(
            programs("near_misses")
                .iter()
                .any(|near| near.parent().and_then(Path::file_name) == Some(class)),
            "nothing in near_misses/ stands beside {}",
            law.display()
        );
    }
}

/// The programs in the folders of `directory`.
fn programs(directory: &str) -> Vec<PathBuf> {
    let entries = |directory: &Path| -> Vec<PathBuf> {
        fs::read_dir(directory)
            .expect("a readable folder")
            .map(|entry| entry.expect("a readable entry").path())
            .collect()
    };
    let mut programs: Vec<_> = entries(Path::new(directory))
        .iter()
        .flat_map(|class| entries(class))
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    programs.sort();
    programs
}
