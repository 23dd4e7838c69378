//! Sweeps, run by every worker without a leader: what an event should have done and did not. One look
//! tells what there is to do, so that at rest nothing else is asked.

mod ends;

use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Double};

use super::claim::COMMIT_LAG;
use crate::db::Conn;
use crate::error::StoreError;
use crate::statement::{row, statement};

pub(crate) use ends::end_waiting_of_deleted;
pub use ends::{end_expired, end_of_deleted, end_of_disabled};

/// How far back a look goes for jobs that became due and nobody was told of: sweeps come each second,
/// and a commit may lag. [`find_stranded`] looks at what is older.
const LATELY_S: f64 = 2.0 * COMMIT_LAG.as_secs() as f64;

row!(
    /// What there is to sweep.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Found {
        /// Leases that ran out: [`super::rescue()`].
        lost: Bool => bool,
        /// Lanes that do not know of a due job: [`wake_parked`].
        parked: Bool => bool,
        /// Disabled lanes where something waits: [`end_of_disabled`].
        disabled: Bool => bool,
        /// Lanes of deleted webhooks where something waits: [`end_of_deleted`].
        deleted: Bool => bool,
        /// Waiting exports that somebody may not be part of any more: [`super::derive_restricted`].
        restricted: Bool => bool,
        /// Exports of replaced webhooks that go on to their successors: [`super::carry_over()`].
        carried: Bool => bool,
        /// What members are to be told of: [`crate::news::tell`].
        news: Bool => bool,
        /// Exports that somebody has still to be cut out of: [`super::cut_erased()`].
        erased: Bool => bool,
    }
);

impl Found {
    /// Whether what is to be swept changes how exports stand.
    pub fn ends_exports(self) -> bool {
        self.lost || self.disabled || self.deleted || self.restricted || self.erased
    }
}

statement!(Look = "sweep/look.sql", (lately_s: Double => f64) -> named Found);
statement!(uncached WakeParked = "sweep/wake_parked.sql", (lately_s: Double => f64) -> ());
statement!(uncached FindStranded = "sweep/find_stranded.sql", () -> ());

/// Says what there is to sweep. It reads a few rows, however many jobs and lanes there are.
///
/// # Errors
/// [`StoreError`].
pub fn look(conn: &mut Conn) -> Result<Found, StoreError> {
    Ok(Look { lately_s: LATELY_S, lifetime: PhantomData }.get_result(conn)?)
}

/// Wakes lanes that are parked though a job of theirs became due lately, and answers how many.
///
/// # Errors
/// [`StoreError`].
pub fn wake_parked(conn: &mut Conn) -> Result<usize, StoreError> {
    Ok(WakeParked { lately_s: LATELY_S, lifetime: PhantomData }.execute(conn)?)
}

/// Goes through all lanes for those that are parked though a job is due, however long ago, and for
/// stranded ones: their lower bound (`due_from`) hides a waiting job, because its commit came later
/// than the bound allows for. Wakes them and answers how many.
///
/// # Errors
/// [`StoreError`].
pub fn find_stranded(conn: &mut Conn) -> Result<usize, StoreError> {
    Ok(FindStranded { lifetime: PhantomData }.execute(conn)?)
}
