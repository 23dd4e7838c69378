//! The bytes of a payload, built person by person as they come: nobody is kept, one that is too large
//! takes no more memory than the largest that may go, and none is copied while it grows.

use sha2::Sha256;

use super::build::{candidate, envelope};
use super::content;
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
    /// Of what comes before the people.
    head_bytes: usize,
    /// Bytes so far, those included that were only counted.
    bytes: usize,
    limit: usize,
    people: usize,
    expected: usize,
    /// Of what receivers get of the people, where it is asked for.
    content: Option<Sha256>,
    /// The bytes are only counted, but for the first so many people.
    samples: Option<usize>,
    sample: Vec<Vec<u8>>,
}

opaque_debug!(Freezer);

/// The bytes of a payload, whole.
pub struct Bytes {
    /// What it was made for.
    pub context: PayloadContext,
    /// At least one part; of one that was only looked at, none.
    pub parts: Vec<Vec<u8>>,
    /// How many people are in it.
    pub people: usize,
    /// Bytes of all of it.
    pub bytes: usize,
    /// Digest of what receivers get, whatever export it is: neither id nor time nor requester counts.
    pub content: Option<[u8; 32]>,
    /// The first people, as they would go out.
    pub sample: Vec<Vec<u8>>,
}

opaque_debug!(Bytes);

impl Freezer {
    /// Begins a payload of so many people, of at most `limit` bytes. Where their number is not known
    /// yet, `expected` is 0.
    pub fn new(context: PayloadContext, expected: usize, limit: usize) -> Self {
        let mut part = new_part(expected);
        part.extend(head(&context, expected));
        let (head_bytes, bytes) = (part.len(), part.len());
        Self {
            context,
            parts: Vec::new(),
            part,
            head_bytes,
            bytes,
            limit,
            people: 0,
            expected,
            content: None,
            samples: None,
            sample: Vec::new(),
        }
    }

    /// The same, which also makes a digest of what receivers get.
    #[must_use]
    pub fn digesting(self) -> Self {
        Self { content: Some(Sha256::default()), ..self }
    }

    /// The same, of which no more is kept than the first so many people.
    #[must_use]
    pub fn sampling(self, samples: usize) -> Self {
        Self { samples: Some(samples), ..self }
    }

    /// Adds the next person.
    pub fn add(&mut self, application: &ApplicationRecord) {
        let before = self.part.len();
        if self.people > 0 {
            self.part.push(b',');
        }
        self.people += 1;
        let start = self.part.len();
        json(&mut self.part, &candidate(&self.context, self.people, application));
        self.bytes += self.part.len() - before;
        let person = &self.part[start..];
        if let Some(digest) = &mut self.content {
            content::add(digest, person, self.context.export_id);
        }
        if let Some(samples) = self.samples {
            if self.sample.len() < samples {
                self.sample.push(person.to_vec());
            }
            self.part.clear();
        } else if self.bytes > self.limit {
            self.parts.clear();
            self.part.clear();
        } else if self.part.len() >= PART_BYTES {
            let next = new_part(self.expected.saturating_sub(self.people));
            self.parts.push(std::mem::replace(&mut self.part, next));
        }
    }

    /// The bytes, once everybody is in it.
    ///
    /// # Errors
    /// [`TooLarge`] when they are more than the limit.
    pub fn finish(mut self) -> Result<Bytes, TooLarge> {
        let end = b"]}";
        let head = (self.people != self.expected).then(|| head(&self.context, self.people));
        let head_bytes = head.as_ref().map_or(self.head_bytes, Vec::len);
        let bytes = self.bytes - self.head_bytes + head_bytes + end.len();
        if bytes > self.limit {
            return Err(TooLarge { actual: bytes });
        }
        if self.samples.is_none() {
            self.part.extend_from_slice(end);
            self.parts.push(self.part);
            if let Some(head) = head {
                // Their number is told before them, and was not known.
                self.parts[0].splice(..self.head_bytes, head);
            }
        }
        let Self { context, parts, people, sample, .. } = self;
        let content = self.content.map(|digest| content::finish(digest, &context, people));
        Ok(Bytes { context, parts, people, bytes, content, sample })
    }
}

/// What comes before the people.
fn head(context: &PayloadContext, people: usize) -> Vec<u8> {
    let mut head = Vec::new();
    json(&mut head, &envelope(context, people));
    assert!(head.ends_with(NOBODY), "people are the last member of a payload");
    head.truncate(head.len() - NOBODY.len() + 1);
    head
}

/// Room for the people who are still to come, but not for more than a part.
fn new_part(people: usize) -> Vec<u8> {
    Vec::with_capacity(((people + 1) * USUAL_BYTES).min(PART_BYTES + PART_BYTES / 16))
}

fn json(body: &mut Vec<u8>, value: &impl serde::Serialize) {
    serde_json::to_writer(body, value)
        .expect("a payload has no map with keys that are not text, and memory takes it");
}
