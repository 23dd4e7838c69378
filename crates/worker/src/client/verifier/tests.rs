//! Chains of kinds that the library of our other certificates does not make: made once with
//! openssl, valid for a hundred years, without their private keys.

mod made;

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;

use super::*;

/// The certificates of the file, in its order.
const NAMES: [&str; 15] = [
    "root",
    "p521",
    "rsa1024",
    "ed448",
    "good",
    "leaf-p521",
    "leaf-rsa1024",
    "leaf-ed448",
    "leaf-good",
    "leaf-sha1",
    "alone",
    "alone-ca",
    "other",
    "otherint",
    "leaf-otherint",
];

fn certificate(name: &str) -> CertificateDer<'static> {
    let at = NAMES.iter().position(|known| *known == name).expect("a name of the file");
    let mut all = CertificateDer::pem_slice_iter(include_bytes!("certificates.pem"));
    all.nth(at).expect("as many as names").expect("a certificate")
}

fn verifier(root: CertificateDer<'_>) -> Verifier {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let supported = provider.signature_verification_algorithms;
    let mut roots = RootCertStore::empty();
    roots.add(root).expect("an authority");
    let trusted = roots.subjects();
    let inner = WebPkiServerVerifier::builder_with_provider(roots.into(), provider);
    Verifier::new(inner.build().expect("a verifier"), trusted, supported)
}

/// What the verifier says of a chain in May 2027.
fn judged(chain: &[&str]) -> Result<(), Error> {
    let chain: Vec<_> = chain.iter().map(|name| certificate(name)).collect();
    verified(certificate("root"), &chain)
}

fn verified(root: CertificateDer<'_>, chain: &[CertificateDer<'_>]) -> Result<(), Error> {
    let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(1_810_000_000));
    let name = ServerName::try_from("crm.acme.com").expect("a name");
    verifier(root).verify_server_cert(&chain[0], &chain[1..], &name, &[], now).map(drop)
}

fn fault(judged: Result<(), Error>) -> Option<CertificateFault> {
    match judged {
        Err(Error::InvalidCertificate(CertificateError::Other(other))) => {
            other.0.downcast_ref().copied()
        }
        _ => None,
    }
}

#[test]
fn what_is_wrong_with_a_chain_is_told_apart() {
    use CertificateFault::{IncompleteChain, SelfSigned, UnverifiableKey};
    assert_eq!(judged(&["leaf-good", "good"]), Ok(()));
    assert_eq!(judged(&["leaf-good", "other", "good"]), Ok(()), "in any order");
    let cases: [(&[&str], Option<CertificateFault>); 8] = [
        (&["leaf-good"], Some(IncompleteChain)),
        (&["leaf-good", "leaf-good"], Some(IncompleteChain)),
        (&["leaf-good", "p521"], Some(IncompleteChain)),
        // A private authority, or a hole under a trusted one: nobody can tell.
        (&["leaf-otherint", "otherint"], Some(IncompleteChain)),
        (&["leaf-otherint", "otherint", "other"], None),
        (&["alone"], Some(SelfSigned)),
        (&["alone-ca"], Some(SelfSigned)),
        (&["leaf-rsa1024", "rsa1024"], Some(UnverifiableKey)),
    ];
    for (chain, expected) in cases {
        assert_eq!(fault(judged(chain)), expected, "{chain:?}: {:?}", judged(chain));
        assert!(judged(chain).is_err(), "{chain:?}");
    }
}

#[test]
fn algorithms_that_we_cannot_verify_have_errors_of_their_own() {
    for chain in [&["leaf-p521", "p521"], &["leaf-ed448", "ed448"], &["leaf-sha1", "good"]] {
        let unsupported = matches!(
            judged(chain),
            Err(Error::InvalidCertificate(
                CertificateError::UnsupportedSignatureAlgorithmContext { .. }
                    | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. }
            ))
        );
        assert!(unsupported, "{chain:?}: {:?}", judged(chain));
    }
}
