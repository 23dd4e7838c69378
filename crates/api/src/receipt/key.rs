//! The key that signs receipts: Ed25519 (RFC 8032), derived from the first of `SECRET_KEYS` for this
//! purpose alone, so that every process of an installation has the same one and nobody has to keep it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::sealing::SealingKeys;
use ring::signature::{Ed25519KeyPair, KeyPair};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{Receipt, SignedReceipt};

/// What it is derived for.
const PURPOSE: &str = "talentATS Webhooks: receipts, Ed25519, 1";

/// The key that signs receipts.
pub struct ReceiptKey {
    pair: Ed25519KeyPair,
    id: String,
}

/// Public keys (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
pub struct Jwks {
    /// Every key that receipts were ever signed with, and the one that signs them now.
    pub keys: Vec<Jwk>,
}

/// A public key (RFC 7517, RFC 8037).
#[derive(Debug, Serialize, ToSchema)]
pub struct Jwk {
    /// Kind of key.
    #[schema(example = "OKP")]
    pub kty: &'static str,
    /// Its curve.
    #[schema(example = "Ed25519")]
    pub crv: &'static str,
    /// What it signs with.
    #[schema(example = "EdDSA")]
    pub alg: &'static str,
    /// What it is for.
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    pub usage: &'static str,
    /// Its id: its thumbprint (RFC 7638).
    #[schema(example = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")]
    pub kid: String,
    /// The public key, base64url.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    pub x: String,
}

impl ReceiptKey {
    /// The key of an installation with these sealing keys.
    pub fn derive(keys: &SealingKeys) -> Self {
        let seed = keys.derive(PURPOSE);
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose_secret())
            .expect("every 32 bytes are a seed of Ed25519");
        let id = thumbprint(pair.public_key().as_ref());
        Self { pair, id }
    }

    /// Its public part.
    pub fn public(&self) -> store::receipt_keys::ReceiptKey {
        let public_key = self.pair.public_key().as_ref().to_vec();
        store::receipt_keys::ReceiptKey { id: self.id.clone(), public_key }
    }

    /// Signs a receipt.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which would be our mistake.
    pub fn sign(&self, receipt: Receipt) -> Result<SignedReceipt, serde_json::Error> {
        let header = json!({ "alg": "EdDSA", "kid": self.id, "typ": "JWT" }).to_string();
        let [header, payload] = [header.into_bytes(), serde_json::to_vec(&receipt)?]
            .map(|part| URL_SAFE_NO_PAD.encode(part));
        let signed = format!("{header}.{payload}");
        let signature = URL_SAFE_NO_PAD.encode(self.pair.sign(signed.as_bytes()));
        let jws = format!("{signed}.{signature}");
        Ok(SignedReceipt { receipt, jws, keys: super::KEYS_PATH })
    }
}

impl Jwks {
    /// The published keys, and the one that signs now, which has perhaps signed nothing yet.
    pub fn new(published: Vec<store::receipt_keys::ReceiptKey>, now: &ReceiptKey) -> Self {
        let others = published.into_iter().filter(|key| key.id != now.id);
        let keys = std::iter::once(now.public()).chain(others);
        Self { keys: keys.map(|key| Jwk::new(key.id, &key.public_key)).collect() }
    }
}

impl Jwk {
    fn new(kid: String, public_key: &[u8]) -> Self {
        let x = URL_SAFE_NO_PAD.encode(public_key);
        Self { kty: "OKP", crv: "Ed25519", alg: "EdDSA", usage: "sig", kid, x }
    }
}

/// RFC 7638: over the members that a key of this kind must have, in the order of the alphabet.
fn thumbprint(public_key: &[u8]) -> String {
    let x = URL_SAFE_NO_PAD.encode(public_key);
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    URL_SAFE_NO_PAD.encode(Sha256::digest(members))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037, A.3.
    #[test]
    fn thumbprints_are_as_the_rfc_says() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let public_key = URL_SAFE_NO_PAD.decode(x).expect("base64url");
        assert_eq!(thumbprint(&public_key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn a_rotation_makes_another_key_and_all_are_published() {
        let a = "a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        let b = "b:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
        let key = |text: &str| ReceiptKey::derive(&SealingKeys::parse(text).expect("keys"));
        let (old, new) = (key(a), key(&format!("{b},{a}")));
        assert_ne!(old.id, new.id);
        let published = Jwks::new(vec![old.public(), new.public()], &new);
        let ids: Vec<_> = published.keys.iter().map(|key| key.kid.as_str()).collect();
        assert_eq!(ids, [new.id.as_str(), old.id.as_str()]);
    }
}
