//! A token as it came (JWS in compact form, RFC 7515): its header, and whether a key signed it.
//! Taken apart here since the library does not know every name of what it can verify.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, crypto};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Refusal;
use super::keys::VerifyingKey;

/// A token in its parts, before anything in it is believed.
pub(super) struct Token<'a> {
    /// The one way in which it may be signed.
    pub(super) algorithm: Algorithm,
    /// Which key it claims to be signed with.
    pub(super) kid: Option<String>,
    /// Header and payload, which the signature is about.
    message: &'a str,
    payload: &'a str,
    signature: &'a str,
}

/// The header. `jku`, `x5u` and `jwk` are ignored.
#[derive(Deserialize)]
struct Header {
    alg: Option<String>,
    kid: Option<String>,
    crit: Option<Value>,
    enc: Option<Value>,
    zip: Option<Value>,
}

impl<'a> Token<'a> {
    pub(super) fn parse(token: &'a str) -> Result<Self, Refusal> {
        let parts: Vec<_> = token.split('.').collect();
        let [header, payload, signature] = parts[..] else { return Err(Refusal::Malformed) };
        let message = &token[..header.len() + 1 + payload.len()];
        let header: Header = object(&decoded(header)?).ok_or(Refusal::Malformed)?;
        let algorithm = header.alg.as_deref().and_then(algorithm).ok_or(Refusal::Algorithm)?;
        if header.crit.is_some() || header.enc.is_some() || header.zip.is_some() {
            return Err(Refusal::Malformed);
        }
        Ok(Self { algorithm, kid: header.kid, message, payload, signature })
    }

    /// What it says, if that key signed it, in the way that the key is for.
    pub(super) fn signed_by(&self, key: &VerifyingKey) -> Result<Vec<u8>, Refusal> {
        if key.algorithm != self.algorithm {
            return Err(Refusal::Algorithm);
        }
        if !key.signed(self.message.as_bytes(), self.signature) {
            return Err(Refusal::Signature);
        }
        decoded(self.payload)
    }
}

impl VerifyingKey {
    /// Whether it made that signature, in base64url, of a message.
    pub(super) fn signed(&self, message: &[u8], signature: &str) -> bool {
        crypto::verify(signature, message, &self.key, self.algorithm).unwrap_or(false)
    }
}

/// Header and claims are JSON objects (RFC 7519, section 7.2): serde would take a list of their values,
/// too.
pub(super) fn object<T: DeserializeOwned>(text: &[u8]) -> Option<T> {
    let is_object = text.trim_ascii_start().starts_with(b"{");
    is_object.then(|| serde_json::from_slice(text).ok()).flatten()
}

/// The algorithms that are accepted. `Ed25519` is the newer name of what `EdDSA` means with a key
/// on that curve (RFC 9864), and no key on another one is ever taken.
fn algorithm(name: &str) -> Option<Algorithm> {
    match name {
        "RS256" => Some(Algorithm::RS256),
        "ES256" => Some(Algorithm::ES256),
        "EdDSA" | "Ed25519" => Some(Algorithm::EdDSA),
        _ => None,
    }
}

fn decoded(part: &str) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Malformed)
}
