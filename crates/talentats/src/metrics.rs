//! The metrics port of `api` and `worker`: Prometheus text on a port of its own, so that it can
//! stay inside while the API is public.

use std::net::{SocketAddr, TcpListener};

use ::metrics::{describe_gauge, gauge};
use anyhow::Context;
use metrics_exporter_prometheus::PrometheusBuilder;

/// Which version runs: to see a roll-out, and to join with other metrics.
const BUILD: &str = "talentats_build_info";

/// Bounds of every histogram, in seconds: from a hit in a cache to the longest deadline.
const SECONDS: [f64; 14] =
    [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// Serves what this process measures.
///
/// # Errors
/// When the port is taken or not ours to take.
pub(crate) fn serve(addr: SocketAddr) -> anyhow::Result<()> {
    let taken = || format!("cannot listen on {addr} for metrics: choose another METRICS_ADDR");
    // Bound once by ourselves: to learn a free port, and for an error that names the cause.
    let addr = TcpListener::bind(addr).and_then(|free| free.local_addr()).with_context(taken)?;
    PrometheusBuilder::new()
        .with_http_listener(addr)
        .set_buckets(&SECONDS)
        .and_then(PrometheusBuilder::install)
        .with_context(taken)?;
    describe_gauge!(BUILD, "Always 1; the labels say which version runs");
    gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1);
    tracing::info!("metrics on http://{addr}/metrics");
    Ok(())
}
