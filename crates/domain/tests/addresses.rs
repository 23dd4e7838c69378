//! Which addresses may receive: a corpus of the edges of every range, and the operator's word.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use domain::address::{AddressGuard, parse_net, parse_nets};
use ipnet::IpNet;

fn nets(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().map(|text| parse_net(text).expect("a network")).collect()
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// An IPv4 address behind NAT64's well-known prefix (RFC 6052, section 2.2).
fn nat64(address: Ipv4Addr) -> IpAddr {
    let [a, b, c, d] = address.octets().map(u16::from);
    Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, (a << 8) | b, (c << 8) | d).into()
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
            assert_eq!(guard.permits(nat64(address)), verdict == "+", "NAT64 of {address}");
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

/// What the operator says of a prefix opens no private IPv4 address inside of it; what is said of
/// the IPv4 address counts behind NAT64, too.
#[test]
fn an_allowed_prefix_does_not_open_what_is_inside() {
    let all = ["64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "::ffff:0:0:0/96", "::/96"];
    let guard = AddressGuard {
        allow: nets(&[&all[..], &["10.1.0.0/16"]].concat()),
        deny: nets(&["8.8.8.0/24", "64:ff9b::5db8:d800/120"]),
    };
    let cases = [
        ("64:ff9b::1.1.1.1", true),
        ("64:ff9b::10.1.2.3", true),
        ("64:ff9b::10.2.0.1", false),
        ("64:ff9b::127.0.0.1", false),
        ("64:ff9b::169.254.169.254", false),
        ("64:ff9b::8.8.8.8", false),
        ("64:ff9b::93.184.216.34", false),
        ("64:ff9b:1::1.1.1.1", true),
        ("64:ff9b:1::169.254.169.254", false),
        ("64:ff9b:1:2:3:4:127.0.0.1", false),
        ("2002:101:101::1", true),
        ("2002:a9fe:a9fe::1", false),
        ("2002:a01:203::1", true),
        ("::ffff:0:1.1.1.1", true),
        ("::ffff:0:169.254.169.254", false),
        ("::1.1.1.1", true),
        ("::127.0.0.1", false),
        ("::1", true),
    ];
    for (address, expected) in cases {
        assert_eq!(guard.permits(ip(address)), expected, "{address}");
    }
    let everything = AddressGuard { allow: nets(&["::/0"]), deny: vec![] };
    assert!(!everything.permits(ip("64:ff9b::169.254.169.254")));
    assert!(everything.permits(ip("::1")) && everything.permits(ip("fd00::1")));
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
