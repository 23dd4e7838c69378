//! Exports: accepted whole or not at all, read with where they stand, cancelled and sent again.

mod accept;
mod cancel;
mod create;
pub(crate) mod derived;
mod freeze;
mod list;
mod making;
mod prepare;
mod read;
mod resend;
mod row;
mod since;
mod test;
mod tries;
mod unexportable;

pub use cancel::{CancelRefusal, Cancelled, cancel};
pub use create::{Accepted, CreateRefusal, Limits, NewExport, create};
pub use list::{ExportFilter, list};
pub(crate) use read::owner;
pub use read::{Export, get, payload};
pub use resend::{ResendRefusal, resend};
pub use since::changed_since;
pub use test::{TESTS_PER_HOUR, create_test};
pub use tries::{AcceptedTry, LastAttempt};
pub use unexportable::{Refused, Unexportable};
