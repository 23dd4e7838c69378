//! Tests of `origin`.

use super::*;

#[test]
fn what_browsers_send_is_what_is_meant() {
    let table = [
        ("https://a.example", "https://a.example"),
        ("https://a.example/", "https://a.example"),
        ("HTTPS://A.Example", "https://a.example"),
        ("https://a.example:443", "https://a.example"),
        ("http://a.example:80/", "http://a.example"),
        ("https://a.example:8443", "https://a.example:8443"),
        ("http://localhost:5173", "http://localhost:5173"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("https://b\u{fc}cher.example", "https://xn--bcher-kva.example"),
    ];
    for (text, origin) in table {
        assert_eq!(parse_origins(text), Ok(vec![origin.to_owned()]), "{text}");
    }
    let both = vec!["https://a.example".to_owned(), "https://b.example".to_owned()];
    for list in ["https://a.example, https://b.example", "https://a.example,https://b.example/ ,"] {
        assert_eq!(parse_origins(list), Ok(both.clone()), "{list}");
    }
    assert_eq!(parse_origins(" , "), Ok(vec![]));
}

#[test]
fn what_cannot_match_is_refused_and_the_entry_is_named() {
    let table = [
        ("*", "name each origin"),
        ("https://*.a.example", "name each origin"),
        ("null", "write scheme and host"),
        ("a.example", "write scheme and host"),
        ("a.example:8443", "write scheme and host"),
        ("//a.example", "write scheme and host"),
        ("https://", "write scheme and host"),
        ("https://a example", "write scheme and host"),
        ("https://a.example https://b.example", "write scheme and host"),
        ("https://a.example;https://b.example", "write scheme and host"),
        ("https://a.example:99999", "write scheme and host"),
        ("ftp://a.example", "write scheme and host"),
        ("file:///tmp/page.html", "write scheme and host"),
        ("https://a.example/app", "write https://a.example"),
        ("https://a.example/?x", "write https://a.example"),
        ("https://a.example#top", "write https://a.example"),
    ];
    for (entry, advice) in table {
        let refused = parse_origins(&format!("https://ok.example, {entry}"));
        let refused = refused.expect_err(entry);
        assert!(refused.contains(&format!("`{entry}`")), "{refused}");
        assert!(refused.contains(advice), "{refused}");
    }
    for entry in ["https://user:secret@a.example", "https://@a.example", "https://:@a.example"] {
        let told = parse_origins(entry).expect_err("refused");
        assert!(told.ends_with("write https://a.example") && !told.contains('@'), "{told}");
    }
}
