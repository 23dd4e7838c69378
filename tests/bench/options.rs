//! What to run, how much of it, and which binary.

use std::path::{Path, PathBuf};

/// The binary that is built beside the benchmarks: the release build under `cargo bench`.
const BINARY: &str = env!("CARGO_BIN_EXE_talentats");

/// The command line.
#[derive(Debug)]
pub struct Options {
    /// Benchmarks to run; all when empty.
    names: Vec<String>,
    /// A tenth of the work: shows that a benchmark works, and proves no figure.
    pub quick: bool,
    /// Attempts in the log.
    pub rows: u64,
    /// The binary under test, which makes its own schema. Another one than that of this build is
    /// for comparing two versions in the same hour; what calls `store` itself (strain, and the
    /// end of log) stays with this build.
    pub binary: PathBuf,
    /// As it was typed.
    pub command: String,
}

impl Options {
    /// Reads the command line.
    ///
    /// # Errors
    /// How it is used.
    pub fn parse(arguments: &[String], known: &[&str]) -> Result<Self, String> {
        let usage = || {
            format!(
                "usage: script/bench [NAME…] [--quick] [--rows N] [--binary PATH]\nnames: {}",
                known.join(" ")
            )
        };
        // `cargo bench` adds `--bench` for harnesses that also run tests.
        let typed: Vec<_> = arguments.iter().filter(|argument| *argument != "--bench").collect();
        let (mut names, mut quick, mut rows) = (Vec::new(), false, None);
        let mut binary = PathBuf::from(BINARY);
        let mut left = typed.iter().copied();
        while let Some(argument) = left.next() {
            match argument.as_str() {
                "--quick" => quick = true,
                "--rows" => {
                    let count = left.next().ok_or_else(usage)?.replace('_', "");
                    rows = Some(count.parse().map_err(|_| usage())?);
                }
                "--binary" => binary = executable(left.next().ok_or_else(usage)?)?,
                name if known.contains(&name) => names.push(name.to_owned()),
                _ => return Err(usage()),
            }
        }
        let rows = rows.unwrap_or(if quick { 1_000_000 } else { 10_000_000 });
        let command = typed.iter().fold("script/bench".to_owned(), |all, one| all + " " + one);
        Ok(Self { names, quick, rows, binary, command })
    }

    /// Whether a benchmark is to run.
    pub fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|wanted| wanted == name)
    }

    /// The full amount, or the reduced one.
    pub fn amount<T>(&self, full: T, reduced: T) -> T {
        if self.quick { reduced } else { full }
    }

    /// Whether the binary is that of this build.
    pub fn is_own_binary(&self) -> bool {
        self.binary == Path::new(BINARY)
    }
}

/// A path, counted from the repository's root, where `script/bench` stands: `cargo bench` starts
/// us elsewhere.
fn executable(path: &str) -> Result<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join(path);
    path.canonicalize().map_err(|error| format!("--binary {}: {error}", path.display()))
}
