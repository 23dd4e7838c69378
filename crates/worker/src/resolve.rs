//! Names become addresses that may receive, or a typed refusal. The addresses that were vetted
//! are the ones that are connected to: they reach the HTTP client through the task.

mod machine;
mod sockets;
mod system;

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use domain::address::AddressGuard;
use domain::attempt::{Attempt, OwnFault};
use domain::outcome::Outcome;
use domain::webhook_url::WebhookUrl;
use futures_util::future::select;
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::NetError;
use hickory_resolver::proto::rr::Name;
use hickory_resolver::system_conf::parse_resolv_conf;
use tokio::time::Instant;

use sockets::Sockets;
use system::SystemNames;

/// How long the second kind of address is waited for once the first is there.
const SECOND_FAMILY: Duration = Duration::from_secs(1);

/// Where systems say whom to ask (resolv.conf(5)).
const SYSTEM_FILE: &str = "/etc/resolv.conf";

/// Resolves names for all organisations; one cache.
#[derive(Clone)]
pub struct Resolver {
    names: Names,
    guard: AddressGuard,
    budget: Duration,
}

/// Whom to ask.
#[derive(Clone)]
enum Names {
    Given(Arc<Asker>),
    System(Arc<SystemNames>),
    Machine,
}

/// Asks name servers, over sockets that are watched.
struct Asker {
    resolver: hickory_resolver::Resolver<Sockets>,
    sockets: Sockets,
}

/// Why a name has no addresses for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unresolved {
    Outcome(Outcome),
    Own(OwnFault),
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
        if name_servers.is_empty() {
            return Ok(Self::of_file(Path::new(SYSTEM_FILE), guard, budget));
        }
        let servers = name_servers.iter().copied().map(name_server).collect();
        Ok(Self { names: Names::Given(Arc::new(Asker::new(servers)?)), guard, budget })
    }

    /// A resolver that asks the name servers of a file in the form of resolv.conf(5), and reads it
    /// again when it has changed. A file that is missing or names none is a fault of our own.
    pub fn of_file(file: &Path, guard: AddressGuard, budget: Duration) -> Self {
        let names = Names::System(Arc::new(SystemNames::new(file.to_owned())));
        Self { names, guard, budget }
    }

    /// A resolver that knows names as programs of this machine do, its hosts file included, and refuses
    /// what `guard` refuses: for requests that somebody sends by hand.
    pub fn of_machine(guard: AddressGuard, budget: Duration) -> Self {
        Self { names: Names::Machine, guard, budget }
    }

    /// The addresses of a URL, all vetted, with its port.
    ///
    /// # Errors
    /// The outcome of the attempt: `blocked_address` where any address is forbidden, else what
    /// the name system said; `internal_error` where we could not ask it.
    pub async fn addresses(&self, url: &WebhookUrl) -> Result<Vec<SocketAddr>, Outcome> {
        self.vetted(url).await.map_err(Unresolved::outcome)
    }

    /// The same, with what is at fault.
    pub(crate) async fn vetted(&self, url: &WebhookUrl) -> Result<Vec<SocketAddr>, Unresolved> {
        let addresses = match url.literal() {
            Some(address) => vec![address],
            None => self.look_up(url.host()).await?,
        };
        // One forbidden address condemns all: a receiver has no business mixing them.
        if !addresses.iter().all(|address| self.guard.permits(*address)) {
            return Err(Outcome::BlockedAddress.into());
        }
        Ok(addresses.into_iter().map(|address| SocketAddr::new(address, url.port())).collect())
    }

    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Unresolved> {
        let asker = match &self.names {
            Names::Given(asker) => Arc::clone(asker),
            Names::System(names) => names.asker().map_err(Unresolved::Own)?,
            Names::Machine => return Ok(machine::addresses(host, self.budget).await?),
        };
        // The final dot makes the name absolute: no search domain is ever appended. The host is in
        // punycode already; read as Unicode, a name with an underscore would be refused.
        let name = Name::from_ascii(format!("{}.", host.trim_end_matches('.')));
        let name = name.map_err(|_| Outcome::DnsFailure)?;
        let began = Instant::now();
        let v4 = async { addresses_of(asker.resolver.ipv4_lookup(name.clone()).await) };
        let v6 = async { addresses_of(asker.resolver.ipv6_lookup(name.clone()).await) };
        let both = both_families(v4, v6, SECOND_FAMILY.min(self.budget / 2));
        let both = tokio::time::timeout(self.budget, both).await;
        both.unwrap_or(Err(Outcome::DnsTimeout.into())).map_err(|reason| match reason {
            // A name server was asked and did answer.
            Unresolved::Outcome(Outcome::DnsNotFound) => reason,
            _ => asker.sockets.fault_since(began).map_or(reason, Unresolved::Own),
        })
    }
}

impl Asker {
    fn new(servers: Vec<NameServerConfig>) -> Result<Self, NetError> {
        let config = ResolverConfig::from_parts(None, Vec::new(), servers);
        let sockets = Sockets::default();
        let builder = hickory_resolver::Resolver::builder_with_config(config, sockets.clone());
        Ok(Self { resolver: builder.with_options(options()).build()?, sockets })
    }
}

impl Unresolved {
    fn outcome(self) -> Outcome {
        self.attempt().outcome
    }

    /// What comes of the attempt: nothing was sent.
    pub(crate) fn attempt(self) -> Attempt {
        match self {
            Self::Outcome(outcome) => Attempt::without_request(outcome),
            Self::Own(fault) => Attempt::of_own_fault(fault),
        }
    }
}

impl From<Outcome> for Unresolved {
    fn from(outcome: Outcome) -> Self {
        Self::Outcome(outcome)
    }
}

type Family = Result<Vec<IpAddr>, Unresolved>;

/// Asks for both kinds of addresses. Once one kind is there, the other gets `second_family` longer:
/// some networks drop questions for AAAA. What was not answered is not connected to either.
async fn both_families(
    v4: impl Future<Output = Family>,
    v6: impl Future<Output = Family>,
    second_family: Duration,
) -> Family {
    let (v4, v6) = (pin!(v4), pin!(v6));
    let (first, other) = select(v4, v6).await.factor_first();
    let second = match &first {
        Ok(_) => {
            let other = tokio::time::timeout(second_family, other);
            other.await.unwrap_or(Err(Outcome::DnsTimeout.into()))
        }
        Err(_) => other.await,
    };
    match (first, second) {
        (Ok(first), Ok(second)) => Ok([first, second].concat()),
        (Ok(found), Err(_)) | (Err(_), Ok(found)) => Ok(found),
        // What we failed at says nothing about the name.
        (Err(own @ Unresolved::Own(_)), _) | (_, Err(own @ Unresolved::Own(_))) => Err(own),
        // "Not found" needs both to say so.
        (Err(Unresolved::Outcome(Outcome::DnsNotFound)), Err(reason)) | (Err(reason), Err(_)) => {
            Err(reason)
        }
    }
}

fn addresses_of(answer: Result<Lookup, NetError>) -> Family {
    let answer = answer.map_err(|error| reason_of(&error))?;
    let addresses: Vec<_> =
        answer.answers().iter().filter_map(|record| record.data.ip_addr()).collect();
    if addresses.is_empty() { Err(Outcome::DnsNotFound.into()) } else { Ok(addresses) }
}

fn reason_of(error: &NetError) -> Unresolved {
    let outcome = match error {
        NetError::Timeout => Outcome::DnsTimeout,
        error if error.is_nx_domain() || error.is_no_records_found() => Outcome::DnsNotFound,
        _ => Outcome::DnsFailure,
    };
    outcome.into()
}

/// The name servers of a file in the form of resolv.conf(5), if it has any.
fn servers_of(text: &[u8]) -> Result<Vec<NameServerConfig>, NetError> {
    Ok(parse_resolv_conf(text)?.0.name_servers().to_vec())
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
    options.use_hosts_file = ResolveHosts::Never;
    options.timeout = Duration::from_secs(2);
    options.attempts = 1;
    options.cache_size = 4_096;
    // A name that is set up or moved is found by the next try, not a day later.
    options.negative_max_ttl = Some(Duration::from_secs(30));
    options.positive_max_ttl = Some(Duration::from_mins(5));
    options
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    const SOON: Duration = Duration::from_millis(10);

    fn found(address: &str) -> Family {
        Ok(vec![address.parse().expect("an address")])
    }

    #[tokio::test]
    async fn one_kind_of_address_is_enough() {
        let (v4, v6) = (found("192.0.2.1"), found("2001:db8::1"));
        let both = both_families(ready(v4.clone()), ready(v6.clone()), SOON).await;
        assert_eq!(both.map(|addresses| addresses.len()), Ok(2));
        assert_eq!(both_families(ready(v4.clone()), pending(), SOON).await, v4);
        let failure = Err(Outcome::DnsFailure.into());
        assert_eq!(both_families(ready(failure), ready(v6.clone()), SOON).await, v6);
    }

    #[tokio::test]
    async fn a_name_is_missing_only_when_both_say_so() {
        let missing: Family = Err(Outcome::DnsNotFound.into());
        let failure: Family = Err(Outcome::DnsFailure.into());
        let own: Family = Err(Unresolved::Own(OwnFault::Descriptors));
        let cases: [(Family, Family, Family); 6] = [
            (missing.clone(), missing.clone(), missing.clone()),
            (missing.clone(), failure.clone(), failure.clone()),
            (failure.clone(), missing.clone(), failure.clone()),
            (missing.clone(), own.clone(), own.clone()),
            (failure.clone(), own.clone(), own.clone()),
            (own.clone(), failure, own),
        ];
        for (v4, v6, expected) in cases {
            assert_eq!(both_families(ready(v4), ready(v6), SOON).await, expected);
        }
    }
}
