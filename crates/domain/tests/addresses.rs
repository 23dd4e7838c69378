//! Which addresses may receive: a corpus of the edges of every range, and the operator's word.

use std::net::IpAddr;

use domain::address::{AddressGuard, parse_net, parse_nets};
use ipnet::IpNet;

fn nets(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().map(|text| parse_net(text).expect("a network")).collect()
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

#[test]
fn the_corpus_is_judged_as_it_says() {
    let guard = AddressGuard::default();
    for line in include_str!("addresses.txt").lines().filter(|line| !line.starts_with('#')) {
        let (verdict, address) = line.split_once(' ').expect("a verdict and an address");
        assert_eq!(guard.permits(ip(address)), verdict == "+", "{line}");
        if let IpAddr::V4(address) = ip(address) {
            let mapped = address.to_ipv6_mapped().into();
            assert_eq!(guard.permits(mapped), verdict == "+", "{mapped}");
        }
    }
}

#[test]
fn the_operator_allows_what_is_not_public_and_denies_whatever_it_is() {
    let guard = AddressGuard {
        allow: nets(&["127.0.0.0/8", "10.1.0.0/16", "fd00::/8"]),
        deny: nets(&["127.0.0.53", "8.8.8.0/24", "2606:4700::/32"]),
    };
    let cases = [
        ("127.0.0.1", true),
        ("::ffff:127.0.0.1", true),
        ("10.1.2.3", true),
        ("10.2.0.1", false),
        ("fd00::1", true),
        ("::1", false),
        ("127.0.0.53", false),
        ("::ffff:127.0.0.53", false),
        ("8.8.8.8", false),
        ("8.8.9.8", true),
        ("2606:4700::1111", false),
    ];
    for (address, expected) in cases {
        assert_eq!(guard.permits(ip(address)), expected, "{address}");
    }
}

#[test]
fn networks_are_read_with_and_without_a_prefix() {
    let cases = [
        ("10.1.0.0/16", "10.1.0.0/16"),
        (" 10.1.2.3/16 ", "10.1.0.0/16"),
        ("127.0.0.1", "127.0.0.1/32"),
        ("fd00::/8", "fd00::/8"),
        ("::1", "::1/128"),
        ("FD00::1/8", "fd00::/8"),
        ("::ffff:10.1.2.3", "10.1.2.3/32"),
        ("::ffff:10.1.2.3/112", "10.1.0.0/16"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("::/0", "::/0"),
    ];
    for (text, expected) in cases {
        assert_eq!(parse_net(text).map(|net| net.to_string()).as_deref(), Ok(expected));
    }
    for wrong in ["", "10.0.0.0/33", "10.0.0/8", "localhost", "10.0.0.0/"] {
        let refused = parse_net(wrong).expect_err("refused");
        assert!(refused.contains(&format!("`{wrong}`")), "names the entry: {refused}");
    }
    let list = parse_nets(" 10.0.0.5, ::1 ,").expect("networks");
    assert_eq!(
        list.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["10.0.0.5/32", "::1/128"]
    );
}
