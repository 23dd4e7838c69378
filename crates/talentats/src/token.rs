//! The identity provider of `talentats up`: one Ed25519 key in the data folder, its JWKS file,
//! and tokens signed with it. A deployment has a real identity provider instead.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, anyhow, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::role::Role;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::json;
use uuid::Uuid;

use crate::answer;
use crate::cli::TokenArguments;

/// `iss` of its tokens.
pub(crate) const ISSUER: &str = "talentats-up";
/// `aud` of its tokens.
pub(crate) const AUDIENCE: &str = "talentats-webhooks";
/// Longest time that a token of `up` is good: 30 days, so that a copied line works tomorrow.
pub(crate) const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Name of the key file in the data folder.
pub(crate) const KEY_FILE: &str = "token-key.der";

const KEY_ID: &str = "up";

/// Who a token speaks for.
pub(crate) struct Bearer<'a> {
    /// What they may do.
    pub(crate) role: Role,
    /// Their organisation; none for support.
    pub(crate) organisation: Option<Uuid>,
    /// Shown in the log of exports.
    pub(crate) name: &'a str,
    /// Shown in the log of exports.
    pub(crate) email: &'a str,
}

/// A key that signs tokens.
pub(crate) struct TokenKey(Vec<u8>);

impl TokenKey {
    /// A new key.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(crate) fn generate() -> anyhow::Result<Self> {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new());
        let document = document.map_err(|_| anyhow!("the system gives no randomness"))?;
        Ok(Self(document.as_ref().to_vec()))
    }

    /// The key of a PKCS #8 document.
    pub(crate) fn from_pkcs8(document: Vec<u8>) -> Self {
        Self(document)
    }

    /// As a PKCS #8 document.
    pub(crate) fn pkcs8(&self) -> &[u8] {
        &self.0
    }

    /// What the API checks tokens with (RFC 7517, RFC 8037).
    ///
    /// # Errors
    /// When the document holds no Ed25519 key.
    pub(crate) fn jwks(&self) -> anyhow::Result<String> {
        let pair = Ed25519KeyPair::from_pkcs8(&self.0);
        let pair =
            pair.map_err(|_| anyhow!("{KEY_FILE} holds no Ed25519 key: start over with --fresh"))?;
        let public = URL_SAFE_NO_PAD.encode(pair.public_key());
        let key = json!({
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": KEY_ID, "x": public,
        });
        Ok(json!({ "keys": [key] }).to_string())
    }

    /// A token, good from now on for a while.
    ///
    /// # Errors
    /// When the key is none.
    pub(crate) fn sign(&self, bearer: &Bearer, lifetime: Duration) -> anyhow::Result<String> {
        let issued_at = chrono::Utc::now().timestamp();
        let lifetime = i64::try_from(lifetime.as_secs())?;
        let mut claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "iat": issued_at, "exp": issued_at + lifetime,
            "sub": format!("up|{}", bearer.email), "name": bearer.name, "email": bearer.email,
            "role": bearer.role.as_str(),
        });
        if let Some(organisation) = bearer.organisation {
            claims["org"] = json!(organisation);
        }
        let header = Header { kid: Some(KEY_ID.to_owned()), ..Header::new(Algorithm::EdDSA) };
        let key = EncodingKey::from_ed_der(&self.0);
        jsonwebtoken::encode(&header, &claims, &key).context("cannot sign a token")
    }
}

/// `talentats token`.
///
/// # Errors
/// When there is no key, or the arguments do not fit each other.
pub(crate) fn print(arguments: &TokenArguments) -> anyhow::Result<()> {
    let support = arguments.role == Role::Support;
    ensure!(
        support || arguments.org.is_some(),
        "give --org, the id of an organisation: `talentats up` prints it, and up.env has it"
    );
    ensure!(
        !support || arguments.org.is_none(),
        "leave --org out: support belongs to no organisation"
    );
    ensure!(arguments.lifetime <= LONGEST, "--lifetime is at most 30d");
    let bearer = Bearer {
        role: arguments.role,
        organisation: arguments.org,
        name: &arguments.name,
        email: &arguments.email,
    };
    answer::line(&read_key(&arguments.data_dir)?.sign(&bearer, arguments.lifetime)?)
}

fn read_key(data_dir: &Path) -> anyhow::Result<TokenKey> {
    let path = data_dir.join(KEY_FILE);
    let document = std::fs::read(&path);
    let hint = || {
        format!("cannot read {}: `talentats up` makes it, --data-dir tells where", path.display())
    };
    Ok(TokenKey::from_pkcs8(document.with_context(hint)?))
}
