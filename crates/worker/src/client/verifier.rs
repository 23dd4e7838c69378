//! Verifies certificates as rustls does, and says more exactly why one is refused. What it accepts
//! is what rustls accepts.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};

use super::der::{self, Parts};

/// What rustls tells only as an unknown issuer or a bad signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CertificateFault {
    #[error("the certificate of the issuer was not sent")]
    IncompleteChain,
    #[error("the certificate is signed by itself")]
    SelfSigned,
    #[error("a key of a kind that we cannot verify")]
    UnverifiableKey,
}

/// The verifier of rustls, and what it can verify.
#[derive(Debug)]
pub(super) struct Verifier {
    inner: Arc<WebPkiServerVerifier>,
    supported: WebPkiSupportedAlgorithms,
}

impl Verifier {
    pub(super) fn new(
        inner: Arc<WebPkiServerVerifier>,
        supported: WebPkiSupportedAlgorithms,
    ) -> Self {
        Self { inner, supported }
    }

    /// The error with what a look at the chain adds to it.
    fn explained(
        &self,
        error: Error,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
    ) -> Error {
        let Error::InvalidCertificate(reason) = &error else { return error };
        let fault = match reason {
            CertificateError::UnknownIssuer => self.of_issuer(leaf, others),
            // A certificate of an authority that serves as the receiver's own.
            CertificateError::Other(_) => self.self_signed(leaf),
            CertificateError::BadSignature => {
                let mut all = std::iter::once(leaf).chain(others);
                all.any(|of| !self.is_verifiable(of)).then_some(CertificateFault::UnverifiableKey)
            }
            _ => None,
        };
        match fault {
            Some(fault) => CertificateError::Other(OtherError(Arc::new(fault))).into(),
            None => error,
        }
    }

    fn of_issuer(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
    ) -> Option<CertificateFault> {
        let issuer = Parts::of(leaf)?.issuer;
        let is_issuer = |other: &CertificateDer<'_>| {
            Parts::of(other).is_some_and(|other| other.subject == issuer)
        };
        self.self_signed(leaf).or_else(|| {
            let sent = others.iter().filter(|other| *other != leaf).any(is_issuer);
            (!sent).then_some(CertificateFault::IncompleteChain)
        })
    }

    fn self_signed(&self, leaf: &CertificateDer<'_>) -> Option<CertificateFault> {
        let parts = Parts::of(leaf)?;
        let alone =
            parts.subject == parts.issuer && der::is_signed_by(leaf, parts.spki, &self.supported)?;
        alone.then_some(CertificateFault::SelfSigned)
    }

    fn is_verifiable(&self, certificate: &CertificateDer<'_>) -> bool {
        Parts::of(certificate).is_some_and(|parts| der::is_verifiable(parts.spki, &self.supported))
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.inner
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            .map_err(|error| self.explained(error, end_entity, intermediates))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner
            .verify_tls12_signature(message, cert, dss)
            .map_err(|error| self.explained(error, cert, &[]))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner
            .verify_tls13_signature(message, cert, dss)
            .map_err(|error| self.explained(error, cert, &[]))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests;
