//! The database of `talentats up`: a private cluster, or the one in `DATABASE_URL`.

use std::time::Duration;

use anyhow::anyhow;
use localpg::{Cluster, Options};

use super::folder::Folder;
use crate::cli::UpArguments;

const DATABASE: &str = "talentats";
const LOOK: Duration = Duration::from_millis(500);

/// A database, and the cluster if it is ours to stop.
pub(crate) struct Postgres {
    /// What the children connect to.
    pub(crate) url: String,
    cluster: Option<Cluster>,
}

impl Postgres {
    /// Takes the database that is given, or starts one in the data folder.
    ///
    /// # Errors
    /// One sentence: nothing installed, too old, in use, no connection.
    pub(crate) async fn start(arguments: &UpArguments, folder: &Folder) -> anyhow::Result<Self> {
        if let Some(url) = arguments.database_url.clone() {
            return Ok(Self { url, cluster: None });
        }
        let options = Options::new(folder.postgres());
        let cluster = tokio::task::spawn_blocking(move || {
            let cluster = Cluster::start(&options)?;
            cluster.ensure_database(DATABASE)?;
            Ok::<_, localpg::Error>(cluster)
        });
        let cluster = cluster.await??;
        Ok(Self { url: cluster.url(DATABASE), cluster: Some(cluster) })
    }

    /// Waits until our cluster is stopped by somebody else; for ever when it is not ours.
    pub(crate) async fn end(&self) -> anyhow::Error {
        while self.cluster.as_ref().is_none_or(Cluster::is_running) {
            tokio::time::sleep(LOOK).await;
        }
        anyhow!("Postgres was stopped by somebody else")
    }

    /// Stops our cluster.
    pub(crate) async fn stop(self) {
        if let Some(cluster) = self.cluster {
            // A stop that panics has nothing left to clean up.
            drop(tokio::task::spawn_blocking(move || cluster.stop()).await);
        }
    }
}
