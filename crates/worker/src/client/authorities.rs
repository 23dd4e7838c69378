//! Whom we trust: the system's certification authorities, and those of `EXTRA_CA_FILE`. A
//! certificate of that file that could vouch for nobody is told at start, not by failed deliveries.

use std::path::Path;

use anyhow::{Context, ensure};
use rustls::RootCertStore;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::der::{self, Parts};

const UNREADABLE: &str = "it is not an X.509 certificate that we can read";

/// The authorities that are trusted.
///
/// # Errors
/// A sentence that names the certificate of the file that cannot be used, by its number.
pub(super) fn trusted(
    extra_ca_file: Option<&Path>,
    supported: &WebPkiSupportedAlgorithms,
) -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = extra_ca_file {
        add_all(&mut roots, file, supported)?;
    }
    if roots.is_empty() {
        tracing::warn!(
            "no certification authority is trusted, so every https delivery will fail; install ca-certificates or set EXTRA_CA_FILE"
        );
    }
    Ok(roots)
}

fn add_all(
    roots: &mut RootCertStore,
    file: &Path,
    supported: &WebPkiSupportedAlgorithms,
) -> anyhow::Result<()> {
    let pem = std::fs::read(file)
        .with_context(|| format!("EXTRA_CA_FILE {} cannot be read", file.display()))?;
    let mut number = 0;
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        number += 1;
        let which = || format!("certificate {number} in EXTRA_CA_FILE cannot be used");
        let certificate = certificate.map_err(|_| anyhow::anyhow!("it is not PEM in base64"));
        let certificate = certificate.with_context(which)?;
        check(&certificate, supported).with_context(which)?;
        roots.add(certificate).context(UNREADABLE).with_context(which)?;
    }
    ensure!(
        number > 0,
        "EXTRA_CA_FILE {} has no certificate in it: write PEM, which begins with -----BEGIN CERTIFICATE-----",
        file.display()
    );
    Ok(())
}

/// Whether a certificate can vouch for another, or for itself.
fn check(
    certificate: &CertificateDer<'_>,
    supported: &WebPkiSupportedAlgorithms,
) -> anyhow::Result<()> {
    let parts = Parts::of(certificate).context(UNREADABLE)?;
    ensure!(
        der::is_verifiable(parts.spki, supported),
        "we cannot verify signatures with its kind of key (RSA of 2,048 to 8,192 bits, ECDSA on P-256 or P-384, or Ed25519)"
    );
    // One of version 1 is taken at its word.
    ensure!(
        der::is_authority(certificate) || parts.issuer == parts.subject || parts.first_version,
        "it is a receiver's own, not one of an authority: put its issuer's there"
    );
    Ok(())
}

#[cfg(test)]
mod tests;
