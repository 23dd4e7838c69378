//! Named points at which a test makes this process abort: between the steps of the queue, where
//! a power cut would hurt most. Without the feature `crash-points` they are empty.

/// The points that are compiled in: none, unless this is a build for such tests.
pub const POINTS: &[&str] = if cfg!(feature = "crash-points") {
    &["after_claim", "before_send", "after_send", "before_commit", "after_commit"]
} else {
    &[]
};

/// Aborts when `CRASH_AT` says so: `CRASH_AT=after_send:37` at the 37th passage of this process.
#[inline]
pub fn point(name: &'static str) {
    #[cfg(feature = "crash-points")]
    armed::pass(name);
    #[cfg(not(feature = "crash-points"))]
    let _ = name;
}

/// Panics over a payload that asks for it, to test what a defect of the sender does.
#[inline]
pub fn panic_over(payload: &[u8]) {
    #[cfg(feature = "crash-points")]
    armed::panic_over(payload);
    #[cfg(not(feature = "crash-points"))]
    let _ = payload;
}

#[cfg(feature = "crash-points")]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// What a payload must contain to make the sender panic.
    const PANIC: &[u8] = b"Panic-In-The-Sender";

    /// Where, and at which passage.
    fn wanted() -> Option<&'static (String, u64)> {
        static WANTED: OnceLock<Option<(String, u64)>> = OnceLock::new();
        let read = || {
            let wanted = std::env::var("CRASH_AT").ok()?;
            let (name, passage) = wanted.split_once(':').expect("CRASH_AT=<point>:<passage>");
            Some((name.to_owned(), passage.parse().expect("the number of a passage")))
        };
        WANTED.get_or_init(read).as_ref()
    }

    pub(super) fn pass(name: &str) {
        static PASSED: AtomicU64 = AtomicU64::new(0);
        if let Some((wanted, passage)) = wanted()
            && wanted == name
            && PASSED.fetch_add(1, Ordering::Relaxed) + 1 == *passage
        {
            std::process::abort();
        }
    }

    pub(super) fn panic_over(payload: &[u8]) {
        let asked = payload.windows(PANIC.len()).any(|window| window == PANIC);
        assert!(!asked, "the payload asks for a panic");
    }
}
