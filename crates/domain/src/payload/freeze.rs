//! The bytes of a payload, built person by person as they come: nobody is kept, one that is too large
//! takes no more memory than the largest that may go, and none is copied while it grows.

use super::build::{candidate, envelope};
use super::record::{ApplicationRecord, PayloadContext};
use crate::import::opaque_debug;

/// Bytes that a person usually takes.
const USUAL_BYTES: usize = 2_500;

/// Bytes after which the next person begins another part.
const PART_BYTES: usize = 1024 * 1024;

/// How an envelope without people ends: they are its last member.
const NOBODY: &[u8] = b"[]}";

/// A payload would have more bytes than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge {
    /// Bytes that it would have.
    pub actual: usize,
}

/// A payload while people are added to it. Its bytes are those of `serde_json::to_vec` of what `build`
/// makes of the same, in parts of a mebibyte and the rest of a person.
pub struct Freezer {
    context: PayloadContext,
    /// What is complete.
    parts: Vec<Vec<u8>>,
    part: Vec<u8>,
    /// Bytes so far, those included that were only counted, once it was too large.
    bytes: usize,
    limit: usize,
    people: usize,
    candidate_count: usize,
}

opaque_debug!(Freezer);

impl Freezer {
    /// Begins a payload of so many people, of at most `limit` bytes.
    pub fn new(context: PayloadContext, candidate_count: usize, limit: usize) -> Self {
        let mut part = new_part(candidate_count);
        json(&mut part, &envelope(&context, candidate_count));
        assert!(part.ends_with(NOBODY), "people are the last member of a payload");
        part.truncate(part.len() - NOBODY.len() + 1);
        let (parts, bytes) = (Vec::new(), part.len());
        Self { context, parts, part, bytes, limit, people: 0, candidate_count }
    }

    /// Adds the next person.
    pub fn add(&mut self, application: &ApplicationRecord) {
        let before = self.part.len();
        if self.people > 0 {
            self.part.push(b',');
        }
        self.people += 1;
        json(&mut self.part, &candidate(&self.context, self.people, application));
        self.bytes += self.part.len() - before;
        if self.bytes > self.limit {
            self.parts.clear();
            self.part.clear();
        } else if self.part.len() >= PART_BYTES {
            let next = new_part(self.candidate_count.saturating_sub(self.people));
            self.parts.push(std::mem::replace(&mut self.part, next));
        }
    }

    /// The bytes in parts, at least one, once everybody is in it; and what they were made for.
    ///
    /// # Errors
    /// [`TooLarge`] when they are more than the limit.
    pub fn finish(mut self) -> Result<(PayloadContext, Vec<Vec<u8>>), TooLarge> {
        let end = b"]}";
        let actual = self.bytes + end.len();
        if actual > self.limit {
            return Err(TooLarge { actual });
        }
        self.part.extend_from_slice(end);
        self.parts.push(self.part);
        Ok((self.context, self.parts))
    }
}

/// Room for the people who are still to come, but not for more than a part.
fn new_part(people: usize) -> Vec<u8> {
    Vec::with_capacity(((people + 1) * USUAL_BYTES).min(PART_BYTES + PART_BYTES / 16))
}

fn json(body: &mut Vec<u8>, value: &impl serde::Serialize) {
    serde_json::to_writer(body, value)
        .expect("a payload has no map with keys that are not text, and memory takes it");
}
