//! HTTP clients: one per organisation, because a client shared by two would reuse a connection
//! that was vetted for the other. All share one TLS configuration.

mod authorities;
mod connector;
mod der;
mod tls;
mod verifier;

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::id::OrganisationId;
use lru::LruCache;
use reqwest::Client;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::ClientConfig;

use crate::probe::PROBE;

pub(crate) use verifier::CertificateFault;

/// Clients that are kept; a thousand cost about 2 ms to make.
const KEPT_CLIENTS: NonZeroUsize = NonZeroUsize::new(1_024).expect("not zero");

/// Idle connections close before the 5 s after which many servers close theirs.
const IDLE: Duration = Duration::from_secs(4);

/// Headers that an answer may have.
const RESPONSE_HEADERS: usize = 100;

/// Makes and keeps clients.
pub struct Clients {
    tls: Arc<ClientConfig>,
    connect_timeout: Duration,
    stall_timeout: Duration,
    kept: Mutex<LruCache<OrganisationId, Client>>,
}

impl Clients {
    /// Clients that trust the system's certification authorities, and those of `extra_ca_file`.
    /// TCP and TLS together take at most `connect_timeout`; a connection that takes nothing for
    /// `stall_timeout` is dead (RFC 5482; on Linux).
    ///
    /// # Errors
    /// When the file cannot be read, or has a certificate in it that cannot be used.
    pub fn new(
        extra_ca_file: Option<&Path>,
        connect_timeout: Duration,
        stall_timeout: Duration,
    ) -> anyhow::Result<Self> {
        let tls = Arc::new(tls::configuration(extra_ca_file)?);
        let kept = Mutex::new(LruCache::new(KEPT_CLIENTS));
        Ok(Self { tls, connect_timeout, stall_timeout, kept })
    }

    /// The client of an organisation.
    ///
    /// # Errors
    /// When the client cannot be built: a defect of ours.
    pub fn of(&self, organisation: OrganisationId) -> reqwest::Result<Client> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = kept.get(&organisation) {
            return Ok(client.clone());
        }
        let client = self.build()?;
        kept.put(organisation, client.clone());
        Ok(client)
    }

    /// One POST is one request: no redirect, no proxy of the environment, no hidden retry.
    fn build(&self) -> reqwest::Result<Client> {
        let client = Client::builder();
        // A receiver that answers and then never reads would hold a connection for ever: the
        // client goes on to write what it has buffered, and nobody waits for that.
        #[cfg(target_os = "linux")]
        let client = client.tcp_user_timeout(self.stall_timeout);
        client
            .tls_backend_preconfigured((*self.tls).clone())
            .http1_only()
            .http1_max_headers(RESPONSE_HEADERS)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .tcp_nodelay(true)
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(IDLE)
            .dns_resolver(Arc::new(VettedAddresses))
            .connector_layer(connector::ProbeLayer)
            .build()
    }
}

/// Answers the addresses that were vetted for the attempt that this task sends.
struct VettedAddresses;

impl Resolve for VettedAddresses {
    fn resolve(&self, _: Name) -> Resolving {
        let addresses = PROBE.try_with(|probe| probe.addresses().to_vec());
        Box::pin(async move {
            match addresses {
                Ok(addresses) => Ok(Box::new(addresses.into_iter()) as Addrs),
                Err(_) => Err("a connection outside an attempt".into()),
            }
        })
    }
}
