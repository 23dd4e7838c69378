//! What to run and how much of it.

/// The command line.
#[derive(Debug)]
pub struct Options {
    /// Benchmarks to run; all when empty.
    names: Vec<String>,
    /// A tenth of the work: shows that a benchmark works, and proves no figure.
    pub quick: bool,
    /// Attempts in the log.
    pub rows: u64,
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
            format!("usage: script/bench [NAME…] [--quick] [--rows N]\nnames: {}", known.join(" "))
        };
        let (mut names, mut quick, mut rows) = (Vec::new(), false, None);
        let mut typed = vec!["script/bench".to_owned()];
        // `cargo bench` adds `--bench` for harnesses that also run tests.
        let mut arguments = arguments.iter().filter(|argument| *argument != "--bench");
        while let Some(argument) = arguments.next() {
            typed.push(argument.clone());
            match argument.as_str() {
                "--quick" => quick = true,
                "--rows" => {
                    let count = arguments.next().ok_or_else(usage)?;
                    typed.push(count.clone());
                    rows = Some(count.replace('_', "").parse().map_err(|_| usage())?);
                }
                name if known.contains(&name) => names.push(name.to_owned()),
                _ => return Err(usage()),
            }
        }
        let rows = rows.unwrap_or(if quick { 1_000_000 } else { 10_000_000 });
        Ok(Self { names, quick, rows, command: typed.join(" ") })
    }

    /// Whether a benchmark is to run.
    pub fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|wanted| wanted == name)
    }

    /// The full amount, or the reduced one.
    pub fn amount<T>(&self, full: T, reduced: T) -> T {
        if self.quick { reduced } else { full }
    }
}
