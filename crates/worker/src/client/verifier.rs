//! Verifies certificates as rustls does, and says more exactly why one is refused. What it accepts
//! is what rustls accepts.

use std::sync::Arc;

use chrono::DateTime;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError, SignatureScheme,
};

use super::der::{self, Parts};

/// What rustls tells less exactly: as an unknown issuer, a bad signature, or without saying whose
/// certificate it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CertificateFault {
    #[error("the certificate of an issuer was not sent, or nobody vouches for it")]
    IncompleteChain,
    #[error("the certificate is signed by itself")]
    SelfSigned,
    #[error("a key of a kind that we cannot verify")]
    UnverifiableKey,
    #[error("a certificate that may not be used for this")]
    WrongUse,
    #[error("the certificate of an issuer expired")]
    IssuerExpired(UnixTime),
    #[error("the certificate of an issuer is not valid yet")]
    IssuerNotYetValid(UnixTime),
}

/// The verifier of rustls, whom it trusts, and what it can verify.
#[derive(Debug)]
pub(super) struct Verifier {
    inner: Arc<WebPkiServerVerifier>,
    trusted: Vec<DistinguishedName>,
    supported: WebPkiSupportedAlgorithms,
}

impl Verifier {
    pub(super) fn new(
        inner: Arc<WebPkiServerVerifier>,
        trusted: Vec<DistinguishedName>,
        supported: WebPkiSupportedAlgorithms,
    ) -> Self {
        Self { inner, trusted, supported }
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
            // Among others a certificate of an authority that serves as the receiver's own.
            CertificateError::Other(_) => {
                self.self_signed(leaf).or(Some(CertificateFault::WrongUse))
            }
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                Some(CertificateFault::WrongUse)
            }
            CertificateError::ExpiredContext { not_after, .. } => {
                (!has_time(leaf, *not_after)).then_some(CertificateFault::IssuerExpired(*not_after))
            }
            CertificateError::NotValidYetContext { not_before, .. } => {
                (!has_time(leaf, *not_before))
                    .then_some(CertificateFault::IssuerNotYetValid(*not_before))
            }
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

    /// Looks for a way from the leaf up to where nobody else would have to vouch.
    fn of_issuer(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
    ) -> Option<CertificateFault> {
        if let Some(fault) = self.self_signed(leaf) {
            return Some(fault);
        }
        let (mut found, mut looked_at) = (vec![leaf], 0);
        while let Some(at) = found.get(looked_at) {
            let Parts { issuer, subject, .. } = Parts::of(at)?;
            if issuer == subject || self.trusted.iter().any(|name| name.as_ref() == issuer) {
                return None;
            }
            let is_issuer = |other: &&CertificateDer<'_>| {
                Parts::of(other).is_some_and(|other| other.subject == issuer)
            };
            let issuers: Vec<_> =
                others.iter().filter(is_issuer).filter(|other| !found.contains(other)).collect();
            found.extend(issuers);
            looked_at += 1;
        }
        Some(CertificateFault::IncompleteChain)
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

/// Whether that is one of the two times of a certificate, which has it in digits (RFC 5280, section
/// 4.1.2.5). What we cannot read is taken to have it.
fn has_time(certificate: &CertificateDer<'_>, time: UnixTime) -> bool {
    let time = i64::try_from(time.as_secs()).ok();
    let time = time.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let (Some(time), Some(parts)) = (time, Parts::of(certificate)) else { return true };
    let digits = time.format("%y%m%d%H%M%SZ").to_string();
    parts.validity.windows(digits.len()).any(|at| at == digits.as_bytes())
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
