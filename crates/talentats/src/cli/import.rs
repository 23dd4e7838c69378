//! Settings of `talentats import`.

use std::path::PathBuf;

use secrecy::SecretString;
use uuid::Uuid;

use super::{Database, parse_id};

/// Settings of `talentats import`.
#[derive(clap::Args)]
pub(crate) struct ImportArguments {
    #[command(flatten)]
    pub(crate) database: Database,
    /// The organisation (id) that gets the data.
    #[arg(long, value_parser = parse_id)]
    pub(crate) org: Uuid,
    /// The keys of API and worker; needed where people of the organisation were erased.
    #[arg(long, env = "SECRET_KEYS", hide_env_values = true)]
    pub(crate) secret_keys: Option<SecretString>,
    /// NDJSON, one object a line.
    pub(crate) file: PathBuf,
}
