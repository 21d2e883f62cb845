//! What is `Any` is `'static`: a row cannot be erased and be brought back under another brand.

use tenancy::Scoped;
use tenancy_ui_tests::User;

fn erase<'t>(row: Scoped<'t, User>) -> Box<dyn std::any::Any> {
    Box::new(row)
}

fn main() {}
