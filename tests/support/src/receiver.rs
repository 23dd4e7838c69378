//! A scriptable HTTP receiver on 127.0.0.1: it keeps every request it got, and answers as told.
//! Waiting for a request is waiting on a channel, never a sleep.

mod answer;
mod connection;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::HeaderMap;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};

pub use answer::Answer;

/// How long a test waits for something that must happen before it fails: generous, since the
/// machine may be busy with other tests.
pub const DEADLINE: Duration = Duration::from_secs(45);

/// One request as it arrived, whole.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Path and query of the request line.
    pub path: String,
    /// The request's headers.
    pub headers: HeaderMap,
    /// The body's bytes as they came off the wire.
    pub body: Bytes,
    /// When the body was complete.
    pub at: Instant,
}

impl Delivery {
    /// A header that must be there, as text.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).unwrap_or_else(|| panic!("no header {name}: {self:?}"));
        value.to_str().expect("a header of visible characters")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    /// Fails unless the Standard Webhooks signature was made with this secret (`whsec_…`).
    pub fn assert_signed_with(&self, secret: &str) {
        let verifier = standardwebhooks::Webhook::new(secret).expect("a usable signing secret");
        verifier.verify(&self.body, &self.headers).expect("a valid signature");
    }
}

/// What the connections share.
#[derive(Debug)]
struct Shared {
    script: Mutex<VecDeque<Answer>>,
    otherwise: Mutex<Answer>,
    released: Semaphore,
    deliveries: mpsc::UnboundedSender<Delivery>,
    stopped: tokio::sync::watch::Receiver<bool>,
    load: Mutex<Load>,
}

/// How many requests are being answered.
#[derive(Debug, Default)]
struct Load {
    now: usize,
    peak: usize,
}

impl Shared {
    fn next_answer(&self) -> Answer {
        let scripted = lock(&self.script).pop_front();
        scripted.unwrap_or_else(|| lock(&self.otherwise).clone())
    }

    fn begin(&self) {
        let mut load = lock(&self.load);
        load.now += 1;
        load.peak = load.peak.max(load.now);
    }

    fn end(&self) {
        lock(&self.load).now -= 1;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The receiver. Answers 200 unless a script says otherwise; stops when dropped.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    deliveries: mpsc::UnboundedReceiver<Delivery>,
    seen: Vec<String>,
    stop: tokio::sync::watch::Sender<bool>,
}

impl Receiver {
    /// Starts one on a bound socket.
    pub fn on(listener: std::net::TcpListener) -> Self {
        listener.set_nonblocking(true).expect("a socket takes the option");
        let listener = TcpListener::from_std(listener).expect("a runtime with I/O");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (sender, deliveries) = mpsc::unbounded_channel();
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let shared = Arc::new(Shared {
            script: Mutex::default(),
            otherwise: Mutex::new(Answer::status(200)),
            released: Semaphore::new(0),
            deliveries: sender,
            stopped,
            load: Mutex::default(),
        });
        tokio::spawn(connection::accept(listener, shared.clone()));
        Self { address, shared, deliveries, seen: Vec::new(), stop }
    }

    /// The URL to register.
    pub fn url(&self) -> String {
        self.url_of("/hooks/a1b2")
    }

    /// The URL of another path of the same receiver.
    pub fn url_of(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Answers the next requests with these, in this order.
    pub fn script(&self, answers: impl IntoIterator<Item = Answer>) {
        lock(&self.shared.script).extend(answers);
    }

    /// Answers so whenever the script is used up.
    pub fn otherwise(&self, answer: Answer) {
        *lock(&self.shared.otherwise) = answer;
    }

    /// Lets `count` held answers go.
    pub fn release(&self, count: usize) {
        self.shared.released.add_permits(count);
    }

    /// The most requests that were being answered at one time.
    pub fn peak(&self) -> usize {
        lock(&self.shared.load).peak
    }

    /// The next request; fails with what was seen before when none comes.
    pub async fn next(&mut self) -> Delivery {
        let received = tokio::time::timeout(DEADLINE, self.deliveries.recv()).await;
        let Ok(Some(delivery)) = received else {
            panic!("no request within {DEADLINE:?}; before it came {:?}", self.seen);
        };
        let attempt = delivery.headers.get("webhook-attempt-id");
        self.seen.push(format!("{} {attempt:?}", delivery.path));
        delivery
    }

    /// The next `count` requests.
    pub async fn next_many(&mut self, count: usize) -> Vec<Delivery> {
        let mut deliveries = Vec::with_capacity(count);
        for _ in 0..count {
            deliveries.push(self.next().await);
        }
        deliveries
    }

    /// Fails when a request arrived that no test step has taken. Call it when nothing can be on
    /// its way any more: after the export's end state was read.
    pub fn assert_no_more(&mut self) {
        if let Ok(extra) = self.deliveries.try_recv() {
            panic!("a request too many: {extra:?}");
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // No receiver left to tell only means that every connection has ended already.
        let _ = self.stop.send(true);
    }
}
