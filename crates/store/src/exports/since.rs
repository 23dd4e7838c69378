//! What changed since a moment among the exports that somebody may see: where a live stream goes on.

use chrono::{DateTime, Utc};
use domain::actor::Actor;

use crate::db::Conn;
use crate::error::StoreError;
use crate::queue::{Asked, COMMIT_LAG, Changes, changes};

/// Exports that changed since then, as they stand now, and the present moment by the database's clock. At
/// most `limit` exports: where there are more, the oldest ends are left out.
///
/// # Errors
/// [`StoreError`].
pub fn changed_since(
    conn: &mut Conn,
    actor: &Actor,
    since: Option<DateTime<Utc>>,
    limit: u32,
) -> Result<Changes, StoreError> {
    let asked = Asked {
        since,
        overlap: COMMIT_LAG,
        organisation: actor.organisation(),
        own: actor.own().map(ToOwned::to_owned),
        limit,
        ..Asked::default()
    };
    changes(conn, &asked)
}
