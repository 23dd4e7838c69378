//! Receivers with certificates, good and bad.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Datelike, Utc};
use domain::attempt::Attempt;
use domain::outcome::Outcome;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::server::WebPkiClientVerifier;
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;
use uuid::Uuid;

use crate::receiver::{Receiver, read_request};
use crate::sending::{loopback, now, request, sender};

type Issuer = CertifiedIssuer<'static, KeyPair>;

/// A private CA, and the PEM file by which the sender trusts it.
static CA: LazyLock<(Issuer, PathBuf)> = LazyLock::new(|| {
    let issuer = issuer();
    let file = std::env::temp_dir().join(format!("talentats-test-ca-{}.pem", std::process::id()));
    std::fs::write(&file, issuer.pem()).expect("a temporary file");
    (issuer, file)
});

fn issuer() -> Issuer {
    let mut params = CertificateParams::new(vec![]).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a CA")
}

fn params(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).expect("a name")
}

fn server(params: CertificateParams, issuer: &Issuer, wants_client: bool) -> TlsAcceptor {
    let key = KeyPair::generate().expect("a key");
    let certificate = params.signed_by(&key, issuer).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("versions");
    let builder = if wants_client {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(issuer.der().clone()).expect("a CA");
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
    } else {
        builder.with_no_client_auth()
    };
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let config = builder.with_single_cert(vec![certificate.der().clone()], key.into());
    TlsAcceptor::from(Arc::new(config.expect("a configuration")))
}

async fn post(acceptor: TlsAcceptor) -> Attempt {
    let receiver = Receiver::start(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            read_request(&mut stream).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
            let _ = stream.shutdown().await;
        }
    })
    .await;
    post_to(&receiver).await
}

async fn post_to(receiver: &Receiver) -> Attempt {
    let request = request(&format!("https://{}/hook", receiver.address), "{}");
    let attempt = sender(loopback(), Some(&CA.1)).send(Uuid::nil().into(), request, now()).await;
    assert_eq!(receiver.connections(), 1);
    attempt
}

#[tokio::test]
async fn a_good_certificate_delivers() {
    let attempt = post(server(params("127.0.0.1"), &CA.0, false)).await;
    assert_eq!(attempt.outcome, Outcome::Delivered);
    assert!(attempt.timing.connect_ms.is_some());
}

#[tokio::test]
async fn an_expired_certificate_says_since_when() {
    let mut params = params("127.0.0.1");
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2024, 6, 1);
    let attempt = post(server(params, &CA.0, false)).await;
    let year = |at: DateTime<Utc>| at.year();
    assert_eq!(attempt.outcome, Outcome::TlsCertExpired);
    assert_eq!(attempt.facts.certificate_at.map(year), Some(2024));
    assert_eq!((attempt.ambiguous, attempt.request_bytes_sent), (false, 0));
}

#[tokio::test]
async fn other_bad_certificates() {
    let mut early = params("127.0.0.1");
    early.not_before = date_time_ymd(4000, 1, 1);
    early.not_after = date_time_ymd(4001, 1, 1);
    let cases = [
        (server(early, &CA.0, false), Outcome::TlsCertNotYetValid),
        (server(params("elsewhere.example.com"), &CA.0, false), Outcome::TlsNameMismatch),
        (server(params("127.0.0.1"), &issuer(), false), Outcome::TlsUntrusted),
        (server(params("127.0.0.1"), &CA.0, true), Outcome::TlsClientCertRequired),
    ];
    for (acceptor, outcome) in cases {
        let attempt = post(acceptor).await;
        assert_eq!((attempt.outcome, attempt.ambiguous), (outcome, false));
    }
}

#[tokio::test]
async fn a_handshake_that_stalls_or_is_no_handshake() {
    let stalled = Receiver::start(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    assert_eq!(post_to(&stalled).await.outcome, Outcome::TlsTimeout);

    let plain = Receiver::start(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        std::future::pending::<()>().await;
    })
    .await;
    assert_eq!(post_to(&plain).await.outcome, Outcome::TlsHandshake);

    let closing = Receiver::start(|stream| async move { drop(stream) }).await;
    assert_eq!(post_to(&closing).await.outcome, Outcome::TlsHandshake);
}
