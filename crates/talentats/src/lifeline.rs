//! A child of `talentats up` leaves when its parent is gone: the parent holds the other end of
//! its stdin, and the kernel closes that however the parent ends.

use std::io::Read;

use crate::cli::Lifeline;

/// Watches stdin on a thread of its own, if asked to; leaves at once when it closes, since the
/// parent takes Postgres with it. What was under way heals by its lease.
///
/// # Errors
/// When no thread can be started.
pub(crate) fn watch(lifeline: &Lifeline) -> std::io::Result<()> {
    if !lifeline.exit_with_stdin {
        return Ok(());
    }
    std::thread::Builder::new().name("lifeline".to_owned()).spawn(until_closed).map(drop)
}

fn until_closed() {
    let mut ignored = [0; 64];
    let mut stdin = std::io::stdin().lock();
    while stdin.read(&mut ignored).is_ok_and(|read| read > 0) {}
    std::process::exit(0);
}
