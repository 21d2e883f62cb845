//! What is found in rules, and what is not.

mod bound;
mod free;
mod reference;
mod rules;

use self::reference::Case;
use super::finding::{Idle, Place, Spare, What};

/// Panics if anything else is found.
#[track_caller]
fn assert_found(rules: &str, expected: &[(Place, What)]) {
    let case = Case::new(rules, |_| Vec::new());
    let found = case.findings.iter();
    let found: Vec<_> = found.map(|finding| (finding.place, finding.what)).collect();
    assert_eq!(found, expected, "{rules}");
}

#[track_caller]
fn assert_idle(rules: &str, check: usize, why: Idle) {
    assert_found(rules, &[(Place::Check(0, check), What::Idle(why))]);
}

#[track_caller]
fn assert_sensible(rules: &str) {
    assert_found(rules, &[]);
}

/// Whether two atoms are never true at once.
fn exclude(one: &str, other: &str) -> bool {
    let rules = format!("read {{ authorize_if {one} && {other}; authorize_if c; }}");
    !Case::new(&rules, |_| Vec::new()).findings.is_empty()
}

#[test]
fn constants_that_certainly_differ() {
    for (one, other) in [
        ("n == 1", "2 == n"),
        ("n == -1", "n == 1"),
        ("n == 1", "n.is_in([2, 3])"),
        ("n == 1", "n > 1"),
        ("n == 1", "1 > n"),
        ("n < 1", "n >= 2"),
        ("r == Role::Admin", "r == Role::Member"),
        ("r == Role::Admin", "r == models::Role::Member"),
        ("s == \"draft\"", "s == \"published\""),
        ("s == \"v1\"", "s == \"v2\""),
        ("f", "f == false"),
        ("actor.f == true", "actor.f == false"),
        ("n == 1", "n != 1"),
        ("n < m", "n >= m"),
        ("n < m", "m < n"),
        ("n == m", "m > n"),
        ("n.is_none()", "n == 1"),
        ("n.is_none()", "m == n"),
        ("n.is_none()", "!(n < actor.n)"),
        ("actor.n.is_none()", "n != actor.n"),
        ("actor.n.is_none()", "actor.n"),
        ("o.any(|a| a.x == 1)", "o.none(|b| 1 == b.x)"),
        ("o.any(|a| a.x == 1 && a.x == 2)", "c"),
    ] {
        assert!(exclude(one, other), "{one}, {other}");
    }
}

#[test]
fn constants_that_may_be_the_same() {
    for (one, other) in [
        ("n == 1", "n == 0x1"),
        ("n == 1", "n == self::ONE"),
        ("n == 1", "n <= 1"),
        ("n > 1", "n < 2"),
        ("r == Role::Admin", "r == Role::BOSS"),
        ("r == Role::Admin", "r == Role::A"),
        ("r == Role::Admin", "r == models::Role::Admin"),
        ("r == Role::Admin", "r == { Admin }"),
        ("r == Role::Admin", "r == role::Member"),
        ("r == Role::Admin", "r == Role::Member(1)"),
        ("s == \"draft\"", "s == \"Draft\""),
        ("s == \"draft\"", "s == \"draft \""),
        ("s == \"a\"", "s == \"ä\""),
        ("s == \"ae\"", "s == \"ä\""),
        ("s == \"1\"", "s == \"01\""),
        ("s == \"1\"", "s == \"1.0\""),
        ("s == \"10\"", "s == \"1e1\""),
        ("s == \"a1\"", "s == \"a01\""),
        ("n == self::soon()", "n != self::later()"),
        ("n == m", "m == 1"),
        ("actor.n == 1.0", "actor.n == 1.5"),
        // Other rows.
        ("o.any(|a| a.x == 1)", "o.any(|a| a.x == 2)"),
        ("o.any(|a| a.x == 1)", "p.none(|a| a.x == 1)"),
        ("o.any(|a| a.x.is_none())", "x == 1"),
    ] {
        assert!(!exclude(one, other), "{one}, {other}");
    }
}

#[test]
fn what_lies_in_between_is_complete() {
    let last = What::AlwaysAuthorized;
    assert_found(
        "read { authorize_if a < b; authorize_if a == b; authorize_if a > b;
            authorize_if a.is_none(); authorize_if b.is_none(); }",
        &[(Place::Check(0, 4), last)],
    );
    // NaN is neither.
    assert_sensible(
        "read { authorize_if actor.a < actor.b; authorize_if actor.a == actor.b;
            authorize_if actor.a > actor.b; authorize_if actor.a.is_none();
            authorize_if actor.b.is_none(); }",
    );
    assert_found(
        "read { authorize_if n < 1; authorize_if n.is_none(); authorize_if n >= 1; }",
        &[(Place::Check(0, 2), last)],
    );
    assert_sensible("read { authorize_if n; authorize_unless n; }");
    assert_found(
        "read { authorize_if o.any(|a| a.x.is_none() && a.y.is_none());
            authorize_if o.none(|a| a.x.is_none() && a.y.is_none()); }",
        &[(Place::Check(0, 1), last)],
    );
    assert_found(
        "read when actor.admin { authorize_if actor.admin; }",
        &[(Place::Check(0, 0), last)],
    );
    assert_found(
        "bypass(read) { authorize_if n.is_none(); } read { authorize_if n == 1; authorize_unless n == 1; }",
        &[(Place::Action(0), What::AlwaysAllowed)],
    );
}

#[test]
fn sensible_rules() {
    for rules in [
        "guard(update, destroy) { forbid_if locked; } read { authorize_if always; }
         create { authorize_if mine == actor; } destroy { authorize_if actor.admin; }
         update { authorize_if mine == actor; authorize_if actor.admin; }",
        // A bypass may be alone, and a guard may wait for rules.
        "bypass(read) { authorize_if actor.support; }",
        "guard(read, update) { forbid_if locked; } read { authorize_if always; }",
        // Said literally.
        "destroy { forbid_if always; }",
        "destroy { forbid_if always; } bypass(destroy) { authorize_if actor.support; }",
        "update when actor.banned { forbid_if always; } update { authorize_if mine == actor; }",
        "read { authorize_if mine == actor; forbid_if always; }",
        // Unknown is neither.
        "read { forbid_if a == 1 && a == 2; authorize_if always; }",
        "read { authorize_if a; authorize_unless a; }",
        "read { authorize_unless a == 1; authorize_unless a == 2; }",
        "check one = actor.x == 1; read { authorize_if o.any(|a| a.x == 2 && one()); }",
        // Needed, as one policy must apply.
        "read { authorize_if always; } read when actor.guest { authorize_if public; }",
    ] {
        assert_sensible(rules);
    }
}

#[test]
fn senseless_rules() {
    let spare = |why| What::Spare(why);
    assert_idle(
        "read { forbid_unless r == Role::Admin; authorize_if r == Role::Member; }",
        1,
        Idle::Late,
    );
    assert_idle(
        "read { authorize_if n == 1; authorize_if always && 1 == n; authorize_if n == m; }",
        1,
        Idle::Late,
    );
    assert_idle(
        "read { authorize_if a; authorize_if a; }",
        1,
        Idle::Repeated(0),
    );
    assert_idle(
        "read { forbid_if never; authorize_if a; }",
        0,
        Idle::Condition,
    );
    assert_found(
        "update { forbid_if a; }",
        &[(Place::Block(0), What::Barren)],
    );
    assert_found("update { }", &[(Place::Block(0), What::Barren)]);
    assert_found(
        "guard(read) { } read { authorize_if a; }",
        &[(Place::Block(0), What::Empty)],
    );
    assert_found(
        "guard(read) { forbid_if a; forbid_unless a; } read { authorize_if always; }",
        &[(Place::Block(0), What::Shut)],
    );
    assert_found(
        "read { authorize_if r == Role::Admin; } read { authorize_if r == Role::Member; }",
        &[(Place::Action(0), What::NeverAllowed)],
    );
    // Not because of the guard, which not everyone meets.
    assert_found(
        "guard(read) when actor.c { forbid_if a; forbid_unless a; }
         read { authorize_if n == 1; } read { authorize_if n == 2; }",
        &[(Place::Action(0), What::NeverAllowed)],
    );
    assert_found(
        "read { authorize_if a; forbid_if b; }",
        &[(Place::Check(0, 1), spare(Spare::End))],
    );
    assert_found(
        "read { authorize_if a; authorize_if always; }",
        &[(Place::Check(0, 0), spare(Spare::Checks))],
    );
    assert_found(
        "guard(read) { forbid_if a; } read { forbid_if a; authorize_if b; }",
        &[(Place::Check(1, 0), spare(Spare::Blocks))],
    );
    assert_found(
        "bypass(read) { authorize_if always; } read { authorize_if a; }",
        &[(Place::Block(1), spare(Spare::Blocks))],
    );
    // Some think that one policy of several is enough.
    assert_found(
        "read { authorize_if a; } read { authorize_if a; authorize_if b; }",
        &[(Place::Block(1), spare(Spare::Blocks))],
    );
    assert_found(
        "guard(read) { forbid_if n > 1; } guard(read, create) { forbid_unless 1 >= n; }
         guard(read) { forbid_if 1 < n; } read { authorize_if a; } create { authorize_if a; }",
        &[
            (Place::Block(2), What::Repeated),
            (Place::Block(0), spare(Spare::Blocks)),
        ],
    );
}

#[test]
fn rules_that_ask_too_much_are_not_analysed() {
    let columns = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
    let rules = |number| {
        let conditions = columns[..number].join(" && ");
        format!("read {{ authorize_if {conditions}; authorize_if never; }}")
    };
    assert_idle(&rules(10), 1, Idle::Condition);
    assert_found(&rules(11), &[(Place::Action(0), What::Unchecked(11))]);
    // Constants of one column are no questions of their own.
    let values: Vec<_> = (0..500).map(|value| value.to_string()).collect();
    let list = format!("n.is_in([{}])", values.join(", "));
    assert_idle(
        &format!("read {{ authorize_if {list}; authorize_if n == 7; authorize_if n == 501; }}"),
        1,
        Idle::Late,
    );
    // A column that is compared with many others is taken for as many independent questions.
    let compared: Vec<_> = columns[1..]
        .iter()
        .map(|column| format!("a == {column}"))
        .collect();
    assert_idle(
        &format!(
            "read {{ authorize_if {}; authorize_if never; }}",
            compared.join(" && ")
        ),
        1,
        Idle::Condition,
    );
    assert_sensible(&format!(
        "read {{ authorize_if {}; authorize_if a == b; authorize_unless a == b; }}",
        compared[1..8].join(" && ")
    ));
    assert_sensible(&format!(
        "read {{ authorize_if {} && b.is_none() && c.is_none(); authorize_if l; }}",
        compared[..6].join(" && ")
    ));
}
