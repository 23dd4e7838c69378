//! A TLS receiver on every address, which remembers what was connected to.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

/// Where webhooks may lead to, and where plain http would go.
pub const PORTS: [u16; 3] = [80, 443, 8443];

/// What arrived.
#[derive(Debug, Default)]
pub struct Seen {
    /// Each connection, whether or not TLS or a request followed.
    pub connections: Vec<Connection>,
    /// The path of each request, and the address it came to.
    pub requests: BTreeSet<(String, IpAddr)>,
}

/// One connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection {
    /// The address that was connected to.
    pub to: IpAddr,
    /// And the port.
    pub port: u16,
    from: SocketAddr,
}

/// The receiver.
#[derive(Clone, Default)]
pub struct Listener {
    seen: Arc<Mutex<Seen>>,
    grown: Arc<Notify>,
}

impl Listener {
    /// Starts on all addresses and [`PORTS`], with a certificate for these names and addresses.
    /// Answers it, and the PEM of the CA.
    pub async fn start(names: Vec<String>) -> (Self, String) {
        let (acceptor, ca) = certificate(names);
        let listener = Self::default();
        for port in PORTS {
            // The unspecified IPv6 address takes IPv4 as well.
            let socket = TcpListener::bind(("::", port)).await.expect("a port of our namespace");
            tokio::spawn(listener.clone().accept(socket, acceptor.clone()));
        }
        (listener, ca)
    }

    /// Waits until all connections before this call are in the list, then takes it.
    pub async fn take(&self) -> Seen {
        for port in PORTS {
            let sentinel = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await;
            let from = sentinel.and_then(|sentinel| sentinel.local_addr()).expect("we listen");
            let sentinel = Connection { to: Ipv4Addr::LOCALHOST.into(), port, from };
            self.until(|seen| seen.connections.contains(&sentinel)).await;
            self.lock().connections.retain(|connection| *connection != sentinel);
        }
        std::mem::take(&mut *self.lock())
    }

    async fn until(&self, reached: impl Fn(&Seen) -> bool) {
        loop {
            let grown = self.grown.notified();
            if reached(&self.lock()) {
                return;
            }
            grown.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn accept(self, socket: TcpListener, acceptor: TlsAcceptor) {
        loop {
            let (stream, from) = socket.accept().await.expect("a listening socket");
            let from = SocketAddr::new(from.ip().to_canonical(), from.port());
            let at = stream.local_addr().expect("a connected socket");
            let to = at.ip().to_canonical();
            self.lock().connections.push(Connection { to, port: at.port(), from });
            self.grown.notify_waiters();
            tokio::spawn(self.clone().serve(stream, to, acceptor.clone()));
        }
    }

    async fn serve(self, stream: TcpStream, at: IpAddr, acceptor: TlsAcceptor) {
        let Ok(stream) = acceptor.accept(stream).await else { return };
        let answer = service_fn(move |request: Request<Incoming>| {
            self.lock().requests.insert((request.uri().path().to_owned(), at));
            async move {
                // A body that breaks off is the worker's to report.
                let _ = request.into_body().collect().await;
                Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
            }
        });
        // So is a connection that does.
        let _ = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(stream), answer)
            .await;
    }
}

fn certificate(names: Vec<String>) -> (TlsAcceptor, String) {
    let mut params = CertificateParams::new(vec![]).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = || KeyPair::generate().expect("a key");
    let issuer = CertifiedIssuer::self_signed(params, key()).expect("a CA");
    let own = key();
    let params = CertificateParams::new(names).expect("names and addresses");
    let certificate = params.signed_by(&own, &issuer).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivatePkcs8KeyDer::from(own.serialize_der()).into(),
        );
    (TlsAcceptor::from(Arc::new(config.expect("a configuration"))), issuer.pem())
}
