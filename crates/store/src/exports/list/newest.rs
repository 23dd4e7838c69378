//! The newest exports of somebody, for those who look for them by their e-mail address.

use domain::actor::Actor;

use super::super::read::Export;
use super::super::row;
use super::{ExportFilter, Wanted};
use crate::db::Conn;
use crate::error::StoreError;
use crate::filter::Named;
use crate::organisations::names;

/// The newest of what these have asked for; nobody is told.
pub(crate) fn newest_of(
    conn: &mut Conn,
    actor: &Actor,
    filter: &ExportFilter,
    requesters: &[String],
    limit: usize,
) -> Result<Vec<Export>, StoreError> {
    let named = Named { requesters: Some(requesters.to_vec()), ..Named::default() };
    let mut rows = Wanted { actor, filter, named: &named, after: None, limit }.read(conn)?;
    rows.truncate(limit);
    let mut exports = row::exports(conn, rows)?;
    names::tell(conn, actor, &mut exports)?;
    Ok(exports)
}
