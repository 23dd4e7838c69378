//! Which addresses may receive.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use domain::address::{AddressGuard, parse_net};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use proptest::prelude::*;

/// Addresses of both families, those in disguise as often as the plain ones.
pub(super) fn address() -> impl Strategy<Value = IpAddr> {
    let v4 = || any::<u32>().prop_map(Ipv4Addr::from);
    let global = any::<u128>().prop_map(|bits| Ipv6Addr::from(bits >> 3 | 1 << 125));
    prop_oneof![
        v4().prop_map(IpAddr::from),
        v4().prop_map(|address| address.to_ipv6_mapped().into()),
        global.prop_map(IpAddr::from),
        any::<u128>().prop_map(|bits| Ipv6Addr::from(bits).into()),
    ]
}

fn net() -> impl Strategy<Value = IpNet> {
    let v4 = (any::<u32>(), 0..=32_u8)
        .prop_map(|(bits, prefix)| Ipv4Net::new(bits.into(), prefix).expect("a prefix").into());
    let v6 = (any::<u128>(), 0..=128_u8)
        .prop_map(|(bits, prefix)| Ipv6Net::new(bits.into(), prefix).expect("a prefix").into());
    prop_oneof![v4, v6].prop_map(|net: IpNet| net.trunc())
}

proptest! {
    #[test]
    fn what_the_standard_library_calls_special_is_never_permitted(address in address()) {
        let special = match address.to_canonical() {
            IpAddr::V4(ip) => {
                ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_broadcast()
                    || ip.is_documentation() || ip.is_multicast() || ip.is_unspecified()
            }
            IpAddr::V6(ip) => {
                ip.is_loopback() || ip.is_unspecified() || ip.is_multicast()
                    || ip.is_unique_local() || ip.is_unicast_link_local()
                    || ip.segments()[0] >> 13 != 1
            }
        };
        prop_assert!(!(special && AddressGuard::default().permits(address)));
    }

    #[test]
    fn a_mapped_address_is_judged_as_what_it_is(bits in any::<u32>(), net in net()) {
        let plain = Ipv4Addr::from(bits);
        for guard in [
            AddressGuard::default(),
            AddressGuard { allow: vec![net], deny: vec![] },
            AddressGuard { allow: vec![], deny: vec![net] },
        ] {
            let mapped = IpAddr::V6(plain.to_ipv6_mapped());
            prop_assert_eq!(guard.permits(mapped), guard.permits(plain.into()));
        }
    }

    /// NAT64's well-known prefix leads where the address inside leads, whatever is allowed of the
    /// prefix; it can only be denied beside.
    #[test]
    fn an_address_behind_nat64_is_judged_by_what_is_inside(bits in any::<u32>(), net in net()) {
        let plain = IpAddr::from(Ipv4Addr::from(bits));
        let behind = IpAddr::from(Ipv6Addr::from((0x64_ff9b << 96) | u128::from(bits)));
        let all = parse_net("::/0").expect("a network");
        for allow in [vec![], vec![net], vec![net, all]] {
            let guard = AddressGuard { allow, deny: vec![] };
            prop_assert_eq!(guard.permits(behind), guard.permits(plain));
        }
        let guard = AddressGuard { allow: vec![], deny: vec![net] };
        prop_assert_eq!(guard.permits(behind), guard.permits(plain) && !net.contains(&behind));
    }

    #[test]
    fn the_operator_adds_and_takes_away_exactly_a_network(address in address(), net in net()) {
        // Of 6to4 the IPv4 address inside counts, too.
        prop_assume!(!matches!(address, IpAddr::V6(ip) if ip.segments()[0] == 0x2002));
        let before = AddressGuard::default().permits(address);
        let inside = net.contains(&address.to_canonical());
        let allow = AddressGuard { allow: vec![net], deny: vec![] };
        let deny = AddressGuard { allow: vec![], deny: vec![net] };
        let both = AddressGuard { allow: vec![net], deny: vec![net] };
        prop_assert_eq!(allow.permits(address), before || inside);
        prop_assert_eq!(deny.permits(address), before && !inside);
        prop_assert_eq!(both.permits(address), before && !inside);
    }

    #[test]
    fn a_network_is_read_as_it_is_written(net in net(), text in any::<String>()) {
        prop_assert_eq!(parse_net(&net.to_string()), Ok(net));
        if let Ok(net) = parse_net(&text) {
            prop_assert_eq!(parse_net(&net.to_string()), Ok(net));
        }
    }
}
