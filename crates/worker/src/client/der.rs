//! As much of a certificate's DER (X.690) as it takes to say what is wrong with it. Whether it is
//! trusted is decided elsewhere, before.

use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::alg_id::RSA_ENCRYPTION;

/// Bits of an RSA key that `ring` verifies signatures with.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;

/// The object identifier of the extension `basicConstraints`, 2.5.29.19, encoded.
const BASIC_CONSTRAINTS: [u8; 5] = [0x06, 0x03, 0x55, 0x1d, 0x13];

/// `BOOLEAN TRUE`, encoded.
const TRUE: [u8; 3] = [0x01, 0x01, 0xff];

const OCTET_STRING: u8 = 0x04;

/// What the version of a certificate is tagged with, `[0]`.
const VERSION: u8 = 0xa0;

/// One element: whole, and what is in it.
struct Element<'a> {
    whole: &'a [u8],
    contents: &'a [u8],
}

/// The first element, and what follows it.
fn element(der: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (length, header) = match *der.get(1)? {
        short @ 0..0x80 => (usize::from(short), 2),
        long => {
            let bytes = der.get(2..2 + usize::from(long & 0x7f)).filter(|bytes| bytes.len() < 5)?;
            let length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            (length, 2 + bytes.len())
        }
    };
    let (whole, rest) = der.split_at_checked(header + length)?;
    Some((Element { whole, contents: &whole[header..] }, rest))
}

/// The parts of a certificate (RFC 5280, section 4.1) that say whose it is.
pub(super) struct Parts<'a> {
    pub(super) issuer: &'a [u8],
    /// From when until when: two times in digits.
    pub(super) validity: &'a [u8],
    pub(super) subject: &'a [u8],
    /// The whole `subjectPublicKeyInfo`.
    pub(super) spki: &'a [u8],
    /// Of version 1, it has no extensions to say what it is for.
    pub(super) first_version: bool,
}

impl<'a> Parts<'a> {
    /// None of what has not the form of a certificate.
    pub(super) fn of(certificate: &'a [u8]) -> Option<Self> {
        let mut rest = element(element(certificate)?.0.contents)?.0.contents;
        let first_version = rest.first() != Some(&VERSION);
        let mut next = || {
            let (element, after) = element(rest)?;
            rest = after;
            Some(element.whole)
        };
        let _version = if first_version { None } else { next() };
        let (_serial, _algorithm, issuer) = (next()?, next()?, next()?);
        let (validity, subject, spki) = (next()?, next()?, next()?);
        Some(Self { issuer, validity, subject, spki, first_version })
    }
}

/// The algorithm of a `subjectPublicKeyInfo`, and its key.
fn key(spki: &[u8]) -> Option<(&[u8], &[u8])> {
    let (algorithm, rest) = element(element(spki)?.0.contents)?;
    // The first byte of a bit string counts the bits that are left unused: none.
    Some((algorithm.contents, element(rest)?.0.contents.get(1..)?))
}

/// Whether we can verify signatures of that key, a whole `subjectPublicKeyInfo`.
pub(super) fn is_verifiable(spki: &[u8], supported: &WebPkiSupportedAlgorithms) -> bool {
    let Some((algorithm, key)) = key(spki) else { return false };
    let mut known = supported.all.iter().map(|known| known.public_key_alg_id());
    let rsa = algorithm == RSA_ENCRYPTION.as_ref();
    known.any(|known| known.as_ref() == algorithm)
        && (!rsa || rsa_bits(key).is_some_and(|bits| RSA_BITS.contains(&bits)))
}

/// How long the modulus of an RSA key is (RFC 8017, A.1.1).
fn rsa_bits(key: &[u8]) -> Option<usize> {
    let modulus = element(element(key)?.0.contents)?.0.contents;
    let zeros = modulus.iter().position(|byte| *byte != 0)?;
    let first = modulus[zeros].leading_zeros() as usize;
    Some((modulus.len() - zeros) * 8 - first)
}

/// Whether a certificate is signed with the key that it has itself.
pub(super) fn is_signed_by(
    certificate: &[u8],
    spki: &[u8],
    supported: &WebPkiSupportedAlgorithms,
) -> Option<bool> {
    let (signed, rest) = element(element(certificate)?.0.contents)?;
    let (algorithm, rest) = element(rest)?;
    let signature = element(rest)?.0.contents.get(1..)?;
    let (of_key, key) = key(spki)?;
    let fitting = supported.all.iter().filter(|known| {
        known.public_key_alg_id().as_ref() == of_key
            && known.signature_alg_id().as_ref() == algorithm.contents
    });
    let mut fitting = fitting.copied();
    Some(fitting.any(|known| known.verify_signature(key, signed.whole, signature).is_ok()))
}

/// Whether a certificate says that it is one of an authority: `basicConstraints` with `cA`.
pub(super) fn is_authority(certificate: &[u8]) -> bool {
    let after = certificate.windows(BASIC_CONSTRAINTS.len()).position(|at| at == BASIC_CONSTRAINTS);
    let Some(after) = after.map(|at| &certificate[at + BASIC_CONSTRAINTS.len()..]) else {
        return false;
    };
    let value = after.strip_prefix(&TRUE).unwrap_or(after);
    let value = element(value).filter(|_| value.first() == Some(&OCTET_STRING));
    let constraints = value.and_then(|(value, _)| element(value.contents));
    constraints.is_some_and(|(constraints, _)| constraints.contents.starts_with(&TRUE))
}
