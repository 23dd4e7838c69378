//! What changed since a moment among the exports that somebody may see: where a live stream goes on.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::audit::ObjectType;

use crate::audit;
use crate::db::Conn;
use crate::error::StoreError;
use crate::queue::{Asked, COMMIT_LAG, Changes, Standing, changes};

/// How long a result may wait for the database: as long as its lease is.
const UNWRITTEN: Duration = Duration::from_secs(30);

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
        long_tries: true,
        unwritten: UNWRITTEN,
        organisation: actor.organisation(),
        own: actor.own().map(ToOwned::to_owned),
        limit,
        ..Asked::default()
    };
    let changes = changes(conn, &asked)?;
    followed(conn, actor, &changes.exports)?;
    Ok(changes)
}

/// Tells the audit whose exports the support desk was told of by a live stream.
///
/// # Errors
/// [`StoreError`].
pub fn followed(conn: &mut Conn, actor: &Actor, shown: &[Standing]) -> Result<(), StoreError> {
    let owners = shown.iter().map(|export| export.organisation_id);
    audit::looked(conn, actor, ObjectType::Export, owners)
}
