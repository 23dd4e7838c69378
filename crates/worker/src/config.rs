//! The settings of a worker process; `--help` is their reference.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use domain::address::{AddressGuard, parse_nets};
use domain::list::{List, parse_list};
use domain::retry::{RetryPolicy, parse_duration, parse_schedule};
use domain::webhook_url::{AllowPorts, UrlRules};
use ipnet::IpNet;
use secrecy::SecretString;

use crate::mail::MailConfig;

/// Settings of `talentats worker`, from flags or the environment.
#[derive(Clone, clap::Args)]
pub struct WorkerConfig {
    /// Postgres: postgres://user:password@host:port/database.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: SecretString,

    /// Postgres for LISTEN, where DATABASE_URL leads to a pooler that shares connections by
    /// transaction; without it DATABASE_URL.
    #[arg(long, env = "DATABASE_LISTEN_URL", hide_env_values = true)]
    pub database_listen_url: Option<SecretString>,

    /// Keys that open URLs and signing secrets: id:base64,… (32 bytes each).
    #[arg(long, env = "SECRET_KEYS", hide_env_values = true)]
    pub secret_keys: SecretString,

    /// Networks (CIDR) and addresses that may receive although they are not public, separated by
    /// commas.
    #[arg(long, env = "ALLOW_NETS", default_value = "", value_parser = parse_nets)]
    pub allow_nets: List<IpNet>,

    /// Networks (CIDR) and addresses that may not receive, separated by commas; wins over ALLOW_NETS.
    #[arg(long, env = "DENY_NETS", default_value = "", value_parser = parse_nets)]
    pub deny_nets: List<IpNet>,

    /// Deliver to http URLs, too.
    #[arg(long, env = "ALLOW_HTTP")]
    pub allow_http: bool,

    /// Ports that webhooks may use beside 443 and 8443, separated by commas; * for any.
    #[arg(long, env = "ALLOW_PORTS", default_value = "")]
    pub allow_ports: AllowPorts,

    /// Name servers to ask instead of the system's (separated by commas; port 53 unless given).
    #[arg(long, env = "DNS_SERVERS", default_value = "", value_parser = parse_name_servers)]
    pub dns_servers: List<SocketAddr>,

    /// PEM file of certification authorities to trust beside the system's.
    #[arg(long, env = "EXTRA_CA_FILE")]
    pub extra_ca_file: Option<PathBuf>,

    /// Delay before each try; as many tries as entries.
    #[arg(long, env = "RETRY_SCHEDULE", default_value = "0s,5s,1m,5m,30m,2h,6h,15h", value_parser = parse_schedule)]
    pub retry_schedule: RetryPolicy,

    /// Shortest pause after a try that may have arrived.
    #[arg(long, env = "AMBIGUOUS_DELAY", default_value = "5m", value_parser = parse_duration)]
    pub ambiguous_delay: Duration,

    /// An export that waits longer than this fails as expired.
    #[arg(long, env = "EXPORT_DEADLINE", default_value = "72h", value_parser = parse_duration)]
    pub export_deadline: Duration,

    /// Longest time from the resolution of the name to the head of the answer; 1 s more for
    /// each MiB of payload. Also how long a connection may take nothing.
    #[arg(long, env = "REQUEST_TIMEOUT", default_value = "30s", value_parser = parse_duration)]
    pub request_timeout: Duration,

    /// Longest time for the resolution, and again for TCP and TLS.
    #[arg(long, env = "CONNECT_TIMEOUT", default_value = "5s", value_parser = parse_duration)]
    pub connect_timeout: Duration,

    /// How long a claimed job stays ours without a renewal; at least 1s.
    #[arg(long, env = "LEASE", default_value = "30s", value_parser = parse_lease)]
    pub lease: Duration,

    /// Most requests at once in this process.
    #[arg(long, env = "CONCURRENCY", default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub concurrency: u32,

    /// Most requests at once per webhook, over all workers.
    #[arg(long, env = "WEBHOOK_CONCURRENCY", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub webhook_concurrency: u32,

    /// Most requests at once per organisation, over all workers; may be exceeded by one claim.
    #[arg(long, env = "ORGANISATION_CONCURRENCY", default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub organisation_concurrency: u32,

    /// Most requests at once per host, over all workers; may be exceeded by one claim. Eight times
    /// as many for automation services that many customers share.
    #[arg(long, env = "HOST_CONCURRENCY", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub host_concurrency: u32,

    /// Most bytes of payloads in flight in this process; a larger payload goes alone.
    #[arg(long, env = "PAYLOAD_BYTES_IN_FLIGHT", default_value_t = 64 * 1024 * 1024)]
    pub payload_bytes_in_flight: u64,

    /// How long requests may finish after SIGTERM before they are aborted and tried again.
    #[arg(long, env = "SHUTDOWN_GRACE", default_value = "25s", value_parser = parse_duration)]
    pub shutdown_grace: Duration,

    /// How long the payload of a failed export is kept.
    #[arg(long, env = "PAYLOAD_RETENTION", default_value = "7d", value_parser = parse_duration)]
    pub payload_retention: Duration,

    /// How long the payload of a delivered export is kept.
    #[arg(long, env = "PAYLOAD_RETENTION_DELIVERED", default_value = "72h", value_parser = parse_duration)]
    pub payload_retention_delivered: Duration,

    /// How long exports and attempts are kept; the log goes by whole months.
    #[arg(long, env = "LOG_RETENTION", default_value = "396d", value_parser = parse_duration)]
    pub log_retention: Duration,

    /// Mail to members.
    #[command(flatten)]
    pub mail: MailConfig,
}

impl WorkerConfig {
    /// What URL may be sent to, checked again at each send.
    pub fn url_rules(&self) -> UrlRules {
        UrlRules {
            allow_http: self.allow_http,
            allow_ports: self.allow_ports.clone(),
            guard: AddressGuard { allow: self.allow_nets.clone(), deny: self.deny_nets.clone() },
        }
    }
}

fn parse_name_servers(text: &str) -> Result<List<SocketAddr>, String> {
    parse_list(text, parse_name_server)
}

/// An address with or without a port.
fn parse_name_server(text: &str) -> Result<SocketAddr, String> {
    let form = || format!("`{text}` is not an IP address such as 9.9.9.9 or [2620:fe::fe]:53");
    match text.parse::<IpAddr>() {
        Ok(address) => Ok(SocketAddr::new(address, 53)),
        Err(_) => text.parse().ok().filter(|at: &SocketAddr| at.port() != 0).ok_or_else(form),
    }
}

fn parse_lease(text: &str) -> Result<Duration, String> {
    let lease = parse_duration(text)?;
    if lease < Duration::from_secs(1) {
        return Err("a lease shorter than 1s would expire between two renewals".to_owned());
    }
    Ok(lease)
}

#[cfg(test)]
mod tests {
    use super::parse_name_servers;

    #[test]
    fn name_servers_have_a_port_that_can_be_asked() {
        let told = parse_name_servers("1.1.1.1, 9.9.9.9:5353, [2620:fe::fe]:53");
        assert_eq!(told.map(|servers| servers.len()), Ok(3));
        for wrong in ["1.1.1.1:0", "[2620:fe::fe]:0", "ns.example"] {
            let told = parse_name_servers(&format!("9.9.9.9, {wrong}")).expect_err(wrong);
            assert!(told.contains(&format!("`{wrong}`")), "{told}");
        }
    }
}
