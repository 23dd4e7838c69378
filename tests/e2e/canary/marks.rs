//! Marks: words that nothing else contains, and every form in which one may be written down.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A word that is looked for.
pub(super) struct Mark {
    /// What it is, as the test names it.
    pub(super) what: &'static str,
    /// Lower-case forms; the text is lowered before they are looked for.
    plain: Vec<String>,
    /// Forms whose case counts.
    encoded: Vec<String>,
}

impl Mark {
    /// A mark that is written as one of these.
    pub(super) fn new(what: &'static str, texts: &[&str]) -> Self {
        let (mut plain, mut encoded) = (Vec::new(), Vec::new());
        for text in texts {
            assert!(text.len() >= 10, "{text} may be found by chance");
            let lower = text.to_lowercase();
            plain.extend([hex(text), hex(&lower), percent(&lower), lower]);
            encoded.extend(in_base64(text));
        }
        Self { what, plain, encoded }
    }

    /// Whether a text has it in any form. `lower` is the same text in lower case.
    pub(super) fn is_in(&self, text: &str, lower: &str) -> bool {
        self.plain.iter().any(|form| lower.contains(form))
            || self.encoded.iter().any(|form| text.contains(form))
    }
}

/// As `bytea` stands in a backup.
fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// As it stands in a URL.
fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02x}"),
        })
        .collect()
}

/// What stands in Base64 of a longer text that contains it, at each of the three places where it may
/// begin; the characters at both ends belong to its neighbours, too.
fn in_base64(text: &str) -> Vec<String> {
    let whole = |padded: String, engine: &dyn Fn(&[u8]) -> String| {
        let encoded = engine(padded.as_bytes());
        encoded[4..encoded.len() - 4].to_owned()
    };
    let standard = |bytes: &[u8]| STANDARD_NO_PAD.encode(bytes);
    let url_safe = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    ["", "\0", "\0\0"]
        .iter()
        .flat_map(|before| {
            let padded = format!("{before}{text}");
            [whole(padded.clone(), &standard), whole(padded, &url_safe)]
        })
        .collect()
}

#[test]
fn a_mark_is_found_in_every_form() {
    let mark = Mark::new("name", &["Zqxvy Kjwpq"]);
    let found = |text: &str| mark.is_in(text, &text.to_lowercase());
    assert!(found("… ZQXVY KJWPQ …") && found("\\\\x005a71787679204b6a777071ff"));
    assert!(found("q=zqxvy%20kjwpq"));
    for before in ["", "a", "ab", "abc", "abcd"] {
        let text = STANDARD_NO_PAD.encode(format!("{before}Zqxvy Kjwpq, and more"));
        assert!(found(&text), "{text}");
    }
    assert!(!found("zqxvy") && !found(""));
}
