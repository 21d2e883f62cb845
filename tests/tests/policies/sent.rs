//! What was sent to the database, as sqlx reports it.

use std::fmt::Debug;
use std::sync::{Mutex, MutexGuard, Once};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// The texts of all statements of this process that name a table of these tests.
static SENT: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// SQLite works on threads of its own, so there is one for the whole process.
struct Recorder;

/// A report of sqlx: the text of a statement, if it is longer than its beginning.
#[derive(Default)]
struct Report {
    beginning: String,
    whole: String,
}

impl Visit for Report {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.beginning),
            "db.statement" => value.trim().clone_into(&mut self.whole),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut report = Report::default();
        event.record(&mut report);
        let Report { beginning, whole } = report;
        let text = if whole.is_empty() { beginning } else { whole };
        if text.contains("pages_of_") {
            sent().push(text);
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn sent() -> MutexGuard<'static, Vec<String>> {
    SENT.lock().expect("no test fails while it is locked")
}

/// Records from now on, for one test at a time.
pub(crate) async fn install() -> tokio::sync::MutexGuard<'static, ()> {
    static ONCE: Once = Once::new();
    static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(Recorder).expect("there is no other");
    });
    TURN.lock().await
}

/// What was sent since the last time.
pub(crate) fn take() -> Vec<String> {
    std::mem::take(&mut *sent())
}
