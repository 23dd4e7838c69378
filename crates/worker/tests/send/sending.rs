//! A sender with short deadlines, and requests for it.

use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::address::AddressGuard;
use domain::attempt::Attempt;
use domain::webhook_url::{AllowPorts, UrlRules};
use reqwest::header::HeaderMap;
use uuid::Uuid;
use worker::{Clients, Resolver, Sender, SignedRequest};

/// Long enough for a loaded machine where an answer comes, short where none will.
pub const REQUEST_TIMEOUT: Duration = Duration::from_millis(1_500);
pub const CONNECT_TIMEOUT: Duration = Duration::from_millis(700);

pub fn loopback() -> AddressGuard {
    AddressGuard { allow: vec!["127.0.0.0/8".parse().expect("a network")], deny: vec![] }
}

pub fn sender(guard: AddressGuard, extra_ca_file: Option<&Path>) -> Sender {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        rustls::crypto::ring::default_provider().install_default().expect("the first provider");
    });
    let resolver = Resolver::new(&[], guard, CONNECT_TIMEOUT).expect("a resolver");
    let clients = Clients::new(extra_ca_file, CONNECT_TIMEOUT).expect("clients");
    Sender::new(clients, resolver, REQUEST_TIMEOUT)
}

pub fn request(url: &str, body: impl Into<Bytes>) -> SignedRequest {
    let rules = UrlRules { allow_http: true, allow_ports: AllowPorts::Any, guard: loopback() };
    let url = rules.check(url).unwrap_or_else(|refusal| panic!("{refusal}"));
    SignedRequest { url, headers: HeaderMap::new(), body: body.into() }
}

pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).expect("an instant")
}

/// Sends one small request over http.
pub async fn post(address: std::net::SocketAddr) -> Attempt {
    let request = request(&format!("http://{address}/hook?key=secret"), "{}");
    sender(loopback(), None).send(Uuid::nil().into(), request, now()).await
}
