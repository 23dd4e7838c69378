//! Exports: accepted whole or not at all, read with where they stand, cancelled and sent again.

mod accept;
mod cancel;
mod create;
pub(crate) mod derived;
mod freeze;
mod list;
mod look;
mod making;
mod noticed;
mod prepare;
mod preview;
mod read;
mod receipt;
mod resend;
mod row;
mod selection;
mod test;
mod tries;
mod unexportable;

pub use cancel::{CancelRefusal, Cancelled, cancel};
pub use create::{Accepted, CreateRefusal, Limits, NewExport, Picked, create};
pub use list::{ExportFilter, list};
pub use noticed::Noticed;
pub use preview::{Preview, preview};
pub(crate) use read::owner;
pub use read::{Export, get, payload};
pub use receipt::{Evidence, evidence};
pub use resend::{ResendRefusal, resend};
pub use test::{TESTS_PER_HOUR, create_test};
pub use tries::{AcceptedTry, LastAttempt};
pub use unexportable::{Refused, Unexportable};
