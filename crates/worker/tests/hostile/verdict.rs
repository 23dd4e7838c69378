//! Runs one row and says what is wrong with what came of it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::attempt::{Attempt, BODY_KEPT_BYTES};

use crate::child::Seen;
use crate::row::{Expected, Row};
use crate::sending::{Senders, bytes, deadline};

/// What a body may take once the head has come.
const BODY_TIME: Duration = Duration::from_secs(2);

/// By how much an attempt may overrun its deadline on a machine that has nothing else to do.
const GRACE: Duration = Duration::from_millis(200);

/// An attempt that ends on time needs this many turns of the scheduler after its timer: the
/// control's lateness is allowed once for each.
const TURNS: u32 = 3;

/// A row that ran.
pub struct Run {
    pub at: usize,
    row: Row,
    /// Each attempt with the time it took; none of one that panicked.
    attempts: Vec<Option<(Attempt, Duration)>>,
}

/// Sends as often as the row says, one after the other.
pub async fn run(at: usize, row: Row, address: SocketAddr, senders: Arc<Senders>) -> Run {
    let row = Arc::new(row);
    let mut attempts = Vec::new();
    for nth in 0..row.sends.len() {
        let (row, senders) = (Arc::clone(&row), Arc::clone(&senders));
        let sending = tokio::spawn(async move {
            let started = Instant::now();
            let attempt = senders.send(at, &row, address, nth).await;
            (attempt, started.elapsed())
        });
        attempts.push(sending.await.ok());
    }
    let row = Arc::into_inner(row).expect("all sends are over");
    Run { at, row, attempts }
}

impl Run {
    /// By how much the latest attempt overran what it may take.
    pub fn overshoot(&self) -> Duration {
        let overshoot = |(attempt, took): &(Attempt, Duration)| {
            let body = if attempt.response.is_some() { BODY_TIME } else { Duration::ZERO };
            took.saturating_sub(deadline(&self.row) + body)
        };
        self.attempts.iter().flatten().map(overshoot).max().unwrap_or_default()
    }

    /// What is wrong, in words.
    pub fn faults(&self, seen: &Seen, lateness: Duration) -> Vec<String> {
        let mut faults = Vec::new();
        for (attempt, expected) in self.attempts.iter().zip(&self.row.sends) {
            match attempt {
                Some((attempt, _)) => faults.extend(self.of_attempt(attempt, expected)),
                None => faults.push("it panicked".to_owned()),
            }
        }
        if let Some(Some((attempt, _))) = self.attempts.last() {
            let broken = self.row.checks.iter().filter(|(_, check)| !check(attempt));
            faults.extend(broken.map(|(what, _)| format!("not so: {what}")));
        }
        if self.overshoot() > GRACE + TURNS * lateness {
            faults.push(format!("{:?} past its deadline", self.overshoot()));
        }
        faults.extend(self.of_receiver(seen));
        faults.iter().map(|fault| format!("{}: {fault}", self.row.name)).collect()
    }

    fn of_attempt(&self, attempt: &Attempt, expected: &Expected) -> Vec<String> {
        let status = attempt.response.as_ref().map(|response| response.status);
        let outcome = expected.outcomes.contains(&attempt.outcome);
        let ambiguous = expected.ambiguous.is_none_or(|ambiguous| ambiguous == attempt.ambiguous);
        let as_expected =
            outcome && ambiguous && expected.status.is_none_or(|expected| expected == status);
        let mut faults = Vec::new();
        if !as_expected {
            faults.push(format!(
                "{:?}, ambiguous {}, status {status:?}, {} bytes sent, expected {:?} {:?} {:?}",
                attempt.outcome,
                attempt.ambiguous,
                attempt.request_bytes_sent,
                expected.outcomes,
                expected.ambiguous,
                expected.status
            ));
        }
        let sent_all = attempt.request_bytes_sent == bytes(&self.row);
        let answered = status.is_some_and(|status| !matches!(status, 504 | 524));
        if attempt.ambiguous && (!sent_all || answered) {
            faults.push("ambiguous without need".to_owned());
        }
        if !is_kept_small(attempt) {
            faults.push("too much of the answer is kept".to_owned());
        }
        faults
    }

    fn of_receiver(&self, seen: &Seen) -> Vec<String> {
        let (connections, requests) = (self.row.connections(), self.row.requests());
        let fits = |seen: usize, expected: usize| {
            if self.row.races { seen <= expected } else { seen == expected }
        };
        let mut faults = Vec::new();
        if !fits(seen.connections, connections) || !fits(seen.requests, requests) {
            faults.push(format!(
                "{} connections and {} requests, expected {connections} and {requests}",
                seen.connections, seen.requests
            ));
        }
        if seen.most > 1 {
            faults.push(format!("one attempt reached the receiver {} times", seen.most));
        }
        faults
    }
}

/// Whether only what may be kept of an answer is kept.
fn is_kept_small(attempt: &Attempt) -> bool {
    let host = attempt.facts.redirect_host.as_deref().unwrap_or_default();
    let host_only = host.len() <= 200 && !host.contains(['/', '?', '#', '@', '\r', '\n', ' ']);
    let Some(response) = &attempt.response else { return host_only };
    let printable =
        |text: &String| text.len() <= 200 && !text.chars().any(|c| c.is_control() && c != '\t');
    let headers =
        response.headers.iter().all(|(name, value)| name != "location" && printable(value));
    host_only && headers && response.body.len() <= BODY_KEPT_BYTES
}
