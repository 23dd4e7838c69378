//! What one attempt goes through, seen from inside the HTTP client: the task that sends carries
//! a probe, and resolver, connector, TLS and body write into it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicUsize, Ordering};

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

/// Counters of one attempt.
#[derive(Debug)]
pub(crate) struct Probe {
    started: Instant,
    /// The vetted addresses: what the client may connect to.
    pub(crate) addresses: Vec<SocketAddr>,
    phase: AtomicU8,
    /// Milliseconds from the start, plus one; 0 until it happened.
    connect_started: AtomicU32,
    connected: AtomicU32,
    body_taken: AtomicUsize,
    body_bytes: usize,
}

impl Probe {
    pub(crate) fn new(started: Instant, addresses: Vec<SocketAddr>, body_bytes: usize) -> Self {
        Self {
            started,
            addresses,
            phase: AtomicU8::new(Phase::Waiting as u8),
            connect_started: AtomicU32::new(0),
            connected: AtomicU32::new(0),
            body_taken: AtomicUsize::new(0),
            body_bytes,
        }
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
    pub(crate) fn connect_ms(&self) -> Option<u32> {
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
    pub(crate) fn body_taken(&self) -> usize {
        self.body_taken.load(Ordering::Relaxed)
    }

    /// Whether the receiver may have got the whole request.
    pub(crate) fn body_sent(&self) -> bool {
        self.body_taken() >= self.body_bytes
    }
}

/// Tells the probe of this task, if it has one: connections may also be made on behalf of a
/// request that meanwhile found another.
pub(crate) fn note(phase: Phase) {
    // A failed access means a background task; there is nobody to tell.
    let _ = PROBE.try_with(|probe| probe.enter(phase));
}
