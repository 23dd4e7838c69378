//! The command line: every command and its settings. `--help` is their reference.

mod erase;
mod import;
mod organisation;
mod send;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use api::ApiConfig;
use domain::list::{List, parse_list};
use domain::retry::parse_duration;
use domain::role::Role;
use secrecy::SecretString;
use uuid::Uuid;
use worker::WorkerConfig;

pub(crate) use erase::EraseArguments;
pub(crate) use import::ImportArguments;
pub(crate) use organisation::{OrganisationAction, OrganisationArguments};
pub(crate) use send::SendArguments;

/// Exports candidates of talentATS to webhooks.
#[derive(clap::Parser)]
#[command(version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// One process or tool.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Starts everything on this machine: Postgres, API, worker, a demo receiver, demo data.
    Up(UpArguments),
    /// Serves the REST API.
    Api(Box<ApiArguments>),
    /// Delivers exports to webhooks.
    Worker(Box<WorkerArguments>),
    /// Brings the database up to date; safe to run while others do.
    Migrate(MigrateArguments),
    /// Imports vacancies, candidates and applications: all of a file, or nothing.
    Import(ImportArguments),
    /// Lists who was erased; after a restore, erases again who was erased since the backup.
    Erase(EraseArguments),
    /// Adds, lists and removes organisations.
    Organisation(OrganisationArguments),
    /// Seals again, under the first of SECRET_KEYS, what others of them have sealed; safe to run while
    /// everything does.
    Reseal(KeysArguments),
    /// Tells what needs hands: database, keys, queue, partitions, webhooks.
    Doctor(KeysArguments),
    /// Receives exports, verifies their signatures and shows what came: for trying out.
    Receive(ReceiveArguments),
    /// Sends a made-up export to a receiver that is being written, signed as the worker signs.
    Send(SendArguments),
    /// Prints a token for what `talentats up` runs.
    Token(TokenArguments),
    /// Prints the OpenAPI document.
    Openapi,
    /// Asks a process on this machine whether it is well: for containers.
    Healthcheck(HealthcheckArguments),
}

/// Where the data are.
#[derive(Clone, clap::Args)]
pub(crate) struct Database {
    /// Postgres: postgres://user:password@host:port/database.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub(crate) database_url: String,
}

/// Settings of `talentats reseal` and `talentats doctor`.
#[derive(clap::Args)]
pub(crate) struct KeysArguments {
    #[command(flatten)]
    pub(crate) database: Database,
    /// The keys of API and workers, as they have them: id:base64,… with 32 bytes each; the first seals.
    #[arg(long, env = "SECRET_KEYS", hide_env_values = true)]
    pub(crate) secret_keys: SecretString,
}

/// Settings of `talentats migrate`.
#[derive(clap::Args)]
pub(crate) struct MigrateArguments {
    #[command(flatten)]
    pub(crate) database: Database,
    /// How long to wait for Postgres.
    #[arg(long, env = "MIGRATE_WAIT", default_value = "1m", value_parser = parse_duration)]
    pub(crate) wait: Duration,
}

/// Settings of `talentats up`.
#[derive(clap::Args)]
pub(crate) struct UpArguments {
    /// Port of the API; without it 8080, or a free one when that is taken.
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// Folder for data, keys and up.env.
    #[arg(long, default_value = ".data")]
    pub(crate) data_dir: PathBuf,
    /// Start over: forget everything in the data folder.
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Add no vacancies and people, and register no webhook.
    #[arg(long)]
    pub(crate) no_demo: bool,
    /// Use this Postgres instead of a private one.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
}

/// Settings of `talentats api`.
#[derive(clap::Args)]
pub(crate) struct ApiArguments {
    #[command(flatten)]
    pub(crate) config: ApiConfig,
    /// Address and port of /metrics (Prometheus); port 0 takes a free one.
    #[arg(long, env = "METRICS_ADDR", default_value = "127.0.0.1:9464")]
    pub(crate) metrics_addr: SocketAddr,
    #[command(flatten)]
    pub(crate) lifeline: Lifeline,
}

/// Settings of `talentats worker`.
#[derive(clap::Args)]
pub(crate) struct WorkerArguments {
    #[command(flatten)]
    pub(crate) config: WorkerConfig,
    /// Address and port of /metrics (Prometheus); port 0 takes a free one.
    #[arg(long, env = "METRICS_ADDR", default_value = "127.0.0.1:9465")]
    pub(crate) metrics_addr: SocketAddr,
    #[command(flatten)]
    pub(crate) lifeline: Lifeline,
}

/// How a child notices that its parent is gone.
#[derive(clap::Args)]
pub(crate) struct Lifeline {
    /// Leave at once when stdin closes.
    #[arg(long)]
    pub(crate) exit_with_stdin: bool,
}

/// Settings of `talentats receive`.
#[derive(clap::Args)]
pub(crate) struct ReceiveArguments {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:9000")]
    pub(crate) addr: SocketAddr,
    /// Signing secrets (whsec_…) of webhooks, separated by commas; may be given more than once.
    #[arg(long, env = "WEBHOOK_SECRET", hide_env_values = true, value_parser = parse_secrets)]
    pub(crate) secret: Vec<List<String>>,
    /// File with one secret a line, read again for each request.
    #[arg(long)]
    pub(crate) secrets_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) behaviour: Behaviour,
    #[command(flatten)]
    pub(crate) lifeline: Lifeline,
}

/// How the demo receiver answers. The query of a registered URL can say the same for itself:
/// `?status=503&delay=2s&fail_first=2`, `?hang=true`.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub(crate) struct Behaviour {
    /// Status to answer with.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(200..=599))]
    pub(crate) status: u16,
    /// Time before the answer, for example 2s.
    #[arg(long, default_value = "0s", value_parser = parse_duration)]
    pub(crate) delay: Duration,
    /// Take the request and never answer.
    #[arg(long)]
    pub(crate) hang: bool,
    /// Answer the first N attempts of each export with 500.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) fail_first: u32,
}

/// Settings of `talentats token`.
#[derive(clap::Args)]
pub(crate) struct TokenArguments {
    /// org_admin, recruiter or support.
    #[arg(long, value_parser = parse_role)]
    pub(crate) role: Role,
    /// The organisation (id); not for support.
    #[arg(long, value_parser = parse_id)]
    pub(crate) org: Option<Uuid>,
    /// Who it speaks for.
    #[arg(long, default_value = "Sam Sample")]
    pub(crate) name: String,
    /// Their e-mail address.
    #[arg(long, default_value = "sam@example.com")]
    pub(crate) email: String,
    /// How long it is good, at most 30d.
    #[arg(long, default_value = "1h", value_parser = parse_duration)]
    pub(crate) lifetime: Duration,
    /// Data folder of the `talentats up` whose key signs it.
    #[arg(long, default_value = ".data")]
    pub(crate) data_dir: PathBuf,
}

/// Settings of `talentats healthcheck`.
#[derive(clap::Args)]
pub(crate) struct HealthcheckArguments {
    #[command(subcommand)]
    pub(crate) process: Checked,
}

/// Which process to ask.
#[derive(clap::Subcommand)]
pub(crate) enum Checked {
    /// The API: does it answer?
    Api {
        /// Where it listens.
        #[arg(long, env = "API_ADDR", default_value = "127.0.0.1:8080")]
        api_addr: SocketAddr,
    },
    /// The worker: does it answer on its metrics port?
    Worker {
        /// Where its metrics are.
        #[arg(long, env = "METRICS_ADDR", default_value = "127.0.0.1:9465")]
        metrics_addr: SocketAddr,
    },
}

fn parse_secrets(text: &str) -> Result<List<String>, String> {
    parse_list(text, |entry| Ok(entry.to_owned()))
}

fn parse_id(text: &str) -> Result<Uuid, String> {
    Uuid::try_parse(text).map_err(|_| {
        "write the id of an organisation, as `talentats organisation list` tells it".to_owned()
    })
}

fn parse_role(text: &str) -> Result<Role, String> {
    let roles = [Role::OrgAdmin, Role::Recruiter, Role::Support];
    let role = roles.into_iter().find(|role| role.as_str() == text);
    role.ok_or_else(|| "write org_admin, recruiter or support".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::{Cli, Command};

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn ids_are_asked_for_in_words() {
        let error =
            Cli::try_parse_from(["talentats", "import", "--org", "Northwind", "people.ndjson"]);
        let told = error.err().expect("refused").to_string();
        assert!(told.contains("`talentats organisation list`"), "{told}");
    }

    #[test]
    fn secrets_are_a_list_like_any_other() {
        let line =
            ["talentats", "receive", "--secret", " whsec_a, whsec_b ,", "--secret", "whsec_c"];
        let Ok(Cli { command: Command::Receive(receive) }) = Cli::try_parse_from(line) else {
            panic!("not understood")
        };
        assert_eq!(receive.secret.concat(), ["whsec_a", "whsec_b", "whsec_c"]);
    }
}
