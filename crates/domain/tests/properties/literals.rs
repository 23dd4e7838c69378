//! An address in whatever spelling is judged by what it is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use domain::address::AddressGuard;
use domain::webhook_url::{UrlRefusal, UrlRules};
use proptest::prelude::*;

use crate::addresses::address;

/// One number of an IPv4 address as parsers read it: decimal, octal or hexadecimal, and zeros
/// before it.
fn number(value: u32, radix: u8, zeros: usize) -> String {
    let zeros = "0".repeat(zeros);
    match radix {
        0 => value.to_string(),
        1 => format!("0{zeros}{value:o}"),
        2 => format!("0x{zeros}{value:x}"),
        _ => format!("0X{zeros}{value:X}"),
    }
}

/// An IPv4 address in one to four numbers, the last of which takes all that is left.
fn numbers(bits: u32, count: usize, radixes: [u8; 4], zeros: usize) -> String {
    let octets = bits.to_be_bytes();
    let last = octets[count - 1..].iter().fold(0, |sum, octet| sum << 8 | u32::from(*octet));
    let first = octets[..count - 1].iter().map(|octet| u32::from(*octet));
    let spelt = first.chain([last]).zip(radixes);
    spelt.map(|(value, radix)| number(value, radix, zeros)).collect::<Vec<_>>().join(".")
}

/// The same text in characters that parsers turn into it.
fn disguised(text: &str, how: &[u8]) -> String {
    let each = text.chars().zip(how.iter().cycle());
    each.map(|(char, how)| match (how, char) {
        (0, _) => format!("%{:02X}", u32::from(char)),
        (1, '.') => "。".to_owned(),
        (1, _) => char::from_u32(u32::from(char) + 0xfee0).expect("a full-width form").to_string(),
        _ => char.to_string(),
    })
    .collect()
}

fn judged(host: &str) -> Result<Option<IpAddr>, UrlRefusal> {
    UrlRules::default().check(&format!("https://{host}/")).map(|url| url.literal())
}

fn expected(address: IpAddr) -> Result<Option<IpAddr>, UrlRefusal> {
    let public = AddressGuard::default().permits(address);
    public.then_some(Some(address)).ok_or(UrlRefusal::ForbiddenAddress)
}

proptest! {
    #[test]
    fn ipv4_in_any_spelling(
        address in address(),
        count in 1..=4_usize,
        radixes in any::<[u8; 4]>(),
        zeros in 0..3_usize,
        how in prop::collection::vec(0..9_u8, 1..9),
        dot in any::<bool>(),
    ) {
        let IpAddr::V4(address) = address.to_canonical() else { return Ok(()) };
        let radixes = radixes.map(|radix| radix % 4);
        let dot = if dot { "." } else { "" };
        let written = numbers(address.into(), count, radixes, zeros);
        let host = disguised(&written, &how) + dot;
        let expected = match expected(address.into()) {
            // Nothing is completed, and nothing that is written otherwise is accepted.
            _ if count == 2 || count == 3 => Err(UrlRefusal::ShortAddress),
            Ok(_) if written != address.to_string() => Err(UrlRefusal::ShortAddress),
            judged => judged,
        };
        prop_assert_eq!(judged(&host), expected, "{}", host);
    }

    #[test]
    fn ipv6_in_any_spelling(address in address(), upper in any::<bool>()) {
        let address = match address {
            IpAddr::V4(address) => address.to_ipv6_compatible(),
            IpAddr::V6(address) => address,
        };
        let segments = address.segments().map(|segment| format!("{segment:04x}"));
        let low = Ipv4Addr::from((u128::from(address) & u128::from(u32::MAX)) as u32);
        for host in [
            address.to_string(),
            segments.join(":"),
            format!("{}:{low}", segments[..6].join(":")),
        ] {
            let host = if upper { host.to_uppercase() } else { host };
            prop_assert_eq!(judged(&format!("[{host}]")), expected(address.into()), "{}", host);
        }
    }

    #[test]
    fn an_ipv6_address_with_a_zone_is_none(bits in any::<u128>(), zone in "[a-z0-9]{0,5}") {
        let address = Ipv6Addr::from(bits);
        for host in [format!("[{address}%{zone}]"), format!("[{address}%25{zone}]")] {
            prop_assert_eq!(judged(&host), Err(UrlRefusal::HostMalformed), "{}", host);
        }
    }
}
