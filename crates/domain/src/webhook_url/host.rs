//! Which names may receive, by their spelling.

use url::Host;

use super::{UrlRefusal, WebhookRule};

/// Names that mean something inside of a network only, and those under them. No top-level domain
/// among them exists, or may come to exist without much warning.
const LOCAL: [&str; 58] = [
    // Special use: loopback (RFC 6761), multicast DNS (RFC 6762), home networks (RFC 8375), and
    // names that are not of the DNS at all (RFC 9476).
    "localhost",
    "local",
    "home.arpa",
    "alt",
    // Private use: reserved by ICANN for ever (board resolution 2024.07.29.06).
    "internal",
    // What networks use all the same (RFC 6762, appendix G).
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    // Never delegated for their collisions (ICANN board resolution 2018.02.04.12, beside .corp and
    // .home), and what resolvers ask the root for most (SSAC, SAC045).
    "mail",
    "localdomain",
    "domain",
    "workgroup",
    "router",
    "belkin",
    "dlink",
    "homenet",
    "dhcp",
    "loc",
    "priv",
    "intern",
    "intra",
    "localnet",
    "dmz",
    "vpn",
    "wlan",
    // What systems write into their hosts file beside localhost.localdomain.
    "localdomain4",
    "localdomain6",
    "localhost4",
    "localhost6",
    // What routers call themselves at home.
    "ip",
    "bbrouter",
    "speedport",
    "easybox",
    "fritz",
    "lokal",
    // Networks on top of the internet, with names that are not of the DNS.
    "i2p",
    "loki",
    "exit",
    "gnu",
    // Names of clusters and containers: Kubernetes (services by their short names, too), Consul,
    // Nomad, Docker, Podman, LXD, Fly.io.
    "svc",
    "default",
    "kube-system",
    "cluster",
    "kube",
    "k8s",
    "consul",
    "nomad",
    "docker",
    "podman",
    "lxd",
    "flycast",
    // Names of clouds whose domain exists: metadata, private networks, a router at home.
    "metadata.goog",
    "internal.cloudapp.net",
    "oraclevcn.com",
    "fritz.box",
    "easy.box",
];

/// Top-level domains that never lead to a system on the internet (RFC 6761, RFC 7686, RFC 3172).
const RESERVED: [&str; 4] = ["test", "invalid", "onion", "arpa"];

/// Hosts of the product guide and of documentation (RFC 2606).
const EXAMPLES: [&str; 5] =
    ["yourdomain.com", "example.com", "example.net", "example.org", "example"];

/// Judges a name: lower case, punycode, without a trailing dot. Tells each rule once it holds.
pub(super) fn check_name(name: &str, mut held: impl FnMut(WebhookRule)) -> Result<(), UrlRefusal> {
    if name.is_empty() {
        return Err(UrlRefusal::HostMissing);
    }
    if name.len() > 253 || !name.split('.').all(is_label) || !is_under_a_letter(name) {
        return Err(UrlRefusal::HostMalformed);
    }
    held(WebhookRule::Host);
    let under = |domains: &[&str]| domains.iter().any(|domain| is_under(name, domain));
    if under(&EXAMPLES) {
        return Err(UrlRefusal::ExampleHost);
    }
    held(WebhookRule::Own);
    if under(&LOCAL) && (name.contains('.') || name == "localhost") {
        return Err(UrlRefusal::LocalName);
    } else if under(&RESERVED) {
        return Err(UrlRefusal::ReservedName);
    } else if !name.contains('.') {
        return Err(UrlRefusal::SingleLabel);
    }
    held(WebhookRule::Public);
    Ok(())
}

/// An IPv4 address as it was entered, in ASCII (percent-encoding, full-width digits and dots
/// undone) and without a trailing dot, but not completed or converted: what the parser makes of it
/// when a letter behind it keeps it from being an address. Empty where that does not work.
pub(super) fn as_written(authority: &str) -> String {
    let host = authority.split(':').next().unwrap_or_default();
    match Host::parse(&format!("{host}.a")) {
        Ok(Host::Domain(name)) => name.trim_end_matches(".a").trim_end_matches('.').to_owned(),
        _ => String::new(),
    }
}

/// Whether the name is that domain or lies under it.
pub(super) fn is_under(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Zero width non-joiner and joiner.
pub(super) fn is_joiner(char: char) -> bool {
    matches!(char, '\u{200c}' | '\u{200d}')
}

/// Whether the last label begins with a letter, as all top-level domains do (RFC 1123, section
/// 2.1): what begins with a digit might be read as an address by somebody.
fn is_under_a_letter(name: &str) -> bool {
    name.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// A label of a host name (RFC 1123), underscores tolerated.
fn is_label(label: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=63).contains(&label.len())
        && label.bytes().all(known)
        && !label.starts_with('-')
        && !label.ends_with('-')
}
