//! `Idempotency-Key`: remembered in the transaction of what it protects, so that two requests
//! under one key make one thing. Only the id of that thing is kept, never the answer.

use uuid::Uuid;

/// A key of a caller, and the request that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Issuer and subject of the token, or the API key.
    pub caller: String,
    /// `operationId` of the request.
    pub operation: String,
    /// What the header says.
    pub key: String,
    /// SHA-256 over path and body.
    pub request_sha256: [u8; 32],
}

/// What an earlier request under a key was, and made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remembered {
    pub(crate) request_sha256: Vec<u8>,
    pub(crate) resource: Uuid,
}

impl IdempotencyKey {
    /// Whether the earlier request was the same one.
    pub(crate) fn is_of(&self, remembered: &Remembered) -> bool {
        remembered.request_sha256 == self.request_sha256
    }
}
