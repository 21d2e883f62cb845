//! The tenants of the probe, their tables, and what the database is told of them.

use crate::db::rls::signing::SigningKey;
use crate::doctor::probe::plot::{Planted, Plot};
use crate::doctor::probe::postgres::sources::{Kind, Source};
use crate::doctor::probe::ward::Ward;

/// What a mark is known for.
#[derive(Clone, Copy)]
pub(super) enum Marked<'w> {
    /// A row of the probe.
    Ward(&'w Ward),
    /// A row that was there before.
    Real,
    /// A key of signatures.
    Key,
}

/// What there is while the probe runs.
pub(super) struct World<'a> {
    /// The program's role; empty without row-level security.
    pub(super) role: String,
    pub(super) plots: Vec<Plot<'a>>,
    /// The rows that all share.
    pub(super) global: Ward,
    /// One tenant, the other, and those whose schemas were asked for.
    pub(super) wards: Vec<Ward>,
    pub(super) planted: Planted,
    /// Keys of rows that are there.
    pub(super) real: Vec<String>,
    /// Other texts that are in one row alone of those.
    pub(super) real_texts: Vec<String>,
    pub(super) key: Option<SigningKey>,
}

impl<'a> World<'a> {
    pub(super) fn one(&self) -> &Ward {
        &self.wards[0]
    }

    pub(super) fn other(&self) -> &Ward {
        &self.wards[1]
    }

    /// Whether all tenants share the rows of this relation.
    pub(super) fn is_global(&self, oid: u32) -> bool {
        self.plots
            .iter()
            .any(|plot| plot.oid == oid && plot.global())
    }

    /// The wards that have a row in a table.
    pub(super) fn of<'w>(&'w self, plot: &'w Plot<'a>) -> impl Iterator<Item = &'w Ward> {
        let global = plot.global().then_some(&self.global);
        let wards = self.wards.iter().filter(move |ward| match &plot.schema {
            Some(schema) => ward.schema.as_ref() == Some(schema),
            None => !plot.global(),
        });
        global.into_iter().chain(wards)
    }

    /// The value of the setting for a tenant.
    pub(super) fn told(&self, ward: &Ward) -> Option<String> {
        Some(match &self.key {
            Some(key) => key.signed(&ward.tenant),
            None => ward.tenant.clone(),
        })
    }

    /// Whose the marks are, in the order of [`marks`](Self::marks).
    pub(super) fn whose(&self) -> impl Iterator<Item = Marked<'_>> {
        let real = self.real.first().or(self.real_texts.first());
        let real = real.map(|_| Marked::Real);
        let key = self.key.iter().map(|_| Marked::Key);
        self.wards.iter().map(Marked::Ward).chain(real).chain(key)
    }

    /// What tells rows of a ward from everything else.
    pub(super) fn marks_of(&self, ward: &Ward) -> Vec<String> {
        let mut marks = vec![ward.mark.clone()];
        let numbers = self.planted.numbers(ward).iter();
        marks.extend(numbers.filter(|number| number.len() > 8).cloned());
        // The id of a tenant that is there already is in its own rows, too.
        if ward.schema.is_none() && ward.tenant.len() > 8 {
            marks.push(ward.tenant.clone());
        }
        marks
    }

    /// The same, for whoever is given something by the probe: what gives that back tells nothing.
    pub(super) fn telling(&self, ward: &Ward, given: &str) -> Vec<String> {
        let mut marks = self.marks_of(ward);
        if given.contains(&ward.mark) {
            marks.extend(self.planted.texts(ward).iter().cloned());
        }
        marks.retain(|mark| !given.contains(mark.as_str()));
        marks
    }

    /// What tells rows of the wards, and the key, from everything else, where somebody looks through this.
    pub(super) fn marks(&self, source: &Source) -> impl Iterator<Item = Vec<String>> {
        let wards = self
            .wards
            .iter()
            .map(|ward| self.telling(ward, &source.from));
        let key = self.key.iter().map(|key| {
            let (inner, outer) = key.blocks();
            vec![inner, outer]
        });
        let mut real = self.real.clone();
        // A table may have the same texts for reasons of its own.
        if matches!(source.kind, Kind::View | Kind::Function) {
            real.extend(self.real_texts.iter().cloned());
        }
        let real = (!self.real.is_empty() || !self.real_texts.is_empty()).then_some(real);
        wards.chain(real).chain(key)
    }
}
