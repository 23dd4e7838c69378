//! Where a cluster's files are: its folder, its socket, its lock.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::account::Account;
use crate::error::Error;

/// Longest path of a Unix socket that every system takes (`sun_path` has 104 bytes on macOS).
const LONGEST_SOCKET: usize = 103;
const SOCKET: &str = ".s.PGSQL.5432";
const THROWAWAY: &str = "localpg-";

/// The lock beside a data folder: held until it is dropped, or this process is gone.
#[derive(Debug)]
pub(crate) struct Lock(File);

/// Closing alone would not do: a child that another thread forks at this moment holds a copy of
/// the open file until it runs its program.
impl Drop for Lock {
    fn drop(&mut self) {
        drop(self.0.unlock());
    }
}

/// Takes the lock beside a data folder.
pub(crate) fn lock(data_dir: &Path) -> Result<Lock, Error> {
    let path = data_dir.with_extension("lock");
    let file = File::create(&path).map_err(Error::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(Error::InUse(data_dir.to_owned())),
        Err(TryLockError::Error(error)) => Err(Error::io("lock", &path)(error)),
    }
}

/// The folder itself, as an absolute path: made when missing, elsewhere when the account cannot
/// reach it.
pub(crate) fn data_dir(wanted: &Path, account: &Account) -> Result<PathBuf, Error> {
    if let Ok(found) = fs::canonicalize(wanted) {
        if !account.owns(&found) {
            return Err(Error::NotOurs(wanted.to_owned()));
        }
        if account.can_write(&found) {
            return Ok(found);
        }
    }
    let wanted = std::path::absolute(wanted).map_err(Error::io("find", wanted))?;
    if wanted.is_symlink() {
        fs::remove_file(&wanted).map_err(Error::io("replace", &wanted))?;
    }
    account.make_dir(&wanted)?;
    if account.can_write(&wanted) {
        return Ok(wanted);
    }
    let elsewhere = unused(&long_lived_temp(), "talentats-postgres-");
    account.make_dir(&elsewhere)?;
    fs::remove_dir(&wanted).map_err(Error::io("replace", &wanted))?;
    std::os::unix::fs::symlink(&elsewhere, &wanted).map_err(Error::io("link", &wanted))?;
    Ok(elsewhere)
}

/// Removes a data folder, also where it is a link to a folder elsewhere.
///
/// # Errors
/// [`Error::Io`]
pub fn remove(data_dir: &Path) -> Result<(), Error> {
    let Ok(found) = fs::canonicalize(data_dir) else {
        return Ok(());
    };
    fs::remove_dir_all(&found).map_err(Error::io("remove", &found))?;
    if data_dir.is_symlink() {
        fs::remove_file(data_dir).map_err(Error::io("remove", data_dir))?;
    }
    Ok(())
}

/// What Postgres calls its data directory; the socket and the log lie beside it.
pub(crate) fn cluster(data_dir: &Path) -> PathBuf {
    data_dir.join("cluster")
}

/// Major version that initialised this folder; `None` while it is empty.
pub(crate) fn initialised_by(data_dir: &Path) -> Option<u32> {
    fs::read_to_string(cluster(data_dir).join("PG_VERSION")).ok()?.trim().parse().ok()
}

/// A folder for the socket: inside the data folder, or, when that path is too long for a
/// socket, a new one under the system's temporary folder.
pub(crate) fn socket_dir(data_dir: &Path, account: &Account) -> Result<PathBuf, Error> {
    let inside = data_dir.join("socket");
    let plain = inside.to_str().is_some_and(|path| path.bytes().all(is_plain));
    if plain && inside.join(SOCKET).as_os_str().len() <= LONGEST_SOCKET {
        if !inside.is_dir() {
            account.make_dir(&inside)?;
        }
        return Ok(inside);
    }
    let outside = unused(Path::new("/tmp"), "talentats-socket-");
    account.make_dir(&outside)?;
    Ok(outside)
}

/// Removes what [`socket_dir`] made outside of the data folder.
pub(crate) fn forget_socket_dir(folder: &Path) {
    if folder.starts_with("/tmp") && folder.file_name().is_some_and(|name| name != "socket") {
        drop(fs::remove_dir_all(folder));
    }
}

/// A new folder for a cluster of this process; removes those of processes that are gone.
pub(crate) fn throwaway_dir() -> Result<PathBuf, Error> {
    let temp = std::env::temp_dir();
    for entry in fs::read_dir(&temp).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(THROWAWAY) {
            sweep(&entry.path());
        }
    }
    let root = unused(&temp, THROWAWAY);
    // Others may pass, so that an account that root drops to reaches the data in it.
    fs::create_dir(&root).map_err(Error::io("make", &root))?;
    Ok(root)
}

/// Removes what [`throwaway_dir`] made; what stays, the next one sweeps.
pub(crate) fn remove_throwaway(root: &Path) {
    drop(remove(&root.join("data")));
    drop(fs::remove_dir_all(root));
}

/// Removes a throwaway folder whose lock nobody holds.
fn sweep(root: &Path) {
    let data_dir = root.join("data");
    if initialised_by(&data_dir).is_some() && lock(&data_dir).is_ok() {
        remove_throwaway(root);
    }
}

/// Kept over a restart of the machine, unlike `/tmp` on many.
fn long_lived_temp() -> PathBuf {
    let kept = Path::new("/var/tmp");
    if kept.is_dir() { kept.to_owned() } else { std::env::temp_dir() }
}

/// A path that is free, and that no other thread of this process is given.
fn unused(parent: &Path, prefix: &str) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let pid = std::process::id();
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = parent.join(format!("{prefix}{pid}-{number}"));
        if !path.exists() && !path.is_symlink() {
            return path;
        }
    }
}

/// Bytes that need no escaping in a connection URL.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte)
}
