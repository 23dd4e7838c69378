//! Logs of the long-running processes: stderr, as text for people or JSON for machines.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// What is logged unless told otherwise. The pool repeats each lost connection every 2 s, and
/// actix calls a client's broken request an error: both are told once, by those who know more.
const QUIET: &str = "info,actix_server=warn,actix_http=off,r2d2=off";

/// Starts logging. `LOG` filters (`info`, `worker=debug,info`); `LOG_FORMAT=json` is for
/// machines.
pub(crate) fn start() {
    let filter = EnvFilter::builder().with_env_var("LOG").try_from_env();
    let filter = filter.unwrap_or_else(|_| EnvFilter::new(QUIET));
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
