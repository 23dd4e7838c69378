//! Settings of `talentats erase`.

use std::path::PathBuf;

use secrecy::SecretString;

use super::Database;

/// Settings of `talentats erase`.
#[derive(clap::Args)]
#[group(skip)]
#[command(group(clap::ArgGroup::new("what").args(["list", "replay"]).required(true)))]
pub(crate) struct EraseArguments {
    #[command(flatten)]
    pub(crate) database: Database,
    /// The keys of API and worker: references of who was erased are remembered under them.
    #[arg(long, env = "SECRET_KEYS", hide_env_values = true, required_unless_present = "list")]
    pub(crate) secret_keys: Option<SecretString>,
    /// Prints everybody who was erased, an organisation's and a candidate's id a line: what --replay reads.
    #[arg(long)]
    pub(crate) list: bool,
    /// Who was erased: the output of --list, or the log of the API (its lines `candidate.erased`). Who is not
    /// there is passed over.
    #[arg(long, value_name = "FILE")]
    pub(crate) replay: Option<PathBuf>,
}
