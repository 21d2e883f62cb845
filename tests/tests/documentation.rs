//! What the documents claim about the repository is so.

use std::path::Path;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package is in the repository")
}

fn document(name: &str) -> String {
    std::fs::read_to_string(repository().join(name)).expect("the document exists")
}

/// The words in backquotes that look like paths of the repository.
fn paths(text: &str) -> Vec<&str> {
    const ROOTS: [&str; 8] = [
        "tenancy/",
        "tenancy-macros/",
        "tests/",
        "ui-tests/",
        "examples/",
        "benches/",
        "docs/",
        "scripts/",
    ];
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|code| code.split_whitespace().next())
        .filter(|word| ROOTS.iter().any(|root| word.starts_with(root)))
        .collect()
}

#[test]
fn the_paths_that_documents_name_exist() {
    let mut named = 0;
    for name in [
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "README.md",
        "docs/lessons.md",
        "docs/pairs.md",
        "docs/performance.md",
    ] {
        for path in paths(&document(name)) {
            assert!(
                repository().join(path).exists(),
                "{name} names `{path}`, which does not exist"
            );
            named += 1;
        }
    }
    assert!(named > 20, "the documents name paths: {named}");
}

#[test]
fn the_links_of_the_readme_lead_somewhere() {
    let readme = document("README.md");
    let links = readme
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|link| !link.contains("://"));
    let mut followed = 0;
    for link in links {
        assert!(
            repository().join(link).exists(),
            "the README links to `{link}`, which does not exist"
        );
        followed += 1;
    }
    assert!(followed > 5, "the README links to files: {followed}");
}

#[test]
fn unsafe_is_allowed_in_one_module_only() {
    let mut allowing = Vec::new();
    let mut folders = vec![
        repository().join("tenancy/src"),
        repository().join("tenancy-macros/src"),
    ];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read_to_string(&path)
                .expect("a source file")
                .contains("#![allow(unsafe_code)]")
            {
                allowing.push(path);
            }
        }
    }
    assert_eq!(allowing, [repository().join("tenancy/src/barrier.rs")]);
}
