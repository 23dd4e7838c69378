//! Whom else people may turn to: what the operator says, as settings.

use std::net::IpAddr;

use url::Url;

use crate::address::parse_net;
use crate::list::{List, parse_list};

/// Whom else to turn to, where the operator says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contacts {
    /// Page of the support desk (`SUPPORT_URL`).
    pub support_url: Option<String>,
    /// Addresses from which requests come (`EGRESS_IPS`).
    pub egress_ips: Vec<String>,
}

/// Addresses as people write them into a firewall: a single one without its prefix.
///
/// # Errors
/// What is wrong with it.
pub fn parse_egress(text: &str) -> Result<List<String>, String> {
    parse_list(text, |entry| {
        let net = parse_net(entry)?;
        // People open their firewalls for what stands here: not for more than was meant.
        let written = entry.split_once('/').map(|(address, _)| address.parse::<IpAddr>());
        if let Some(Ok(address)) = written
            && address.to_canonical() != net.addr()
        {
            return Err(format!("`{entry}` is an address inside of {net}: write one or the other"));
        }
        let single = net.prefix_len() == net.max_prefix_len();
        Ok(if single { net.addr().to_string() } else { net.to_string() })
    })
}

/// A link for people: nothing but a page that browsers open.
///
/// # Errors
/// What is wrong with it.
pub fn parse_page(text: &str) -> Result<String, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.map(|_| text.to_owned())
        .ok_or_else(|| format!("`{text}` is no page: write https://help.example.com"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn firewalls_are_told_what_was_written() {
        let table = [
            ("192.0.2.7", Ok("192.0.2.7")),
            ("192.0.2.7/32", Ok("192.0.2.7")),
            ("192.0.2.0/24", Ok("192.0.2.0/24")),
            ("::ffff:192.0.2.0/120", Ok("192.0.2.0/24")),
            ("2001:db8::/32", Ok("2001:db8::/32")),
            ("1.2.3.4/8", Err("1.0.0.0/8")),
            ("2001:db8::1/32", Err("2001:db8::/32")),
        ];
        for (text, expected) in table {
            match (parse_egress(text), expected) {
                (Ok(told), Ok(expected)) => assert_eq!(told, [expected], "{text}"),
                (Err(told), Err(net)) => assert!(told.contains(net), "{told}"),
                (told, _) => panic!("{text}: {told:?}"),
            }
        }
    }

    #[test]
    fn help_is_a_page() {
        for good in ["https://help.example.com", "http://intranet/help?a#b"] {
            assert_eq!(parse_page(good).as_deref(), Ok(good));
        }
        for bad in
            ["javascript:alert(1)", "data:text/html,a", "help.example.com", "mailto:a@b.example"]
        {
            assert!(parse_page(bad).is_err(), "{bad}");
        }
    }
}
