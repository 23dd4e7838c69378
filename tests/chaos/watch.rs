//! Looks at the tables all the time while a fault goes on: what holds at any moment is judged at
//! once, now and then together with what receiver and clients have seen, and what must not change
//! is remembered.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use store::Db;
use store::invariants::{queue, snapshot};

use crate::evidence::{Evidence, History, Rules, Seen, Violation};
use crate::invariants::{broken, lanes_count, leases_are_young};
use crate::load::{self, Clients};
use crate::receiver::Receiver;

/// How often the queue is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// Every so many looks, at everything.
const WHOLE: u32 = 12;

#[derive(Debug)]
struct State {
    live_since: DateTime<Utc>,
    suspended: bool,
    /// Whether the round is being judged: then others look at everything.
    judged: bool,
    history: History,
    violations: HashSet<Violation>,
    looks: u32,
    /// What Postgres was doing when a lease was first found old.
    activity: Option<String>,
}

/// The other two sides of the evidence, and the schedule that it is judged by.
pub struct Sides {
    /// What it saw.
    pub receiver: Arc<Receiver>,
    /// What they were told.
    pub clients: Arc<Clients>,
    /// Delays between tries.
    pub schedule: Vec<Duration>,
    /// Shortest wait after a try that may have arrived.
    pub ambiguous_delay: Duration,
    /// Runs SQL on the database of the round.
    pub sql: Arc<dyn Fn(&str) -> String + Send + Sync>,
}

/// Who is at work, since when, and what each waits for.
const ACTIVITY: &str = "
    SELECT now(), pid, state, wait_event_type, wait_event, now() - xact_start AS transaction,
           now() - query_start AS statement, pg_blocking_pids(pid) AS blocked_by,
           left(regexp_replace(query, '\\s+', ' ', 'g'), 60) AS query
    FROM pg_stat_activity
    WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()";

/// The running watch; it ends when dropped.
pub struct Watch {
    state: Arc<Mutex<State>>,
    task: tokio::task::JoinHandle<()>,
}

impl Watch {
    /// Begins to look.
    pub fn start(db: Db, sides: Sides) -> Self {
        let state = Arc::new(Mutex::new(State {
            live_since: Utc::now(),
            suspended: false,
            judged: false,
            history: History::default(),
            violations: HashSet::new(),
            looks: 0,
            activity: None,
        }));
        let task = tokio::spawn(look(db, sides, Arc::clone(&state)));
        Self { state, task }
    }

    /// Says that for now no worker can reach the database: leases may grow old.
    pub fn suspend(&self, suspended: bool) {
        lock(&self.state).suspended = suspended;
        lock(&self.state).live_since = Utc::now();
    }

    /// From now on only the queue is looked at.
    pub fn leave_the_rest(&self) {
        lock(&self.state).judged = true;
    }

    /// Since when a worker and the database live.
    pub fn live_since(&self) -> DateTime<Utc> {
        lock(&self.state).live_since
    }

    /// What Postgres was doing when a lease was first found old.
    pub fn activity(&self) -> Option<String> {
        lock(&self.state).activity.clone()
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

async fn look(db: Db, sides: Sides, state: Arc<Mutex<State>>) {
    let mut ticks = tokio::time::interval(LOOK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for tick in 0_u32.. {
        ticks.tick().await;
        let seen = db.run(queue).await;
        {
            let mut state = lock(&state);
            if state.suspended || seen.is_err() {
                state.live_since = Utc::now();
            }
            let Ok(queue) = seen else { continue };
            state.looks += 1;
            let old = leases_are_young(&queue, state.live_since);
            if !old.is_empty() && state.activity.is_none() {
                state.activity = Some((sides.sql)(ACTIVITY));
            }
            let old = old.into_iter();
            let wrong = lanes_count(&queue).into_iter();
            let found = old.map(|what| (7, what)).chain(wrong.map(|what| (11, what)));
            state.violations.extend(found.map(|(invariant, what)| Violation { invariant, what }));
        }
        if tick.is_multiple_of(WHOLE) {
            look_at_all(&db, &sides, &state).await;
        }
    }
}

async fn look_at_all(db: &Db, sides: &Sides, state: &Mutex<State>) {
    let told = load::lock(&sides.clients.told).clone();
    let before = sides.receiver.log();
    let Ok(snapshot) = db.run(snapshot).await else { return };
    let after = sides.receiver.log();
    let mut state = lock(state);
    if state.judged {
        return;
    }
    let known: HashSet<_> = snapshot.attempts.iter().map(|attempt| attempt.id).collect();
    // What came while the tables were read may be in them, or not yet.
    let fresh = after.iter().skip(before.len()).filter(|seen| known.contains(&seen.attempt));
    let seen: Vec<Seen> = before.iter().chain(fresh).cloned().collect();
    let rules = Rules {
        schedule: sides.schedule.clone(),
        ambiguous_delay: sides.ambiguous_delay,
        live_since: state.live_since,
        quiet: false,
    };
    let (history, hurried) = (state.history.clone(), HashSet::new());
    let evidence = Evidence { snapshot, seen, told, history, hurried, rules };
    state.violations.extend(broken(&evidence));
    state.history.absorb(&evidence.snapshot);
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
