//! Names become addresses that may receive, or a typed refusal. The addresses that were vetted
//! are the ones that are connected to: they reach the HTTP client through the task.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use domain::address::AddressGuard;
use domain::outcome::Outcome;
use domain::webhook_url::WebhookUrl;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig,
    ResolverOpts,
};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;

/// Resolves names for all organisations; one cache.
#[derive(Clone)]
pub struct Resolver {
    /// None where the system has no resolver settings and none were given.
    resolver: Option<TokioResolver>,
    guard: AddressGuard,
    budget: Duration,
}

impl Resolver {
    /// A resolver that asks `name_servers`, or the system's where none are given, and refuses
    /// what `guard` refuses. One resolution takes at most `budget`.
    ///
    /// # Errors
    /// When the resolver cannot be built from these settings.
    pub fn new(
        name_servers: &[SocketAddr],
        guard: AddressGuard,
        budget: Duration,
    ) -> anyhow::Result<Self> {
        let builder = if name_servers.is_empty() {
            TokioResolver::builder_tokio().ok()
        } else {
            let servers = name_servers.iter().copied().map(name_server).collect();
            let config = ResolverConfig::from_parts(None, Vec::new(), servers);
            Some(TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()))
        };
        if builder.is_none() {
            tracing::warn!(
                "no name servers are known, so only IP addresses can be delivered to; set DNS_SERVERS"
            );
        }
        let resolver =
            builder.map(|builder| builder.with_options(options()).build()).transpose()?;
        Ok(Self { resolver, guard, budget })
    }

    /// The addresses of a URL, all vetted, with its port.
    ///
    /// # Errors
    /// The outcome of the attempt: `blocked_address` where any address is forbidden, else what
    /// the name system said.
    pub async fn addresses(&self, url: &WebhookUrl) -> Result<Vec<SocketAddr>, Outcome> {
        let addresses = match url.literal() {
            Some(address) => vec![address],
            None => self.look_up(url.host()).await?,
        };
        // One forbidden address condemns all: a receiver has no business mixing them.
        if !addresses.iter().all(|address| self.guard.permits(*address)) {
            return Err(Outcome::BlockedAddress);
        }
        Ok(addresses.into_iter().map(|address| SocketAddr::new(address, url.port())).collect())
    }

    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Outcome> {
        let resolver = self.resolver.as_ref().ok_or(Outcome::DnsFailure)?;
        // The final dot makes the name absolute: no search domain is ever appended.
        let lookup = resolver.lookup_ip(format!("{}.", host.trim_end_matches('.')));
        let found = tokio::time::timeout(self.budget, lookup).await;
        let found = found.map_err(|_| Outcome::DnsTimeout)?.map_err(|error| outcome_of(&error))?;
        let addresses: Vec<_> = found.iter().collect();
        if addresses.is_empty() { Err(Outcome::DnsNotFound) } else { Ok(addresses) }
    }
}

fn outcome_of(error: &NetError) -> Outcome {
    match error {
        NetError::Timeout => Outcome::DnsTimeout,
        error if error.is_nx_domain() || error.is_no_records_found() => Outcome::DnsNotFound,
        _ => Outcome::DnsFailure,
    }
}

fn name_server(address: SocketAddr) -> NameServerConfig {
    let connection = |mut connection: ConnectionConfig| {
        connection.port = address.port();
        connection
    };
    let connections =
        vec![connection(ConnectionConfig::udp()), connection(ConnectionConfig::tcp())];
    NameServerConfig::new(address.ip(), true, connections)
}

fn options() -> ResolverOpts {
    let mut options = ResolverOpts::default();
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    options.use_hosts_file = ResolveHosts::Never;
    options.timeout = Duration::from_secs(2);
    options.attempts = 1;
    options.cache_size = 4_096;
    // A name that is set up or moved is found by the next try, not a day later.
    options.negative_max_ttl = Some(Duration::from_secs(30));
    options.positive_max_ttl = Some(Duration::from_mins(5));
    options
}
