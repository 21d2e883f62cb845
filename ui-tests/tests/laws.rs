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
fn messages_are_about_a_part_of_what_was_written() {
    for law in programs("laws") {
        let message = law.display().to_string().replace(".rs", ".stderr");
        let text = fs::read_to_string(&message).expect("a message is text");
        if let Some(call) = text.split("\n\n").find_map(underlined_call) {
            panic!(
                "{message} underlines a whole call of a macro, and nobody finds the mistake in it: {call}"
            );
        }
    }
}

/// The first line of a call of a macro, `name! {`, if that is what an error is about: marked by `^` after its last line.
fn underlined_call(error: &str) -> Option<&str> {
    let of_the_law = |line: &&str| !line.starts_with("note: ") && !line.starts_with("help: ");
    let mut lines = error.lines().take_while(of_the_law);
    let call = lines.find(|line| line.contains(" | / ") && line.ends_with("! {"))?;
    lines
        .any(|line| line.trim_start().starts_with("| |_^"))
        .then_some(call)
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
