//! What a request and its connection tell each other: whether the request is under way, whether
//! somebody wants its body, and whether the client has left.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::Error;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;
use tokio::sync::Notify;
use tokio::time::Instant;

/// What the request under way says to its connection.
#[derive(Debug)]
pub(crate) struct Body {
    /// Whether the client waits to be asked for the body.
    pub(super) held: Cell<bool>,
    /// Whether somebody wants it.
    pub(super) wanted: Cell<bool>,
    /// Since when no request is under way; none: one is.
    idle_since: Cell<Option<Instant>>,
    /// Whether there ever was one.
    served: Cell<bool>,
    /// Whether the client sends nothing any more.
    left: Cell<bool>,
    leaving: Notify,
}

impl Body {
    pub(super) fn new() -> Self {
        Self {
            held: Cell::new(false),
            wanted: Cell::new(false),
            idle_since: Cell::new(Some(Instant::now())),
            served: Cell::new(false),
            left: Cell::new(false),
            leaving: Notify::new(),
        }
    }

    /// A request begins; `held`: its client waits to be asked for the body.
    pub(crate) fn begin(self: &Rc<Self>, held: bool) -> UnderWay {
        self.held.set(held);
        self.wanted.set(false);
        self.idle_since.set(None);
        self.served.set(true);
        UnderWay(Rc::clone(self))
    }

    /// Somebody reads it.
    pub(crate) fn want(&self) {
        self.wanted.set(true);
    }

    /// Waits until the client has closed its side: to who waits for an outcome, or for events without
    /// an end, nobody listens any more.
    pub(crate) async fn left(&self) {
        let leaving = self.leaving.notified();
        if !self.left.get() {
            leaving.await;
        }
    }

    pub(super) fn leave(&self) {
        self.left.set(true);
        self.leaving.notify_waiters();
    }

    pub(super) fn idle_since(&self) -> Option<Instant> {
        self.idle_since.get()
    }

    pub(super) fn has_served(&self) -> bool {
        self.served.get()
    }
}

/// A request, until its answer was handed over.
pub(crate) struct UnderWay(Rc<Body>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.idle_since.set(Some(Instant::now()));
    }
}

/// The body of an answer, which ends its request.
pub(crate) struct Answer {
    body: BoxBody,
    _request: Option<UnderWay>,
}

impl Answer {
    pub(crate) fn new(body: impl MessageBody + 'static, request: Option<UnderWay>) -> Self {
        Self { body: body.boxed(), _request: request }
    }
}

impl MessageBody for Answer {
    type Error = Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Error>>> {
        Pin::new(&mut self.body).poll_next(context).map_err(Error::from)
    }
}
