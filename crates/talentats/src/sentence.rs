//! Failures as one sentence on stderr, with an exit code that is not 0.

use std::io::Write;
use std::process::ExitCode;

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::Cli;

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
        ErrorKind::InvalidSubcommand => {
            say(&format!("{}; --help lists what there is", without_secrets(error)), USAGE)
        }
        _ => say(&without_secrets(error), USAGE),
    }
}

/// What is wrong, without the passwords that a value may hold (`https://user:password@host`): neither
/// the value nor any of its entries is repeated then, for whichever setting it was.
fn without_secrets(error: &clap::Error) -> String {
    let mut text = error.to_string();
    for kind in [ContextKind::InvalidValue, ContextKind::InvalidArg] {
        let Some(ContextValue::String(value)) = error.get(kind) else { continue };
        if !value.contains('@') {
            continue;
        }
        text = text.replace(value, "…");
        let entries = value.split(',').map(str::trim);
        for entry in entries.filter(|entry| entry.contains([':', '@'])) {
            text = text.replace(entry, "…");
        }
    }
    first_paragraph(&text)
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

/// What is missing, as the variable that a deployment sets, or as the flag of a tool.
fn missing(error: &clap::Error) -> String {
    let Some(ContextValue::Strings(arguments)) = error.get(ContextKind::InvalidArg) else {
        return first_paragraph(&error.to_string());
    };
    let told = arguments.iter().map(|argument| {
        let flag = argument.split(' ').next().unwrap_or_default();
        match variable(&Cli::command(), flag.trim_start_matches('-')) {
            Some(variable) => format!("{variable} (or {flag})"),
            None => argument.clone(),
        }
    });
    let names = told.collect::<Vec<_>>().join(", ");
    format!("not given: {names}; --help tells what it is")
}

/// The environment variable of a flag, of whichever command.
fn variable(command: &clap::Command, flag: &str) -> Option<String> {
    let of = |argument: &clap::Arg| argument.get_long() == Some(flag);
    let own = command.get_arguments().find(|argument| of(argument)).and_then(clap::Arg::get_env);
    let own = own.map(|variable| variable.to_string_lossy().into_owned());
    own.or_else(|| command.get_subcommands().find_map(|below| variable(below, flag)))
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
    use clap::{CommandFactory, Parser};

    use super::{missing, variable, without_secrets};
    use crate::cli::Cli;

    #[test]
    fn what_is_missing_is_named_as_people_give_it() {
        let error = Cli::try_parse_from(["talentats", "token"]).err().expect("a role is missing");
        assert_eq!(missing(&error), "not given: --role <ROLE>; --help tells what it is");
        let cases = [("database-url", Some("DATABASE_URL")), ("role", None), ("nonsense", None)];
        for (flag, expected) in cases {
            assert_eq!(variable(&Cli::command(), flag).as_deref(), expected, "{flag}");
        }
    }

    #[test]
    fn a_value_that_may_hold_a_password_is_not_repeated() {
        for arguments in [
            &["api", "--cors-origins", "https://user:geheim@a.example"][..],
            &["api", "--cors-origins", "https://ok.example, user:geheim@a.example"],
            &["api", "--cors-origins", "https://user:geheim,geheim@a.example"],
            &["api", "--deny-nets", "https://user:geheim@a.example"],
            &["worker", "--dns-servers", "9.9.9.9,geheim@a.example"],
            &["api", "--support-url", "ftp://user:geheim@a.example"],
            &["api", "postgres://user:geheim@a.example/talentats"],
        ] {
            let error = Cli::try_parse_from([&["talentats"], arguments].concat());
            let told = without_secrets(&error.err().expect("refused"));
            assert!(!told.contains("geheim"), "{told}");
            assert!(told.contains('…'), "{told}");
        }
        let error = Cli::try_parse_from(["talentats", "api", "--deny-nets", "localhost"]);
        let told = without_secrets(&error.err().expect("refused"));
        assert!(told.contains("`localhost`"), "what holds none is named: {told}");
    }
}
