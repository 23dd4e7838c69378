//! Exports: accepted whole or not at all, read with where they stand, cancelled and sent again.

mod control;
mod create;
mod freeze;
mod load;
mod read;
mod row;
mod target;
mod tries;

pub use control::{CancelRefusal, Cancelled, ResendRefusal, cancel, resend};
pub use create::{Accepted, CreateRefusal, Limits, NewExport, TESTS_PER_HOUR, create, create_test};
pub use load::{Refused, Unexportable};
pub use read::{Export, ExportFilter, get, list, payload};
pub use tries::LastAttempt;
