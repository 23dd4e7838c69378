//! Exports: accepted whole or not at all, read with where they stand, cancelled and sent again.

mod accept;
mod cancel;
mod create;
pub(crate) mod derived;
pub(crate) mod elsewhere;
mod explained;
mod forget;
mod freeze;
mod list;
mod look;
mod making;
mod noticed;
mod people;
mod prepare;
mod preview;
mod read;
mod receipt;
mod resend;
mod row;
mod selection;
mod since;
mod test;
mod tries;
mod unexportable;

pub use accept::Together;
pub(crate) use cancel::lock_lane;
pub use cancel::{CancelRefusal, Cancelled, cancel};
pub use create::{
    Accepted, CreateRefusal, Created, Limits, NewExport, Picked, create, create_together,
};
pub use elsewhere::resend_to;
pub(crate) use forget::drop_bodies;
pub use forget::{ForgetRefusal, forget_payload};
pub(crate) use list::newest_of;
pub use list::{ExportFilter, list, page};
pub use noticed::Noticed;
pub use people::{PersonInExport, people};
pub use preview::{Preview, preview};
pub use read::{Elsewhere, Export, get, payload};
pub(crate) use read::{owner, read_one, several};
pub use receipt::{Evidence, evidence};
pub(crate) use resend::reopen_whole;
pub use resend::{ResendRefusal, resend};
pub use since::{changed_since, followed};
pub use test::{TESTS_PER_HOUR, create_test};
pub use tries::{AcceptedTry, LastAttempt};
pub use unexportable::{Refused, Unexportable};
