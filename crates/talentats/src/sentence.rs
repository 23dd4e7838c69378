//! Failures as one sentence on stderr, with an exit code that is not 0.

use std::io::Write;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Wrong use of the command line.
const USAGE: u8 = 2;

/// Prints help as asked for, or what is wrong with the arguments.
pub(crate) fn of_arguments(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // Help that nobody reads any more (`| head`) is no failure.
            drop(error.print());
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(USAGE))
        }
        ErrorKind::MissingRequiredArgument => say(&missing(error), USAGE),
        _ => say(&first_paragraph(&error.to_string()), USAGE),
    }
}

/// Prints why a command failed: its causes in one line; an import's bad lines follow, each on
/// its own.
pub(crate) fn of_failure(error: &anyhow::Error) -> ExitCode {
    say(format!("{error:#}").trim_end(), 1)
}

fn say(sentence: &str, code: u8) -> ExitCode {
    // With stderr closed there is nobody to tell.
    drop(writeln!(std::io::stderr().lock(), "talentats: {sentence}"));
    ExitCode::from(code)
}

/// `--database-url <DATABASE_URL>` is missing → the variable that a deployment sets.
fn missing(error: &clap::Error) -> String {
    let Some(ContextValue::Strings(arguments)) = error.get(ContextKind::InvalidArg) else {
        return first_paragraph(&error.to_string());
    };
    let told = arguments.iter().map(|argument| match argument.split_once(" <") {
        Some((flag, variable)) if flag.starts_with("--") => {
            format!("{} (or {flag})", variable.trim_end_matches('>'))
        }
        _ => argument.clone(),
    });
    let names = told.collect::<Vec<_>>().join(", ");
    format!("not set: {names}; set it in the environment, --help tells what it is")
}

fn first_paragraph(text: &str) -> String {
    let end = text.find("\n\n").unwrap_or(text.len());
    one_line(text[..end].trim_start_matches("error: "))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::missing;
    use crate::cli::Cli;

    #[test]
    fn a_missing_setting_is_named_by_its_variable() {
        let error = Cli::try_parse_from(["talentats", "migrate"]);
        let Err(error) = error else {
            return; // DATABASE_URL is set where this test runs.
        };
        let told = missing(&error);
        assert!(told.starts_with("not set: DATABASE_URL (or --database-url)"), "{told}");
    }
}
