//! The request body, in frames: what the connection has taken is known, so that a receiver that
//! never reads differs from one that never answers. The connection may outlive the attempt; the
//! payload does not.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::oneshot;

use crate::probe::Probe;

const FRAME_BYTES: usize = 64 * 1024;

/// A body that counts what is taken of it.
pub(crate) struct Frames {
    rest: Rest,
    bytes: usize,
    probe: Arc<Probe>,
    _taking: oneshot::Sender<Infallible>,
}

/// The attempt's hold on its payload. Dropping it takes back what the connection has not taken,
/// and so ends a connection that would go on sending.
pub(crate) struct Payload {
    rest: Rest,
    taking: oneshot::Receiver<Infallible>,
}

/// The attempt is over: nothing more of its body leaves.
#[derive(Debug, thiserror::Error)]
#[error("the attempt is over")]
pub(crate) struct AttemptOver;

/// What was not taken yet; none once the attempt is over.
#[derive(Clone)]
struct Rest(Arc<Mutex<Option<Bytes>>>);

impl Frames {
    pub(crate) fn new(body: Bytes, probe: Arc<Probe>) -> (Self, Payload) {
        let (_taking, taking) = oneshot::channel();
        let bytes = body.len();
        let rest = Rest(Arc::new(Mutex::new(Some(body))));
        (Self { rest: rest.clone(), bytes, probe, _taking }, Payload { rest, taking })
    }
}

impl Payload {
    /// Ends when the connection has taken the whole body, or takes no more of it.
    pub(crate) async fn taken(&mut self) {
        // Nothing is ever sent: the other side just goes.
        let _ = (&mut self.taking).await;
    }
}

impl Drop for Payload {
    fn drop(&mut self) {
        let mut rest = self.rest.lock();
        if rest.as_ref().is_some_and(|rest| !rest.is_empty()) {
            *rest = None;
        }
    }
}

impl Rest {
    fn lock(&self) -> MutexGuard<'_, Option<Bytes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next frame. A frame of many is a copy: a connection that is stuck with it must not
    /// keep the whole payload alive.
    fn next_frame(&self) -> Result<Option<Bytes>, AttemptOver> {
        let mut rest = self.lock();
        let rest = rest.as_mut().ok_or(AttemptOver)?;
        let frame = rest.split_to(rest.len().min(FRAME_BYTES));
        Ok((!frame.is_empty()).then_some(frame))
    }
}

impl Body for Frames {
    type Data = Bytes;
    type Error = AttemptOver;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, AttemptOver>>> {
        let frame = match self.rest.next_frame() {
            Ok(Some(frame)) if self.bytes > FRAME_BYTES => Bytes::copy_from_slice(&frame),
            Ok(Some(frame)) => frame,
            Ok(None) => return Poll::Ready(None),
            Err(over) => return Poll::Ready(Some(Err(over))),
        };
        self.probe.take_body(frame.len());
        Poll::Ready(Some(Ok(Frame::data(frame))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.lock().as_ref().is_some_and(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.lock().as_ref().map_or(0, Bytes::len) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(frames: &mut Frames) -> Option<Result<usize, AttemptOver>> {
        let mut context = Context::from_waker(std::task::Waker::noop());
        match Pin::new(frames).poll_frame(&mut context) {
            Poll::Ready(frame) => {
                frame.map(|frame| frame.map(|frame| frame.data_ref().map_or(0, Bytes::len)))
            }
            Poll::Pending => panic!("a body that waits"),
        }
    }

    #[test]
    fn a_payload_does_not_outlive_its_attempt() {
        let body = Bytes::from(vec![0; 3 * FRAME_BYTES]);
        let (mut frames, payload) = Frames::new(body.clone(), Arc::new(Probe::start()));
        assert!(matches!(next(&mut frames), Some(Ok(FRAME_BYTES))));
        drop(payload);
        assert!(
            matches!(next(&mut frames), Some(Err(AttemptOver))),
            "an error, not a shorter body"
        );
        assert!(body.is_unique(), "neither the body nor a frame holds on to it");
    }

    #[test]
    fn a_body_that_was_taken_ends_well() {
        let (mut frames, payload) =
            Frames::new(Bytes::from_static(b"{}"), Arc::new(Probe::start()));
        assert!(matches!(next(&mut frames), Some(Ok(2))));
        drop(payload);
        assert!(frames.is_end_stream() && next(&mut frames).is_none());
    }
}
