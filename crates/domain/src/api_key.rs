//! Secrets of API keys: how they look, so that scanners of code find them and a typo is one before
//! anybody looks for the key; and what is kept of them.

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// What every key begins with.
const PREFIX: &str = "tak_";
/// Bytes of randomness in a key.
pub const RANDOM_BYTES: usize = 32;
/// Digits of base 62 that 256 bits need.
const RANDOM_DIGITS: usize = 43;
/// Digits of base 62 that a CRC-32 needs.
const CHECK_DIGITS: usize = 6;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Finds every key in a text: for scanners of code.
pub const PATTERN: &str = "tak_[0-9A-Za-z]{49}";

/// A key as its holder has it: `tak_`, 43 digits of base 62 that hold 256 random bits, and 6 that hold
/// the CRC-32 of what comes before.
pub struct ApiKeySecret(SecretString);

/// Not a key that was ever made: mistyped, or cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an API key: expected tak_ and 49 letters and digits, the last six of which check the rest"
)]
pub struct MalformedApiKey;

impl ApiKeySecret {
    /// A key made of fresh random bytes.
    pub fn from_random(bytes: [u8; RANDOM_BYTES]) -> Self {
        let random = format!("{PREFIX}{}", base62(bytes, RANDOM_DIGITS));
        let check = checksum(&random);
        Self(SecretString::from(random + &check))
    }

    /// Whether a bearer's credential means to be a key: no JWT begins so.
    pub fn is_meant(credential: &str) -> bool {
        credential.starts_with(PREFIX)
    }

    /// Reads a key.
    ///
    /// # Errors
    /// [`MalformedApiKey`].
    pub fn parse(text: &str) -> Result<Self, MalformedApiKey> {
        let digits = text.strip_prefix(PREFIX).ok_or(MalformedApiKey)?;
        let alphanumeric = digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if digits.len() != RANDOM_DIGITS + CHECK_DIGITS || !alphanumeric {
            return Err(MalformedApiKey);
        }
        let (random, check) = text.split_at(PREFIX.len() + RANDOM_DIGITS);
        if checksum(random) != check {
            return Err(MalformedApiKey);
        }
        Ok(Self(SecretString::from(text)))
    }

    /// The key itself: for the one answer that shows it.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is kept of it, and what it is found by. A plain hash will do: nobody guesses 256 bits, and
    /// who learns by the time of a look-up how a hash begins learns nothing of a key.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.reveal()).into()
    }
}

impl std::fmt::Debug for ApiKeySecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKeySecret")
    }
}

fn checksum(text: &str) -> String {
    base62(crc32(text.as_bytes()).to_be_bytes(), CHECK_DIGITS)
}

/// A number, given by its bytes, in so many digits of base 62, the first ones zero where it is small.
fn base62<const BYTES: usize>(mut number: [u8; BYTES], digits: usize) -> String {
    let mut text = vec![DIGITS[0]; digits];
    for digit in text.iter_mut().rev() {
        let mut rest = 0;
        for byte in &mut number {
            let value = rest * 256 + u32::from(*byte);
            *byte = u8::try_from(value / 62).expect("the rest is less than 62");
            rest = value % 62;
        }
        *digit = DIGITS[rest as usize];
    }
    String::from_utf8(text).expect("digits of base 62 are ASCII")
}

/// CRC-32 as in Ethernet and ZIP (ISO 3309), a bit at a time: keys are short.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    let of_byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc));
    !bytes.iter().fold(u32::MAX, of_byte)
}

#[cfg(test)]
mod tests;
