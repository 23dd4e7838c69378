//! Which IP addresses may receive: public unicast ones, and what the operator says.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::list::{List, parse_list};

/// The only IPv6 addresses that are handed out for global unicast (RFC 4291).
const GLOBAL_UNICAST: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// 6to4 (RFC 3056): an IPv4 address in disguise, in the second and third group.
const SIX_TO_FOUR: Ipv6Net = v6(0x2002, 0, 0, 16);

/// The IANA IPv6 Special-Purpose Address Registry, as far as it lies in 2000::/3.
const SPECIAL_V6: [Ipv6Net; 5] = [
    v6(0x2001, 0, 0, 23),     // protocol assignments: Teredo, ORCHID, benchmarking
    v6(0x2001, 0xdb8, 0, 32), // documentation
    SIX_TO_FOUR,
    v6(0x2620, 0x4f, 0x8000, 48), // direct delegation AS112
    v6(0x3fff, 0, 0, 20),         // documentation
];

/// The IANA IPv4 Special-Purpose Address Registry, multicast, and one cloud's inside address.
const SPECIAL_V4: [Ipv4Net; 20] = [
    v4([0, 0, 0, 0], 8),          // this network
    v4([10, 0, 0, 0], 8),         // private use
    v4([100, 64, 0, 0], 10),      // shared by carriers
    v4([127, 0, 0, 0], 8),        // loopback
    v4([168, 63, 129, 16], 32),   // Azure's platform address, metadata behind it
    v4([169, 254, 0, 0], 16),     // link-local, cloud metadata
    v4([172, 16, 0, 0], 12),      // private use
    v4([192, 0, 0, 0], 24),       // protocol assignments
    v4([192, 0, 2, 0], 24),       // documentation
    v4([192, 31, 196, 0], 24),    // AS112
    v4([192, 52, 193, 0], 24),    // AMT
    v4([192, 88, 99, 0], 24),     // 6to4 relays
    v4([192, 168, 0, 0], 16),     // private use
    v4([192, 175, 48, 0], 24),    // AS112
    v4([198, 18, 0, 0], 15),      // benchmarking
    v4([198, 51, 100, 0], 24),    // documentation
    v4([203, 0, 113, 0], 24),     // documentation
    v4([224, 0, 0, 0], 4),        // multicast
    v4([240, 0, 0, 0], 4),        // reserved
    v4([255, 255, 255, 255], 32), // broadcast
];

/// NAT64's well-known prefix (RFC 6052): a network with DNS64 reaches IPv4 through it.
const NAT64: Ipv6Net = v6(0x64, 0xff9b, 0, 96);

/// Other prefixes whose addresses have an IPv4 address in their last 32 bits, and lead there
/// where a network still translates them: NAT64 of a network's own (RFC 8215), IPv4-translated
/// (RFC 2765) and IPv4-compatible addresses (RFC 4291).
const TRANSLATED: [Ipv6Net; 3] = [
    v6(0x64, 0xff9b, 1, 48),
    Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, 0, 0), 96),
    v6(0, 0, 0, 96),
];

/// Decides whether a request may go to an address. Without entries: public ones only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressGuard {
    /// Networks that the operator allows although they are not public (`ALLOW_NETS`).
    pub allow: Vec<IpNet>,
    /// Networks that the operator forbids; stronger than all else (`DENY_NETS`).
    pub deny: Vec<IpNet>,
}

impl AddressGuard {
    /// Whether a request may go there. An IPv4-mapped address is judged as the IPv4 address, and
    /// so is one of NAT64's well-known prefix: whoever allows the prefix allows no private address
    /// inside it. Of other addresses with an IPv4 address inside, both must be permitted.
    pub fn permits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        if self.deny.iter().any(|net| net.contains(&address)) {
            return false;
        }
        let inside_may = inside(address).is_none_or(|inside| self.permits(inside.into()));
        inside_may
            && (is_nat64(address)
                || self.allow.iter().any(|net| net.contains(&address))
                || is_public(address))
    }
}

fn is_nat64(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(address) if NAT64.contains(&address))
}

/// The IPv4 address that an IPv6 address embeds and may lead to.
fn inside(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(address) = address else { return None };
    let [.., a, b, c, d] = address.octets();
    // The unspecified address and loopback are the first two that look IPv4-compatible.
    let last = (u32::from_be_bytes([a, b, c, d]) > 1).then(|| Ipv4Addr::new(a, b, c, d));
    if SIX_TO_FOUR.contains(&address) {
        let [_, _, a, b, c, d, ..] = address.octets();
        Some(Ipv4Addr::new(a, b, c, d))
    } else if NAT64.contains(&address) {
        Some(Ipv4Addr::new(a, b, c, d))
    } else if TRANSLATED.iter().any(|net| net.contains(&address)) {
        last
    } else {
        None
    }
}

/// Reads networks, as [`parse_net`] does each.
///
/// # Errors
/// A sentence that names the entry and says what to write.
pub fn parse_nets(text: &str) -> Result<List<IpNet>, String> {
    parse_list(text, parse_net)
}

/// Reads a network in CIDR notation, or a single address. Bits behind the prefix are cleared; what
/// is written in the IPv4-mapped form means the IPv4 addresses, since those are what is judged.
///
/// # Errors
/// A sentence that names the entry and says what to write.
pub fn parse_net(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let single = || text.parse::<IpAddr>().map(IpNet::from);
    let net = text.parse::<IpNet>().or_else(|_| single()).map_err(|_| {
        format!("`{text}` is no network: write 10.1.0.0/16, 2001:db8::/32 or an address")
    })?;
    Ok(unmapped(net.trunc()))
}

fn unmapped(net: IpNet) -> IpNet {
    /// Bits of `::ffff:0:0/96` (RFC 4291, section 2.5.5.2).
    const MAPPED: u8 = 96;
    let IpNet::V6(v6) = net else { return net };
    let inside = v6.prefix_len().checked_sub(MAPPED).zip(v6.addr().to_ipv4_mapped());
    let v4 = inside.and_then(|(prefix, address)| Ipv4Net::new(address, prefix).ok());
    v4.map_or(net, IpNet::V4)
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|net| net.contains(&address)),
        IpAddr::V6(address) => {
            GLOBAL_UNICAST.contains(&address)
                && !SPECIAL_V6.iter().any(|net| net.contains(&address))
        }
    }
}

const fn v4(address: [u8; 4], prefix: u8) -> Ipv4Net {
    let [a, b, c, d] = address;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(first: u16, second: u16, third: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0), prefix)
}
