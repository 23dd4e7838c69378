//! What a command prints for whoever called it: stdout, while logs go to stderr.

use std::io::Write;

/// Prints a line. A reader that has gone away (`| head`) is no failure.
///
/// # Errors
/// When stdout cannot be written for another reason.
pub(crate) fn line(text: &str) -> anyhow::Result<()> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
