//! Spans say whose data was touched and how, and never carry what was bound.

use std::cell::RefCell;
use std::fmt::{Debug, Write as _};
use std::sync::Once;

use tenancy::{Root as _, TenantScoped as _, VerifiedTenant};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::tenants;

thread_local! {
    /// Every span and event of a test, which is one thread, as a line of text.
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// One for the whole process: `tracing` caches which spans anyone wants, and subscribers that come
/// and go in parallel tests would race for that.
struct Recorder;

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

fn line(name: &str, record: impl FnOnce(&mut Line)) {
    let mut line = Line(name.to_owned());
    record(&mut line);
    LINES.with_borrow_mut(|lines| lines.push(line.0));
}

fn take() -> Vec<String> {
    LINES.take()
}

fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Recorder).unwrap());
}

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        line(span.metadata().name(), |line| span.record(line));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        line("record", |line| values.record(line));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        line(event.metadata().target(), |line| event.record(line));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

tenancy_tests::on_both! {
    async fn spans_tell_tenant_table_and_operation_but_no_value() {
        const SECRET: &str = "s3cret-value";
        install();
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        let id = *acme.id();
        let verified = Organization::verify(&db, id).await.unwrap();
        let user = || NewUser { email: SECRET.into(), role: Role::Admin, nickname: None };
        tenancy::enter!(acme = verified);
        take();
        let ann = User::create(user()).fetch_one(&acme).await.unwrap();
        User::create(user()).execute(&acme).await.unwrap_err();
        User::query().filter(|u| u.email.eq(SECRET)).fetch_all(&acme).await.unwrap();
        User::query().filter(|u| u.email.contains(SECRET)).count(&acme).await.unwrap();
        User::query().filter(|u| u.email.in_([SECRET])).exists(&acme).await.unwrap();
        User::update(&ann).set(|u| u.nickname.to(SECRET)).execute(&acme).await.unwrap();
        User::upsert(user()).on(|u| u.email).execute(&acme).await.unwrap();
        User::destroy(&ann).execute(&acme).await.unwrap();
        Plan::query().filter(|p| p.key.eq(SECRET)).fetch_optional(&*db).await.unwrap();
        Organization::verify(&db, id).await.unwrap();
        let lines = take();

        assert!(lines.iter().all(|line| !line.contains(SECRET)), "{lines:#?}");
        let expected = [
            ("users", "create"),
            ("users", "create"),
            ("users", "read"),
            ("users", "count"),
            ("users", "exists"),
            ("users", "update"),
            ("users", "upsert"),
            ("users", "destroy"),
            ("plans", "read"),
            ("organizations", "verify"),
        ];
        let spans: Vec<_> = lines.iter().filter(|line| line.starts_with("tenancy ")).collect();
        assert_eq!(spans.len(), expected.len(), "{spans:#?}");
        for (span, (table, operation)) in spans.iter().zip(expected) {
            assert!(span.contains(&format!("table=\"{table}\"")), "{span}");
            assert!(span.contains(&format!("operation=\"{operation}\"")), "{span}");
            assert_eq!(span.contains(&format!("tenant={id}")), table != "plans", "{span}");
        }
    }

    async fn a_tenant_that_is_only_assumed_is_traced() {
        let db = database().await;
        install();
        let id = uuid::Uuid::now_v7();
        let _ = VerifiedTenant::<Organization>::assume_verified(&db, id, "a test");
        let lines = take();
        let told = lines.iter().any(|line| {
            line.contains(&id.to_string()) && line.contains("a test") && line.contains("spans.rs")
        });
        assert!(told, "{lines:?}");
    }
}
