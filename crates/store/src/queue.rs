//! The queue: claim → (send) → record, and what heals it. The lock order is the same
//! everywhere: lanes in key order, then jobs, exports, attempts.

mod claim;
mod end;
mod heal;
mod lease;
mod record;
pub(crate) use crate::statement;
mod wake;

pub use claim::{
    ClaimLimits, Crowded, Job, SMALL_PAYLOAD_BYTES, Target, Unproven, claim, oldest_due, read_body,
};
pub(crate) use end::{End, end_exports};
pub use heal::{end_expired, end_of_disabled, find_overlooked, rescue, wake_parked};
pub use lease::{Elsewhere, leased_elsewhere, renew};
pub use record::{Finished, RecordPolicy, Recorded, record};
pub use wake::{Listener, wake};
