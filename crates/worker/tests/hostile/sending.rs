//! The senders of the table, and requests for them.

use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::address::AddressGuard;
use domain::attempt::Attempt;
use domain::id::OrganisationId;
use domain::webhook_url::{AllowPorts, UrlRules};
use reqwest::header::{HeaderMap, HeaderValue};
use uuid::Uuid;
use worker::{Clients, Resolver, Sender, Signed};

use crate::row::{Listen, Payload, Row};

/// Long enough for a loaded machine where an answer comes, short where none will.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(3);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

const LARGE_BYTES: usize = 10_000_000;

pub struct Senders {
    /// Loopback may receive.
    open: Sender,
    /// As in production: it may not.
    guarded: Sender,
    large: Bytes,
}

impl Senders {
    pub fn new(authority: &str) -> Self {
        let provider = rustls::crypto::ring::default_provider();
        provider.install_default().expect("the first provider");
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(authority.as_bytes()).expect("room for a certificate");
        let sender = |guard| {
            let resolver = Resolver::new(&[], guard, CONNECT_TIMEOUT).expect("a resolver");
            let clients = Clients::new(Some(file.path()), CONNECT_TIMEOUT, REQUEST_TIMEOUT);
            Sender::new(clients.expect("clients"), resolver, REQUEST_TIMEOUT)
        };
        Self {
            open: sender(loopback()),
            guarded: sender(AddressGuard::default()),
            // Not zeroes: those would take no memory before they are read.
            large: vec![b'x'; LARGE_BYTES].into(),
        }
    }

    /// Whether nobody holds on to a payload whose attempt is over.
    pub fn payloads_are_free(&self) -> bool {
        self.large.is_unique()
    }

    /// One send of a row. Each row is an organisation of its own: rows share no connection.
    pub async fn send(&self, at: usize, row: &Row, address: SocketAddr, nth: usize) -> Attempt {
        let organisation = OrganisationId::from(Uuid::from_u128(at as u128));
        let sender = if row.listen == Listen::Forbidden { &self.guarded } else { &self.open };
        let body = match row.payload {
            Payload::Small => Bytes::from_static(b"{}"),
            Payload::Large => self.large.clone(),
        };
        let tls = matches!(row.listen, Listen::Tls(_) | Listen::NoTls);
        let scheme = if tls { "https" } else { "http" };
        let url = format!("{scheme}://{address}/hook?key=secret");
        sender.send(signed(organisation, &url, nth, body)).await
    }
}

/// The deadline of a row, without the 2 s for a body.
pub fn deadline(row: &Row) -> Duration {
    let mebibytes = bytes(row) / (1024 * 1024);
    REQUEST_TIMEOUT + Duration::from_secs(mebibytes as u64)
}

/// Bytes of a row's payload.
pub fn bytes(row: &Row) -> usize {
    match row.payload {
        Payload::Small => 2,
        Payload::Large => LARGE_BYTES,
    }
}

fn loopback() -> AddressGuard {
    AddressGuard { allow: vec!["127.0.0.0/8".parse().expect("a network")], deny: vec![] }
}

fn signed(organisation: OrganisationId, url: &str, nth: usize, body: Bytes) -> Signed {
    let rules = UrlRules { allow_http: true, allow_ports: AllowPorts::Any, guard: loopback() };
    let url = rules.check(url).unwrap_or_else(|refusal| panic!("{refusal}"));
    let mut headers = HeaderMap::new();
    headers.insert("webhook-attempt-id", HeaderValue::from(nth));
    Signed { organisation, url, headers, body, signed_at: now() }
}

/// A Wednesday, 2026-11-18.
fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).expect("an instant")
}
