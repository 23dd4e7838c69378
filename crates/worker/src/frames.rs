//! The request body, in frames: what the connection has taken is known, so that a receiver that
//! never reads is told from one that never answers.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::probe::Probe;

const FRAME_BYTES: usize = 64 * 1024;

/// A body that counts what is taken of it.
pub(crate) struct Frames {
    rest: Bytes,
    probe: Arc<Probe>,
}

impl Frames {
    pub(crate) fn new(body: Bytes, probe: Arc<Probe>) -> Self {
        Self { rest: body, probe }
    }
}

impl Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let bytes = self.rest.len().min(FRAME_BYTES);
        let frame = self.rest.split_to(bytes);
        self.probe.take_body(bytes);
        Poll::Ready(Some(Ok(Frame::data(frame))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
