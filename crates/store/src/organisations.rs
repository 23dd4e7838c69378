//! Customers: added by the operator's command line, found at each request.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::id::OrganisationId;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::schema::organisations;

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its id; the claim `org` of a token.
    pub id: OrganisationId,
    /// Its name, unique.
    pub name: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

/// Why an organisation was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddRefusal {
    /// Another one has that name.
    NameTaken,
}

type Row = (Uuid, String, DateTime<Utc>);

/// Adds an organisation.
///
/// # Errors
/// [`StoreError`]; inside, [`AddRefusal`].
pub fn add(conn: &mut Conn, name: &str) -> Result<Result<Organisation, AddRefusal>, StoreError> {
    let row: Option<Row> = diesel::insert_into(organisations::table)
        .values(organisations::name.eq(name))
        .on_conflict_do_nothing()
        .returning(organisations::all_columns)
        .get_result(conn)
        .optional()?;
    Ok(row.map(organisation).ok_or(AddRefusal::NameTaken))
}

/// The organisation of that id.
///
/// # Errors
/// [`StoreError`].
pub fn find(conn: &mut Conn, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
    let row: Option<Row> = organisations::table.find(Uuid::from(id)).first(conn).optional()?;
    Ok(row.map(organisation))
}

/// All organisations, by name.
///
/// # Errors
/// [`StoreError`].
pub fn list(conn: &mut Conn) -> Result<Vec<Organisation>, StoreError> {
    let rows: Vec<Row> = organisations::table.order(organisations::name).load(conn)?;
    Ok(rows.into_iter().map(organisation).collect())
}

fn organisation((id, name, created_at): Row) -> Organisation {
    Organisation { id: id.into(), name, created_at }
}
