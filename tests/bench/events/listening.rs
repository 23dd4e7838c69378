//! Clients of live streams, as small as they can be: they note when each end came.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::STREAMS_EACH;
use crate::installation::Installation;
use crate::postgres::Database;

/// Streams that are open, until this is dropped.
pub(super) struct Listening {
    streams: JoinSet<()>,
    seen: Seen,
    /// Since 1970: what ended before is told to the first of them once more.
    opened: Duration,
}

/// When each end came, at each stream, since 1970.
type Seen = Arc<Mutex<HashMap<String, Vec<Duration>>>>;

impl Listening {
    /// Opens streams of all exports for each token, and waits until they have begun.
    pub(super) async fn open(installation: &Installation, tokens: &[String]) -> Self {
        let url = &installation.api().url;
        let address =
            format!("{}:{}", url.host_str().expect("a host"), url.port().expect("a port"));
        let (mut streams, seen) = (JoinSet::new(), Seen::default());
        for token in tokens {
            for _ in 0..STREAMS_EACH {
                let mut socket = TcpStream::connect(&address).await.expect("a connection");
                let head = format!(
                    "GET /v1/exports/events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n"
                );
                socket.write_all(head.as_bytes()).await.expect("sent");
                let mut text = String::new();
                while !text.contains("event: begin") {
                    assert!(read(&mut socket, &mut text).await, "no stream: {text}");
                }
                let seen = Arc::clone(&seen);
                streams.spawn(async move { follow(socket, &seen).await });
            }
        }
        Self { streams, seen, opened: now() }
    }

    /// How many.
    pub(super) fn streams(&self) -> usize {
        self.streams.len()
    }

    /// From the commit of each end to the event, at each stream: the row is written right before.
    pub(super) fn latencies(&self, database: &Database) -> Vec<Duration> {
        let ends = database.sql(
            "SELECT export_id, (extract(epoch FROM written_at) * 1000000)::bigint FROM export_ends",
        );
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let of_one = |line: &str| {
            let (export, at) = line.split_once('|')?;
            let at = Some(Duration::from_micros(at.parse().ok()?));
            let at = at.filter(|at| *at > self.opened)?;
            let came = seen.get(export)?.iter();
            Some(came.map(|came| came.saturating_sub(at)).collect::<Vec<_>>())
        };
        ends.lines().filter_map(of_one).flatten().collect()
    }
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970")
}

async fn read(socket: &mut TcpStream, text: &mut String) -> bool {
    let mut bytes = [0; 4096];
    match socket.read(&mut bytes).await {
        Ok(read) if read > 0 => {
            text.push_str(&String::from_utf8_lossy(&bytes[..read]));
            true
        }
        _ => false,
    }
}

async fn follow(mut socket: TcpStream, seen: &Seen) {
    let mut text = String::new();
    while read(&mut socket, &mut text).await {
        let now = now();
        while let Some((line, rest)) = text.split_once('\n') {
            if let Some(export) = ended(line) {
                let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                seen.entry(export.to_owned()).or_default().push(now);
            }
            text = rest.to_owned();
        }
    }
}

/// The export that a line of data says was delivered.
fn ended(line: &str) -> Option<&str> {
    let data = line.strip_prefix("data: {\"export_id\":\"")?;
    let (export, rest) = data.split_once('"')?;
    rest.contains("\"status\":\"delivered\"").then_some(export)
}
