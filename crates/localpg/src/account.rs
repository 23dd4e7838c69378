//! Which account runs Postgres: ours, or, since it refuses root, one that root drops to.

use std::ffi::OsStr;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::Error;

/// The account that the server and its tools run as.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account {
    uid: u32,
    gid: u32,
    /// Whether it is another one than ours (we are root then).
    dropped: bool,
}

impl Account {
    /// Ours, unless we are root: then the owner of the data, else the nearest owner above the
    /// folder who is not root (whose checkout it is), else `postgres`, else `nobody`.
    pub(crate) fn choose(data_dir: &Path) -> Result<Self, Error> {
        let ours =
            Self { uid: id(&["-u"]).unwrap_or(0), gid: id(&["-g"]).unwrap_or(0), dropped: false };
        let made = std::fs::metadata(data_dir).ok();
        if ours.uid != 0 {
            return match made {
                Some(made) if made.uid() != ours.uid => Err(Error::NotOurs(data_dir.to_owned())),
                _ => Ok(ours),
            };
        }
        let owner = |path: &Path| std::fs::metadata(path).ok().filter(|found| found.uid() != 0);
        let absolute = std::path::absolute(data_dir).unwrap_or_else(|_| data_dir.to_owned());
        let owners = absolute.ancestors().filter_map(owner).map(|found| found.uid());
        let named = ["postgres", "nobody"].into_iter().filter_map(|name| id(&["-u", name]));
        let dropped = owners.chain(named).find_map(|uid| {
            // initdb insists on an account with a name, which `id UID` looks for as well.
            let gid = id(&["-g", &uid.to_string()])?;
            Some(Self { uid, gid, dropped: true })
        });
        dropped.ok_or(Error::NoAccount)
    }

    /// A command that runs as this account, cut off from our input and our environment's hints.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.stdin(Stdio::null()).current_dir("/");
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_hint(name)) {
            command.env_remove(name);
        }
        command.env("LC_ALL", "C");
        if self.dropped {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Whether this account may make files in that folder; the kernel answers.
    pub(crate) fn can_write(&self, folder: &Path) -> bool {
        let mut test = self.command(Path::new("/bin/sh"));
        test.args(["-c", "test -w \"$0\" && test -x \"$0\""]).arg(folder);
        test.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }

    /// Makes a folder that only this account may enter.
    pub(crate) fn make_dir(&self, folder: &Path) -> Result<(), Error> {
        use std::os::unix::fs::DirBuilderExt;
        let mut builder = std::fs::DirBuilder::new();
        builder.mode(0o700).create(folder).map_err(Error::io("make", folder))?;
        self.own(folder)
    }

    /// Gives a file or folder to this account.
    pub(crate) fn own(&self, path: &Path) -> Result<(), Error> {
        if !self.dropped {
            return Ok(());
        }
        std::os::unix::fs::chown(path, Some(self.uid), Some(self.gid))
            .map_err(Error::io("give away", path))
    }

    /// Whether that folder is this account's.
    pub(crate) fn owns(&self, folder: &Path) -> bool {
        std::fs::metadata(folder).is_ok_and(|found| found.is_dir() && found.uid() == self.uid)
    }
}

/// Variables that libpq or the server would obey: `PGHOST`, `PGDATA`, `PGOPTIONS` and such.
fn is_hint(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with("PG")
}

/// Asks `id`, since the account database is out of reach of the standard library.
fn id(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then_some(())?;
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}
