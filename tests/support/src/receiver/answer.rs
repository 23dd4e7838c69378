//! What a scripted receiver does with one request.

/// How to answer one request.
#[derive(Debug, Clone)]
pub struct Answer {
    pub(super) ending: Ending,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
    pub(super) held: bool,
}

/// What comes at the end of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// An answer with this status.
    Status(u16),
    /// Never an answer; the connection stays open.
    Hang,
    /// The connection is closed in order, without an answer.
    Close,
    /// The connection is reset.
    Reset,
}

impl Answer {
    /// Answers with a status, no headers and a short body.
    pub fn status(status: u16) -> Self {
        Self::new(Ending::Status(status))
    }

    /// Takes the request and never answers.
    pub fn hang() -> Self {
        Self::new(Ending::Hang)
    }

    /// Takes the request and closes the connection.
    pub fn close() -> Self {
        Self::new(Ending::Close)
    }

    /// Takes the request and resets the connection.
    pub fn reset() -> Self {
        Self::new(Ending::Reset)
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same answer with this body.
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }

    /// The same answer, but not before `Receiver::release`.
    #[must_use]
    pub fn held(mut self) -> Self {
        self.held = true;
        self
    }

    fn new(ending: Ending) -> Self {
        Self { ending, headers: Vec::new(), body: "ok".to_owned(), held: false }
    }
}
