//! What is told of a file of authorities. The keys that we cannot verify are DER of their own:
//! the library that makes our other certificates does not make them.

use std::io::Write;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

use super::*;

fn supported() -> WebPkiSupportedAlgorithms {
    rustls::crypto::ring::default_provider().signature_verification_algorithms
}

fn params(name: &str, authority: bool) -> CertificateParams {
    let mut params = CertificateParams::new(vec![]).expect("no names");
    params.distinguished_name.push(DnType::CommonName, name);
    if authority {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    params
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

fn refusal(pem: &str) -> Option<String> {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(pem.as_bytes()).expect("room for certificates");
    let mut roots = RootCertStore::empty();
    add_all(&mut roots, file.path(), &supported()).err().map(|error| format!("{error:#}"))
}

#[test]
fn each_certificate_that_cannot_be_used_is_named() {
    let authority =
        CertifiedIssuer::self_signed(params("Acme Root", true), key()).expect("an authority");
    let good = authority.pem();
    let leaf = params("crm.acme.com", false).signed_by(&key(), &authority).expect("signed").pem();
    let alone = params("crm.acme.com", false).self_signed(&key()).expect("signed").pem();
    let intermediate = params("Acme Issuing", true).signed_by(&key(), &authority).expect("signed");
    let broken = good.replacen("MII", "M!!", 1);
    let noise = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let cases = [
        (good.clone(), None),
        (format!("{good}\n{}\n{alone}", intermediate.pem()), None),
        (String::new(), Some("has no certificate in it")),
        (key().serialize_pem(), Some("has no certificate in it")),
        (
            format!("{good}\n{leaf}"),
            Some("certificate 2 in EXTRA_CA_FILE cannot be used: it is a receiver's own"),
        ),
        (
            format!("{good}\n{noise}"),
            Some("certificate 2 in EXTRA_CA_FILE cannot be used: it is not an X.509"),
        ),
        (
            format!("{broken}\n{good}"),
            Some("certificate 1 in EXTRA_CA_FILE cannot be used: it is not PEM"),
        ),
    ];
    for (pem, expected) in cases {
        let told = refusal(&pem);
        assert_eq!(told.is_some(), expected.is_some(), "{told:?} for {pem}");
        assert!(told.unwrap_or_default().contains(expected.unwrap_or_default()), "{expected:?}");
    }
}

/// `SEQUENCE`, `BIT STRING`, … around contents.
fn wrapped(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = u16::try_from(contents.len()).expect("short").to_be_bytes();
    [&[tag, 0x82], &length[..], contents].concat()
}

fn spki(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    let bits = [&[0], key].concat();
    wrapped(0x30, &[wrapped(0x30, algorithm), wrapped(0x03, &bits)].concat())
}

fn rsa(bits: usize) -> Vec<u8> {
    // A bit string whose first bit is set is preceded by a zero: integers have a sign.
    let modulus = [vec![0, 0x80], vec![1; bits / 8 - 1]].concat();
    let key = [wrapped(0x02, &modulus), vec![0x02, 0x01, 0x03]].concat();
    spki(rustls::pki_types::alg_id::RSA_ENCRYPTION.as_ref(), &wrapped(0x30, &key))
}

#[test]
fn kinds_of_keys() {
    use rustls::pki_types::alg_id::{ECDSA_P256, ECDSA_P384, ECDSA_P521, ED25519};
    let cases = [
        (rsa(1_024), false),
        (rsa(2_040), false),
        (rsa(2_048), true),
        (rsa(4_096), true),
        (rsa(8_192), true),
        (rsa(16_384), false),
        (spki(ECDSA_P256.as_ref(), &[4; 65]), true),
        (spki(ECDSA_P384.as_ref(), &[4; 97]), true),
        (spki(ECDSA_P521.as_ref(), &[4; 133]), false),
        (spki(ED25519.as_ref(), &[4; 32]), true),
        (vec![], false),
        (vec![0x30], false),
        (vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff], false),
    ];
    for (at, (spki, expected)) in cases.into_iter().enumerate() {
        assert_eq!(der::is_verifiable(&spki, &supported()), expected, "case {at}");
    }
}
