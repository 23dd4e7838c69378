//! The bytes of a payload, built person by person, so that one that is too large takes no more
//! memory than the largest that may go.

use super::build::{candidate, envelope};
use super::record::{ApplicationRecord, PayloadContext};

/// Bytes that a person usually takes.
const USUAL_BYTES: usize = 2_500;

/// How an envelope without people ends: they are its last member.
const NOBODY: &[u8] = b"[]}";

/// A payload would have more bytes than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge {
    /// Bytes that it would have.
    pub actual: usize,
}

/// The bytes of a payload: those of `serde_json::to_vec` of what `build` makes of the same.
///
/// # Errors
/// [`TooLarge`] when they are more than `limit`.
pub fn freeze(
    context: &PayloadContext,
    applications: &[ApplicationRecord],
    limit: usize,
) -> Result<Vec<u8>, TooLarge> {
    let mut body = Vec::with_capacity((applications.len() * USUAL_BYTES).min(limit));
    json(&mut body, &envelope(context, applications.len()));
    assert!(body.ends_with(NOBODY), "people are the last member of a payload");
    body.truncate(body.len() - NOBODY.len() + 1);
    let mut written = 0;
    for (index, application) in applications.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        json(&mut body, &candidate(context, index + 1, application));
        // Once it is too large it is only counted.
        if written + body.len() > limit {
            written += body.len();
            body.clear();
        }
    }
    body.extend_from_slice(b"]}");
    let actual = written + body.len();
    if actual > limit { Err(TooLarge { actual }) } else { Ok(body) }
}

fn json(body: &mut Vec<u8>, value: &impl serde::Serialize) {
    serde_json::to_writer(body, value)
        .expect("a payload has no map with keys that are not text, and memory takes it");
}
