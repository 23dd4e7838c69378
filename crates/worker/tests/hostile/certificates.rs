//! Certificates of receivers, good and bad, from a private certification authority.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, date_time_ymd,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{ConfigBuilder, ServerConfig, WantsVerifier};
use tokio_rustls::TlsAcceptor;

type Issuer = CertifiedIssuer<'static, KeyPair>;

/// What is special about the TLS of a receiver.
#[derive(Clone, Copy, PartialEq)]
pub enum Tls {
    Good,
    /// No newer version than 1.2.
    Old,
    Expired,
    NotYetValid,
    WrongName,
    /// Signed by an authority that nobody trusts, through another of its own; all are sent.
    Untrusted,
    /// Signed by an authority that ours vouches for, whose certificate is sent along.
    Intermediate,
    /// The same, and it is not sent.
    Incomplete,
    /// Under two authorities that ours vouches for; the upper one's certificate is not sent.
    Hole,
    /// Signed by an authority that ours vouches for, whose certificate expired.
    ExpiredIssuer,
    /// Signed by itself.
    SelfSigned,
    /// Good for clients only.
    WrongPurpose,
    /// Followed by so many others that the message is longer than any honest one.
    LongChain,
    WantsClient,
    WantsClientOld,
    /// Speaks nothing but HTTP/2.
    Http2Only,
}

/// The authority that the sender trusts.
pub struct Authority(Issuer);

impl Authority {
    pub fn new() -> Self {
        Self(issuer("Acme Root"))
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    pub fn acceptor(&self, tls: Tls) -> TlsAcceptor {
        let key = KeyPair::generate().expect("a key");
        let params = params(tls);
        let stranger = issuer("Another Root");
        let between = self.between(tls, &stranger);
        let certificate = match (tls, &between) {
            (Tls::SelfSigned, _) => params.self_signed(&key),
            (_, Some(between)) => params.signed_by(&key, between),
            (_, None) => params.signed_by(&key, &self.0),
        };
        let mut chain = vec![certificate.expect("a certificate").der().clone()];
        chain.extend(between.filter(|_| tls != Tls::Incomplete).map(|of| of.der().clone()));
        if tls == Tls::Untrusted {
            chain.push(stranger.der().clone());
        }
        if tls == Tls::LongChain {
            chain.resize(1_000, self.0.der().clone());
        }
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let builder = if matches!(tls, Tls::WantsClient | Tls::WantsClientOld) {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(self.0.der().clone()).expect("a CA");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider());
            versions(tls).with_client_cert_verifier(verifier.build().expect("a verifier"))
        } else {
            versions(tls).with_no_client_auth()
        };
        let mut config = builder.with_single_cert(chain, key.into()).expect("a configuration");
        if tls == Tls::Http2Only {
            config.alpn_protocols = vec![b"h2".to_vec()];
        }
        TlsAcceptor::from(Arc::new(config))
    }

    /// Who signs the certificate, if it is not this authority itself.
    fn between(&self, tls: Tls, stranger: &Issuer) -> Option<Issuer> {
        let mut params = authority("Issuing");
        match tls {
            Tls::Untrusted => Some(intermediate(params, stranger)),
            Tls::Intermediate | Tls::Incomplete => Some(intermediate(params, &self.0)),
            Tls::Hole => Some(intermediate(params, &intermediate(authority("Above"), &self.0))),
            Tls::ExpiredIssuer => {
                params.not_after = date_time_ymd(2024, 6, 1);
                Some(intermediate(params, &self.0))
            }
            _ => None,
        }
    }
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn versions(tls: Tls) -> ConfigBuilder<ServerConfig, WantsVerifier> {
    let old = matches!(tls, Tls::Old | Tls::WantsClientOld);
    let version = if old { &TLS12 } else { &TLS13 };
    ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[version])
        .expect("versions")
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![]).expect("no names");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn issuer(name: &str) -> Issuer {
    let key = KeyPair::generate().expect("a key");
    CertifiedIssuer::self_signed(authority(name), key).expect("a CA")
}

fn intermediate(params: CertificateParams, issuer: &Issuer) -> Issuer {
    let key = KeyPair::generate().expect("a key");
    CertifiedIssuer::signed_by(params, key, issuer).expect("a CA")
}

fn params(tls: Tls) -> CertificateParams {
    let name = if tls == Tls::WrongName { "elsewhere.example.com" } else { "127.0.0.1" };
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    params.distinguished_name.push(DnType::CommonName, name);
    match tls {
        Tls::Expired => {
            params.not_before = date_time_ymd(2024, 1, 1);
            params.not_after = date_time_ymd(2024, 6, 1);
        }
        Tls::NotYetValid => {
            params.not_before = date_time_ymd(4000, 1, 1);
            params.not_after = date_time_ymd(4001, 1, 1);
        }
        Tls::WrongPurpose => params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
        _ => {}
    }
    params
}
