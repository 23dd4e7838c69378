//! Exports: accepted whole or not at all, read with where they stand, cancelled and sent again.

mod accept;
mod cancel;
mod create;
pub(crate) mod derived;
pub(crate) mod elsewhere;
mod forget;
mod freeze;
mod list;
mod making;
mod people;
mod prepare;
mod read;
mod resend;
mod row;
mod test;
mod tries;
mod unexportable;

pub use cancel::{CancelRefusal, Cancelled, cancel};
pub use create::{Accepted, CreateRefusal, Limits, NewExport, create};
pub use elsewhere::resend_to;
pub use forget::{ForgetRefusal, forget_payload};
pub use list::{ExportFilter, list};
pub use people::{PersonInExport, people};
pub(crate) use read::owner;
pub use read::{Export, get, payload};
pub(crate) use resend::reopen_whole;
pub use resend::{ResendRefusal, resend};
pub use test::{TESTS_PER_HOUR, create_test};
pub use tries::{AcceptedTry, LastAttempt};
pub use unexportable::{Refused, Unexportable};
