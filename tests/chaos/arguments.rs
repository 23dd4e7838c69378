//! What the suite is asked to do.

use std::path::PathBuf;

use crate::faults::{ALL, Fault};

/// Arguments, of ours or of those that `cargo test` passes to every test.
#[derive(Debug, Default)]
pub struct Arguments {
    /// The whole list at full counts.
    pub full: bool,
    /// Share of the full counts.
    pub scale: f64,
    /// The binary under test, instead of the one that cargo built.
    pub binary: Option<PathBuf>,
    /// The same, built with crash points.
    pub crash_binary: Option<PathBuf>,
    only: Vec<String>,
    self_test: bool,
}

impl Arguments {
    /// Reads them; nothing when another test is meant.
    ///
    /// # Errors
    /// Says which argument is wrong.
    pub fn read(mut given: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let mut arguments = Self { scale: 1.0, ..Self::default() };
        let mut filters = Vec::new();
        while let Some(argument) = given.next() {
            let mut value = || given.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--full" => arguments.full = true,
                "--self-test" => arguments.self_test = true,
                "--fault" => arguments.only.push(value()?),
                "--binary" => arguments.binary = Some(value()?.into()),
                "--crash-binary" => arguments.crash_binary = Some(value()?.into()),
                "--scale" => {
                    let text = value()?;
                    arguments.scale = text.parse().map_err(|_| format!("--scale {text}?"))?;
                }
                "--list" => return Ok(None),
                // Those of the usual harness mean nothing here.
                "--test-threads" | "--skip" | "--format" | "--color" => drop(value()?),
                option if option.starts_with('-') => {}
                filter => filters.push(filter.to_owned()),
            }
        }
        let known = |name: &String| ALL.iter().any(|fault| fault.name == name);
        if let Some(unknown) = arguments.only.iter().find(|name| !known(name)) {
            let names: Vec<_> = ALL.iter().map(|fault| fault.name).collect();
            return Err(format!("no fault is called {unknown}; there are {}", names.join(", ")));
        }
        let meant = filters.is_empty() || filters.iter().any(|filter| "chaos".contains(filter));
        Ok(meant.then_some(arguments))
    }

    /// The faults to inject.
    pub fn faults(&self) -> Vec<&'static Fault> {
        let wanted = |fault: &&Fault| match (self.self_test, self.only.is_empty()) {
            (_, false) => self.only.iter().any(|name| name == fault.name),
            (true, true) => false,
            (false, true) => self.full || fault.short,
        };
        ALL.iter().filter(wanted).collect()
    }

    /// Those that only the whole list has, when the short round is run.
    pub fn left_out(&self) -> impl Iterator<Item = &'static str> {
        let short = !self.full && self.only.is_empty();
        ALL.iter().filter(move |fault| short && !fault.short).map(|fault| fault.name)
    }
}
