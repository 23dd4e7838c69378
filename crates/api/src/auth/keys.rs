//! The identity provider's public keys: a JWKS (RFC 7517) from a file or an https URL. This is
//! the API's only outgoing request.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header};
use tokio::sync::{Mutex, RwLock};
use tokio::time::Instant;
use url::Url;

use super::Refusal;

/// An unknown `kid` makes us look again, at most this often: tokens cannot make us flood
/// the identity provider.
const REFETCH_PAUSE: Duration = Duration::from_mins(1);
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);
/// A JWKS has a few kilobytes.
const LARGEST_JWKS: usize = 1024 * 1024;
/// Shortest RSA modulus in bytes (2,048 bits, RFC 7518 section 3.3).
const SHORTEST_MODULUS: usize = 256;

/// Where the keys come from, and those that were read last.
pub struct KeySource {
    place: Place,
    keys: RwLock<Vec<VerifyingKey>>,
    /// None: long ago.
    last_read: Mutex<Option<Instant>>,
}

enum Place {
    File(PathBuf),
    Url(Url),
}

/// One key, with the one algorithm that it may be used for.
#[derive(Clone)]
pub(super) struct VerifyingKey {
    kid: Option<String>,
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

impl KeySource {
    /// Reads the keys of `AUTH_JWKS`.
    ///
    /// # Errors
    /// One sentence: the file or URL cannot be read, or has no key that can be used.
    pub async fn open(jwks: &str) -> anyhow::Result<Self> {
        let place = Place::parse(jwks)?;
        let keys = place.read().await.with_context(|| {
            format!("AUTH_JWKS cannot be read from {place}; give a JWKS file or an https URL")
        })?;
        Ok(Self { place, keys: RwLock::new(keys), last_read: Mutex::new(Some(Instant::now())) })
    }

    /// The key that a token's header names; looks again when it is not among those known.
    pub(super) async fn find(&self, header: &Header) -> Result<VerifyingKey, Refusal> {
        if !matches!(header.alg, Algorithm::RS256 | Algorithm::ES256 | Algorithm::EdDSA) {
            return Err(Refusal::Algorithm);
        }
        if let Some(key) = self.known(header).await {
            return fitting(key, header.alg);
        }
        self.read_again().await;
        let key = self.known(header).await.ok_or(Refusal::UnknownKey)?;
        fitting(key, header.alg)
    }

    /// By `kid`; without one, the only key there is.
    async fn known(&self, header: &Header) -> Option<VerifyingKey> {
        let keys = self.keys.read().await;
        match &header.kid {
            Some(kid) => keys.iter().find(|key| key.kid.as_ref() == Some(kid)).cloned(),
            None if keys.len() == 1 => keys.first().cloned(),
            None => None,
        }
    }

    async fn read_again(&self) {
        let mut last_read = self.last_read.lock().await;
        if last_read.is_some_and(|last| last.elapsed() < REFETCH_PAUSE) {
            return;
        }
        *last_read = Some(Instant::now());
        match self.place.read().await {
            Ok(keys) => *self.keys.write().await = keys,
            Err(error) => tracing::warn!("AUTH_JWKS cannot be read just now: {error:#}"),
        }
    }
}

#[cfg(test)]
impl KeySource {
    /// As if the keys had been read long ago.
    pub(super) async fn forget_last_read(&self) {
        *self.last_read.lock().await = None;
    }
}

/// The key decides the algorithm: a token that claims another one is refused.
fn fitting(key: VerifyingKey, algorithm: Algorithm) -> Result<VerifyingKey, Refusal> {
    if key.algorithm == algorithm { Ok(key) } else { Err(Refusal::Algorithm) }
}

impl Place {
    fn parse(text: &str) -> anyhow::Result<Self> {
        match Url::parse(text) {
            Ok(url) if url.scheme() == "https" => Ok(Self::Url(url)),
            Ok(url) if url.scheme() == "http" => {
                anyhow::bail!("AUTH_JWKS is an http URL: keys are fetched by https only")
            }
            _ => Ok(Self::File(PathBuf::from(text))),
        }
    }

    async fn read(&self) -> anyhow::Result<Vec<VerifyingKey>> {
        let text = match self {
            Self::File(path) => std::fs::read(path)?,
            Self::Url(url) => fetch(url.clone()).await?,
        };
        let keys = parse_jwks(&text)?;
        anyhow::ensure!(!keys.is_empty(), "it has no RS256, ES256 or EdDSA key");
        Ok(keys)
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Url(url) => write!(f, "{}", url.host_str().unwrap_or_default()),
        }
    }
}

/// A client of its own for each fetch: at most one a minute, and none outlives its runtime.
async fn fetch(url: Url) -> anyhow::Result<Vec<u8>> {
    let client = reqwest::Client::builder()
        .timeout(FETCH_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let mut response = client.get(url).send().await?;
    anyhow::ensure!(response.status() == 200, "the answer was {}", response.status());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        anyhow::ensure!(body.len() <= LARGEST_JWKS, "the answer is longer than 1 MiB");
    }
    Ok(body)
}

/// The usable keys of a set. Others (encryption keys, other curves) are passed over: identity
/// providers publish them side by side.
fn parse_jwks(text: &[u8]) -> anyhow::Result<Vec<VerifyingKey>> {
    #[derive(serde::Deserialize)]
    struct Jwks {
        keys: Vec<serde_json::Value>,
    }
    let jwks: Jwks = serde_json::from_slice(text).context("it is not a JWKS")?;
    let usable = jwks.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
    Ok(usable.filter_map(|jwk: Jwk| usable_key(&jwk)).collect())
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
    if !for_signing || !for_this || is_short_rsa(jwk) {
        return None;
    }
    let key = DecodingKey::from_jwk(jwk).ok()?;
    Some(VerifyingKey { kid: common.key_id.clone(), algorithm, key })
}

fn is_short_rsa(jwk: &Jwk) -> bool {
    use base64::Engine;
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    match &jwk.algorithm {
        AlgorithmParameters::RSA(key) => engine
            .decode(&key.n)
            .map_or(true, |n| n.iter().skip_while(|byte| **byte == 0).count() < SHORTEST_MODULUS),
        _ => false,
    }
}
