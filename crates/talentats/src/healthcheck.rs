//! Whether a process on this machine is well: an exit code for a container's health check.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{anyhow, ensure};

use crate::cli::{Checked, HealthcheckArguments};

const LIMIT: Duration = Duration::from_secs(4);

/// Asks; succeeds on a 200.
///
/// # Errors
/// When there is no such answer within a few seconds.
pub(crate) async fn run(arguments: &HealthcheckArguments) -> anyhow::Result<()> {
    let url = match arguments.process {
        Checked::Api { api_addr } => format!("http://{}/readyz", reachable(api_addr)),
        Checked::Worker { metrics_addr } => format!("http://{}/health", reachable(metrics_addr)),
    };
    let client = reqwest::Client::builder().timeout(LIMIT).no_proxy().build()?;
    let answer = client.get(&url).send().await.map_err(|_| anyhow!("no answer from {url}"))?;
    ensure!(answer.status().is_success(), "{url} answered {}", answer.status());
    Ok(())
}

/// A process that listens everywhere is asked on loopback.
fn reachable(mut addr: SocketAddr) -> SocketAddr {
    if addr.ip().is_unspecified() {
        addr.set_ip(match addr.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    addr
}

#[cfg(test)]
mod tests {
    use super::reachable;

    #[test]
    fn everywhere_is_asked_on_loopback() {
        let cases = [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:8080", "[::1]:8080"),
            ("10.1.2.3:80", "10.1.2.3:80"),
        ];
        for (listens, asked) in cases {
            let listens = listens.parse().expect("an address");
            assert_eq!(reachable(listens).to_string(), asked);
        }
    }
}
