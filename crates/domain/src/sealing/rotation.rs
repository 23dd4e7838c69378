//! How a key ends its life: what was sealed under it is sealed again under the first one.

use super::{Context, NONCE_BYTES, SealingKeys, Unopenable, is_id, split_id};

impl SealingKeys {
    /// The ids of the keys, that which seals first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|key| key.id.as_str())
    }

    /// The same value sealed under the first key; none where it is already. `nonce` must be fresh random
    /// bytes.
    ///
    /// # Errors
    /// [`Unopenable`].
    pub fn reseal(
        &self,
        context: Context,
        nonce: [u8; NONCE_BYTES],
        sealed: &[u8],
    ) -> Result<Option<Resealed>, Unopenable> {
        let value = self.open(context, sealed)?;
        if key_of(sealed) == self.ids().next() {
            return Ok(None);
        }
        let sealed = self.seal(context, nonce, &value);
        let url_hmac = self.url_hmacs(context.organisation, &value)[0];
        let url_mark = self.url_marks(&value)[0];
        Ok(Some(Resealed { sealed, url_hmac, url_mark }))
    }
}

/// What takes the place of a sealed value.
pub struct Resealed {
    /// The value, sealed.
    pub sealed: Vec<u8>,
    /// Where it is a URL, what finds an equal one of the same organisation.
    pub url_hmac: [u8; 32],
    /// Where it is a URL, what finds an equal one of another organisation.
    pub url_mark: [u8; 32],
}

/// The id of the key that sealed a value; none of what is no sealed value.
pub fn key_of(sealed: &[u8]) -> Option<&str> {
    let id = split_id(sealed).and_then(|(id, _)| std::str::from_utf8(id).ok());
    id.filter(|id| is_id(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sealing::Field;

    const KEY_A: &str = "a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const KEY_B: &str = "b:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const URL: &str = "https://example.org/a";

    fn keys(text: &str) -> SealingKeys {
        SealingKeys::parse(text).expect("keys")
    }

    #[test]
    fn what_is_sealed_again_needs_the_first_key_alone() {
        let id = uuid::Uuid::from_u128(1);
        let context = Context { organisation: id.into(), webhook: id.into(), field: Field::Url };
        let (old, new) = (keys(KEY_A), keys(KEY_B));
        let both = keys(&format!("{KEY_B},{KEY_A}"));
        let sealed = old.seal(context, [5; NONCE_BYTES], URL);
        assert_eq!(key_of(&sealed), Some("a"));
        let again = both.reseal(context, [6; NONCE_BYTES], &sealed).expect("opens").expect("old");
        assert_eq!(
            (key_of(&again.sealed), new.open(context, &again.sealed).as_deref()),
            (Some("b"), Ok(URL))
        );
        assert_eq!(again.url_hmac, new.url_hmacs(context.organisation, URL)[0]);
        assert!(both.reseal(context, [7; NONCE_BYTES], &again.sealed).expect("opens").is_none());
        assert!(new.reseal(context, [7; NONCE_BYTES], &sealed).is_err(), "its key is missing");
        for nothing in [&b""[..], b"\0", b"\x02", b"\x01 ", b"\x01\xff"] {
            assert_eq!(key_of(nothing), None, "{nothing:?}");
        }
        assert_eq!(both.ids().collect::<Vec<_>>(), ["b", "a"]);
    }
}
