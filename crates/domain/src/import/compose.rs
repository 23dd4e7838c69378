//! Texts of JSON in one form, NFC (Unicode Standard Annex 15), so that equal texts are equal.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Members that keep their characters: a server finds a file by the very bytes of its address.
/// What we store of them is ASCII, in any case.
const AS_GIVEN: &str = "url";

/// The same JSON with its texts in NFC, keys and addresses (`url`) aside. What is not JSON comes
/// back as it is, from where it is not.
pub fn composed(json: &[u8]) -> Cow<'_, [u8]> {
    if json.is_ascii() && !json.contains(&b'\\') {
        return Cow::Borrowed(json);
    }
    let (mut written, mut rest, mut key) = (Vec::with_capacity(json.len()), json, String::new());
    while let Some((between, text, after)) = next_text(rest) {
        written.extend_from_slice(between);
        let read = serde_json::from_slice::<String>(text);
        let is_key = after.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
        match read {
            Ok(read) if is_key => {
                written.extend_from_slice(text);
                key = read;
            }
            Ok(read) if key != AS_GIVEN && !is_nfc(&read) => {
                let composed: String = read.nfc().collect();
                written.extend_from_slice(serde_json::Value::from(composed).to_string().as_bytes());
            }
            _ => written.extend_from_slice(text),
        }
        rest = after;
    }
    written.extend_from_slice(rest);
    Cow::Owned(written)
}

/// A reference as an import stores it: NFC, and without blanks around it.
pub fn as_reference(text: &str) -> String {
    text.trim().nfc().collect()
}

/// What is before the next text, that text with its quotes, and what is behind it.
fn next_text(json: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let start = json.iter().position(|byte| *byte == b'"')?;
    let mut end = start + 1;
    loop {
        match json.get(end)? {
            b'\\' => end += 2,
            b'"' => break,
            _ => end += 1,
        }
    }
    let (before, after) = json.split_at(end + 1);
    let (between, text) = before.split_at(start);
    Some((between, text, after))
}

#[cfg(test)]
mod tests {
    use super::composed;

    #[test]
    fn texts_are_composed_and_nothing_else_is_touched() {
        let cases = [
            ("{\"a\" : \"Zoe\u{308}\" }", "{\"a\" : \"Zo\u{eb}\" }"),
            (r#"{"a":"Zoe\u0308","b":1.50}"#, "{\"a\":\"Zo\u{eb}\",\"b\":1.50}"),
            (r#"["\"e\u0301\\", "\n"]"#, "[\"\\\"\u{e9}\\\\\", \"\\n\"]"),
            ("{\"e\u{301}\":{\"url\":\"e\u{301}\"}}", "{\"e\u{301}\":{\"url\":\"e\u{301}\"}}"),
            (r#"{"\u0075rl":"e\u0301"}"#, r#"{"\u0075rl":"e\u0301"}"#),
            ("\"\u{212b}\u{1100}\u{1161}\"", "\"\u{c5}\u{ac00}\""),
            ("{\"a\": \"never ends\\", "{\"a\": \"never ends\\"),
            ("", ""),
        ];
        for (json, expected) in cases {
            assert_eq!(composed(json.as_bytes()), expected.as_bytes(), "{json}");
        }
    }
}
