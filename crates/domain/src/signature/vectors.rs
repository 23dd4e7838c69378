//! Fixed test vectors for whoever verifies or signs by themselves: in the OpenAPI document, in
//! `docs/receivers.md`, and the first in `README.md`. Made with the official Python package, which CI
//! asks again.

/// Everything that a signature is made of, and the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Vector {
    /// What it is a case of.
    pub title: &'static str,
    /// The secrets that sign, the current one first.
    pub secrets: &'static [&'static str],
    /// `webhook-id`.
    pub id: &'static str,
    /// `webhook-timestamp`, in seconds since 1970.
    pub timestamp: i64,
    /// The body, in UTF-8.
    pub body: &'static str,
    /// `webhook-signature`.
    pub signature: &'static str,
}

const CURRENT: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NEXT: &str = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
const ID: &str = "019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11";
const TIMESTAMP: i64 = 1_795_428_899;

/// The vectors.
pub const VECTORS: [Vector; 3] = [
    Vector {
        title: "One secret",
        secrets: &[CURRENT],
        id: ID,
        timestamp: TIMESTAMP,
        body: r#"{"test":true}"#,
        signature: "v1,BHi2/VSvpKzDnFI11bWZH5it1SyMgjU8gAhsuOEjFY8=",
    },
    Vector {
        title: "Letters beyond ASCII, and a number that parsing would change",
        secrets: &[CURRENT],
        id: ID,
        timestamp: TIMESTAMP,
        body: r#"{"full_name":"Żaneta 李","rating":4.50}"#,
        signature: "v1,IV+7GuLITu6C/N7rxa3TNvAC7shtgTpTxKHW4jF2BXI=",
    },
    Vector {
        title: "During a rotation: the new secret first, the one before it second",
        secrets: &[NEXT, CURRENT],
        id: ID,
        timestamp: TIMESTAMP,
        body: r#"{"test":true}"#,
        signature: "v1,7bqetjWOSfXvDtc9tSFEbUHRlGIcoBScTm60pEmglVQ= \
                    v1,BHi2/VSvpKzDnFI11bWZH5it1SyMgjU8gAhsuOEjFY8=",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::{SigningSecret, signature_header};

    #[test]
    fn they_hold_and_the_documentation_has_them() {
        let documentation = include_str!("../../../../docs/receivers.md");
        let readme = include_str!("../../../../README.md");
        let [first, ..] = VECTORS;
        for Vector { title, secrets, id, timestamp, body, signature } in VECTORS {
            let keys = secrets.iter().map(|secret| SigningSecret::parse(secret).expect("a secret"));
            let keys: Vec<_> = keys.collect();
            let export = id.parse().expect("an id");
            let made = signature_header(&keys, export, timestamp, body.as_bytes());
            assert_eq!(made, signature, "{title}");
            let shown = secrets.iter().chain([&id, &body]).map(ToString::to_string);
            let shown = shown.chain(signature.split(' ').map(ToOwned::to_owned));
            for part in shown.chain([timestamp.to_string()]) {
                let part = format!("`{part}`");
                assert!(documentation.contains(&part), "{title}: {part}");
                assert!(title != first.title || readme.contains(&part), "README: {part}");
            }
        }
    }
}
