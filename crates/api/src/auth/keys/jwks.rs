//! The keys of a JWKS (RFC 7517) that tokens may be signed with.

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse,
};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

use super::VerifyingKey;

/// Shortest RSA modulus in bytes (2,048 bits, RFC 7518 section 3.3).
const SHORTEST_MODULUS: usize = 256;

/// The usable keys of a set. Others (encryption keys, other curves) are passed over: identity
/// providers publish them side by side.
pub(super) fn parse(text: &[u8]) -> anyhow::Result<Vec<VerifyingKey>> {
    #[derive(serde::Deserialize)]
    struct Jwks {
        keys: Vec<Value>,
    }
    let jwks: Jwks = serde_json::from_slice(text).context("it is not a JWKS")?;
    let known = jwks.keys.into_iter().map(with_known_name);
    let usable = known.filter_map(|key| serde_json::from_value(key).ok());
    Ok(usable.filter_map(|jwk: Jwk| usable_key(&jwk)).collect())
}

/// The library knows `Ed25519` (RFC 9864) by its older name, which does not tell the curve; that is
/// looked at anyway.
fn with_known_name(mut key: Value) -> Value {
    if key["alg"] == "Ed25519" && key["kty"] == "OKP" {
        key["alg"] = "EdDSA".into();
    }
    key
}

fn usable_key(jwk: &Jwk) -> Option<VerifyingKey> {
    let (algorithm, declared) = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => (Algorithm::RS256, KeyAlgorithm::RS256),
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            (Algorithm::EdDSA, KeyAlgorithm::EdDSA)
        }
        _ => return None,
    };
    let common = &jwk.common;
    let for_signing = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature));
    let for_this = common.key_algorithm.is_none_or(|algorithm| algorithm == declared);
    let operations = common.key_operations.as_ref();
    let may_verify = operations.is_none_or(|all| all.contains(&KeyOperations::Verify));
    if !for_signing || !may_verify || !for_this || is_short_rsa(jwk) {
        return None;
    }
    let key = DecodingKey::from_jwk(jwk).ok()?;
    Some(VerifyingKey { kid: common.key_id.clone(), algorithm, key })
}

fn is_short_rsa(jwk: &Jwk) -> bool {
    match &jwk.algorithm {
        AlgorithmParameters::RSA(key) => URL_SAFE_NO_PAD
            .decode(&key.n)
            .map_or(true, |n| n.iter().skip_while(|byte| **byte == 0).count() < SHORTEST_MODULUS),
        _ => false,
    }
}
