//! The bytes of a payload, built person by person as they come: nobody is kept, and one that is too
//! large takes no more memory than the largest that may go.

use super::build::{candidate, envelope};
use super::record::{ApplicationRecord, PayloadContext};
use crate::import::opaque_debug;

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

/// A payload while people are added to it. Its bytes are those of `serde_json::to_vec` of what `build`
/// makes of the same.
pub struct Freezer {
    context: PayloadContext,
    body: Vec<u8>,
    /// Bytes that were only counted, once it was too large.
    counted: usize,
    limit: usize,
    people: usize,
}

opaque_debug!(Freezer);

impl Freezer {
    /// Begins a payload of so many people, of at most `limit` bytes.
    pub fn new(context: PayloadContext, candidate_count: usize, limit: usize) -> Self {
        let mut body = Vec::with_capacity((candidate_count * USUAL_BYTES).min(limit));
        json(&mut body, &envelope(&context, candidate_count));
        assert!(body.ends_with(NOBODY), "people are the last member of a payload");
        body.truncate(body.len() - NOBODY.len() + 1);
        Self { context, body, counted: 0, limit, people: 0 }
    }

    /// Adds the next person.
    pub fn add(&mut self, application: &ApplicationRecord) {
        if self.people > 0 {
            self.body.push(b',');
        }
        self.people += 1;
        json(&mut self.body, &candidate(&self.context, self.people, application));
        if self.counted + self.body.len() > self.limit {
            self.counted += self.body.len();
            self.body.clear();
        }
    }

    /// The bytes, once everybody is in it, and what they were made for.
    ///
    /// # Errors
    /// [`TooLarge`] when they are more than the limit.
    pub fn finish(mut self) -> Result<(PayloadContext, Vec<u8>), TooLarge> {
        self.body.extend_from_slice(b"]}");
        let actual = self.counted + self.body.len();
        if actual > self.limit { Err(TooLarge { actual }) } else { Ok((self.context, self.body)) }
    }
}

fn json(body: &mut Vec<u8>, value: &impl serde::Serialize) {
    serde_json::to_writer(body, value)
        .expect("a payload has no map with keys that are not text, and memory takes it");
}
