//! The key under which references of erased people are remembered: an organisation's own, random, and
//! sealed like everything else that must not be readable. It stays when `SECRET_KEYS` change, so that who
//! was erased under an old key is not imported again under a new one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use uuid::Uuid;

use super::{Context, Field, KEY_BYTES, NONCE_BYTES, SealingKeys, Unopenable};
use crate::id::OrganisationId;

/// A key for the references of one organisation.
pub struct ReferenceKey(SecretBox<[u8; KEY_BYTES]>);

impl ReferenceKey {
    /// A new one of fresh random bytes.
    pub fn from_random(bytes: [u8; KEY_BYTES]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    /// Seals it for the database. `nonce` must be fresh random bytes.
    pub fn seal(
        &self,
        keys: &SealingKeys,
        organisation: OrganisationId,
        nonce: [u8; NONCE_BYTES],
    ) -> Vec<u8> {
        let text = STANDARD.encode(self.0.expose_secret());
        keys.seal(Context::of_references(organisation), nonce, &text)
    }

    /// Opens a sealed one.
    ///
    /// # Errors
    /// [`Unopenable`].
    pub fn open(
        keys: &SealingKeys,
        organisation: OrganisationId,
        sealed: &[u8],
    ) -> Result<Self, Unopenable> {
        let text = keys.open(Context::of_references(organisation), sealed)?;
        let bytes = STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self::from_random).ok_or(Unopenable)
    }

    /// HMAC-SHA-256 of a reference as an import stores it.
    pub fn hmac(&self, reference: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret())
            .expect("HMAC takes keys of any length");
        mac.update(b"candidate reference\0");
        mac.update(reference.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// Keys are never printed.
impl std::fmt::Debug for ReferenceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReferenceKey").finish_non_exhaustive()
    }
}

impl Context {
    /// Where the key of an organisation's erased references is sealed in.
    pub fn of_references(organisation: OrganisationId) -> Self {
        Self { organisation, webhook: Uuid::nil().into(), field: Field::References }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> SealingKeys {
        SealingKeys::parse(text).expect("keys")
    }

    #[test]
    fn a_reference_is_known_again_whatever_became_of_the_sealing_keys() {
        let key_of = |id: char, byte: u8| format!("{id}:{}", STANDARD.encode([byte; KEY_BYTES]));
        let (a, b) = (key_of('a', 0), key_of('b', 1));
        let organisation = Uuid::from_u128(1).into();
        let key = ReferenceKey::from_random([7; KEY_BYTES]);
        let sealed = key.seal(&keys(&a), organisation, [5; NONCE_BYTES]);
        let rotated = keys(&format!("{b},{a}"));
        let opened = ReferenceKey::open(&rotated, organisation, &sealed).expect("opens");
        let resealed = opened.seal(&rotated, organisation, [6; NONCE_BYTES]);
        let opened = ReferenceKey::open(&keys(&b), organisation, &resealed).expect("opens");
        assert_eq!(opened.hmac("C-1007"), key.hmac("C-1007"));
        assert_ne!(opened.hmac("C-1007"), key.hmac("C-1008"));
        let other = ReferenceKey::from_random([8; KEY_BYTES]);
        assert_ne!(other.hmac("C-1007"), key.hmac("C-1007"), "each organisation has its own");
        for (keys, owner) in [(keys(&b), organisation), (keys(&a), Uuid::from_u128(2).into())] {
            assert!(ReferenceKey::open(&keys, owner, &sealed).is_err());
        }
    }
}
