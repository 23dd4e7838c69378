//! Finds the server binaries that are installed: in `PATH`, by `pg_config`, and where Debian,
//! Red Hat and Homebrew put them.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;

/// Oldest major version that is taken.
pub(crate) const OLDEST: u32 = 14;

/// A folder of Postgres binaries.
#[derive(Debug, Clone)]
pub(crate) struct Installation {
    bin: PathBuf,
    major: u32,
    /// As the server says it, for example `15.18`.
    pub(crate) version: String,
}

impl Installation {
    /// The newest installation, or the one of a given major version (whose data are there).
    pub(crate) fn find(major: Option<u32>) -> Result<Self, Error> {
        let mut found: Vec<_> = folders().iter().filter_map(|bin| Self::inspect(bin)).collect();
        found.sort_by_key(|installation| installation.major);
        if let Some(major) = major {
            let same = found.into_iter().rfind(|installation| installation.major == major);
            return same.ok_or(Error::OtherVersion(major));
        }
        match found.pop() {
            None => Err(Error::NotInstalled),
            Some(newest) if newest.major < OLDEST => Err(Error::TooOld(newest.version)),
            Some(newest) => Ok(newest),
        }
    }

    /// Path of one of its programs.
    pub(crate) fn binary(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }

    fn inspect(bin: &Path) -> Option<Self> {
        let all = ["initdb", "pg_ctl", "psql", "postgres"];
        if !all.iter().all(|name| bin.join(name).is_file()) {
            return None;
        }
        let output = Command::new(bin.join("postgres")).arg("--version").output().ok()?;
        let (major, version) = parse_version(&String::from_utf8_lossy(&output.stdout))?;
        Some(Self { bin: bin.to_owned(), major, version })
    }
}

fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).collect())
        .unwrap_or_default();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        folders.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    let by_version = [
        ("/usr/lib/postgresql", ""),
        ("/opt/homebrew/opt", "postgresql"),
        ("/usr/local/opt", "postgresql"),
    ];
    for (root, prefix) in by_version {
        for entry in std::fs::read_dir(root).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(prefix) {
                folders.push(entry.path().join("bin"));
            }
        }
    }
    folders.extend((OLDEST..=OLDEST + 10).map(|major| format!("/usr/pgsql-{major}/bin").into()));
    folders
}

/// `postgres (PostgreSQL) 15.18 (Debian …)` → (15, "15.18"); also of betas: `18beta1`.
fn parse_version(text: &str) -> Option<(u32, String)> {
    let version =
        text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let digits = version.find(|c: char| !c.is_ascii_digit()).unwrap_or(version.len());
    Some((version[..digits].parse().ok()?, version.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::parse_version;

    #[test]
    fn versions() {
        let cases = [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", Some((15, "15.18"))),
            ("postgres (PostgreSQL) 9.6.24", Some((9, "9.6.24"))),
            ("postgres (PostgreSQL) 18beta1", Some((18, "18beta1"))),
            ("", None),
            ("postgres", None),
        ];
        for (text, expected) in cases {
            let expected = expected.map(|(major, version)| (major, version.to_owned()));
            assert_eq!(parse_version(text), expected, "{text}");
        }
    }
}
