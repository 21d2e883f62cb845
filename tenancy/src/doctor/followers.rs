//! Columns of tables that no model knows, which refer to one whose values get another form: they get it, too, or they
//! would refer to nothing.

use crate::ddl::text::quoted;
use crate::doctor::forms::Form;
use crate::doctor::live::{Pair, same};
use crate::doctor::mend::Mender;

impl Mender<'_> {
    /// What gives `column`'s form to all that refers to it, and to what refers to that.
    ///
    /// The models' own columns are left out, as they are examined themselves.
    pub(super) fn followers(&self, pair: Pair<'_>, column: &str, form: Form) -> String {
        let mut text = String::new();
        let mut all = vec![(pair.live.name.as_str(), column)];
        let mut next = 0;
        while let Some((table, column)) = all.get(next).copied() {
            next += 1;
            for other in self.live {
                for key in other
                    .foreign_keys
                    .iter()
                    .filter(|key| key.refers_to(table, None))
                {
                    let mut referring = key.columns.iter().zip(&key.referred);
                    let Some((name, _)) = referring.find(|(_, referred)| same(referred, column))
                    else {
                        continue;
                    };
                    let follower = (other.name.as_str(), name.as_str());
                    let mut tables = self
                        .tables
                        .iter()
                        .filter(|table| same(table.name, &other.name));
                    if all.contains(&follower) || tables.any(|table| table.column(name).is_some()) {
                        continue;
                    }
                    all.push(follower);
                    text.push_str(&form.given_to(&other.name, name).unwrap_or_default());
                }
            }
        }
        text
    }
}

impl Form {
    /// Gives it to the values of a column, where it is known how. What is not known to mean the same is left as it is,
    /// and found again.
    pub(super) fn given_to(self, table: &str, column: &str) -> Option<String> {
        let (table, column) = (quoted(table), quoted(column));
        let (met, made) = (self.is_met(&column), self.made_of(&column)?);
        Some(format!(
            "UPDATE {table} SET {column} = {made}\nWHERE NOT {met} AND {made} IS NOT NULL;\n"
        ))
    }
}
