//! The queries: shapes that programs write by hand.

#[allow(
    unused_imports,
    reason = "what tenants share is not looked into from everywhere"
)]
use tenancy::Root as _;
use tenancy::expr::Bind;
use tenancy::query::Query;
use tenancy::query::{Update, UpdateWhere};
use tenancy::{Changes, TenantScoped as _};

use super::expand::{choose, templates};
use super::{StoredTemplates, Templates, Typed, role};
use crate::condition::Cond;
use crate::shadow::List as _;
use crate::statement::{Assigns, Params, Read, Values};

use super::super::On;
use super::super::models::{Comment, Database, Document, Note, Organization, Plan, Setting, User};
use super::super::reads::{paged, paged_or_not};
use super::super::running::Running;
use super::super::subject::Subject as _;
use super::super::writes::{destroyed_where, updated, updated_where};

templates! {
    Organization
    filters |o, p| {
        o.name.eq(&p.a);
        o.name.contains(&p.b) | o.active.eq(p.flag);
        o.id.ne(p.id);
    }
    orders |o| {
        o.name.asc();
    }
    sets |o, v| {
        o.name.to(&v.a);
        (o.active.to(v.flag), o.name.to(v.a.as_str()));
    }
}

templates! {
    User as stored
    filters |u, p| {
        u.email.eq(&p.a);
        u.role.eq(role(p.admin)) | u.email.ne(p.b.as_str());
        u.nickname.is_null() | u.nickname.contains(&p.a);
        !(u.nickname.eq(&p.a) & u.role.ne(role(p.admin)));
        u.id.in_query(Document::query().filter(|d| d.title.ge(&p.a)).select(|d| d.owner_id));
        u.id.in_query(
            Document::query()
                .filter(|d| d.views.gt(p.m) | d.id.in_query(
                    Comment::query().filter(|c| c.body.ne(&p.b)).select(|c| c.document_id),
                ))
                .select(|d| d.reviewer_id),
        );
        u.email.eq(u.nickname) | u.email.in_query(Note::query().select(|n| n.body));
        u.email.in_(&p.texts) & u.id.ne(p.other);
        u.tenant_id.eq(p.id) | u.role.in_query(User::query().select(|u| u.role));
    }
    orders |u| {
        u.email.asc();
        (u.nickname.desc(), u.email.desc());
        u.role.asc();
    }
    sets |u, v| {
        u.role.to(role(v.admin));
        u.email.to(&v.a);
        (u.nickname.to(v.maybe.clone()), u.role.to(role(v.admin)));
        u.nickname.to_null();
        ();
    }
}

templates! {
    Document as stored
    filters |d, p| {
        d.title.starts_with(&p.a);
        d.views.between(p.m, p.n) & d.archived.eq(p.flag);
        d.reviewer_id.is_not_null() & d.owner_id.ne(d.reviewer_id);
        (d.title.lt(&p.a) | d.views.ge(p.n)) & !d.title.ends_with(&p.b);
        d.owner_id.in_query(User::query().filter(|u| u.role.eq(role(p.admin))).select(|u| u.id));
        d.id.in_query(Comment::query().select(|c| c.document_id)) | d.owner_id.eq(p.id);
        d.reviewer_id.not_in(p.ids.clone()).or(d.version.le(p.n));
        d.views.in_query(Note::query().filter(|n| n.body.like(&p.a)).select(|n| n.priority))
            .and(d.views.lt(d.version)).not();
        d.id.eq(p.id) | d.id.eq(p.other) | d.title.le(&p.b);
    }
    orders |d| {
        (d.views.desc(), d.title.asc());
        d.reviewer_id.asc();
        (d.archived.asc(), d.version.desc(), d.title.desc());
    }
    sets |d, v| {
        d.views.to(d.views.plus(1));
        d.title.to(&v.a);
        (d.owner_id.to(&v.user), d.archived.to(v.flag));
        d.reviewer_id.to(v.maybe_user.clone());
        (d.reviewer_id.to_null(), d.views.to(d.version.minus(2)), d.title.to(&v.a));
        d.views.to(d.version);
        ();
    }
}

templates! {
    Comment as stored
    filters |c, p| {
        c.body.contains(&p.a) | c.role.eq(role(p.admin));
        c.author_id.is_null() | c.author_id.in_query(
            User::query().filter(|u| u.email.gt(&p.a)).select(|u| u.id),
        );
        c.document_id.in_query(
            Document::query()
                .filter(|d| d.owner_id.in_query(
                    User::query().filter(|u| u.nickname.is_not_null()).select(|u| u.id),
                ))
                .select(|d| d.id),
        );
        // What tenants share is not seen from a database of their own.
        if_apart!({
            c.body.in_query(Setting::query().filter(|q| q.key.ne(&p.a)).select(|q| q.key))
        } else {
            c.body.in_query(Plan::query().filter(|q| q.key.ne(&p.a)).select(|q| q.value))
        });
        c.role.in_query(User::query().filter(|u| u.email.eq(&p.b)).select(|u| u.role));
    }
    orders |c| {
        (c.body.asc(), c.author_id.desc());
        c.role.desc();
    }
    sets |c, v| {
        c.body.to(&v.a);
        (c.document_id.to(&v.document), c.role.to(role(v.admin)));
        (c.author_id.to(v.maybe_user.clone()), c.body.to(v.a.clone()));
        c.author_id.to_null();
    }
}

templates! {
    Note as stored
    filters |n, p| {
        n.priority.gt(p.m);
        n.body.like(&p.a) | n.priority.is_null();
        n.priority.between(p.m, p.n) | n.body.ends_with(&p.b);
        !n.body.in_query(User::query().filter(|u| u.role.eq(role(p.admin))).select(|u| u.email));
        n.priority.in_(p.numbers.clone()) | n.body.eq(&p.a);
        if_apart!({
            n.tenant_id.in_query(Document::query().select(|d| d.id)) | n.priority.le(p.n)
        } else {
            n.tenant_id.in_query(Organization::query().select(|o| o.id)) & n.priority.le(p.n)
        });
    }
    orders |n| {
        (n.priority.asc(), n.body.desc());
        n.id.desc();
    }
    sets |n, v| {
        n.priority.to(n.priority.plus(1));
        (n.body.to(&v.a), n.priority.to(v.maybe_m));
        n.body.to(n.body);
        n.priority.to_null();
    }
}

templates! {
    Setting as stored
    filters |s, p| {
        s.value.ne(p.m);
        s.key.ge(&p.a) & s.value.lt(p.n);
        s.value.in_query(Document::query().filter(|d| d.archived.eq(p.flag)).select(|d| d.views));
        s.tenant_id.ne(p.id);
    }
    orders |s| {
        s.key.asc();
        s.value.desc();
    }
    sets |s, v| {
        s.value.to(s.value.minus(1));
        s.value.to(v.m);
    }
}

templates! {
    Plan as stored
    filters |q, p| {
        q.value.eq(&p.a) | q.key.starts_with(&p.b);
        q.key.in_query(Plan::query().filter(|r| r.value.le(&p.b)).select(|r| r.value));
    }
    orders |q| {
        q.key.desc();
    }
    sets |q, v| {
        q.value.to(&v.a);
        q.value.to(q.key);
    }
}
