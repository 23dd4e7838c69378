//! Logs of the long-running processes: stderr, as text for people or JSON for machines.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts logging. `LOG` filters (`info`, `worker=debug,info`); `LOG_FORMAT=json` is for
/// machines.
pub(crate) fn start() {
    let filter = EnvFilter::builder().with_env_var("LOG").try_from_env();
    let filter = filter.unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    if std::env::var("LOG_FORMAT").is_ok_and(|format| format == "json") {
        builder.json().flatten_event(true).init();
    } else {
        builder.with_target(false).init();
    }
}
