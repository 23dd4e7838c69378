//! What a receiver answered, as text that may be shown: in the charset that it declares, without
//! the rest of a character that was cut, and with nothing in it that a terminal or an eye obeys.

use domain::name::is_invisible;
use encoding_rs::{Encoding, UTF_8};

/// What gzip begins with (RFC 1952), where no header says so.
const GZIP: [u8; 3] = [0x1f, 0x8b, 0x08];

/// Codings that are named; others are a receiver's text.
const CODINGS: [&str; 6] = ["gzip", "deflate", "br", "zstd", "compress", "dcb"];

/// The start of an answer's body, given its kept headers; `cut` says whether there was more.
pub fn body(headers: &[(String, String)], body: &[u8], cut: bool) -> String {
    let text = decoded(headers, body, cut);
    match coding(headers, body) {
        Some(coding) if !is_text(body, &text) => format!("({coding}: not shown as text)"),
        _ => escaped(&text),
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
}

/// The codings that are declared. Some receivers name a charset among them.
fn declared(headers: &[(String, String)]) -> impl Iterator<Item = &str> {
    let names = header(headers, "content-encoding").unwrap_or_default().split(',').map(str::trim);
    names.filter(|name| !name.is_empty())
}

/// In words, how the body is said to be coded, although we asked for it as it is.
fn coding(headers: &[(String, String)], body: &[u8]) -> Option<String> {
    if body.is_empty() {
        return None;
    }
    let names: Vec<_> = declared(headers)
        .filter(|name| encoding(name).is_none())
        .map(|name| name.to_ascii_lowercase().trim_start_matches("x-").to_owned())
        .filter(|name| name != "identity" && name != "none")
        .collect();
    let plain = names.is_empty() && !body.starts_with(&GZIP);
    let known = names.iter().all(|name| CODINGS.contains(&name.as_str()));
    match names.as_slice() {
        _ if plain => None,
        [] => Some("compressed with gzip".to_owned()),
        names if known => Some(format!("compressed with {}", names.join(" and "))),
        _ => Some("compressed in a way that we don't know".to_owned()),
    }
}

/// Whether a body is text after all, whatever is said of its coding: what is compressed has bytes
/// that no text has, or begins as gzip does.
fn is_text(body: &[u8], text: &str) -> bool {
    let control = |character: char| {
        character == char::REPLACEMENT_CHARACTER
            || (character.is_control() && !matches!(character, '\n' | '\r' | '\t'))
    };
    !body.starts_with(&GZIP) && !text.contains(control)
}

fn encoding(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label(label.as_bytes())
}

/// The text in its charset (`Content-Type`, RFC 9110 section 8.3; where that is silent, a charset
/// that is declared as a coding), UTF-8 where none is declared; a byte order mark wins over all. What is no text in it becomes U+FFFD.
fn decoded(headers: &[(String, String)], body: &[u8], cut: bool) -> String {
    let of_type = header(headers, "content-type").and_then(charset).and_then(encoding);
    let found = of_type.or_else(|| declared(headers).find_map(encoding));
    let mut decoder = found.unwrap_or(UTF_8).new_decoder();
    let room = decoder.max_utf8_buffer_length(body.len()).unwrap_or_default();
    let mut text = String::with_capacity(room);
    // Unless it is the last, a character whose end is missing is waited for, and not shown.
    let _ = decoder.decode_to_string(body, &mut text, !cut);
    text
}

/// The parameter `charset` of a media type, without its quotes.
fn charset(media_type: &str) -> Option<&str> {
    media_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        name.trim().eq_ignore_ascii_case("charset").then_some(value)
    })
}

/// Control characters but line breaks and tabs, marks that turn the direction of text, and all
/// that nobody sees, in a form that everybody sees.
fn escaped(text: &str) -> String {
    let shown = |character: char| {
        matches!(character, '\n' | '\r' | '\t')
            || !(character.is_control()
                || is_invisible(character)
                || matches!(character, '\u{2028}' | '\u{2029}'))
    };
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, character| {
        if shown(character) {
            escaped.push(character);
        } else {
            escaped.extend(character.escape_unicode());
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[(&str, &str)], bytes: &[u8], cut: bool) -> String {
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        body(&headers.collect::<Vec<_>>(), bytes, cut)
    }

    fn declared(media_type: &str, bytes: &[u8]) -> String {
        of(&[("content-type", media_type)], bytes, false)
    }

    #[test]
    fn a_receivers_bytes_become_text_that_no_terminal_obeys() {
        assert_eq!(of(&[], "Zoë\r\n\tß".as_bytes(), false), "Zoë\r\n\tß");
        assert_eq!(of(&[], b"\x1b[2Jx\xff\0", false), "\\u{1b}[2Jx\u{fffd}\\u{0}");
        assert_eq!(of(&[], "\u{85}\u{9b}31m".as_bytes(), false), "\\u{85}\\u{9b}31m");
    }

    #[test]
    fn marks_that_turn_or_hide_text_are_escaped() {
        let marks = "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\
                     \u{200e}\u{200f}\u{61c}\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}\u{ad}\u{2028}\
                     \u{2029}\u{e0041}\u{fff9}";
        // A byte order mark at the very beginning is none of the text.
        let shown = of(&[], format!("a{marks}").as_bytes(), false);
        let expected: String =
            marks.chars().map(|mark| mark.escape_unicode().to_string()).collect();
        assert_eq!(shown, format!("a{expected}"));
        for text in ["שלום", "مرحبا", "日本語", "😀", "é"] {
            assert_eq!(of(&[], text.as_bytes(), false), text);
        }
    }

    #[test]
    fn the_declared_charset_is_honoured() {
        let cases: [(&str, &[u8], &str); 12] = [
            ("text/plain; charset=iso-8859-1", b"Gr\xfc\xdfe", "Grüße"),
            ("text/plain;charset=\"ISO-8859-15\"", b"5 \xa4", "5 €"),
            ("text/html; boundary=x; Charset=Windows-1252", b"\x93a\x94 \x80", "“a” €"),
            ("text/plain; charset=windows-1251", b"\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"),
            ("text/plain; charset=shift_jis", b"\x93\xfa\x96\x7b", "日本"),
            ("text/plain; charset=gb18030", b"\xd6\xd0\xce\xc4", "中文"),
            ("text/plain; charset=utf-16le", b"a\0\xac\x20", "a€"),
            ("text/plain; charset=utf-16be", b"\0a\x20\xac", "a€"),
            ("text/plain; charset=utf-16", b"\xfe\xff\0a\x20\xac", "a€"),
            ("text/plain; charset=nonsense", "ü".as_bytes(), "ü"),
            ("application/json; charset=utf-8", b"\xef\xbb\xbf{}", "{}"),
            ("text/plain; charset=iso-8859-1", b"\x1b\x9b", "\\u{1b}›"),
        ];
        for (media_type, bytes, expected) in cases {
            assert_eq!(declared(media_type, bytes), expected, "{media_type}");
        }
    }

    #[test]
    fn a_cut_body_ends_at_a_whole_character_in_each_charset() {
        let cases: [(&str, &[u8], &str); 4] = [
            ("text/plain", b"a\xe2\x82", "a"),
            ("text/plain; charset=shift_jis", b"a\x93", "a"),
            ("text/plain; charset=utf-16le", b"a\0\xac", "a"),
            ("text/plain; charset=gb18030", b"a\x81\x30\x81", "a"),
        ];
        for (media_type, bytes, expected) in cases {
            assert_eq!(of(&[("content-type", media_type)], bytes, true), expected, "{media_type}");
            assert!(declared(media_type, bytes).contains('\u{fffd}'), "{media_type}: it ended so");
        }
    }

    #[test]
    fn a_compressed_body_is_said_to_be_and_not_shown() {
        let coded = |coding| of(&[("content-encoding", coding)], b"\x1f\x8b\x08\0", false);
        assert_eq!(coded("gzip"), "(compressed with gzip: not shown as text)");
        assert_eq!(coded("X-GZIP"), "(compressed with gzip: not shown as text)");
        assert_eq!(coded("br, zstd"), "(compressed with br and zstd: not shown as text)");
        let unknown = "(compressed in a way that we don't know: not shown as text)";
        assert_eq!(coded("<script>"), unknown);
        assert_eq!(coded("identity"), "(compressed with gzip: not shown as text)");
        assert_eq!(of(&[], b"\x1f\x8b\x08\0", true), "(compressed with gzip: not shown as text)");
        assert_eq!(of(&[("content-encoding", "identity")], b"ok", false), "ok");
        assert_eq!(of(&[("content-encoding", "gzip")], b"", false), "");
    }

    #[test]
    fn text_is_shown_whatever_is_said_of_its_coding() {
        let coded = |coding, bytes| of(&[("content-encoding", coding)], bytes, false);
        for coding in ["UTF-8", "none", "aws-chunked", "<script>", "gzip", "br", "gzip, nonsense"] {
            assert_eq!(coded(coding, "Zoë, no\n".as_bytes()), "Zoë, no\n", "{coding}");
        }
        assert_eq!(coded("iso-8859-1", b"Gr\xfc\xdfe"), "Grüße");
        assert_eq!(coded("UTF-8, gzip", &GZIP), "(compressed with gzip: not shown as text)");
        let latin = [("content-encoding", "gzip"), ("content-type", "text/plain; charset=latin1")];
        assert_eq!(of(&latin, b"Gr\xfc\xdfe", false), "Grüße");
        assert_eq!(of(&[("content-encoding", "br")], b"a\xe2\x82", true), "a");
        // Begins as a letter does, as zlib's streams do; and Brotli of two letters.
        let deflate = coded("deflate", b"x\x9cKT\x04\x00");
        assert_eq!(deflate, "(compressed with deflate: not shown as text)");
        let brotli = coded("br", b"\x0b\x00\x80ok\x03");
        assert_eq!(brotli, "(compressed with br: not shown as text)");
        let zstd = coded("zstd", b"(\xb5/\xfd");
        assert_eq!(zstd, "(compressed with zstd: not shown as text)");
    }
}
