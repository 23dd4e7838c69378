//! The identity provider's public keys: when they are read, and for how long they are believed.

mod jwks;
mod place;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use jsonwebtoken::{Algorithm, DecodingKey};
use store::Outage;
use tokio::sync::{Mutex, RwLock};
use tokio::time::Instant;

use super::Refusal;
use super::token::Token;
use place::Place;

/// A token whose key is unknown, or did not sign it, makes us look again, at most this often: tokens
/// cannot make us flood the identity provider.
const REFETCH_PAUSE: Duration = Duration::from_mins(1);
/// How soon it is tried again when the keys could not be read.
const RETRY: Duration = Duration::from_secs(5);
/// How long keys are believed that cannot be read again. A provider that is away so long has let
/// no token be made that would be valid still, with `MAX_TOKEN_LIFETIME` as it usually is.
const BELIEVED: Duration = Duration::from_hours(1);

/// Where the keys come from, and those that were read last.
pub struct KeySource {
    place: Place,
    /// None: never read yet, or none that can be used.
    known: RwLock<Option<Known>>,
    /// When a token last made us read them, none: long ago. They are read one at a time.
    last_asked: Mutex<Option<Instant>>,
    outage: Outage,
}

struct Known {
    keys: Vec<VerifyingKey>,
    believed_until: Instant,
}

/// One key, with the one algorithm that it may be used for.
#[derive(Clone)]
pub(super) struct VerifyingKey {
    kid: Option<String>,
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

impl KeySource {
    /// Reads the keys of `AUTH_JWKS`. An identity provider that is away may come later; a file is
    /// there from the start.
    ///
    /// # Errors
    /// One sentence: the file cannot be read or has no key that can be used, or the URL is not https.
    pub async fn open(jwks: &str) -> anyhow::Result<Arc<Self>> {
        let place = Place::parse(jwks)?;
        let outage = Outage::new("AUTH_JWKS cannot be read", "AUTH_JWKS can be read again");
        let (known, last_asked) = (RwLock::new(None), Mutex::new(None));
        let source = Self { place, known, last_asked, outage };
        match (&source.place, source.read().await) {
            (Place::File(_), read) => read.with_context(|| {
                let place = &source.place;
                format!("AUTH_JWKS cannot be read from {place}; give a JWKS file or an https URL")
            })?,
            (Place::Url(_), read) => _ = source.tell(read),
        }
        Ok(Arc::new(source))
    }

    /// Reads the keys again at this interval, and sooner while they cannot be read, until nobody
    /// needs them any more. A key that was withdrawn is out by then, also where nobody calls.
    pub fn keep_fresh(self: &Arc<Self>, interval: Duration) {
        let retry = RETRY.min(interval);
        let was_read = self.known.try_read().is_ok_and(|known| known.is_some());
        let mut pause = if was_read { interval } else { retry };
        let source = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(pause).await;
                let Some(source) = source.upgrade() else { return };
                pause = if source.refresh().await { interval } else { retry };
            }
        });
    }

    /// Reads the keys again, and says whether they could be read.
    async fn refresh(&self) -> bool {
        let _one_at_a_time = self.last_asked.lock().await;
        self.tell(self.read().await)
    }

    /// Whether tokens can be checked: the keys were read, and not too long ago.
    pub async fn are_known(&self) -> bool {
        let known = self.known.read().await;
        known.as_ref().is_some_and(Known::is_believed)
    }

    /// The key that a token's header names; looks again when it is not among those known.
    pub(super) async fn find(&self, token: &Token<'_>) -> Result<VerifyingKey, Refusal> {
        match self.known(token).await {
            Err(Refusal::UnknownKey) => self.find_anew(token).await,
            found => found,
        }
    }

    /// The same after a new look, if there may be one by now: the provider may have put another key
    /// under the same name. Only looks that tokens caused count: those in the background must not keep
    /// a new key out.
    pub(super) async fn find_anew(&self, token: &Token<'_>) -> Result<VerifyingKey, Refusal> {
        let mut last_asked = self.last_asked.lock().await;
        if last_asked.is_none_or(|last| last.elapsed() >= REFETCH_PAUSE) {
            *last_asked = Some(Instant::now());
            self.tell(self.read().await);
        }
        drop(last_asked);
        self.known(token).await
    }

    /// By `kid`; without one, the only key there is. Keys of different kinds may share a `kid`
    /// (RFC 7517, section 4.5).
    async fn known(&self, token: &Token<'_>) -> Result<VerifyingKey, Refusal> {
        let known = self.known.read().await;
        let known = known.as_ref().filter(|known| known.is_believed());
        let keys = &known.ok_or(Refusal::NoKeys)?.keys;
        let key = match &token.kid {
            Some(kid) => {
                let mut named = keys.iter().filter(|key| key.kid.as_ref() == Some(kid));
                let fits = named.clone().find(|key| key.algorithm == token.algorithm);
                fits.or_else(|| named.next())
            }
            None if keys.len() == 1 => keys.first(),
            None => None,
        };
        key.cloned().ok_or(Refusal::UnknownKey)
    }

    /// Tells the log whether they could be read.
    fn tell(&self, read: anyhow::Result<()>) -> bool {
        match &read {
            Ok(()) => self.outage.over(),
            Err(error) => self.outage.met(&format_args!("{error:#}")),
        }
        read.is_ok()
    }

    /// Reads the keys. A set without one that can be used ends those of before, which were withdrawn,
    /// and is a fault all the same: nobody can say whose a token is.
    async fn read(&self) -> anyhow::Result<()> {
        let keys = self.place.read().await?;
        let is_empty = keys.is_empty();
        let believed_until = Instant::now() + BELIEVED;
        *self.known.write().await = (!is_empty).then_some(Known { keys, believed_until });
        anyhow::ensure!(!is_empty, "it has no RS256, ES256 or Ed25519 key");
        Ok(())
    }
}

impl Known {
    fn is_believed(&self) -> bool {
        Instant::now() < self.believed_until
    }
}

#[cfg(test)]
impl VerifyingKey {
    /// The key of a JWK, if tokens may be signed with it.
    pub(super) fn of_jwk(jwk: &serde_json::Value) -> Option<Self> {
        let set = serde_json::json!({ "keys": [jwk] }).to_string();
        jwks::parse(set.as_bytes()).expect("a JWKS").pop()
    }
}

#[cfg(test)]
impl KeySource {
    /// As if the keys had been asked for long ago.
    pub(super) async fn forget_last_asked(&self) {
        *self.last_asked.lock().await = None;
    }

    /// What is done again and again in the background.
    pub(super) async fn look_again(&self) -> bool {
        self.refresh().await
    }

    /// As if they could not be read for as long as they are believed.
    pub(super) async fn outlive(&self) {
        self.known.write().await.as_mut().expect("read before").believed_until = Instant::now();
    }
}
