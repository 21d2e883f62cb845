//! A policy speaks of one type of actor.

use tenancy::{Acting, TenantScoped};
use tenancy_ui_tests::{Document, Letter, Organization};

async fn read(acting: &Acting<'_, Organization, Document>) {
    let _ = Letter::query().fetch_all(acting).await;
}

fn main() {}
