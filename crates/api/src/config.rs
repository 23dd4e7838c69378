//! The settings of an API process; `--help` is their reference.

mod origin;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use domain::address::parse_nets;
use domain::explanation::{parse_egress, parse_page};
use domain::list::List;
use domain::notification::parse_app_url;
use domain::retry::parse_duration;
use domain::webhook_url::AllowPorts;
use ipnet::IpNet;
use secrecy::SecretString;

/// Settings of `talentats api`, from flags or the environment.
#[derive(Clone, clap::Args)]
pub struct ApiConfig {
    /// Postgres: postgres://user:password@host:port/database.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: SecretString,

    /// Postgres for LISTEN, where DATABASE_URL leads to a pooler that shares connections by
    /// transaction; without it DATABASE_URL. Live streams listen on it.
    #[arg(long, env = "DATABASE_LISTEN_URL", hide_env_values = true)]
    pub database_listen_url: Option<SecretString>,

    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, env = "API_ADDR", default_value = "127.0.0.1:8080")]
    pub api_addr: SocketAddr,

    /// How long a connection may wait for its next request. Longer than the proxy in front keeps it,
    /// which would otherwise meet a connection that is closing.
    #[arg(long, env = "KEEP_ALIVE", default_value = "75s", value_parser = parse_duration)]
    pub keep_alive: Duration,

    /// How often a live stream that is quiet gives a sign of life, and its caller is checked again;
    /// more often than the proxy in front gives up on an answer that does not go on; 1s to 1m.
    #[arg(long, env = "HEARTBEAT", default_value = "15s", value_parser = parse_heartbeat)]
    pub heartbeat: Duration,

    /// Requests a second of one caller, at this process: ten seconds' worth at once; 0: no limit.
    #[arg(long, env = "CALLER_LIMIT", default_value_t = 50)]
    pub caller_limit: u32,

    /// Requests a second of all callers of an organisation together, at this process: ten seconds'
    /// worth at once; 0: no limit.
    #[arg(long, env = "ORGANISATION_LIMIT", default_value_t = 200)]
    pub organisation_limit: u32,

    /// How long an import may take to arrive.
    #[arg(long, env = "IMPORT_TIMEOUT", default_value = "10m", value_parser = parse_duration)]
    pub import_timeout: Duration,

    /// Tell idle workers of each export at once: on or off. Off, exports start a second or so later,
    /// which spares the database a little work.
    #[arg(long, env = "WAKE_UP", default_value = "on", hide_possible_values = true, action = clap::ArgAction::Set, value_parser = clap::builder::BoolishValueParser::new())]
    pub wake_up: bool,

    /// Serve the console, the pages for a browser, at /console: on or off.
    #[arg(long, env = "CONSOLE", default_value = "off", hide_possible_values = true, action = clap::ArgAction::Set, value_parser = clap::builder::BoolishValueParser::new())]
    pub console: bool,

    /// The identity provider's public keys: an https URL, or the path of a JWKS file.
    #[arg(long, env = "AUTH_JWKS")]
    pub auth_jwks: String,

    /// How often the keys are read again: a key that was withdrawn is out by then; 1s to 5m.
    #[arg(long, env = "AUTH_JWKS_REFRESH", default_value = "4m", value_parser = parse_refresh)]
    pub auth_jwks_refresh: Duration,

    /// Issuer (`iss`) that tokens must have.
    #[arg(long, env = "AUTH_ISSUER")]
    pub auth_issuer: String,

    /// Audience (`aud`) that tokens must be meant for.
    #[arg(long, env = "AUTH_AUDIENCE")]
    pub auth_audience: String,

    /// Longest time from `iat` to `exp` of a token.
    #[arg(long, env = "MAX_TOKEN_LIFETIME", default_value = "1h", value_parser = parse_duration)]
    pub max_token_lifetime: Duration,

    /// Keys that seal URLs and signing secrets: id:base64,… (32 bytes each); the first seals.
    #[arg(long, env = "SECRET_KEYS", hide_env_values = true)]
    pub secret_keys: SecretString,

    /// Origins whose pages may call the API from a browser, separated by commas:
    /// `https://app.example.com`.
    #[arg(long, env = "CORS_ORIGINS", default_value = "", value_parser = origin::parse_origins)]
    pub cors_origins: List<String>,

    /// Networks (CIDR) and addresses that may receive although they are not public, separated by
    /// commas.
    #[arg(long, env = "ALLOW_NETS", default_value = "", value_parser = parse_nets)]
    pub allow_nets: List<IpNet>,

    /// Networks (CIDR) and addresses that may not receive, separated by commas; wins over ALLOW_NETS.
    #[arg(long, env = "DENY_NETS", default_value = "", value_parser = parse_nets)]
    pub deny_nets: List<IpNet>,

    /// Let webhooks have http URLs.
    #[arg(long, env = "ALLOW_HTTP")]
    pub allow_http: bool,

    /// Ports that webhooks may use beside 443 and 8443: 8080,9443, or * for any.
    #[arg(long, env = "ALLOW_PORTS", default_value = "")]
    pub allow_ports: AllowPorts,

    /// Addresses and networks (CIDR) that deliveries come from, separated by commas; shown to those
    /// who run firewalls.
    #[arg(long, env = "EGRESS_IPS", default_value = "", value_parser = parse_egress)]
    pub egress_ips: List<String>,

    /// Where people get help; shown in advice.
    #[arg(long, env = "SUPPORT_URL", value_parser = parse_page)]
    pub support_url: Option<String>,

    /// Where your application shows exports and webhooks to people: notifications link to
    /// APP_URL/exports/ID and APP_URL/webhooks/ID. Without it they have no link.
    #[arg(long, env = "APP_URL", value_parser = parse_app_url)]
    pub app_url: Option<String>,

    /// Most candidates in one export.
    #[arg(long, env = "MAX_CANDIDATES", default_value_t = 10_000)]
    pub max_candidates: u32,

    /// Most bytes of one payload.
    #[arg(long, env = "MAX_PAYLOAD_BYTES", default_value_t = 32 * 1024 * 1024)]
    pub max_payload_bytes: u32,

    /// How long the payload of a failed export is kept.
    #[arg(long, env = "PAYLOAD_RETENTION", default_value = "7d", value_parser = parse_duration)]
    pub payload_retention: Duration,

    /// How long the payload of a delivered export is kept.
    #[arg(long, env = "PAYLOAD_RETENTION_DELIVERED", default_value = "72h", value_parser = parse_duration)]
    pub payload_retention_delivered: Duration,

    /// File with the ids that /docs shows in its examples, so that they can be executed:
    /// `talentats up` writes one (vacancy, application, webhook, export, receiver; JSON).
    #[arg(long, env = "DOCS_EXAMPLES")]
    pub docs_examples: Option<PathBuf>,
}

fn parse_refresh(text: &str) -> Result<Duration, String> {
    let interval = parse_duration(text)?;
    if (Duration::from_secs(1)..=Duration::from_mins(5)).contains(&interval) {
        return Ok(interval);
    }
    Err("write 1s to 5m: a key that was withdrawn must not be accepted for longer".to_owned())
}

fn parse_heartbeat(text: &str) -> Result<Duration, String> {
    let interval = parse_duration(text)?;
    if (Duration::from_secs(1)..=Duration::from_mins(1)).contains(&interval) {
        return Ok(interval);
    }
    Err("write 1s to 1m: a stream lives on so long after its token has expired".to_owned())
}
