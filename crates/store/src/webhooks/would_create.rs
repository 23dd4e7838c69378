//! A look at what stands in the way of a registration, before anybody asks for it.

use domain::actor::Actor;

use super::create::{CreateRefusal, WebhookName, has_room, live_now, name_is_free, url_is_free};
use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::organisation_of;

/// What stands in the way now; a registration looks again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WouldCreate {
    /// Whether the URL is free; none where no URL was asked about.
    pub url: Option<Result<(), CreateRefusal>>,
    /// The name that it would get; none where no name was asked about.
    pub name: Option<Result<String, CreateRefusal>>,
    /// Whether there is room for one more.
    pub room: Result<(), CreateRefusal>,
}

/// Looks whether a URL, by its HMACs, and a name are free. Changes nothing, and waits for nobody.
///
/// # Errors
/// [`StoreError`].
pub fn would_create(
    conn: &mut Conn,
    actor: &Actor,
    url_hmacs: Option<&[[u8; 32]]>,
    name: Option<&WebhookName>,
) -> Result<WouldCreate, StoreError> {
    let live = live_now(conn, organisation_of(actor)?)?;
    Ok(WouldCreate {
        url: url_hmacs.map(|hmacs| url_is_free(&live, hmacs)),
        name: name.map(|name| name_is_free(&live, name)),
        room: has_room(&live),
    })
}
