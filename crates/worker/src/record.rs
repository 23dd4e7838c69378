//! Recording a batch of results: what the database refuses must not take its neighbours along.

use domain::attempt::Attempt;
use domain::outcome::Outcome;
use store::queue::{Finished, RecordPolicy, Recorded, record};
use store::{Conn, StoreError};

/// Records a batch; where the database refuses it, its halves, down to the single row, which is
/// then recorded as `internal_error` with nothing of the receiver's in it.
///
/// # Errors
/// Only that the database is away; then nothing more of the batch was recorded, and recording it
/// again is harmless.
pub(crate) fn record_batch(
    conn: &mut Conn,
    policy: &RecordPolicy,
    results: &[Finished],
) -> Result<Vec<Recorded>, StoreError> {
    match record(conn, policy, results) {
        Ok(recorded) => Ok(vec![recorded]),
        Err(error) if error.is_unavailable() => Err(error),
        Err(error) => match results {
            [] => Ok(Vec::new()),
            [single] => record_bare(conn, policy, single, &error),
            _ => {
                let (first, second) = results.split_at(results.len() / 2);
                let mut recorded = record_batch(conn, policy, first)?;
                recorded.extend(record_batch(conn, policy, second)?);
                Ok(recorded)
            }
        },
    }
}

fn record_bare(
    conn: &mut Conn,
    policy: &RecordPolicy,
    refused: &Finished,
    error: &StoreError,
) -> Result<Vec<Recorded>, StoreError> {
    let job = &refused.job;
    tracing::error!(export.id = %job.export, attempt.id = %job.attempt, %error, "a result was refused by the database");
    let attempt = Attempt::without_request(Outcome::InternalError);
    let bare = Finished { attempt, ..refused.clone() };
    match record(conn, policy, std::slice::from_ref(&bare)) {
        Ok(recorded) => Ok(vec![recorded]),
        Err(error) if error.is_unavailable() => Err(error),
        Err(error) => {
            // The lease runs out, and the attempt ends as worker_lost: nothing is lost silently.
            tracing::error!(export.id = %job.export, attempt.id = %job.attempt, %error, "a bare result was refused, too");
            Ok(Vec::new())
        }
    }
}
