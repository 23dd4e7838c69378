//! Sealing of what must not be readable in the database (URL, signing secret):
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) under keys from the environment.

mod derived;
mod references;
mod rotation;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;

use crate::id::{OrganisationId, WebhookId};
use crate::list::parse_list;

pub use references::ReferenceKey;
pub use rotation::{Resealed, key_of};

/// Bytes of a nonce; fresh random ones for each sealing.
pub const NONCE_BYTES: usize = 24;
const KEY_BYTES: usize = 32;
const KEY_FORM: &str = "write id:base64 with a key of 32 bytes (openssl rand -base64 32)";

/// The keys of a deployment: the first seals, all open. To rotate, put a new one in front.
pub struct SealingKeys(Vec<SealingKey>);

struct SealingKey {
    id: String,
    bytes: SecretBox<[u8; KEY_BYTES]>,
}

/// What a sealed value is and whose: bound into it, so that it opens in no other place.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The webhook; the nil id where it is of none.
    pub webhook: WebhookId,
    /// Which of its values.
    pub field: Field,
}

/// The sealed values of a webhook, and of an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The registered URL.
    Url,
    /// A signing secret.
    Secret,
    /// The key of erased references: the organisation's, of no webhook.
    References,
}

/// A sealed value that does not open: its key is not among ours, or it was tampered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open: SECRET_KEYS lacks its key, or the value was changed")]
pub struct Unopenable;

/// What is wrong with the keys, by a value that should open. Names a key, never shows one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum KeyFault {
    /// The key that sealed it is not among ours.
    #[error(
        "SECRET_KEYS lacks the key `{0}`, under which live webhooks, or keys of erased references, are sealed: add it behind the first"
    )]
    Missing(String),
    /// The key of that id is another one.
    #[error(
        "the key `{0}` in SECRET_KEYS is not the one under which live webhooks, or keys of erased references, are sealed: it does not open them"
    )]
    Wrong(String),
}

impl SealingKeys {
    /// Reads `id:base64,id:base64`; each key is 32 bytes.
    ///
    /// # Errors
    /// A sentence that says what is wrong, without the key.
    pub fn parse(text: &str) -> Result<Self, String> {
        let keys = parse_list(text, SealingKey::parse)?;
        if keys.is_empty() {
            return Err(format!("there is no key: {KEY_FORM}"));
        }
        for (index, key) in keys.iter().enumerate() {
            if keys[..index].iter().any(|earlier| earlier.id == key.id) {
                return Err(format!("the key id `{}` is used twice", key.id));
            }
        }
        Ok(Self(keys))
    }

    /// Seals a value under the first key. `nonce` must be fresh random bytes.
    pub fn seal(&self, context: Context, nonce: [u8; NONCE_BYTES], value: &str) -> Vec<u8> {
        let key = &self.0[0];
        let payload = Payload { msg: value.as_bytes(), aad: &context.associated_data() };
        let sealed = key
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .expect("encryption of a short value to memory cannot fail");
        let id = key.id.as_bytes();
        let id_length = u8::try_from(id.len()).expect("a key id has at most 32 bytes");
        [&[id_length], id, &nonce[..], &sealed].concat()
    }

    /// Opens a sealed value.
    ///
    /// # Errors
    /// [`Unopenable`].
    pub fn open(&self, context: Context, sealed: &[u8]) -> Result<String, Unopenable> {
        let (id, rest) = split_id(sealed).ok_or(Unopenable)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(Unopenable)?;
        let key = self.0.iter().find(|key| key.id.as_bytes() == id).ok_or(Unopenable)?;
        let payload = Payload { msg: sealed, aad: &context.associated_data() };
        let value = key.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| Unopenable)?;
        String::from_utf8(value).map_err(|_| Unopenable)
    }

    /// Whether these keys open what they should, by values that were sealed; a key is wrong where
    /// it opens none of those that name it: one alone may have been spoilt. What names no key says
    /// nothing about any.
    ///
    /// # Errors
    /// The fault of the first key that has one.
    pub fn check<'a>(
        &self,
        sealed: impl IntoIterator<Item = (Context, &'a [u8])>,
    ) -> Result<(), KeyFault> {
        let mut by_id: BTreeMap<String, Result<(), KeyFault>> = BTreeMap::new();
        for (context, value) in sealed {
            let Some(id) = key_of(value).map(str::to_owned) else { continue };
            let fault = match self.open(context, value) {
                Ok(_) => Ok(()),
                Err(_) if self.0.iter().any(|key| key.id == id) => Err(KeyFault::Wrong(id.clone())),
                Err(_) => Err(KeyFault::Missing(id.clone())),
            };
            let judged = by_id.entry(id).or_insert_with(|| fault.clone());
            if fault.is_ok() {
                *judged = fault;
            }
        }
        by_id.into_values().collect()
    }

    /// HMAC-SHA-256 of a normalised URL under each key, the sealing key's first: what finds an
    /// equal URL of the same organisation without opening any.
    pub fn url_hmacs(&self, organisation: OrganisationId, url: &str) -> Vec<[u8; 32]> {
        self.hmacs(&[b"webhook url\0", organisation.to_string().as_bytes(), url.as_bytes()])
    }

    /// The same for whichever organisation: what tells that two of them have an equal URL.
    pub fn url_marks(&self, url: &str) -> Vec<[u8; 32]> {
        self.hmacs(&[b"webhook url of anybody\0", url.as_bytes()])
    }

    fn hmacs(&self, parts: &[&[u8]]) -> Vec<[u8; 32]> {
        let keyed = |key: &SealingKey| {
            let mut mac = Hmac::<Sha256>::new_from_slice(key.bytes.expose_secret())
                .expect("HMAC takes keys of any length");
            parts.iter().for_each(|part| mac.update(part));
            mac.finalize().into_bytes().into()
        };
        self.0.iter().map(keyed).collect()
    }
}

/// Whether a key may have that id.
fn is_id(id: &str) -> bool {
    (1..=32).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The id of the key that sealed a value, and what follows it.
fn split_id(sealed: &[u8]) -> Option<(&[u8], &[u8])> {
    let (id_length, rest) = sealed.split_first()?;
    rest.split_at_checked(usize::from(*id_length))
}

impl std::fmt::Debug for SealingKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| &key.id)).finish()
    }
}

impl SealingKey {
    fn parse(text: &str) -> Result<Self, String> {
        let form = KEY_FORM;
        let (id, encoded) = text.split_once(':').ok_or(format!("no key id: {form}"))?;
        if !is_id(id) {
            return Err(format!("a key id has 1 to 32 letters and digits: {form}"));
        }
        let bytes = STANDARD
            .decode(encoded)
            .map_err(|_| format!("the key `{id}` is not base64: {form}"))?;
        let length = bytes.len();
        let bytes =
            bytes.try_into().map_err(|_| format!("the key `{id}` has {length} bytes: {form}"))?;
        Ok(Self { id: id.to_owned(), bytes: SecretBox::new(Box::new(bytes)) })
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.bytes.expose_secret().into())
    }
}

impl Context {
    fn associated_data(self) -> Vec<u8> {
        let field = match self.field {
            Field::Url => "url",
            Field::Secret => "secret",
            Field::References => "references",
        };
        format!("{}/{}/{field}", self.organisation, self.webhook).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY_A: &str = "a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const KEY_B: &str = "b:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

    fn context(field: Field) -> Context {
        let id = uuid::Uuid::from_u128(1);
        Context { organisation: id.into(), webhook: id.into(), field }
    }

    fn keys(text: &str) -> SealingKeys {
        SealingKeys::parse(text).expect("keys")
    }

    #[test]
    fn what_is_sealed_opens_after_a_rotation_and_only_in_its_place() {
        let sealed =
            keys(KEY_A).seal(context(Field::Url), [5; NONCE_BYTES], "https://example.org/");
        let rotated = keys(&format!("{KEY_B},{KEY_A}"));
        assert_eq!(
            rotated.open(context(Field::Url), &sealed).as_deref(),
            Ok("https://example.org/")
        );
        assert_eq!(rotated.open(context(Field::Secret), &sealed), Err(Unopenable));
        assert_eq!(keys(KEY_B).open(context(Field::Url), &sealed), Err(Unopenable));
        for cut in 0..sealed.len() {
            assert_eq!(rotated.open(context(Field::Url), &sealed[..cut]), Err(Unopenable));
        }
    }

    #[test]
    fn keys_that_open_nothing_are_named() {
        let context = context(Field::Url);
        let by = |text: &str| keys(text).seal(context, [5; NONCE_BYTES], "https://example.org/");
        let (a, b) = (by(KEY_A), by(KEY_B));
        let other_a = KEY_B.replace("b:", "a:");
        let spoilt = [&a[..a.len() - 1], &[!a[a.len() - 1]]].concat();
        let check = |text: &str, sealed: &[&[u8]]| {
            keys(text).check(sealed.iter().map(|sealed| (context, *sealed)))
        };
        assert_eq!(check(KEY_A, &[]), Ok(()));
        assert_eq!(check(&format!("{KEY_B},{KEY_A}"), &[&a, &b]), Ok(()));
        assert_eq!(check(KEY_A, &[&a, &b]), Err(KeyFault::Missing("b".to_owned())));
        assert_eq!(check(&other_a, &[&a]), Err(KeyFault::Wrong("a".to_owned())));
        assert_eq!(check(KEY_A, &[&spoilt, &a]), Ok(()), "one of them was spoilt");
        assert_eq!(check(KEY_A, &[&spoilt]), Err(KeyFault::Wrong("a".to_owned())));
        assert_eq!(check(KEY_A, &[b"", b"\0", b"\xff"]), Ok(()), "no key is named");
        let told = check(KEY_A, &[&b]).expect_err("a key is missing").to_string();
        assert!(told.contains("`b`") && !told.contains("AQEB"), "{told}");
    }

    #[test]
    fn equal_urls_meet_under_each_key() {
        let organisation = uuid::Uuid::from_u128(1).into();
        let old = keys(KEY_A).url_hmacs(organisation, "https://example.org/a");
        let new =
            keys(&format!("{KEY_B},{KEY_A}")).url_hmacs(organisation, "https://example.org/a");
        assert_eq!((old.len(), new.len()), (1, 2));
        assert_eq!(old[0], new[1]);
        assert_ne!(new[0], new[1]);
    }

    #[test]
    fn wrong_keys_are_told_without_printing_them() {
        for wrong in ["", "a", ":AAAA", "a:AAAA", "a:***", &format!("{KEY_A},{KEY_A}")] {
            let error = SealingKeys::parse(wrong).expect_err("refused");
            assert!(!error.contains("AAAA"), "{error}");
        }
        assert_eq!(format!("{:?}", keys(KEY_A)), r#"["a"]"#);
        assert_eq!(format!("{:?}", keys(&format!(" {KEY_A} ,\n{KEY_B}, "))), r#"["a", "b"]"#);
    }
}
