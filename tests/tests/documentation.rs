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

/// The source files of the library and its macros.
fn sources() -> Vec<std::path::PathBuf> {
    let mut sources = Vec::new();
    let mut folders = vec![
        repository().join("tenancy/src"),
        repository().join("tenancy-macros/src"),
    ];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let into = if path.is_dir() {
                &mut folders
            } else {
                &mut sources
            };
            into.push(path);
        }
    }
    sources
}

#[test]
fn unsafe_is_allowed_where_it_is_a_barrier_only() {
    let mut allowing = sources();
    allowing.retain(|path| {
        std::fs::read_to_string(path)
            .expect("a source file")
            .contains("#![allow(unsafe_code)]")
    });
    allowing.sort();
    let barriers = [
        "model/contract.rs",
        "policy/contract.rs",
        "tenant/brand_guard.rs",
    ];
    let barriers = barriers.map(|path| repository().join("tenancy/src").join(path));
    assert_eq!(allowing, barriers);
}

/// The floors of the library, from the lowest, as the page about its architecture lists them.
fn floors(page: &str) -> Vec<&str> {
    let (_, list) = page.split_once("## The floors").expect("the floors");
    let (list, _) = list.split_once("\n## ").expect("an end");
    let numbered = |line: &&str| line.starts_with(|first: char| first.is_ascii_digit());
    let lines = list.lines().filter(numbered);
    lines
        .map(|line| line.split('`').nth(1).expect("a name"))
        .collect()
}

/// What a line of code, and no comment, names of the crate.
fn named(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split("//").next().unwrap_or_default();
    code.match_indices("crate::").map(|(at, prefix)| {
        let path = &code[at + prefix.len()..];
        let end = path.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        &path[..end.unwrap_or(path.len())]
    })
}

#[test]
fn floors_name_what_is_below_them() {
    let page = std::fs::read_to_string(repository().join("ARCHITECTURE.md")).expect("the page");
    let floors = floors(&page);
    assert!(floors.len() > 10, "{floors:?}");
    let floor = |name: &str| floors.iter().position(|floor| *floor == name);
    let library = repository().join("tenancy/src");
    let mut arrows = 0;
    for path in sources() {
        let Ok(place) = path.strip_prefix(&library) else {
            continue;
        };
        let place = place.with_extension("");
        let first = place.iter().next().and_then(|name| name.to_str());
        let first = first.expect("a name");
        if matches!(first, "lib" | "docs") {
            continue;
        }
        let here = floor(first).unwrap_or_else(|| panic!("{first} is on no floor"));
        for line in std::fs::read_to_string(&path)
            .expect("a source file")
            .lines()
        {
            for name in named(line) {
                // A macro of the crate's, by which it is at its root.
                let Some(there) = floor(name) else {
                    assert!(line.contains("$crate::"), "{}: {line}", path.display());
                    continue;
                };
                assert!(
                    there <= here,
                    "{} names what is above it: {line}",
                    path.display()
                );
                arrows += usize::from(there < here);
            }
        }
    }
    assert!(arrows > 500, "only {arrows}");
}

/// An example that must not compile says why: by the code of the error, or by a law, whose whole message is compared.
/// One without either would pass for whatever reason, such as a mistake in it.
#[test]
fn examples_that_do_not_compile_say_why() {
    let (mut by_code, mut by_law) = (0, 0);
    for path in sources() {
        let text = std::fs::read_to_string(&path).expect("a source file");
        let lines: Vec<_> = text.lines().map(str::trim_start).collect();
        for (number, line) in lines.iter().enumerate() {
            let Some(options) = line.split("```compile_fail").nth(1) else {
                continue;
            };
            if options.starts_with(",E0") {
                by_code += 1;
                continue;
            }
            let before = lines[..number].iter().rev().take(4);
            let mut laws = before.flat_map(|line| paths(line));
            let law = laws.find(|path| path.starts_with("ui-tests/laws/") && path.ends_with(".rs"));
            let law = law.map(|law| repository().join(law));
            assert!(
                law.is_some_and(|law| law.exists()),
                "{}:{}: neither a code of rustc's nor a law that exists",
                path.display(),
                number + 1
            );
            by_law += 1;
        }
    }
    assert!(
        by_code > 10 && by_law > 0,
        "there are such examples: {by_code}, {by_law}"
    );
}
