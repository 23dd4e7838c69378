//! The queue: claim → (send) → record, and what puts right what went wrong between (rescue, sweep,
//! restricted).
//! The lock order is the same everywhere: lanes in key order, then jobs, exports, attempts.

mod carry_over;
mod changes;
mod claim;
mod end;
mod erased;
mod lease;
mod notify;
mod record;
mod rescue;
mod restricted;
mod sweep;

pub use carry_over::{CarriedOver, carry_over};
pub use changes::{Asked, Changes, Standing, changes};
pub use claim::{
    COMMIT_LAG, ClaimLimits, Job, SMALL_PAYLOAD_BYTES, Saturated, Target, UnresponsiveLimit, claim,
    oldest_due, read_body,
};
pub(crate) use end::{End, end_exports};
pub use erased::{Cuts, cut_erased};
pub(crate) use erased::{Turn, cut};
pub use lease::{Lease, LeaseKey, OtherLeases, held_by_others, renew};
pub use notify::{Channel, Listener, notify, tell_changes};
pub use record::{RecordPolicy, Recorded, Sent, record};
pub use rescue::rescue;
pub use restricted::{Carried, derive_restricted};
pub(crate) use sweep::end_waiting_of_deleted;
pub use sweep::{
    Found, end_expired, end_of_deleted, end_of_disabled, find_stranded, look, wake_parked,
};
