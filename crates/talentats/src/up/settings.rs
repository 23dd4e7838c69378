//! What must be the same at the next start, since webhooks can't be edited: ports, the sealing
//! key, whose tokens are printed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::folder::Folder;

/// Its file in the data folder.
pub(crate) const FILE: &str = "settings.json";

/// What one start leaves to the next.
#[derive(Serialize, Deserialize)]
pub(crate) struct Settings {
    /// Port of the API.
    pub(crate) api_port: Option<u16>,
    /// Port of the demo receiver.
    pub(crate) receiver_port: Option<u16>,
    /// Metrics port of the API.
    pub(crate) api_metrics_port: Option<u16>,
    /// Metrics port of the worker.
    pub(crate) worker_metrics_port: Option<u16>,
    /// `SECRET_KEYS` of API and worker.
    pub(crate) secret_keys: String,
    /// The organisations that tokens are printed for.
    pub(crate) organisations: Vec<Uuid>,
    /// What the demo receiver is registered as: organisation and URL.
    pub(crate) registered: Option<String>,
}

impl Settings {
    /// Those of the last start, or new ones.
    ///
    /// # Errors
    /// When the file is there and cannot be read as what we wrote.
    pub(crate) fn read(folder: &Folder) -> anyhow::Result<Self> {
        let path = folder.file(FILE);
        match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| {
                anyhow::anyhow!("cannot read {}: {error}; start over with --fresh", path.display())
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::new()),
            Err(error) => Err(anyhow::anyhow!("cannot read {}: {error}", path.display())),
        }
    }

    /// Keeps them for the next start.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn write(&self, folder: &Folder) -> anyhow::Result<()> {
        folder.write(FILE, &serde_json::to_vec_pretty(self)?)
    }

    fn new() -> Self {
        let key: [u8; 32] = rand::random();
        Self {
            api_port: None,
            receiver_port: None,
            api_metrics_port: None,
            worker_metrics_port: None,
            secret_keys: format!("up:{}", STANDARD.encode(key)),
            organisations: Vec::new(),
            registered: None,
        }
    }
}
