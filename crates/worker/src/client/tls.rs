//! The one TLS configuration. Sessions are never resumed: each new connection verifies the
//! certificate of today.

use std::path::Path;
use std::sync::Arc;

use rustls::client::{
    ClientSessionStore, Resumption, Tls12ClientSessionValue, Tls13ClientSessionValue,
    WebPkiServerVerifier,
};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, NamedGroup};

use super::authorities;
use super::verifier::Verifier;
use crate::probe::{Phase, enter_phase};

pub(super) fn configuration(extra_ca_file: Option<&Path>) -> anyhow::Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let supported = provider.signature_verification_algorithms;
    let roots = Arc::new(authorities::trusted(extra_ca_file, &supported)?);
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let builder = if roots.is_empty() {
        builder.with_root_certificates(roots)
    } else {
        let trusted = roots.subjects();
        let inner = WebPkiServerVerifier::builder_with_provider(roots, provider).build()?;
        let verifier = Arc::new(Verifier::new(inner, trusted, supported));
        // No danger: it accepts what the verifier of rustls inside accepts, and nothing else.
        builder.dangerous().with_custom_certificate_verifier(verifier)
    };
    let mut configuration = builder.with_no_client_auth();
    configuration.alpn_protocols = vec![b"http/1.1".to_vec()];
    configuration.resumption = Resumption::store(Arc::new(NoSessions));
    Ok(configuration)
}

/// Keeps no session. That rustls asks for one is the only sign, to us outside of the connector,
/// that TCP is established and the handshake begins (see `connector.rs`).
#[derive(Debug)]
struct NoSessions;

impl ClientSessionStore for NoSessions {
    fn set_kx_hint(&self, _: ServerName<'static>, _: NamedGroup) {}

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        enter_phase(Phase::Handshake);
        None
    }

    fn set_tls12_session(&self, _: ServerName<'static>, _: Tls12ClientSessionValue) {}

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        None
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, _: ServerName<'static>, _: Tls13ClientSessionValue) {}

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        None
    }
}
