//! A host as people write it when they look for it.

use std::net::Ipv6Addr;

use url::Url;

/// The host in the form in which it is stored (lower case, punycode, IPv6 in brackets, no dot at
/// the end), however it is written: in other letters, with what else belongs to a URL around it.
/// None where there is no host.
pub fn written_host(text: &str) -> Option<String> {
    let text = text.trim();
    if let Ok(address) = text.parse::<Ipv6Addr>() {
        return Some(format!("[{address}]"));
    }
    let after_scheme = text.split_once("://").map_or(text, |(_, rest)| rest);
    let url = Url::parse(&format!("https://{}", after_scheme.trim_start_matches('/'))).ok()?;
    let host = url.host_str()?.trim_end_matches('.');
    (!host.is_empty()).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_found_however_it_is_written() {
        let cases = [
            ("hooks.example.com", Some("hooks.example.com")),
            ("Hooks.Example.COM.", Some("hooks.example.com")),
            ("https://Hooks.Example.com/x?y#z", Some("hooks.example.com")),
            ("HTTP://hooks.example.com:8443", Some("hooks.example.com")),
            ("//hooks.example.com/x", Some("hooks.example.com")),
            ("hooks.example.com:443/hook", Some("hooks.example.com")),
            ("https://ada:pw@hooks.example.com/", Some("hooks.example.com")),
            (" hooks.example.com\n", Some("hooks.example.com")),
            ("Bücher.example", Some("xn--bcher-kva.example")),
            ("BU\u{308}CHER.example", Some("xn--bcher-kva.example")),
            ("xn--bcher-kva.example", Some("xn--bcher-kva.example")),
            ("XN--BCHER-KVA.EXAMPLE", Some("xn--bcher-kva.example")),
            ("hooks。example。com", Some("hooks.example.com")),
            ("ｈooks.example.com", Some("hooks.example.com")),
            ("نامه\u{200c}ای.example", Some("xn--mgba3gch31f060k.example")),
            ("***.ngrok-free.app", Some("***.ngrok-free.app")),
            ("93.184.216.34", Some("93.184.216.34")),
            ("2606:4700:0:0::1111", Some("[2606:4700::1111]")),
            ("[2606:4700::1111]:8443", Some("[2606:4700::1111]")),
            ("", None),
            (" ", None),
            (".", None),
            ("https://", None),
            ("two words.example.com", None),
            ("a\u{200d}b.example", None),
            ("hooks.example.com, other.example.com", None),
        ];
        for (text, host) in cases {
            assert_eq!(written_host(text).as_deref(), host, "{text:?}");
        }
    }
}
