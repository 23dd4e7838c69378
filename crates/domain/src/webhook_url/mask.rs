//! What of a URL may be shown to whom.

use url::{Position, Url};

use super::known::{TUNNELS, is_under_one_of};
use crate::role::Role;

/// Characters of path and query that stay readable, so that two webhooks can be told apart.
const TAIL: usize = 4;

/// Path and query must hide at least this many characters beside the readable ones.
const HIDDEN: usize = 8;

/// Services whose host names are handed out like keys, beside tunnels.
const SECRET_HOSTS: [&str; 6] = [
    "pipedream.net",
    "localhost.run",
    "devtunnels.ms",
    "beeceptor.com",
    "requestcatcher.com",
    "on.aws",
];

/// Length from which a label of digits and letters is taken for a key.
const RANDOM_LENGTH: usize = 16;

/// A host as recruiters and support may read it: the first label of hosts that are secrets
/// themselves becomes `***`.
pub fn mask_host(host: &str) -> String {
    let Some((first, rest)) = host.split_once('.') else { return host.to_owned() };
    let handed_out = is_under_one_of(rest, &[&TUNNELS, &SECRET_HOSTS]);
    if handed_out || looks_random(first) { format!("***.{rest}") } else { host.to_owned() }
}

/// A host as that role may read it: only admins see one that is a secret itself.
pub fn host_for(role: Role, host: &str) -> String {
    if role == Role::OrgAdmin { host.to_owned() } else { mask_host(host) }
}

/// `https://host/…/tail`; short paths are hidden whole.
pub(super) fn masked(url: &Url) -> String {
    let origin = &url[..Position::BeforePath];
    let secret = &url[Position::BeforePath..];
    if secret == "/" {
        return url.to_string();
    }
    let tail_from = secret.len().saturating_sub(TAIL);
    if tail_from < HIDDEN {
        return format!("{origin}/…");
    }
    // A normalised URL is ASCII, so that it may be cut anywhere; separators would mislead.
    let tail = secret[tail_from..].rsplit(['/', '?', '&', '=']).next().unwrap_or_default();
    if tail.is_empty() { format!("{origin}/…") } else { format!("{origin}/…/{tail}") }
}

/// Long, and with digits or too few vowels to be words.
fn looks_random(label: &str) -> bool {
    let letters = label.bytes().filter(u8::is_ascii_alphabetic).count();
    let vowels = label.bytes().filter(|byte| b"aeiouAEIOU".contains(byte)).count();
    let digits = label.bytes().any(|byte| byte.is_ascii_digit());
    let words = vowels * 4 >= letters && letters > 0;
    label.len() >= RANDOM_LENGTH && !label.starts_with("xn--") && (digits || !words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_show_the_host_and_a_tail() {
        let cases = [
            ("https://hooks.zapier.com/hooks/catch/123456/a1b2", "https://hooks.zapier.com/…/a1b2"),
            ("https://hooks.zapier.com/hooks/catch/123456/a1b2c3d4/", "https://hooks.zapier.com/…"),
            ("https://receiver.acme.com/", "https://receiver.acme.com/"),
            ("https://receiver.acme.com/hook", "https://receiver.acme.com/…"),
            (
                "https://receiver.acme.com:8443/hook?token=0123456789",
                "https://receiver.acme.com:8443/…/6789",
            ),
            ("https://receiver.acme.com/?key=abcdefghij&x=1", "https://receiver.acme.com/…/1"),
            ("https://receiver.acme.com/путь", "https://receiver.acme.com/…/1%8C"),
        ];
        for (url, expected) in cases {
            assert_eq!(masked(&Url::parse(url).expect("a URL")), expected, "{url}");
        }
    }

    #[test]
    fn hosts_that_are_keys_are_masked_and_others_stay() {
        let cases = [
            ("3f2a-81-2-69-142.ngrok-free.app", "***.ngrok-free.app"),
            ("eo1a2b3c4d5e6f7.m.pipedream.net", "***.m.pipedream.net"),
            ("a1b2c3d4e5f6a7b8.hooks.acme.com", "***.hooks.acme.com"),
            ("xkcdqwrtzpsdfghj.acme.com", "***.acme.com"),
            ("hooks.zapier.com", "hooks.zapier.com"),
            ("northwind-recruiting-portal.acme.com", "northwind-recruiting-portal.acme.com"),
            ("xn--bcher-kva-und-papier-1x.acme.com", "xn--bcher-kva-und-papier-1x.acme.com"),
            ("ngrok.io", "ngrok.io"),
            ("93.184.216.34", "93.184.216.34"),
            ("[2606:4700::1111]", "[2606:4700::1111]"),
        ];
        for (host, expected) in cases {
            assert_eq!(mask_host(host), expected, "{host}");
        }
    }
}
