//! The lines that an import takes (NDJSON), and what may be in them. Whether a reference or a
//! stage exists is the store's to say.

mod check;
mod compose;
mod figure;
mod instant;
mod line;
mod link;
mod parse;
mod patch;
mod profile;
mod shape;
mod unreadable;

pub use compose::{as_reference, composed};
pub use figure::Figure;
pub use instant::{PartialDate, format as format_instant, parse as parse_instant};
pub use line::{ApplicationLine, CandidateLine, Line, VacancyLine};
pub use parse::{LINE_BYTES, LineError, parse_line};
pub use patch::Patch;
pub use profile::{
    Address, Answer, Assessment, Attachment, Contact, ContactPoint, Experience, Link,
    Qualification, Rating,
};

pub(crate) use instant::{optional as optional_instant, required as required_instant};
pub(crate) use profile::opaque_debug;

use crate::export::words;
use serde::{Deserialize, Serialize};

words!(
    /// Whether a vacancy takes applications.
    VacancyStatus {
        /// It does.
        Open = "open",
        /// No longer.
        Closed = "closed",
        /// Kept for the record.
        Archived = "archived",
    }
);

words!(
    /// Where an application stands as a whole.
    ApplicationStatus {
        /// Under way.
        Active = "active",
        /// Ended with a contract.
        Hired = "hired",
        /// Ended by the organisation.
        Rejected = "rejected",
        /// Ended by the candidate: never exported.
        Withdrawn = "withdrawn",
    }
);

impl ApplicationStatus {
    /// Whether an export may carry it.
    pub fn exportable(self) -> bool {
        self != Self::Withdrawn
    }
}
