//! When it is tried again. A time is the earliest one: others of the webhook may wait before it, and a
//! pause may begin or grow meanwhile. One that is past is never promised.

use super::{Subject, phrase};
use crate::export::ExportStatus;

/// The next try, as a clause.
pub(super) struct NextTry {
    /// `in 4 s at the earliest`, or what stands in its place.
    when: String,
    /// The time is past, and the log does not know what came of it.
    past: bool,
}

/// The next try; none when no try is left.
pub(super) fn next_try(subject: &Subject<'_>) -> Option<NextTry> {
    let at = subject.next_attempt_at?;
    let waits = matches!(subject.status, ExportStatus::Queued | ExportStatus::Retrying);
    Some(if at > subject.now {
        let when = format!("{} at the earliest", phrase::moment(at, subject.now));
        NextTry { when, past: false }
    } else if waits {
        NextTry { when: "as soon as it is its turn".to_owned(), past: false }
    } else {
        NextTry { when: format!("at {}", phrase::time(at, subject.now)), past: true }
    })
}

impl NextTry {
    /// `we try again at 14:10 UTC, 23 Nov at the earliest`; of what is past, `the next try was due at
    /// 14:10 UTC, 23 Nov`.
    pub(super) fn clause(&self) -> String {
        let verb = if self.past { "the next try was due" } else { "we try again" };
        format!("{verb} {}", self.when)
    }

    /// The same as the beginning of a sentence.
    pub(super) fn sentence(&self) -> String {
        phrase::sentence(&self.clause())
    }

    /// Whether a sentence tells of it.
    pub(super) fn is_in(&self, text: &str) -> bool {
        text.contains(&self.when)
    }
}
