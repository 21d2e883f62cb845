//! What tables look like that are mended: one of the choices for each of their parts.

/// What is expected besides the codes where no mend helps: a value would become another one, or there is none.
pub(super) const REFUSED: &str = "(refused)";

/// What a part may be, as SQL, and what the doctor says of that.
pub(super) type Part = (&'static str, &'static [&'static str]);

/// What may be said of a column: its type and so on (nothing if it is not there); values, as SQL; and what the doctor
/// says of that.
pub(super) type Choice = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

/// The choices for the table of the tenants and for that of their rows. The first of each is what the models want.
pub(super) struct Ground {
    pub(super) roots: &'static [Part],
    pub(super) columns: &'static [(&'static str, &'static [Choice])],
    pub(super) keys: &'static [Part],
    pub(super) besides: &'static [Part],
}

/// One choice for each part.
pub(super) struct Seed {
    pub(super) sql: String,
    /// The columns that there are.
    pub(super) columns: Vec<&'static str>,
    /// Where it has one oddity, or none: what is found of it.
    pub(super) expected: Option<&'static [&'static str]>,
}

impl Ground {
    /// How many choices each part has.
    fn radices(&self) -> Vec<usize> {
        let columns = self.columns.iter().map(|(_, choices)| choices.len());
        let others = [self.roots.len(), self.keys.len(), self.besides.len()];
        columns.chain(others).collect()
    }

    /// Seeds with one oddity each, and some with many.
    pub(super) fn seeds(&self, many: usize) -> Vec<Seed> {
        let radices = self.radices();
        let wanted = vec![0; radices.len()];
        let mut seeds = vec![self.seed(&wanted)];
        for (part, radix) in radices.iter().enumerate() {
            for choice in 1..*radix {
                let mut odd = wanted.clone();
                odd[part] = choice;
                seeds.push(self.seed(&odd));
            }
        }
        seeds.extend((1..=many).map(|number| {
            let mut rest = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 3;
            let mut choose = |radix: &usize| {
                let choice = rest % radix;
                rest /= radix;
                choice
            };
            self.seed(&radices.iter().map(&mut choose).collect::<Vec<_>>())
        }));
        seeds
    }

    fn seed(&self, chosen: &[usize]) -> Seed {
        let (columns, others) = chosen.split_at(self.columns.len());
        let parts = [
            self.roots[others[0]],
            self.keys[others[1]],
            self.besides[others[2]],
        ];
        let [root, keys, besides] = parts.map(|(sql, _)| sql);
        let there: Vec<_> = self
            .columns
            .iter()
            .zip(columns)
            .map(|((name, choices), choice)| (*name, choices[*choice]))
            .filter(|(_, (line, ..))| !line.is_empty())
            .collect();
        let lines = there.iter();
        let lines: Vec<_> = lines
            .map(|(name, (line, ..))| format!("\"{name}\" {line}"))
            .collect();
        let mut sql = format!(
            "{root};\nCREATE TABLE items ({}, {keys});\n",
            lines.join(", ")
        );
        let written: Vec<_> = there
            .iter()
            .filter(|(_, (_, values, _))| !values.is_empty())
            .collect();
        let names: Vec<_> = written
            .iter()
            .map(|(name, _)| format!("\"{name}\""))
            .collect();
        for row in 0..2 {
            let values = written.iter();
            let values: Vec<_> = values.map(|(_, (_, of, _))| of[row % of.len()]).collect();
            sql.push_str(&format!(
                "INSERT INTO items ({}) VALUES ({});\n",
                names.join(", "),
                values.join(", ")
            ));
        }
        sql.push_str(besides);
        Seed {
            sql,
            columns: there.iter().map(|(name, _)| *name).collect(),
            expected: self.expected(columns, parts),
        }
    }

    fn expected(&self, columns: &[usize], parts: [Part; 3]) -> Option<&'static [&'static str]> {
        let odd = self.columns.iter().zip(columns);
        let odd = odd.filter(|(_, choice)| **choice > 0);
        let odd = odd.map(|((_, choices), choice)| choices[*choice].2);
        let wanted = [self.roots[0], self.keys[0], self.besides[0]];
        let others = parts.into_iter().zip(wanted);
        let others = others.filter(|(part, wanted)| part.0 != wanted.0);
        let mut odd = odd.chain(others.map(|(part, _)| part.1));
        let first = odd.next().unwrap_or_default();
        odd.next().is_none().then_some(first)
    }
}
