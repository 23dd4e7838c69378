//! The receiver: notes every request before it answers, and answers well or badly as it is told.
//! How a request is answered depends on its attempt's id alone.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use chrono::Utc;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use sha2::{Digest, Sha256};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use uuid::Uuid;

use crate::evidence::Seen;

/// Loopback addresses that it listens on: webhooks of one host share a limit.
const ADDRESSES: u8 = 16;

/// How it answers, in thousandths of the requests; the rest gets 200.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// 500, 503 or 429.
    pub errors: u32,
    /// The connection is closed or reset instead of an answer.
    pub broken: u32,
    /// No answer at all.
    pub hangs: u32,
    /// Longest time before an answer.
    pub slowness: Duration,
    /// Everything is refused for good (413).
    pub refuses: bool,
}

impl Manner {
    /// Answers 200 to everything, at once.
    pub const WELL: Self =
        Self { errors: 0, broken: 0, hangs: 0, slowness: Duration::ZERO, refuses: false };
    /// Like receivers on a bad day.
    pub const MOODY: Self = Self {
        errors: 60,
        broken: 6,
        hangs: 3,
        slowness: Duration::from_millis(40),
        refuses: false,
    };
}

enum Answer {
    Status(u16),
    Break,
    Hang,
}

/// What its connections share.
struct Shared {
    manner: Mutex<Manner>,
    /// Each webhook by the path of its URL, with what verifies its signatures.
    webhooks: Mutex<HashMap<String, (Uuid, Arc<standardwebhooks::Webhook>)>>,
    log: Mutex<Vec<Seen>>,
    /// Those that hang wait for it to change.
    let_go: watch::Sender<()>,
}

/// The receiver. It stops with the runtime's tasks when dropped.
pub struct Receiver {
    shared: Arc<Shared>,
    addresses: Vec<String>,
    accepting: Vec<tokio::task::JoinHandle<()>>,
}

impl Receiver {
    /// Starts listening.
    pub async fn start() -> Self {
        let shared = Arc::new(Shared {
            manner: Mutex::new(Manner::WELL),
            webhooks: Mutex::default(),
            log: Mutex::default(),
            let_go: watch::Sender::new(()),
        });
        let (mut addresses, mut accepting) = (Vec::new(), Vec::new());
        for number in 1..=ADDRESSES {
            // Where only 127.0.0.1 is loopback, the others cannot be had.
            let Ok(listener) = TcpListener::bind(SocketAddr::from(([127, 0, 0, number], 0))).await
            else {
                continue;
            };
            addresses.push(listener.local_addr().expect("bound").to_string());
            accepting.push(tokio::spawn(accept(listener, Arc::clone(&shared))));
        }
        assert!(!addresses.is_empty(), "127.0.0.1 can be bound");
        Self { shared, addresses, accepting }
    }

    /// A URL to register, of another host than its neighbours.
    pub fn url(&self, number: usize) -> String {
        format!("http://{}{}", self.addresses[number % self.addresses.len()], path(number))
    }

    /// Expects requests of the webhook that was registered with this URL.
    pub fn expect(&self, number: usize, webhook: Uuid, secret: &str) {
        let verifier = standardwebhooks::Webhook::new(secret).expect("a usable secret");
        lock(&self.shared.webhooks).insert(path(number), (webhook, Arc::new(verifier)));
    }

    /// Answers like this from now on.
    pub fn set(&self, manner: Manner) {
        *lock(&self.shared.manner) = manner;
    }

    /// Closes the connections of those that hang, without an answer.
    pub fn let_go(&self) {
        self.shared.let_go.send_replace(());
    }

    /// All that was seen.
    pub fn log(&self) -> Vec<Seen> {
        lock(&self.shared.log).clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.accepting.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

fn path(number: usize) -> String {
    format!("/w/{number}")
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        while connections.try_join_next().is_some() {}
        connections.spawn(serve(stream, Arc::clone(&shared)));
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(|request| answer(request, &shared));
    let connection = hyper::server::conn::http1::Builder::new();
    // An error is a client that went away, or a connection that we broke: both are meant.
    drop(connection.serve_connection(TokioIo::new(stream), service).await);
}

async fn answer(request: Request<Incoming>, shared: &Shared) -> io::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let manner = *lock(&shared.manner);
    let attempt = id(&head.headers, "webhook-attempt-id");
    let (answer, pause) = choose(manner, attempt);
    let status = match answer {
        Answer::Status(status) => Some(status),
        _ => None,
    };
    note(shared, head.uri.path(), &head.headers, &body, status);
    let mut let_go = shared.let_go.subscribe();
    tokio::time::sleep(pause).await;
    match answer {
        Answer::Status(status) => {
            let mut response = Response::builder().status(status);
            if status == 429 {
                response = response.header("retry-after", "1");
            }
            response.body(Full::from("noted")).map_err(io::Error::other)
        }
        Answer::Break => Err(io::Error::other("the receiver breaks this connection")),
        Answer::Hang => {
            drop(let_go.changed().await);
            Err(io::Error::other("the receiver gives up"))
        }
    }
}

fn note(shared: &Shared, path: &str, headers: &HeaderMap, body: &[u8], answer: Option<u16>) {
    let registered = lock(&shared.webhooks).get(path).cloned();
    let timestamp = headers.get("webhook-timestamp").and_then(|value| value.to_str().ok());
    let seen = Seen {
        webhook: registered.as_ref().map(|(webhook, _)| *webhook).unwrap_or_default(),
        export: id(headers, "webhook-id"),
        attempt: id(headers, "webhook-attempt-id"),
        body: Sha256::digest(body).to_vec(),
        signed: registered.is_some_and(|(_, verifier)| verifier.verify(body, headers).is_ok()),
        timestamp: timestamp.and_then(|value| value.parse().ok()).unwrap_or_default(),
        arrived: Utc::now(),
        answer,
    };
    lock(&shared.log).push(seen);
}

/// The random bits of the attempt's id are the dice.
fn choose(manner: Manner, attempt: Uuid) -> (Answer, Duration) {
    let dice = attempt.as_u128() as u32;
    let (thousandth, rest) = (dice % 1_000, dice / 1_000);
    let pause = manner.slowness.mul_f64(f64::from(rest % 1_000) / 1_000.0);
    let answer = if manner.refuses {
        Answer::Status(413)
    } else if thousandth < manner.errors {
        Answer::Status([500, 503, 429][rest as usize % 3])
    } else if thousandth < manner.errors + manner.broken {
        Answer::Break
    } else if thousandth < manner.errors + manner.broken + manner.hangs {
        Answer::Hang
    } else {
        Answer::Status(200)
    };
    (answer, pause)
}

/// An id in a header; a request without one is noted under nil, which no export has.
fn id(headers: &HeaderMap, name: &str) -> Uuid {
    let text = headers.get(name).and_then(|value| value.to_str().ok());
    text.and_then(|text| Uuid::parse_str(text).ok()).unwrap_or_default()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
