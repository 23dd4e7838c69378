//! Looks at the tables all the time while a fault goes on: what holds at any moment is judged at
//! once, and what must not change is remembered.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use store::Db;
use store::invariants::{queue, snapshot};

use crate::evidence::{History, Violation};
use crate::invariants::{lanes_count, leases_are_young};

/// How often the queue is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// Every so many looks, at everything.
const WHOLE: u32 = 8;

#[derive(Debug)]
struct State {
    live_since: DateTime<Utc>,
    suspended: bool,
    history: History,
    violations: HashSet<Violation>,
    looks: u32,
}

/// The running watch; it ends when dropped.
pub struct Watch {
    state: Arc<Mutex<State>>,
    task: tokio::task::JoinHandle<()>,
}

impl Watch {
    /// Begins to look.
    pub fn start(db: Db) -> Self {
        let state = Arc::new(Mutex::new(State {
            live_since: Utc::now(),
            suspended: false,
            history: History::default(),
            violations: HashSet::new(),
            looks: 0,
        }));
        let task = tokio::spawn(look(db, Arc::clone(&state)));
        Self { state, task }
    }

    /// Says that for now no worker can reach the database: leases may grow old.
    pub fn suspend(&self, suspended: bool) {
        lock(&self.state).suspended = suspended;
        lock(&self.state).live_since = Utc::now();
    }

    /// Since when a worker and the database live.
    pub fn live_since(&self) -> DateTime<Utc> {
        lock(&self.state).live_since
    }

    /// What it saw: how it was, what was broken, and how often it looked.
    pub fn seen(&self) -> (History, Vec<Violation>, u32) {
        let state = lock(&self.state);
        (state.history.clone(), state.violations.iter().cloned().collect(), state.looks)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn look(db: Db, state: Arc<Mutex<State>>) {
    let mut ticks = tokio::time::interval(LOOK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for tick in 0_u32.. {
        ticks.tick().await;
        let seen = db.run(queue).await;
        let whole = if tick.is_multiple_of(WHOLE) { db.run(snapshot).await.ok() } else { None };
        let mut state = lock(&state);
        if state.suspended || seen.is_err() {
            state.live_since = Utc::now();
        }
        let Ok(queue) = seen else { continue };
        state.looks += 1;
        let old = leases_are_young(&queue, state.live_since).into_iter();
        let wrong = lanes_count(&queue).into_iter();
        let found = old.map(|what| (7, what)).chain(wrong.map(|what| (11, what)));
        state.violations.extend(found.map(|(invariant, what)| Violation { invariant, what }));
        if let Some(snapshot) = whole {
            let rows = snapshot.strangers.iter().cloned();
            state.violations.extend(rows.map(|what| Violation { invariant: 10, what }));
            state.history.absorb(&snapshot);
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
