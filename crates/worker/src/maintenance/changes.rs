//! Tells live streams that exports changed, after the commits and beside the work: many changes share one
//! notification. What is lost here is seen within a second.

use std::sync::Arc;
use std::time::Duration;

use store::Db;
use store::queue::tell_changes;
use tokio::time::sleep;

use super::Stopped;
use crate::Shared;

/// Shortest time from one notification to the next: each takes a lock of the whole database.
const DEBOUNCE: Duration = Duration::from_millis(25);

pub(super) async fn run(db: Db, shared: Arc<Shared>, mut stopped: Stopped) {
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = shared.changed.notified() => {}
        }
        // Where the database is away, the sweeps say so.
        drop(db.run(tell_changes).await);
        sleep(DEBOUNCE).await;
    }
}
