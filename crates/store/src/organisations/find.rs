//! Customers as the support desk finds them: by words of the name, in any order, accents and case aside;
//! with how their webhooks do.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::audit::ObjectType;
use domain::id::OrganisationId;
use uuid::Uuid;

use crate::audit;
use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::filter_by;
use crate::page::Page;
use crate::row::{page_rows, unsigned};
use crate::statement::{row, statement};

/// A customer, as support finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundOrganisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Its live webhooks.
    pub live_webhooks: u32,
    /// Those of them that fail.
    pub failing_webhooks: u32,
    /// Those of them that are switched off.
    pub disabled_webhooks: u32,
    /// When somebody of it last asked for an export.
    pub last_export_at: Option<DateTime<Utc>>,
}

statement!(uncached FindOrganisations = "find.sql", (
    id: Nullable<SqlUuid> => Option<Uuid>,
    words: Nullable<Array<Text>> => Option<Vec<&'a str>>,
    after: Nullable<Text> => Option<&'a str>,
    first: Nullable<Text> => Option<&'a str>,
    rows: BigInt => i64,
) -> named Row);

row!(
    struct Row {
        id: SqlUuid => Uuid,
        name: Text => String,
        created_at: Timestamptz => DateTime<Utc>,
        live: BigInt => i64,
        failing: BigInt => i64,
        disabled: BigInt => i64,
        last_export_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
    }
);

/// What is asked for.
#[derive(Default)]
struct Asked<'a> {
    id: Option<Uuid>,
    q: Option<&'a str>,
    /// Name after which the page starts.
    after: Option<&'a str>,
    /// What is called just so comes first.
    first: Option<&'a str>,
    rows: i64,
}

/// Organisations by name, all or those that have the words; each is told that it was shown.
///
/// # Errors
/// [`StoreError`].
pub fn find(
    conn: &mut Conn,
    actor: &Actor,
    q: Option<&str>,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<FoundOrganisation, String>, StoreError> {
    let id = filter_by(actor);
    let asked = Asked { id, q, after, first: None, rows: page_rows(limit) };
    let page = Page::from_rows(read(conn, asked)?, limit, |found| found.name.clone());
    audit::looked(conn, actor, ObjectType::Organisation, page.items.iter().map(|it| it.id))?;
    Ok(page)
}

/// Those that have the words, what is called just so first; nobody is told.
pub(crate) fn called(
    conn: &mut Conn,
    q: &str,
    rows: usize,
) -> Result<Vec<FoundOrganisation>, StoreError> {
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    read(conn, Asked { q: Some(q), first: Some(q), rows, ..Asked::default() })
}

/// The one of that id, if the actor may see it; nobody is told.
pub(crate) fn found(
    conn: &mut Conn,
    actor: &Actor,
    id: OrganisationId,
) -> Result<Option<FoundOrganisation>, StoreError> {
    if filter_by(actor).is_some_and(|own| own != Uuid::from(id)) {
        return Ok(None);
    }
    let asked = Asked { id: Some(id.into()), rows: 1, ..Asked::default() };
    Ok(read(conn, asked)?.pop())
}

fn read(conn: &mut Conn, asked: Asked<'_>) -> Result<Vec<FoundOrganisation>, StoreError> {
    let statement = FindOrganisations {
        id: asked.id,
        words: asked.q.map(|q| q.split_whitespace().collect()),
        after: asked.after,
        first: asked.first,
        rows: asked.rows,
        lifetime: PhantomData,
    };
    let rows: Vec<Row> = statement.load(conn)?;
    let found = |row: Row| {
        Ok(FoundOrganisation {
            id: row.id.into(),
            name: row.name,
            created_at: row.created_at,
            live_webhooks: unsigned(row.live)?,
            failing_webhooks: unsigned(row.failing)?,
            disabled_webhooks: unsigned(row.disabled)?,
            last_export_at: row.last_export_at,
        })
    };
    rows.into_iter().map(found).collect()
}
