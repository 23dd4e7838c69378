//! What one attempt goes through, seen from inside the HTTP client: the task that sends carries
//! a probe in a task-local, and resolver, connector, TLS and body write into it. Why so:
//! `client/connector.rs`.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicUsize, Ordering};

use domain::attempt::{Attempt, is_ambiguous};

use tokio::time::Instant;

tokio::task_local! {
    /// The probe of the attempt that this task sends.
    pub(crate) static PROBE: std::sync::Arc<Probe>;
}

/// How far an attempt has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Phase {
    /// Nothing of ours has gone out; a connection may be reused.
    Waiting = 0,
    /// TCP is being established.
    Connecting = 1,
    /// The TLS handshake runs.
    Handshake = 2,
    /// Connected: the request goes out, the answer comes in.
    Exchange = 3,
}

/// One attempt as it goes on: what is known of it even when it is broken off.
#[derive(Debug)]
pub(crate) struct Probe {
    started: Instant,
    addresses: OnceLock<Vec<SocketAddr>>,
    dns_ms: OnceLock<u32>,
    phase: AtomicU8,
    /// Milliseconds from the start, plus one; 0 until it happened.
    connect_started: AtomicU32,
    connected: AtomicU32,
    body_taken: AtomicUsize,
    body_bytes: AtomicUsize,
    answered: OnceLock<Attempt>,
}

impl Probe {
    pub(crate) fn start() -> Self {
        Self {
            started: Instant::now(),
            addresses: OnceLock::new(),
            dns_ms: OnceLock::new(),
            phase: AtomicU8::new(Phase::Waiting as u8),
            connect_started: AtomicU32::new(0),
            connected: AtomicU32::new(0),
            body_taken: AtomicUsize::new(0),
            body_bytes: AtomicUsize::new(usize::MAX),
            answered: OnceLock::new(),
        }
    }

    /// What goes out, and where it may go.
    pub(crate) fn set_target(&self, addresses: Vec<SocketAddr>, body_bytes: usize, resolved: bool) {
        if resolved {
            let _ = self.dns_ms.set(self.elapsed_ms());
        }
        let _ = self.addresses.set(addresses);
        self.body_bytes.store(body_bytes, Ordering::Relaxed);
    }

    /// The vetted addresses: what the client may connect to.
    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        self.addresses.get().map_or(&[], Vec::as_slice)
    }

    /// The head of an answer has come: it stands, whatever happens to its body or to us.
    pub(crate) fn answer(&self, attempt: &Attempt) {
        let _ = self.answered.set(attempt.clone());
    }

    /// What came of an attempt that ends here and now: its answer, where one has come. Else the
    /// receiver may act on it if it may have got all of it.
    pub(crate) fn break_off(&self, otherwise: Attempt) -> Attempt {
        let ambiguous = is_ambiguous(otherwise.outcome, None, self.body_sent());
        let otherwise = Attempt { ambiguous, ..otherwise };
        let mut attempt = self.answered.get().cloned().unwrap_or(otherwise);
        if let Some(response) = &mut attempt.response {
            response.truncated = true;
        }
        self.complete(attempt)
    }

    /// Fills in what was measured.
    pub(crate) fn complete(&self, mut attempt: Attempt) -> Attempt {
        attempt.timing.dns_ms = self.dns_ms.get().copied();
        attempt.timing.connect_ms = self.connect_ms();
        attempt.timing.total_ms = self.elapsed_ms();
        attempt.request_bytes_sent = self.body_taken();
        let first = self.addresses().first().map(SocketAddr::ip);
        attempt.resolved_address = attempt.resolved_address.or(first);
        attempt
    }

    /// Milliseconds since the attempt began.
    pub(crate) fn elapsed_ms(&self) -> u32 {
        u32::try_from(self.started.elapsed().as_millis()).unwrap_or(u32::MAX)
    }

    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
        match phase {
            Phase::Connecting => {
                self.connect_started.store(self.elapsed_ms() + 1, Ordering::Relaxed)
            }
            Phase::Exchange => self.connected.store(self.elapsed_ms() + 1, Ordering::Relaxed),
            Phase::Waiting | Phase::Handshake => {}
        }
    }

    pub(crate) fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Relaxed) {
            0 => Phase::Waiting,
            1 => Phase::Connecting,
            2 => Phase::Handshake,
            _ => Phase::Exchange,
        }
    }

    /// How long TCP and TLS took; none on a reused connection.
    fn connect_ms(&self) -> Option<u32> {
        let started = self.connect_started.load(Ordering::Relaxed);
        let connected = self.connected.load(Ordering::Relaxed);
        (started > 0 && connected > 0).then(|| connected.saturating_sub(started))
    }

    /// The connection takes bytes of the body: whichever connection that is, it stands.
    pub(crate) fn take_body(&self, bytes: usize) {
        self.phase.store(Phase::Exchange as u8, Ordering::Relaxed);
        self.body_taken.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Bytes of the body that the connection has taken.
    fn body_taken(&self) -> usize {
        self.body_taken.load(Ordering::Relaxed)
    }

    /// Whether the receiver may have got the whole request.
    pub(crate) fn body_sent(&self) -> bool {
        self.body_taken() >= self.body_bytes.load(Ordering::Relaxed)
    }
}

/// Sets the phase of the attempt that this task sends, if it sends one: connections may also be
/// made on behalf of a request that meanwhile found another.
pub(crate) fn enter_phase(phase: Phase) {
    // A failed access means a background task, which has no probe.
    let _ = PROBE.try_with(|probe| probe.enter(phase));
}

#[cfg(test)]
mod tests {
    use domain::attempt::{OwnFault, Response};
    use domain::outcome::Outcome;

    use super::*;

    #[test]
    fn an_attempt_that_is_broken_off_shows_what_had_left() {
        let probe = Probe::start();
        probe.set_target(vec!["192.0.2.1:443".parse().expect("an address")], 10, false);
        for (bytes, all) in [(9, false), (1, true)] {
            probe.take_body(bytes);
            let attempt = probe.break_off(Attempt::without_request(Outcome::Aborted));
            assert_eq!((attempt.outcome, attempt.ambiguous), (Outcome::Aborted, all));
        }
        let attempt = probe.break_off(Attempt::of_own_fault(OwnFault::Defect));
        assert_eq!((attempt.outcome, attempt.request_bytes_sent), (Outcome::InternalError, 10));
        assert!(attempt.ambiguous, "it panicked after the body was out");
        assert_eq!(attempt.resolved_address, "192.0.2.1".parse().ok());
    }

    #[test]
    fn an_answer_that_had_come_stands() {
        let probe = Probe::start();
        let response = Response {
            status: 200,
            headers: vec![],
            body: vec![],
            truncated: false,
            too_large: false,
        };
        let answered =
            Attempt { response: Some(response), ..Attempt::without_request(Outcome::Delivered) };
        probe.answer(&answered);
        let attempt = probe.break_off(Attempt::without_request(Outcome::Aborted));
        assert_eq!(attempt.outcome, Outcome::Delivered);
        assert!(attempt.response.expect("an answer").truncated, "its body was not awaited");
    }
}
