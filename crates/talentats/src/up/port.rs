//! Ports of the children: the remembered ones, else the usual ones, else free ones. They stay
//! bound until just before a child takes them, so that nobody else does meanwhile.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use anyhow::{Context, anyhow};

use super::settings::Settings;
use crate::answer;

/// Reserved ports, all on 127.0.0.1.
pub(crate) struct Ports {
    /// Of the API.
    pub(crate) api: Reserved,
    /// Of the demo receiver.
    pub(crate) receiver: Reserved,
    /// Of the API's metrics.
    pub(crate) api_metrics: Reserved,
    /// Of the worker's metrics.
    pub(crate) worker_metrics: Reserved,
}

/// A port that is ours for now.
pub(crate) struct Reserved(TcpListener);

impl Ports {
    /// Reserves all, and remembers them.
    ///
    /// # Errors
    /// When the port that was asked for is taken, or none is free.
    pub(crate) fn reserve(wanted: Option<u16>, settings: &mut Settings) -> anyhow::Result<Self> {
        let api = match wanted {
            Some(port) => Reserved::bind(port)
                .map_err(|_| anyhow!("port {port} is taken: choose another one with --port"))?,
            None => Reserved::prefer("API", settings.api_port.unwrap_or(8080))?,
        };
        let receiver = Reserved::prefer("demo receiver", settings.receiver_port.unwrap_or(9000))?;
        let api_metrics =
            Reserved::prefer("API's metrics page", settings.api_metrics_port.unwrap_or(9464))?;
        let worker_metrics = Reserved::prefer(
            "worker's metrics page",
            settings.worker_metrics_port.unwrap_or(9465),
        )?;
        settings.api_port = Some(api.addr().port());
        settings.receiver_port = Some(receiver.addr().port());
        settings.api_metrics_port = Some(api_metrics.addr().port());
        settings.worker_metrics_port = Some(worker_metrics.addr().port());
        Ok(Self { api, receiver, api_metrics, worker_metrics })
    }
}

impl Reserved {
    /// Where a child will listen.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.0.local_addr().expect("a bound socket has an address")
    }

    /// Lets go of it, for the child that is about to take it.
    pub(crate) fn release(self) -> SocketAddr {
        self.addr()
    }

    fn prefer(whose: &str, port: u16) -> anyhow::Result<Self> {
        if let Ok(reserved) = Self::bind(port) {
            return Ok(reserved);
        }
        let free = Self::bind(0).context("no port is free on 127.0.0.1")?;
        let other = free.addr().port();
        answer::line(&format!("port {port} is taken; the {whose} gets {other}"))?;
        Ok(free)
    }

    fn bind(port: u16) -> std::io::Result<Self> {
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::Reserved;

    #[test]
    fn a_taken_port_is_not_taken_twice() {
        let first = Reserved::bind(0).expect("a free port");
        let taken = first.addr().port();
        assert!(Reserved::bind(taken).is_err());
        let second = Reserved::prefer("test", taken).expect("another one");
        assert_ne!(second.addr().port(), taken);
        assert_eq!(first.release().port(), taken);
    }
}
