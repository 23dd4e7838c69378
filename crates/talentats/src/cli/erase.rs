//! Settings of `talentats erase`.

use std::path::PathBuf;

use secrecy::SecretString;

use super::Database;

/// Settings of `talentats erase`.
#[derive(clap::Args)]
pub(crate) struct EraseArguments {
    #[command(flatten)]
    pub(crate) database: Database,
    /// The keys of API and worker: references of who was erased are remembered under them.
    #[arg(long, env = "SECRET_KEYS", hide_env_values = true)]
    pub(crate) secret_keys: SecretString,
    /// Who was erased: log of the API as JSON (its lines `candidate.erased`), or an organisation's and a
    /// candidate's id a line. Who is not there is passed over.
    #[arg(long, value_name = "FILE")]
    pub(crate) replay: PathBuf,
}
