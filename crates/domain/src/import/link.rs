//! Links of people and vacancies: http(s) URLs, stored as they were parsed.

use url::Url;

use crate::name::is_invisible;

/// Bytes of a link, before and after it was parsed.
const BYTES: usize = 8 * 1024;

const WEB: &str = "must be a URL that starts with https:// or http://";

/// The URL as the parser writes it (WHATWG URL), in ASCII; blanks around it are dropped.
///
/// # Errors
/// What is wrong with it, without repeating it: links to files may be keys.
pub(super) fn parse(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.len() > BYTES {
        return Err("may have 8,192 bytes at most");
    }
    if text.chars().any(|char| char.is_whitespace() || char.is_control() || is_invisible(char)) {
        return Err("must not contain blanks or invisible characters: write a blank as %20");
    }
    // The parser itself would also take `https:host` and any number of slashes.
    let scheme = text.split_once("://").filter(|(_, rest)| !rest.starts_with(['/', '\\']));
    let scheme = scheme.map(|(scheme, _)| scheme);
    let web = |scheme: &str| ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    let url = scheme.filter(|scheme| web(scheme)).and_then(|_| Url::parse(text).ok()).ok_or(WEB)?;
    if !url.username().is_empty() || url.password().is_some() || has_user_information(text) {
        return Err("must not contain user information (name:password@)");
    }
    let parsed = String::from(url);
    if parsed.len() > BYTES {
        Err("may have 8,192 bytes at most once it is encoded")
    } else {
        Ok(parsed)
    }
}

/// Also where it is empty (`https://@host`), which the parser drops.
fn has_user_information(text: &str) -> bool {
    let (_, rest) = text.split_once("://").unwrap_or_default();
    rest.split(['/', '\\', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_web_address_is_stored_as_parsed() {
        let cases = [
            ("https://example.com", "https://example.com/"),
            (" HTTPS://Example.COM:443/A%20b?q=\u{e9}#x\n", "https://example.com/A%20b?q=%C3%A9#x"),
            ("http://b\u{fc}cher.example/\u{308}", "http://xn--bcher-kva.example/%CC%88"),
            ("https://example.com/a/../b", "https://example.com/b"),
            ("https://example.com/a@b?c@d", "https://example.com/a@b?c@d"),
            ("https://example.com\\a", "https://example.com/a"),
            ("http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080/"),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).as_deref(), Ok(expected), "{text}");
        }
        let longest = format!("https://example.com/{}", "x".repeat(BYTES - 20));
        assert_eq!(parse(&longest), Ok(longest.clone()));
    }

    #[test]
    fn what_is_none_is_refused() {
        let cases = [
            ("", "starts with"),
            ("example.com/cv", "starts with"),
            ("//example.com/cv", "starts with"),
            ("javascript:alert(1)", "starts with"),
            ("javascript://example.com/%0aalert(1)", "starts with"),
            ("data:text/html,x", "starts with"),
            ("ftp://example.com/cv", "starts with"),
            ("https:example.com", "starts with"),
            ("https:///example.com", "starts with"),
            ("https://", "starts with"),
            ("https://?q", "starts with"),
            ("https://example.com:99999/", "starts with"),
            ("https://exa mple.com/", "blanks"),
            ("https://files.example.com/a b", "blanks"),
            ("https://example.com/a\u{a0}b", "blanks"),
            ("https://example.com/a\tb", "blanks"),
            ("https://example.com/fdp.\u{202e}exe", "blanks"),
            ("https://exam\u{ad}ple.com/", "blanks"),
            ("https://ada@example.com/", "user information"),
            ("https://ada:secret@example.com/", "user information"),
            ("https://@example.com/", "user information"),
            ("https://:@example.com/", "user information"),
        ];
        for (text, expected) in cases {
            let detail = parse(text).expect_err(text);
            assert!(detail.contains(expected), "{text}: {detail}");
        }
        for long in ["x".repeat(BYTES), "\u{e9}".repeat(BYTES / 3)] {
            assert!(parse(&format!("https://example.com/{long}")).is_err());
        }
    }
}
