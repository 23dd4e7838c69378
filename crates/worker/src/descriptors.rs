//! File descriptors: a worker takes all that it may have, and does not start with more requests at
//! once than these are enough for.

use anyhow::ensure;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What a worker holds beside its requests: the database, the log, metrics, the runtime.
const OWN: u64 = 64;

/// Raises the soft limit of this process to the hard one.
///
/// # Errors
/// A sentence with figures, when `concurrency` does not fit into it.
pub(crate) fn provide(concurrency: u32) -> anyhow::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, ..limit };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the limit of file descriptors could not be raised");
    }
    check(concurrency, getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX))
}

/// One connection for each request; names that are looked up and idle connections come on top:
/// half as many again.
fn needed(concurrency: u32) -> u64 {
    OWN + (u64::from(concurrency) * 3).div_ceil(2)
}

fn check(concurrency: u32, available: u64) -> anyhow::Result<()> {
    let needed = needed(concurrency);
    let fits = available.saturating_sub(OWN).saturating_mul(2) / 3;
    let or_lower =
        if fits > 0 { format!("lower CONCURRENCY to {fits} or ") } else { String::new() };
    ensure!(
        needed <= available,
        "CONCURRENCY {concurrency} needs {needed} file descriptors, and this process may open {available} at most: {or_lower}raise the limit (ulimit -n, LimitNOFILE)"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_told_with_what_would() {
        for (concurrency, available) in [(512, 1_024), (512, 832), (1, 66), (10_000, u64::MAX)] {
            assert!(check(concurrency, available).is_ok(), "{concurrency} of {available}");
        }
        for (concurrency, available) in [(512, 831), (512, 256), (10_000, 4_096), (512, 65)] {
            let told = check(concurrency, available).expect_err("it does not fit").to_string();
            let (before, after) = told.split_once("lower CONCURRENCY to ").unwrap_or((&told, ""));
            assert!(before.contains(&format!("may open {available} at most")), "{told}");
            if let Some(fits) = after.split(' ').next().filter(|fits| !fits.is_empty()) {
                let fits = fits.parse().expect("a number");
                assert!(check(fits, available).is_ok(), "{told}");
                assert!(check(fits + 1, available).is_err(), "{told}");
            }
        }
        assert!(check(512, 64).expect_err("no room").to_string().contains("at most: raise"));
    }
}
