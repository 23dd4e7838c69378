//! The corpora of `domain`: addresses and URLs with their verdicts, and the guises in which an
//! address may come to us.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::name_server::{Chain, NameServer};

/// A public address of each family, to stand beside others.
pub const PUBLIC_V4: IpAddr = IpAddr::V4(Ipv4Addr::new(8, 8, 8, 8));
/// See [`PUBLIC_V4`].
pub const PUBLIC_V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2606, 0x4700, 0, 0, 0, 0, 0, 0x1111));

/// Each address with its verdict: whether requests may go there.
pub fn addresses() -> Vec<(IpAddr, bool)> {
    let lines = lines(include_str!("../../../crates/domain/tests/addresses.txt"));
    lines
        .map(|line| {
            let (verdict, address) = line.split_once(' ').expect("a verdict and an address");
            (address.parse().expect("an address"), verdict == "+")
        })
        .collect()
}

/// Each URL as it is entered, with its verdict: the normalised form, or the rule it breaks.
pub fn urls() -> Vec<(String, Result<String, String>)> {
    let lines = lines(include_str!("../../../crates/domain/tests/urls.txt"));
    lines
        .map(|line| {
            let (verdict, url) = line.split_once(" | ").expect("a verdict and a URL");
            let url = serde_json::from_str(url).expect("a JSON string");
            let normal = verdict.strip_prefix("ok ").map(str::to_owned);
            (url, normal.ok_or_else(|| verdict.to_owned()))
        })
        .collect()
}

fn lines(corpus: &'static str) -> impl Iterator<Item = &'static str> {
    corpus.lines().filter(|line| !line.starts_with('#'))
}

/// How an address comes to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guise {
    /// As the host of the URL.
    Literal,
    /// As the one address of a name.
    Record,
    /// As that, mapped into IPv6.
    MappedRecord,
    /// Before a public address of its family.
    BeforePublic,
    /// After one.
    AfterPublic,
    /// Beside a public address of the other family.
    BesideOtherFamily,
    /// Behind an alias, in one answer.
    Alias,
    /// Behind two aliases, in three answers.
    AliasOfAlias,
}

impl Guise {
    /// Those that the address can have.
    pub fn of(address: IpAddr) -> impl Iterator<Item = Self> {
        let all = [
            Self::Literal,
            Self::Record,
            Self::MappedRecord,
            Self::BeforePublic,
            Self::AfterPublic,
            Self::BesideOtherFamily,
            Self::Alias,
            Self::AliasOfAlias,
        ];
        all.into_iter().filter(move |guise| *guise != Self::MappedRecord || address.is_ipv4())
    }

    /// Makes `name` lead to the address; answers the host for a URL.
    pub fn dress(self, address: IpAddr, name: &str, server: &NameServer) -> String {
        let (same, other) = match address {
            IpAddr::V4(_) => (PUBLIC_V4, PUBLIC_V6),
            IpAddr::V6(_) => (PUBLIC_V6, PUBLIC_V4),
        };
        match (self, address) {
            (Self::Literal, IpAddr::V4(address)) => return address.to_string(),
            (Self::Literal, IpAddr::V6(address)) => return format!("[{address}]"),
            (Self::MappedRecord, IpAddr::V4(address)) => {
                server.set(name, &[address.to_ipv6_mapped()]);
            }
            (Self::Record | Self::MappedRecord, _) => server.set(name, &[address]),
            (Self::BeforePublic, _) => server.set(name, &[address, same]),
            (Self::AfterPublic, _) => server.set(name, &[same, address]),
            (Self::BesideOtherFamily, _) => server.set(name, &[other, address]),
            (Self::Alias, _) => {
                let target = format!("to.{name}");
                server.alias(name, &target, Chain::Whole);
                server.set(&target, &[address]);
            }
            (Self::AliasOfAlias, _) => {
                let (between, target) = (format!("via.{name}"), format!("to.{name}"));
                server.alias(name, &between, Chain::First);
                server.alias(&between, &target, Chain::First);
                server.set(&target, &[address]);
            }
        }
        name.to_owned()
    }
}
