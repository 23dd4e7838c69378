//! A made-up identity provider: one Ed25519 key, its JWKS, and tokens signed with it.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rcgen::PublicKeyData;
use serde_json::{Value, json};

/// `iss` of every token, and `AUTH_ISSUER`.
pub const ISSUER: &str = "https://identity.example.com/";
/// `aud` of every token, and `AUTH_AUDIENCE`.
pub const AUDIENCE: &str = "talentats-webhooks";
/// Seconds for which a token is good.
const LIFETIME_S: u64 = 1_800;

/// The provider's key pair.
pub struct IdentityProvider {
    key: EncodingKey,
    jwks: Value,
}

impl IdentityProvider {
    /// A new key pair.
    pub fn generate() -> Self {
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).expect("a new key pair");
        let public = URL_SAFE_NO_PAD.encode(pair.der_bytes());
        let jwk = json!({
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "e2e", "x": public,
        });
        let key = EncodingKey::from_ed_der(&pair.serialize_der());
        Self { key, jwks: json!({ "keys": [jwk] }) }
    }

    /// The JWKS document, for `AUTH_JWKS`.
    pub fn jwks(&self) -> String {
        self.jwks.to_string()
    }

    /// A token of a member; `organisation` is `None` for support.
    pub fn token(&self, role: &str, name: &str, organisation: Option<&str>) -> String {
        self.sign(&self.claims(role, name, organisation))
    }

    /// The claims that `token` signs, for tests that spoil one of them.
    pub fn claims(&self, role: &str, name: &str, organisation: Option<&str>) -> Value {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
        let issued_at = now.as_secs();
        let mut claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "iat": issued_at, "exp": issued_at + LIFETIME_S,
            "sub": format!("auth0|{}", name.to_lowercase()), "name": name,
            "email": format!("{}@example.com", name.to_lowercase()), "role": role,
        });
        if let Some(organisation) = organisation {
            claims["org"] = json!(organisation);
        }
        claims
    }

    /// Signs any claims under a header that calls the algorithm so.
    pub fn sign_as(&self, algorithm: &str, claims: &Value) -> String {
        let header = json!({ "alg": algorithm, "kid": "e2e" });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(claims));
        let signed = jsonwebtoken::crypto::sign(message.as_bytes(), &self.key, Algorithm::EdDSA);
        format!("{message}.{}", signed.expect("an Ed25519 key"))
    }

    /// Signs any claims.
    pub fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some("e2e".to_owned()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, claims, &self.key).expect("claims that serialise")
    }
}

impl std::fmt::Debug for IdentityProvider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdentityProvider").finish_non_exhaustive()
    }
}
