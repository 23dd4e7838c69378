//! Notify: after the commit of an export its lane becomes due and the workers are notified, in one
//! statement; and whoever watches exports is told that some changed. Nothing depends on it: what is lost
//! here the sweep and polling find.

use std::marker::PhantomData;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use domain::id::{OrganisationId, WebhookId};
use uuid::Uuid;

use crate::db::{Conn, in_one_line, with_link_timeouts};
use crate::error::StoreError;
use crate::statement::statement;

/// A channel of `LISTEN` and `NOTIFY`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// There are new jobs: for workers.
    Jobs,
    /// Exports changed: for live streams.
    Changes,
}

impl Channel {
    fn name(self) -> &'static str {
        match self {
            Self::Jobs => "talentats_jobs",
            Self::Changes => "talentats_changes",
        }
    }
}

statement!(Notify = "notify/notify.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    webhooks: Array<SqlUuid> => Vec<Uuid>,
    channel: Text => &'a str,
) -> ());

/// Makes lanes due that have a new job, and notifies the workers. Call it after the commit, never
/// inside the transaction that enqueues: `NOTIFY` takes a lock of the whole database at its
/// commit, which would cost most of the rate of accepting exports.
///
/// # Errors
/// [`StoreError`]; then the sweep finds the jobs within a second or two.
pub fn notify(conn: &mut Conn, lanes: &[(OrganisationId, WebhookId)]) -> Result<(), StoreError> {
    let notify = Notify {
        organisations: lanes.iter().map(|lane| lane.0.into()).collect(),
        webhooks: lanes.iter().map(|lane| lane.1.into()).collect(),
        channel: Channel::Jobs.name(),
        lifetime: PhantomData,
    };
    notify.execute(conn)?;
    Ok(())
}

statement!(TellChanges = "notify/tell_changes.sql", (channel: Text => &'a str) -> ());

/// Tells live streams that exports changed. Call it after the commit, in no transaction, and not for each:
/// see [`notify`].
///
/// # Errors
/// [`StoreError`]; then they see it at their next look, within a second.
pub fn tell_changes(conn: &mut Conn) -> Result<(), StoreError> {
    TellChanges { channel: Channel::Changes.name(), lifetime: PhantomData }.execute(conn)?;
    Ok(())
}

/// A connection that receives the notifications of a channel.
pub struct Listener {
    conn: Conn,
}

impl Listener {
    /// Connects and listens. It must reach Postgres itself: behind a pooler that shares
    /// connections by transaction nothing would ever arrive.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn connect(url: &str, channel: Channel) -> Result<Self, StoreError> {
        let mut conn = Conn::establish(&with_link_timeouts(url)?)
            .map_err(|error| StoreError::Away(in_one_line(&error.to_string())))?;
        // LISTEN and NOTIFY take no parameters.
        conn.batch_execute(&format!("LISTEN {}", channel.name()))?;
        Ok(Self { conn })
    }

    /// Whether a notification has come since the last call. Never waits.
    ///
    /// # Errors
    /// [`StoreError`] when the link is broken.
    pub fn received(&mut self) -> Result<bool, StoreError> {
        let mut received = false;
        for notification in self.conn.notifications_iter() {
            notification?;
            received = true;
        }
        Ok(received)
    }
}

/// A connection is not worth printing.
impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listener").finish_non_exhaustive()
    }
}
