//! The queue: claim → (send) → record, and what heals it. The lock order is the same
//! everywhere: lanes in key order, then jobs, exports, attempts.

mod claim;
mod end;
mod heal;
mod lease;
mod record;
pub(crate) mod statement;

pub use claim::{ClaimLimits, Job, SMALL_PAYLOAD_BYTES, claim, read_body};
pub(crate) use end::{End, end_exports};
pub use heal::{end_expired, end_of_disabled, poke, rescue, wake_parked};
pub use lease::renew;
pub use record::{Finished, RecordPolicy, Recorded, record};
