//! Keys of the identity provider that come late, are replaced and are withdrawn: the API follows by
//! itself.

use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use serde_json::json;
use support::identity::IdentityProvider;
use support::settings::identity;
use support::{Client, World};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

use crate::world;

/// What the provider publishes; none: it is away.
type Published = Arc<Mutex<Option<String>>>;

fn publish(published: &Published, jwks: Option<String>) {
    *published.lock().unwrap_or_else(PoisonError::into_inner) = jwks;
}

/// A certificate for localhost, and the PEM of who signed it.
fn certificate() -> (TlsAcceptor, String) {
    let key = || KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec![]).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, key()).expect("a CA");
    let own = key();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    let certificate = params.signed_by(&own, &issuer).expect("a certificate");
    let chain = vec![certificate.der().clone()];
    let private = PrivatePkcs8KeyDer::from(own.serialize_der()).into();
    let config =
        ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(chain, private);
    (TlsAcceptor::from(Arc::new(config.expect("a configuration"))), issuer.pem())
}

/// Serves what is published. Says its URL, and the PEM of whom to trust.
fn provider(published: Published) -> (String, String) {
    let (acceptor, ca) = certificate();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("a socket");
    let port = listener.local_addr().expect("an address").port();
    let listener = tokio::net::TcpListener::from_std(listener).expect("a runtime");
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a listening socket");
            let jwks = published.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let (Some(jwks), Ok(mut stream)) = (jwks, acceptor.accept(stream).await) else {
                continue;
            };
            let mut head = [0; 4096];
            let read = stream.read(&mut head).await.unwrap_or(0);
            assert!(head[..read].starts_with(b"GET /keys HTTP/1.1"), "one request, for the keys");
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", jwks.len());
            drop(stream.write_all(format!("{head}{jwks}").as_bytes()).await);
        }
    });
    (format!("https://localhost:{port}/keys"), ca)
}

async fn until_answered(client: &Client, status: u16) {
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(50));
    let answered = tokio::time::timeout(support::receiver::DEADLINE, async {
        while client.get("/v1/me").await.status != status {
            tick.tick().await;
        }
    });
    answered.await.unwrap_or_else(|_| panic!("never {status}"));
}

async fn start(url: &str, ca: &str) -> (World, tempfile::NamedTempFile) {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), ca).expect("written");
    let path = file.path().to_str().expect("a path in UTF-8");
    let world = world().env("AUTH_JWKS", url).env("AUTH_JWKS_REFRESH", "1s");
    (world.env("SSL_CERT_FILE", path).workers(0).start().await, file)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_follows_its_identity_provider() {
    let published = Published::default();
    let (url, ca) = provider(Arc::clone(&published));
    let (world, _ca) = start(&url, &ca).await;
    let admin = &world.northwind.admin;

    // It is away at the start.
    assert_eq!(world.anonymous.get("/healthz").await.status, 200);
    world.anonymous.get("/readyz").await.problem(503, "unavailable");
    let refused = admin.get("/v1/me").await;
    refused.problem(503, "unavailable");
    assert!(refused.header("retry-after").is_some());
    world.anonymous.get("/v1/me").await.problem(401, "unauthenticated");

    publish(&published, Some(identity().jwks()));
    until_answered(admin, 200).await;
    assert_eq!(world.anonymous.get("/readyz").await.status, 200);

    // Away again: what was read is good for a while.
    publish(&published, None);
    assert_eq!(admin.get("/v1/me").await.status, 200);

    // Another key under the same name.
    let replaced = IdentityProvider::generate();
    publish(&published, Some(replaced.jwks()));
    let claims = replaced.claims("org_admin", "Ada", Some(&world.northwind.id));
    let newcomer = world.anonymous.with_token(replaced.sign(&claims));
    until_answered(&newcomer, 200).await;
    admin.get("/v1/me").await.problem(401, "unauthenticated");
    let renamed = replaced.sign_as("Ed25519", &claims);
    world.anonymous.with_token(renamed).get("/v1/me").await.expect(200);

    // Withdrawn: another is there instead.
    publish(&published, Some(IdentityProvider::generate().jwks()));
    until_answered(&newcomer, 401).await;

    // No key at all is a fault of the provider, not of who calls.
    publish(&published, Some(json!({ "keys": [] }).to_string()));
    until_answered(&newcomer, 503).await;
    world.anonymous.get("/readyz").await.problem(503, "unavailable");
}
