//! Tests of `email`.

use super::*;

#[test]
fn one_address_keeps_its_name_and_has_its_host_in_ascii() {
    let cases = [
        ("ada@example.com", "ada@example.com"),
        (" Ada.B+jobs@Example.COM\r\n", "Ada.B+jobs@example.com"),
        ("o'brien_x=1@mail.example.com", "o'brien_x=1@mail.example.com"),
        ("j\u{f6}rg@b\u{fc}cher.example", "j\u{f6}rg@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("ada@localhost", "ada@localhost"),
    ];
    for (text, expected) in cases {
        assert_eq!(parse(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn one_person_has_one_key() {
    let zoe = key("Zo\u{eb}@B\u{fc}cher.example");
    assert_eq!(zoe.as_deref(), Some("zo\u{eb}@xn--bcher-kva.example"));
    for same in [
        "zoe\u{308}@bu\u{308}cher.example",
        "ZO\u{cb}@B\u{dc}CHER.EXAMPLE",
        " zo\u{eb}@xn--bcher-kva.example\n",
        "zo\u{eb}@XN--BCHER-KVA.example",
        "zo\u{200b}\u{eb}@b\u{fc}cher\u{3002}example",
    ] {
        assert_eq!(key(same), zoe, "{same}");
    }
    for other in ["zoe@b\u{fc}cher.example", "zo\u{eb}@bucher.example", "zo\u{eb}"] {
        assert_ne!(key(other), zoe, "{other}");
    }
    assert_eq!(key("Rosa").as_deref(), Some("rosa"));
    assert_eq!([key(""), key("\u{200b} "), key("\u{1b}")], [None, None, None]);
}

#[test]
fn what_is_none_or_several_is_refused() {
    let cases = [
        "",
        "@",
        "ada",
        "ada@",
        "@example.com",
        "ada@@example.com",
        "ada@b@example.com",
        "a@b.example, c@d.example",
        "a@b.example,c@d.example",
        "a@b.example;c@d.example",
        "Ada <ada@example.com>",
        "<ada@example.com>",
        "mailto:ada@example.com",
        "ada @example.com",
        "a da@example.com",
        "ada@exam ple.com",
        "ada\u{a0}@example.com",
        "ada@exam\u{200b}ple.com",
        "\u{202e}ada@example.com",
        "ada\n@example.com",
        "\"ada b\"@example.com",
        "\"ada\"@example.com",
        ".ada@example.com",
        "ada.@example.com",
        "a..b@example.com",
        "ada@example.com.",
        "ada@.example.com",
        "ada@example..com",
        "ada@-example.com",
        "ada@[192.0.2.1]",
        "ada@192.0.2.1",
        "ada@[IPv6:2001:db8::1]",
        "ada\u{ff20}example.com",
        "ada@example.com?subject=x",
        "ada(comment)@example.com",
        "ada@example.com(comment)",
        "ada\\@example.com",
        "ada@exa%6dple.com",
        "ada@%65xample.com",
        "ada@b%C3%BCcher.example",
        "ada@example%2ecom",
        "ada@example.com%",
        "ada@exa\u{ff05}6dple.com",
    ];
    for text in cases {
        assert_eq!(parse(text), Err(ADDRESS), "{text}");
    }
    assert!(parse(&format!("ada@{}.example", "x.".repeat(130))).is_err());
    assert!(parse(&format!("{}@example.com", "x".repeat(65))).is_err());
}
