//! The command line of `talentats organisation`.

use uuid::Uuid;

use super::{Database, parse_id};

/// Settings of `talentats organisation`.
#[derive(clap::Args)]
pub(crate) struct OrganisationArguments {
    #[command(subcommand)]
    pub(crate) action: OrganisationAction,
}

/// What to do with organisations.
#[derive(clap::Subcommand)]
pub(crate) enum OrganisationAction {
    /// Adds one and prints its id.
    Add {
        #[command(flatten)]
        database: Database,
        /// Its name; receivers see it in each payload.
        name: String,
    },
    /// Removes one with all that it has; the audit stays. Cancels what waits, and waits for what is
    /// on the wire.
    Remove {
        #[command(flatten)]
        database: Database,
        /// Its id.
        #[arg(value_parser = parse_id)]
        id: Uuid,
        /// Its name, so that no other is meant.
        #[arg(long, value_name = "NAME")]
        confirm: String,
    },
    /// Prints id and name of each.
    List {
        #[command(flatten)]
        database: Database,
    },
}
