//! Columns that field policies guard, in a template.
//!
//! A template marks a guarded column wherever it names one: in a list of columns, a filter, an ordering, what
//! a statement returns. Without masks the marks are spelled as nothing, and a statement whose actor may
//! see all is the same as if nothing were guarded. A template with masks says once for each column when it
//! is visible; then every mark becomes `CASE WHEN visible THEN column END`, whichever clause it is in. So
//! there is no place that could be forgotten: what was not marked is no guarded column, and a mark
//! without a mask is hidden.
//!
//! What the rules ask about the row themselves is asked of the column as it is: their marks are
//! [removed](unmark).

use crate::sql::render::{Writer, section};
use crate::sql::text::{DONE, GUARDED, MASK, VISIBLE, WHEN, users};

/// The condition of a mask that hides the column from every row.
pub(crate) const NEVER: &[u8] = b"FALSE";
/// The condition of a mask that hides nothing.
pub(crate) const ALWAYS: &[u8] = b"";

/// The masks of a template.
pub(crate) struct Masks<'a>(Vec<Mask<'a>>);

struct Mask<'a> {
    column: &'a [u8],
    condition: &'a [u8],
    /// How many values of the caller come before those of the condition.
    users: usize,
}

impl<'a> Masks<'a> {
    pub(crate) fn of(template: &'a [u8]) -> Self {
        let mut masks = Vec::new();
        let mut from = 0;
        while let Some(at) = template[from..].iter().position(|&byte| byte == MASK) {
            let start = from + at + 1;
            let (mask, _) = section(&template[start..]);
            let when = mask.iter().position(|&byte| byte == WHEN);
            let when = when.expect("a mask has a condition");
            masks.push(Mask {
                column: &mask[..when],
                condition: &mask[when + 1..],
                users: users(&template[..start]),
            });
            from = start + mask.len();
        }
        Self(masks)
    }

    /// Writes what stands for a control byte and its section, and returns what comes after that.
    pub(crate) fn write<'r>(&self, writer: &mut Writer, control: u8, rest: &'r [u8]) -> &'r [u8] {
        let (section, after) = section(rest);
        match control {
            GUARDED => self.column(writer, section),
            VISIBLE => self.visible(writer, section),
            // It stands where its columns are; but its values count here.
            _ => writer.numbers.user += users(section),
        }
        after
    }

    /// `CASE WHEN condition THEN "table"."column" END`.
    fn column(&self, writer: &mut Writer, column: &[u8]) {
        let masked = self.condition(column) != ALWAYS;
        if masked {
            writer.text.extend_from_slice(b"CASE WHEN ");
            self.when(writer, column);
            writer.text.extend_from_slice(b" THEN ");
        }
        writer.text.extend_from_slice(column);
        if masked {
            writer.text.extend_from_slice(b" END");
        }
    }

    /// `(condition) IS TRUE`.
    fn visible(&self, writer: &mut Writer, column: &[u8]) {
        if self.condition(column) == ALWAYS {
            writer.text.extend_from_slice(b"TRUE");
            return;
        }
        writer.text.push(b'(');
        self.when(writer, column);
        writer.text.extend_from_slice(b") IS TRUE");
    }

    fn mask(&self, column: &[u8]) -> Option<&Mask<'a>> {
        self.0.iter().find(|mask| mask.column == column)
    }

    fn condition(&self, column: &[u8]) -> &'a [u8] {
        self.mask(column).map_or(NEVER, |mask| mask.condition)
    }

    /// Writes the condition under which a column is visible. Its values are the same parameters wherever
    /// it is written.
    fn when(&self, writer: &mut Writer, column: &[u8]) {
        let Some(mask) = self.mask(column) else {
            writer.text.extend_from_slice(NEVER);
            return;
        };
        let here = std::mem::replace(&mut writer.numbers.user, mask.users);
        writer.write(mask.condition, None);
        writer.numbers.user = here;
    }
}

/// Appends the mask of a column.
pub(crate) fn define(template: &mut Vec<u8>, column: &str, condition: &[u8]) {
    template.push(MASK);
    template.extend_from_slice(column.as_bytes());
    template.push(WHEN);
    template.extend_from_slice(condition);
    template.push(DONE);
}

/// Removes the marks of guarded columns from `start` on.
pub(crate) fn unmark(template: &mut Vec<u8>, start: usize) {
    let mut to = start;
    for from in start..template.len() {
        let byte = template[from];
        if byte != GUARDED && byte != DONE {
            template[to] = byte;
            to += 1;
        }
    }
    template.truncate(to);
}

/// Whether a template names a guarded column outside of rules.
pub(crate) fn names(template: &[u8], column: &str) -> bool {
    let column = column.as_bytes();
    template
        .windows(column.len() + 2)
        .any(|window| match window {
            [GUARDED, inside @ .., DONE] => inside == column,
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::render::Dialect;
    use crate::sql::render::{render, render_dynamic};
    use crate::sql::text::text;
    use crate::sql::text::{IF_MASKED, TENANT, Text, USER};

    /// A statement that names a guarded column in every clause, and that begins with a value.
    const STATEMENT: Text = text!(
        push("SET a = "),
        mark(USER),
        push(" WHERE "),
        guarded("t", "s"),
        push(" > "),
        mark(USER),
        push(" AND t = "),
        mark(TENANT),
    );

    const END: Text = text!(
        push(" RETURNING "),
        guarded("t", "s"),
        mark(IF_MASKED),
        push(", "),
        mark(DONE),
        mark(VISIBLE),
        column("t", "s"),
        mark(DONE),
    );

    const RULE: Text = text!(push("o = "), mark(USER), push(" OR t = "), mark(TENANT));

    fn masked(masks: &[(&str, &[u8])]) -> String {
        let mut template = STATEMENT.as_bytes().to_vec();
        template.extend_from_slice(b" AND TRUE");
        for (column, condition) in masks {
            define(&mut template, column, condition);
        }
        template.extend_from_slice(b" AND z = ");
        template.push(USER);
        template.extend_from_slice(END.as_bytes());
        render_dynamic(&template, Dialect::Postgres)
    }

    #[test]
    fn without_masks_a_guarded_column_is_like_any_other() {
        let statement = text!(append(&STATEMENT), append(&END));
        let plain = r#"SET a = $1 WHERE "t"."s" > $2 AND t = $3 RETURNING "t"."s""#;
        assert_eq!(render(&statement, Dialect::Postgres).as_str(), plain);
        assert_eq!(
            render_dynamic(statement.as_bytes(), Dialect::Postgres),
            plain
        );
    }

    #[test]
    fn a_mask_stands_wherever_its_column_does_and_its_values_are_bound_once() {
        assert_eq!(
            masked(&[(r#""t"."s""#, RULE.as_bytes())]),
            r#"SET a = $1 WHERE CASE WHEN o = $3 OR t = $5 THEN "t"."s" END > $2 AND t = $5 AND TRUE AND z = $4 RETURNING CASE WHEN o = $3 OR t = $5 THEN "t"."s" END, (o = $3 OR t = $5) IS TRUE"#
        );
    }

    #[test]
    fn a_column_is_visible_always_or_never() {
        assert_eq!(
            masked(&[(r#""t"."s""#, ALWAYS)]),
            r#"SET a = $1 WHERE "t"."s" > $2 AND t = $4 AND TRUE AND z = $3 RETURNING "t"."s", TRUE"#
        );
        let never = r#"SET a = $1 WHERE CASE WHEN FALSE THEN "t"."s" END > $2 AND t = $4 AND TRUE AND z = $3 RETURNING CASE WHEN FALSE THEN "t"."s" END, (FALSE) IS TRUE"#;
        assert_eq!(masked(&[(r#""t"."s""#, NEVER)]), never);
        // The mask of another column is none of this one.
        assert_eq!(masked(&[(r#""t"."other""#, ALWAYS)]), never);
    }

    #[test]
    fn what_is_unmarked_is_not_named() {
        let column = r#""t"."s""#;
        let mut template = STATEMENT.as_bytes().to_vec();
        assert!(names(&template, column));
        assert!(!names(&template, r#""t"."a""#));
        let start = template.len();
        template.extend_from_slice(STATEMENT.as_bytes());
        unmark(&mut template, start);
        assert!(names(&template[..start], column) && !names(&template[start..], column));
        unmark(&mut template, 0);
        assert!(!names(&template, column));
    }
}
