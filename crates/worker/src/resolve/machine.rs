//! Names as programs of this machine know them: its hosts file, its search list, its own services.
//! For requests that a developer sends by hand; deliveries ask the name system alone.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use domain::outcome::Outcome;

/// The addresses of a name. `localhost` and what ends with it is this machine, whatever the resolver
/// knows of it (RFC 6761, section 6.3).
pub(super) async fn addresses(host: &str, budget: Duration) -> Result<Vec<IpAddr>, Outcome> {
    if host == "localhost" || host.ends_with(".localhost") {
        return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
    }
    let asked = tokio::time::timeout(budget, tokio::net::lookup_host((host, 0))).await;
    let found = asked.map_err(|_| Outcome::DnsTimeout)?;
    // The system tells in words alone whether it knows no such name or could not ask.
    let mut addresses: Vec<_> =
        found.map_err(|_| Outcome::DnsNotFound)?.map(|address| address.ip()).collect();
    addresses.dedup();
    if addresses.is_empty() { Err(Outcome::DnsNotFound) } else { Ok(addresses) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn names_of_this_machine_are_known() {
        let soon = Duration::from_secs(5);
        for name in ["localhost", "app.localhost"] {
            let found = addresses(name, soon).await.expect("this machine");
            assert!(found.iter().all(IpAddr::is_loopback) && !found.is_empty(), "{name}");
        }
        assert!(addresses("notlocalhost.invalid", soon).await.is_err());
    }
}
