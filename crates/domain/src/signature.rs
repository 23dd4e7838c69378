//! Standard Webhooks signatures (standardwebhooks.com, specification 1.0): HMAC-SHA-256 over
//! id, timestamp and the raw body.

mod vectors;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;

use crate::id::ExportId;

pub use vectors::{VECTORS, Vector};

/// Bytes of randomness in a secret.
pub const SECRET_BYTES: usize = 32;
const PREFIX: &str = "whsec_";

/// A signing secret of a webhook: printed as `whsec_` and base64, only on creation and rotation.
pub struct SigningSecret(SecretBox<Vec<u8>>);

/// The text is not `whsec_` followed by the base64 of 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a signing secret: expected whsec_ and the base64 of 32 bytes")]
pub struct MalformedSecret;

impl SigningSecret {
    /// A secret made of fresh random bytes.
    pub fn from_random(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(SecretBox::new(Box::new(bytes.to_vec())))
    }

    /// Reads the printed form.
    ///
    /// # Errors
    /// [`MalformedSecret`].
    pub fn parse(text: &str) -> Result<Self, MalformedSecret> {
        let encoded = text.strip_prefix(PREFIX).ok_or(MalformedSecret)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| MalformedSecret)?;
        let bytes: [u8; SECRET_BYTES] = bytes.try_into().map_err(|_| MalformedSecret)?;
        Ok(Self::from_random(bytes))
    }

    /// The printed form: for the one answer that shows it, and for sealing.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(self.0.expose_secret()))
    }

    fn sign(&self, id: ExportId, timestamp: i64, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()).expect("any length");
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl std::fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningSecret")
    }
}

/// The `webhook-signature` header: one signature per secret, so that a receiver may hold either
/// while a rotation overlaps. `timestamp` in whole seconds since 1970.
pub fn signature_header<'a>(
    secrets: impl IntoIterator<Item = &'a SigningSecret>,
    id: ExportId,
    timestamp: i64,
    body: &[u8],
) -> String {
    let signatures: Vec<_> =
        secrets.into_iter().map(|secret| secret.sign(id, timestamp, body)).collect();
    signatures.join(" ")
}

#[cfg(test)]
mod tests;
