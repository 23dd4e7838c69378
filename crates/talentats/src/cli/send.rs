//! The command line of `talentats send`.

use std::path::PathBuf;
use std::time::Duration;

use domain::list::List;
use domain::retry::parse_duration;
use uuid::Uuid;

use super::parse_secrets;

/// Settings of `talentats send`. The request leaves from this machine: http, localhost and addresses
/// inside a network will do here, and nowhere else. Exit code 0: the receiver accepted it with a 2xx.
#[derive(clap::Args)]
pub(crate) struct SendArguments {
    /// Where to, for example http://localhost:3000/hook.
    #[arg(long)]
    pub(crate) url: String,
    /// Signing secret (whsec_…); several, separated by commas, sign as during a rotation.
    #[arg(long, env = "WEBHOOK_SECRET", hide_env_values = true, value_parser = parse_secrets)]
    pub(crate) secret: Vec<List<String>>,
    /// Number of the attempt (webhook-attempt-number).
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) attempt: u32,
    /// Id of the export (webhook-id), for example to send the same one again; by default a fresh one.
    #[arg(long, value_parser = parse_uuid)]
    pub(crate) id: Option<Uuid>,
    /// Seconds since 1970 (webhook-timestamp); by default now. Verifiers refuse what is 5 minutes off.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(i64).range(0..))]
    pub(crate) timestamp: Option<i64>,
    /// File with the body, sent as it is; by default the sample, as a test of two made-up people.
    #[arg(long, value_name = "FILE")]
    pub(crate) body: Option<PathBuf>,
    /// How long to wait for the answer, 1s to 1h.
    #[arg(long, env = "REQUEST_TIMEOUT", default_value = "30s", value_parser = parse_timeout)]
    pub(crate) timeout: Duration,
}

fn parse_timeout(text: &str) -> Result<Duration, String> {
    let timeout = parse_duration(text)?;
    if !(Duration::from_secs(1)..=Duration::from_hours(1)).contains(&timeout) {
        return Err(format!("`{}` is not from 1s to 1h", text.trim()));
    }
    Ok(timeout)
}

fn parse_uuid(text: &str) -> Result<Uuid, String> {
    let form = "write a UUID such as 019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11";
    Uuid::try_parse(text).map_err(|_| form.to_owned())
}
