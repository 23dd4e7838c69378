//! Receivers: in this process, where latency and concurrency are seen, or in one of their own,
//! where their CPU is told apart. Each webhook has a host of its own (127.0.1.1, 127.0.1.2, …),
//! as receivers in the field mostly have. What a path begins with says how it is answered.

pub mod process;

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use uuid::Uuid;

/// How a receiver behaves: the first segment of its path.
#[derive(Debug, Clone, Copy)]
pub enum Behaviour {
    /// Takes the body and answers 200.
    Ok,
    /// The same, 20 ms later.
    After20Ms,
    /// The same, 500 ms later.
    After500Ms,
    /// Takes the request and never answers.
    Hang,
}

impl Behaviour {
    fn segment(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::After20Ms => "after-20-ms",
            Self::After500Ms => "after-500-ms",
            Self::Hang => "hang",
        }
    }
}

/// What the receivers of this process saw.
#[derive(Debug, Default)]
pub struct Seen {
    /// Looks at nothing: where only the CPU counts.
    blind: bool,
    heads: Mutex<HashMap<Uuid, Instant>>,
    load: Mutex<Load>,
}

#[derive(Debug, Default)]
struct Load {
    now: usize,
    peak: usize,
}

impl Seen {
    /// When the head of the first request for an export had arrived.
    pub fn first(&self, export: Uuid) -> Option<Instant> {
        lock(&self.heads).get(&export).copied()
    }

    /// The most requests that were being answered at one time.
    pub fn peak(&self) -> usize {
        lock(&self.load).peak
    }

    fn begin(&self, request: &Request<Incoming>) {
        if self.blind {
            return;
        }
        let now = Instant::now();
        let id = request.headers().get("webhook-id").and_then(|id| id.to_str().ok());
        if let Some(export) = id.and_then(|id| Uuid::parse_str(id).ok()) {
            lock(&self.heads).entry(export).or_insert(now);
        }
        let mut load = lock(&self.load);
        load.now += 1;
        load.peak = load.peak.max(load.now);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends a request in `Seen`, however it ends: a client that goes away drops the answer.
struct UnderWay(Arc<Seen>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        if !self.0.blind {
            lock(&self.0.load).now -= 1;
        }
    }
}

/// Sockets of many hosts on one port.
pub struct Listeners {
    /// The port of all.
    pub port: u16,
    sockets: Vec<TcpListener>,
}

/// Where webhook `number` goes.
pub fn url(port: u16, number: u32, behaviour: Behaviour) -> String {
    format!("http://{}:{port}/{}/{number}", host(number), behaviour.segment())
}

/// Host of webhook `number`.
fn host(number: u32) -> Ipv4Addr {
    Ipv4Addr::from(0x7f00_0100 + number / 250 * 256 + number % 250 + 1)
}

impl Listeners {
    /// Binds the hosts of the webhooks `0..hosts` on a port that is free on all of them.
    pub fn bind(hosts: u32) -> Self {
        let bound = (0..20).find_map(|_| Self::try_bind(hosts, 0).ok());
        bound.expect("a port that is free on all hosts")
    }

    /// The same on a port that was bound before.
    pub fn bind_again(hosts: u32, port: u16) -> Self {
        Self::try_bind(hosts, port).expect("the port is still free")
    }

    fn try_bind(hosts: u32, mut port: u16) -> io::Result<Self> {
        let mut sockets = Vec::new();
        for number in 0..hosts {
            // The standard library sets SO_REUSEADDR, so that a port can be taken again at once.
            let socket = TcpListener::bind((host(number), port))?;
            port = socket.local_addr()?.port();
            socket.set_nonblocking(true)?;
            sockets.push(socket);
        }
        Ok(Self { port, sockets })
    }

    /// Serves them on this runtime, until it ends.
    pub fn serve(self) -> Arc<Seen> {
        self.serve_as(Seen::default())
    }

    fn serve_as(self, seen: Seen) -> Arc<Seen> {
        let seen = Arc::new(seen);
        for socket in self.sockets {
            let listener = tokio::net::TcpListener::from_std(socket).expect("a runtime with I/O");
            tokio::spawn(accept(listener, Arc::clone(&seen)));
        }
        seen
    }
}

/// A loopback address where nobody listens.
pub fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.2.1:0").expect("a free port");
    listener.local_addr().expect("a bound socket has an address")
}

async fn accept(listener: tokio::net::TcpListener, seen: Arc<Seen>) {
    while let Ok((stream, _)) = listener.accept().await {
        stream.set_nodelay(true).expect("a TCP option");
        let seen = Arc::clone(&seen);
        let service = service_fn(move |request| answer(request, Arc::clone(&seen)));
        tokio::spawn(
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service),
        );
    }
}

async fn answer(
    mut request: Request<Incoming>,
    seen: Arc<Seen>,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    seen.begin(&request);
    let _under_way = UnderWay(seen);
    while let Some(Ok(_)) = request.body_mut().frame().await {}
    let path = request.uri().path().trim_start_matches('/');
    match path.split('/').next() {
        Some("hang") => std::future::pending().await,
        Some("after-20-ms") => tokio::time::sleep(Duration::from_millis(20)).await,
        Some("after-500-ms") => tokio::time::sleep(Duration::from_millis(500)).await,
        _ => {}
    }
    Ok(Response::new(Empty::new()))
}
