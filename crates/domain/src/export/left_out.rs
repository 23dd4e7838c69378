//! Who was left out of an export, and why: counts by reason.

use serde::{Deserialize, Serialize};

use super::words;

words!(
    /// Why somebody was left out of an export.
    LeftOutReason {
        /// The person withdrew the application.
        Withdrawn = "withdrawn",
        /// Processing of the person is restricted.
        Restricted = "restricted",
        /// The person or the application is not here any more.
        Erased = "erased",
    }
);

words!(
    /// What becomes of an export when somebody who was asked for may not be sent.
    LeaveOut {
        /// It is refused, naming everybody.
        Refuse = "refuse",
        /// It goes without them.
        Skip = "skip",
    }
);

words!(
    /// Why somebody cannot go.
    CannotGoReason {
        /// There is no such application in this vacancy.
        NotFound = "not_found",
        /// It is named twice.
        Duplicate = "duplicate",
        /// The person withdrew the application.
        Withdrawn = "withdrawn",
        /// Processing of the person is restricted.
        Restricted = "restricted",
    }
);

#[expect(clippy::derivable_impls, reason = "the enum comes out of a macro that many share")]
impl Default for LeaveOut {
    fn default() -> Self {
        Self::Refuse
    }
}

/// How many people were left out, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct LeftOut {
    /// Who withdrew the application.
    pub withdrawn: u32,
    /// Whose processing is restricted.
    pub restricted: u32,
    /// Who is not here any more.
    pub erased: u32,
}

impl LeftOut {
    /// All of them.
    pub fn total(self) -> u32 {
        self.withdrawn + self.restricted + self.erased
    }

    /// Counts one more.
    pub fn add(&mut self, reason: LeftOutReason) {
        match reason {
            LeftOutReason::Withdrawn => self.withdrawn += 1,
            LeftOutReason::Restricted => self.restricted += 1,
            LeftOutReason::Erased => self.erased += 1,
        }
    }

    /// The reasons that anybody was left out for, with how many.
    pub fn by_reason(self) -> impl Iterator<Item = (LeftOutReason, u32)> {
        let counts =
            LeftOutReason::ALL.iter().copied().zip([self.withdrawn, self.restricted, self.erased]);
        counts.filter(|(_, count)| *count > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_its_count() {
        let mut left_out = LeftOut::default();
        assert_eq!(left_out.by_reason().count(), 0);
        for (n, reason) in (1..).zip(LeftOutReason::ALL) {
            (0..n).for_each(|_| left_out.add(*reason));
        }
        let counts: Vec<_> = left_out.by_reason().map(|(why, n)| (why.as_str(), n)).collect();
        assert_eq!(counts, [("withdrawn", 1), ("restricted", 2), ("erased", 3)]);
        assert_eq!(left_out.total(), 6);
    }
}
