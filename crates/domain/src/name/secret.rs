//! Secrets where a name belongs: what was pasted into the wrong field.

/// What secrets begin with, and how many characters more make one of what follows.
const SECRETS: [(&str, usize); 2] = [("tak_", 49), ("whsec_", 32)];

/// Whether a text has an API key or a signing secret in it (`tak_` and 49 letters and digits, `whsec_`
/// and base64): names are shown to many, and kept in the audit.
pub fn carries_secret(text: &str) -> bool {
    SECRETS.iter().any(|(prefix, length)| {
        text.match_indices(prefix).any(|(at, _)| {
            let rest = &text.as_bytes()[at + prefix.len()..];
            rest.iter().take_while(|byte| is_of_secret(**byte)).count() >= *length
        })
    })
}

/// Letters and digits, and what base64 has beside them in either alphabet.
fn is_of_secret(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api_key::ApiKeySecret;

    #[test]
    fn a_secret_is_found_wherever_it_stands() {
        let key = ApiKeySecret::from_random([7; 32]);
        let key = key.reveal();
        let whsec = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        for secret in [key, whsec] {
            for text in [secret.to_owned(), format!("CRM ({secret})"), format!("é{secret}tail")] {
                assert!(carries_secret(&text), "{text}");
            }
        }
        let cut = &key[..key.len() - 1];
        for text in ["", "CRM", "tak_", "our tak_ key", "whsec_…", "whsec_old and whsec_new", cut]
        {
            assert!(!carries_secret(text), "{text}");
        }
    }
}
