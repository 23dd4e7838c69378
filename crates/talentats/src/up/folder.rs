//! The data folder of `talentats up`: who may use it, and the files in it that are not
//! Postgres's.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::cli::UpArguments;
use crate::token::{KEY_FILE, TokenKey};

/// What a shell sources.
pub(crate) const ENV_FILE: &str = "up.env";
/// What `/docs` shows in its examples.
pub(crate) const EXAMPLES_FILE: &str = "docs-examples.json";
const JWKS_FILE: &str = "jwks.json";
const SECRETS_FILE: &str = "receiver-secrets";
const POSTGRES: &str = "postgres";
const LOCK_FILE: &str = "up.lock";

/// The folder, locked as long as this value lives.
pub(crate) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes the folder if need be, locks it, and empties it with `--fresh`.
    ///
    /// # Errors
    /// When another `up` uses it, or it cannot be made or emptied.
    pub(crate) fn open(arguments: &UpArguments) -> anyhow::Result<Self> {
        let path = &arguments.data_dir;
        // Others may pass (the account that runs Postgres must), but not list.
        let made = fs::DirBuilder::new().recursive(true).mode(0o711).create(path);
        made.and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(0o711)))
            .with_context(|| format!("cannot use {} as a data folder", path.display()))?;
        let path = fs::canonicalize(path)?;
        let folder = Self { _lock: lock(&path)?, path };
        if arguments.fresh {
            if arguments.database_url.is_some() {
                bail!(
                    "--fresh does not empty the database of DATABASE_URL: drop and create it yourself"
                );
            }
            folder.empty()?;
        }
        Ok(folder)
    }

    /// Where the private Postgres lives.
    pub(crate) fn postgres(&self) -> PathBuf {
        self.path.join(POSTGRES)
    }

    /// A file in the folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The public keys that the API checks tokens with.
    pub(crate) fn jwks(&self) -> PathBuf {
        self.path.join(JWKS_FILE)
    }

    /// The secrets that the demo receiver knows, one a line.
    pub(crate) fn secrets(&self) -> PathBuf {
        self.path.join(SECRETS_FILE)
    }

    /// The key that signs tokens, made at the first start; its public half is written beside it.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub(crate) fn token_key(&self) -> anyhow::Result<TokenKey> {
        let key = match fs::read(self.file(KEY_FILE)) {
            Ok(document) => TokenKey::from_pkcs8(document),
            Err(_) => TokenKey::generate()?,
        };
        self.write(KEY_FILE, key.pkcs8())?;
        self.write(JWKS_FILE, key.jwks()?.as_bytes())?;
        Ok(key)
    }

    /// Writes `up.env`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write_env(&self, text: &str) -> anyhow::Result<()> {
        self.write(ENV_FILE, text.as_bytes())
    }

    /// Adds a secret for the demo receiver.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn add_secret(&self, secret: &str) -> anyhow::Result<()> {
        let path = self.secrets();
        let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(&path)?;
        writeln!(file, "{secret}").with_context(|| format!("cannot write {}", path.display()))
    }

    /// Writes a file that only its owner may read: at once, or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(&self, name: &str, content: &[u8]) -> anyhow::Result<()> {
        let (path, new) = (self.file(name), self.file(&format!("{name}.new")));
        let written =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new);
        written
            .and_then(|mut file| file.write_all(content))
            .and_then(|()| fs::rename(&new, &path))
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// Removes what earlier runs left, and nothing else that may lie here.
    fn empty(&self) -> anyhow::Result<()> {
        localpg::remove(&self.postgres())?;
        for name in
            [ENV_FILE, EXAMPLES_FILE, JWKS_FILE, SECRETS_FILE, KEY_FILE, super::settings::FILE]
        {
            match fs::remove_file(self.file(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("cannot remove {name}"));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn lock(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join(LOCK_FILE);
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
    let file = file.with_context(|| format!("cannot open {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "another `talentats up` uses {}: stop it, or choose another folder with --data-dir",
            folder.display()
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}
