//! Keys for other purposes, derived from the sealing key: a deployment has one secret to keep.

use hkdf::Hkdf;
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;

use super::{KEY_BYTES, SealingKeys};

impl SealingKeys {
    /// A key of its own for another purpose, made of the first one: whoever learns the one learns
    /// nothing of the other.
    pub fn derive(&self, purpose: &str) -> SecretBox<[u8; KEY_BYTES]> {
        let key = self.0[0].bytes.expose_secret();
        SecretBox::new(Box::new(expand(key, purpose.as_bytes())))
    }
}

/// HKDF-SHA-256 without a salt (RFC 5869), as long as a key.
fn expand(key: &[u8], purpose: &[u8]) -> [u8; KEY_BYTES] {
    let mut derived = [0; KEY_BYTES];
    Hkdf::<Sha256>::new(None, key)
        .expand(purpose, &mut derived)
        .expect("HKDF gives up to 255 digests");
    derived
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY_A: &str = "a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const KEY_B: &str = "b:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

    fn keys(text: &str) -> SealingKeys {
        SealingKeys::parse(text).expect("keys")
    }

    /// RFC 5869, A.3: neither salt nor purpose.
    #[test]
    fn keys_are_derived_as_the_rfc_says() {
        let derived = expand(&[0x0b; 22], b"");
        let expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d";
        let hexadecimal: String = derived.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hexadecimal, expected);
    }

    #[test]
    fn a_derived_key_is_of_its_purpose_and_of_the_first_key() {
        let derived = |text: &str, purpose| *keys(text).derive(purpose).expose_secret();
        let both = format!("{KEY_B},{KEY_A}");
        assert_eq!(derived(&both, "receipts"), derived(KEY_B, "receipts"));
        assert_ne!(derived(&both, "receipts"), derived(KEY_A, "receipts"));
        assert_ne!(derived(KEY_A, "receipts"), derived(KEY_A, "other"));
        assert_ne!(derived(KEY_A, "receipts"), [0; KEY_BYTES], "it is not the key itself");
    }
}
