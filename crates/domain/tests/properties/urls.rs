//! Which URLs may be registered: whatever is accepted is safe, and read alike by everybody.

use domain::address::AddressGuard;
use domain::webhook_url::{UrlRefusal, UrlRules, WebhookUrl, mask_host, warnings};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Hosts on both sides of the rules, and anything else.
fn host() -> impl Strategy<Value = String> {
    const KNOWN: [&str; 15] = [
        "receiver.acme.com",
        "acme.com.",
        "bücher.acme.com",
        "XN--BCHER-KVA.acme.com",
        "my_hooks.acme.com",
        "localhost",
        "app.localhost",
        "metadata.google.internal",
        "127.0.0.1",
        "0x7f.1",
        "8.8.8.8",
        "8.8.8.8.",
        "[::1]",
        "[2606:4700::1111]",
        "[::ffff:8.8.8.8]",
    ];
    let label = prop_oneof!["[a-z0-9_-]{1,9}", "\\PC{1,4}", "[0-9x]{1,4}"];
    let name = prop::collection::vec(label, 0..5).prop_map(|labels| labels.join("."));
    prop_oneof![select(&KNOWN[..]).prop_map(str::to_owned), name, any::<String>()]
}

/// Texts that are nearly URLs.
pub(super) fn url() -> impl Strategy<Value = String> {
    let scheme =
        select(&["https://", "HTTPS://", "https:", "https:/", "https:///", "http://", ""][..]);
    let user =
        prop_oneof![4 => Just(""), 1 => select(&["@", "user@", "user:secret@", "a.com:443@"][..])];
    let port = prop_oneof![3 => Just(""), 2 => select(&[":", ":443", ":8443", ":08443", ":80", ":22", ":0"][..])];
    let path = prop_oneof![
        Just(String::new()),
        "/\\PC{0,12}",
        "[/?#]{1,3}[a-z@:./%]{0,12}",
        any::<String>(),
    ];
    (scheme, user, host(), port, path)
        .prop_map(|(scheme, user, host, port, path)| format!("{scheme}{user}{host}{port}{path}"))
}

fn check(text: &str) -> Result<WebhookUrl, UrlRefusal> {
    UrlRules::default().check(text)
}

/// What anybody would take for scheme and authority, without a parser of URLs.
fn authority(text: &str) -> Option<&str> {
    text.strip_prefix("https://")?.split_once('/').map(|(authority, _)| authority)
}

proptest! {
    #[test]
    fn what_is_accepted_is_safe(text in prop_oneof![url(), any::<String>()]) {
        let Ok(url) = check(&text) else { return Ok(()) };
        let normal = url.as_str();
        prop_assert!(normal.bytes().all(|byte| byte.is_ascii_graphic()), "{}", normal);
        prop_assert!(!normal.contains(['#', '\\']) && normal.len() <= 2048, "{}", normal);
        let expected = match url.port() {
            443 => url.host().to_owned(),
            port => {
                prop_assert_eq!(port, 8443);
                format!("{}:8443", url.host())
            }
        };
        prop_assert_eq!(authority(normal), Some(expected.as_str()), "everybody reads one host");
        match url.literal() {
            Some(address) => prop_assert!(AddressGuard::default().permits(address)),
            None => {
                let last = url.host().rsplit('.').next().unwrap_or_default();
                prop_assert!(last.starts_with(|first: char| first.is_ascii_alphabetic()), "{}", normal);
                prop_assert!(url.host().contains('.') && !url.host().contains(".."));
                prop_assert!(!["localhost", "internal", "local", "arpa", "test"].contains(&last));
            }
        }
    }

    #[test]
    fn what_is_normal_stays_so(text in url()) {
        let Ok(url) = check(&text) else { return Ok(()) };
        let again = check(url.as_str());
        prop_assert_eq!(again.as_ref().map(WebhookUrl::as_str), Ok(url.as_str()));
        let host = again.map(|again| again.host().to_owned());
        prop_assert_eq!(host.as_deref(), Ok(url.host()));
    }

    #[test]
    fn nothing_passes_that_a_parser_would_strip_or_turn_around(
        text in url(),
        at in any::<Index>(),
        char in select(&['\t', '\n', '\r', ' ', '\0', '\u{1b}', '\u{7f}', '\u{85}', '\u{a0}', '\u{ad}', '\u{200b}', '\u{200d}', '\u{2028}', '\u{3000}', '\u{feff}', '\\'][..]),
    ) {
        let mut places: Vec<_> = text.char_indices().map(|(place, _)| place).collect();
        places.push(text.len());
        let mut text = text;
        text.insert(places[at.index(places.len())], char);
        prop_assert!(check(&text).is_err(), "{:?}", text);
    }

    #[test]
    fn a_user_never_passes(user in "[a-z0-9.:%;-]{0,12}", host in host()) {
        let url = format!("https://{user}@{host}/");
        prop_assert!(check(&url).is_err());
    }

    #[test]
    fn what_is_shown_hides_what_opens_the_receiver(secret in "[a-zA-Z0-9]{13,40}", query in any::<bool>()) {
        let path = if query { format!("/hook?key={secret}") } else { format!("/hooks/{secret}") };
        let url = check(&format!("https://receiver.acme.com{path}")).expect("allowed");
        let shown = url.masked();
        prop_assert!(shown.starts_with("https://receiver.acme.com/"));
        let tail = secret.char_indices().map(|(at, _)| &secret[at..]).find(|tail| shown.ends_with(tail));
        prop_assert!(tail.is_none_or(|tail| tail.len() <= 4), "{} of {}", shown, secret);
        prop_assert!(!shown.contains(&secret[..9]));
    }

    #[test]
    fn hosts_of_any_kind_can_be_shown_and_warned_of(text in url()) {
        if let Ok(url) = check(&text) {
            let masked = mask_host(url.host());
            prop_assert!(masked == url.host() || masked.starts_with("***."));
            prop_assert_eq!(mask_host(&masked), masked);
            prop_assert!(warnings(&url).iter().all(|words| !words.contains(url.host())));
        }
    }
}
