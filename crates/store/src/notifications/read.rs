//! Notifications as their member reads them.

use std::collections::HashMap;
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::id::{ExportId, NotificationId, WebhookId};
use domain::notification::NotificationKind;
use serde_json::Value;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::exports::{self, Export};
use crate::owner::organisation_of;
use crate::page::{Page, in_order};
use crate::row::{page_rows, word};
use crate::statement::composed::{Composed, Where};
use crate::statement::{row, statement};

/// What a member was told.
#[derive(Debug, Clone, PartialEq)]
pub struct Notification {
    /// Its id; it sorts by when it was made.
    pub id: NotificationId,
    /// What happened.
    pub kind: NotificationKind,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// When it was marked as seen.
    pub seen_at: Option<DateTime<Utc>>,
    /// The export that it is about.
    pub export_id: Option<ExportId>,
    /// The webhook that it is about, or that of the export.
    pub webhook_id: WebhookId,
    /// Name of the webhook; none where it is gone.
    pub webhook_name: Option<String>,
    /// When it was deleted; none while it lives.
    pub webhook_deleted_at: Option<DateTime<Utc>>,
    /// Its host, punycode.
    pub host: Option<String>,
    /// What the audit was told: counts and words of closed sets.
    pub facts: Value,
    /// The export as it stands, where the member may see it and it is still kept.
    pub export: Option<Export>,
}

row!(
    struct Row {
        id: SqlUuid => Uuid,
        kind: Text => String,
        at: Timestamptz => DateTime<Utc>,
        seen_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        export_id: Nullable<SqlUuid> => Option<Uuid>,
        webhook_id: SqlUuid => Uuid,
        facts: Jsonb => Value,
        webhook_name: Nullable<Text> => Option<String>,
        webhook_deleted_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        host: Nullable<Text> => Option<String>,
    }
);

statement!(CountUnseen = "unseen.sql", (
    organisation: SqlUuid => Uuid,
    member: Text => &'a str,
    most: BigInt => i64,
) -> BigInt);

/// The notifications of a member, newest first.
///
/// # Errors
/// [`StoreError`].
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    unseen: bool,
    after: Option<NotificationId>,
    limit: usize,
) -> Result<Page<Notification, NotificationId>, StoreError> {
    let organisation = Uuid::from(organisation_of(actor)?);
    let read = page(organisation, &actor.id, unseen, after, page_rows(limit));
    let rows = in_order(conn, |conn| read.load(conn))?;
    let page = Page::from_rows(told(conn, actor, rows)?, limit, |one: &Notification| one.id);
    Ok(page)
}

fn page<'a>(
    organisation: Uuid,
    member: &'a str,
    unseen: bool,
    after: Option<NotificationId>,
    rows: i64,
) -> Composed<'a> {
    let mut filter = Where::default()
        .and_with::<SqlUuid, _>("n.organisation_id = $1", organisation)
        .and_with::<Text, _>("n.member_id = $1", member)
        .and_if::<SqlUuid, _>("n.id < $1", after.map(Uuid::from));
    if unseen {
        filter = filter.and("n.seen_at IS NULL");
    }
    Composed::default().sql(include_str!("select.sql")).then(filter).with::<BigInt, _>(
        "ORDER BY n.organisation_id DESC, n.member_id DESC, n.id DESC LIMIT $1",
        rows,
    )
}

/// How many a member has not seen; at most `most` are counted.
///
/// # Errors
/// [`StoreError`].
pub fn unseen(conn: &mut Conn, actor: &Actor, most: u32) -> Result<u64, StoreError> {
    let organisation = organisation_of(actor)?.into();
    let (member, most, lifetime) = (actor.id.as_str(), most.into(), PhantomData);
    let count: i64 = CountUnseen { organisation, member, most, lifetime }.get_result(conn)?;
    Ok(count.unsigned_abs())
}

/// The first of a mail's, oldest first.
pub(crate) fn of_mail(
    conn: &mut Conn,
    member: &Actor,
    mail: Uuid,
    most: i64,
) -> Result<Vec<Notification>, StoreError> {
    let read = first_of(Uuid::from(organisation_of(member)?), mail, most);
    let rows = read.load(conn)?;
    told(conn, member, rows)
}

fn first_of(organisation: Uuid, mail: Uuid, most: i64) -> Composed<'static> {
    let filter = Where::default()
        .and_with::<SqlUuid, _>("n.mail_id = $1", mail)
        .and_with::<SqlUuid, _>("n.organisation_id = $1", organisation);
    let select = Composed::default().sql(include_str!("select.sql")).then(filter);
    select.with::<BigInt, _>("ORDER BY n.id LIMIT $1", most)
}

fn told(conn: &mut Conn, actor: &Actor, rows: Vec<Row>) -> Result<Vec<Notification>, StoreError> {
    let ids: Vec<_> = rows.iter().filter_map(|row| row.export_id).collect();
    let exports = exports::several(conn, actor, ids)?;
    let exports: HashMap<_, _> = exports.into_iter().map(|export| (export.id, export)).collect();
    let one = |row: Row| {
        let export_id = row.export_id.map(ExportId::from);
        Ok(Notification {
            id: row.id.into(),
            kind: word(NotificationKind::parse, &row.kind)?,
            at: row.at,
            seen_at: row.seen_at,
            export_id,
            webhook_id: row.webhook_id.into(),
            webhook_name: row.webhook_name,
            webhook_deleted_at: row.webhook_deleted_at,
            host: row.host,
            facts: row.facts,
            export: export_id.and_then(|id| exports.get(&id).cloned()),
        })
    };
    rows.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::check::composed;

    #[test]
    fn each_page_is_a_good_statement() {
        let after = [None, Some(NotificationId::from(Uuid::nil()))];
        let pages = after.into_iter().flat_map(|after| [false, true].map(|unseen| (unseen, after)));
        let pages = pages.map(|(unseen, after)| {
            let what = format!("unseen {unseen}, after {after:?}");
            (what, page(Uuid::nil(), "rosa", unseen, after, 2))
        });
        let mail = ("a mail".to_owned(), first_of(Uuid::nil(), Uuid::nil(), 20));
        composed(pages.chain([mail]), Row::columns);
    }
}
