//! A client's connection, between the socket and the framework. The framework refuses by itself what
//! is no HTTP, with an empty body, or breaks off where a body is none; it asks for a body as soon as
//! it was announced, and has a deadline for the first head only. None of this can be configured. Here
//! the refusal becomes a problem document, the question waits until somebody wants the body, and each
//! head has its deadline.

mod answer;
mod bare;
mod inbound;
mod linger;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use crate::problem;
pub(crate) use answer::{Answer, Body};
use inbound::Inbound;
use linger::linger;

/// What the framework writes when a request says `Expect: 100-continue` (RFC 9110, section 10.1.1).
const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
/// How much of a body that nobody wants is taken, in bytes.
const WASTED: usize = 16 * 1024 * 1024;

/// How long a client may take, and wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// For the head of a request, and for what is left of a body once it was answered.
    pub(crate) head: Duration,
    /// Between requests.
    pub(crate) idle: Duration,
    /// For taking anything of an answer.
    pub(crate) taking: Duration,
}

/// The socket, as the framework sees it.
pub(crate) struct Connection {
    /// None once it was given away, at the end.
    socket: Option<TcpStream>,
    body: Rc<Body>,
    /// Whether the framework has asked for the body, and we have not yet.
    asks: bool,
    inbound: Inbound,
    /// What has come, for the framework.
    seen: Vec<u8>,
    /// How much of an unwanted body has come, in bytes.
    wasted: usize,
    /// Whether nothing more is read.
    ended: bool,
    patience: Patience,
    /// When the client has to have sent something.
    sending: Option<Pin<Box<Sleep>>>,
    /// When it has to have taken something.
    taking: Option<Pin<Box<Sleep>>>,
    /// What is written before anything else.
    owed: Vec<u8>,
    /// For how many bytes of the framework it stands.
    stands_for: Option<usize>,
    refused: bool,
}

impl Connection {
    pub(crate) fn new(socket: TcpStream, patience: Patience) -> Self {
        // An answer that is compressed goes out in parts: without this each waits until the client has
        // acknowledged the one before, which its system puts off for 40 ms and more. What refuses the
        // option is slower, and nothing else.
        drop(socket.set_nodelay(true));
        Self {
            socket: Some(socket),
            body: Rc::new(Body::new()),
            asks: false,
            inbound: Inbound::new(),
            seen: Vec::new(),
            wasted: 0,
            ended: false,
            patience,
            sending: None,
            taking: None,
            owed: Vec::new(),
            stands_for: None,
            refused: false,
        }
    }

    /// What its requests say to it.
    pub(crate) fn body(&self) -> Rc<Body> {
        Rc::clone(&self.body)
    }

    fn socket(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        self.socket.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    fn poll_owed(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.owed.is_empty() {
            let owed = std::mem::take(&mut self.owed);
            let written = self.poll_socket(context, &owed);
            self.owed = owed;
            match ready!(written)? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => drop(self.owed.drain(..written)),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Sorts what has come.
    fn sort(&mut self, bytes: &[u8]) {
        let is_whole = self.inbound.feed(bytes, &mut self.seen);
        let is_wasted = self.body.idle_since().is_some() && self.inbound.began().is_some();
        self.wasted = if is_wasted { self.wasted + bytes.len() } else { 0 };
        if !is_whole || self.wasted > WASTED {
            // To whoever reads the body it breaks off here.
            (self.ended, self.refused) = (true, true);
        }
    }

    /// When the client has to have sent something; none while a request is under way, whose handler
    /// sees to that.
    fn deadline(&self) -> Option<Instant> {
        let since = self.body.idle_since()?;
        let patience = &self.patience;
        Some(match self.inbound.began() {
            Some(began) => began.max(since) + patience.head,
            None if self.body.has_served() => since + patience.idle,
            None => since + patience.head,
        })
    }

    /// Whether the client took too long; if not, the connection is woken when it has.
    fn is_late(&mut self, context: &mut Context<'_>) -> bool {
        let Some(deadline) = self.deadline() else {
            self.sending = None;
            return false;
        };
        let timer = self.sending.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(context).is_ready()
    }

    /// The end of a connection whose client is late: it is told where it had begun to ask.
    fn give_up(&mut self) {
        self.ended = true;
        if self.inbound.is_in_head() {
            self.refused = true;
            self.owed.extend(problem::of_connection(408));
        }
    }

    /// Writes, and gives up on a client that takes nothing.
    fn poll_socket(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = self.socket()?.poll_write(context, bytes);
        if written.is_ready() {
            self.taking = None;
            return written;
        }
        let patience = self.patience.taking;
        let timer = self.taking.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(timer.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Asks for the body, once the framework and whoever reads it want it.
    fn ask(&mut self) {
        if self.asks && self.body.wanted.get() {
            self.asks = false;
            self.owed.extend_from_slice(CONTINUE);
        }
    }

    /// How much of what the framework writes goes out as it is; `None`: it begins with what is
    /// replaced by what is owed from now on.
    fn plain(&mut self, bytes: &[u8]) -> Option<usize> {
        if self.body.held.get() {
            let at = bytes.windows(CONTINUE.len()).position(|window| window == CONTINUE);
            if at == Some(0) {
                self.body.held.set(false);
                self.asks = true;
                self.stands_for = Some(CONTINUE.len());
                return None;
            }
            return Some(at.unwrap_or(bytes.len()));
        }
        match bare::refusal(bytes) {
            Some((0, status)) => {
                self.refused = true;
                self.owed = problem::of_connection(status);
                self.stands_for = Some(bytes.len());
                None
            }
            Some((at, _)) => Some(at),
            None => Some(bytes.len()),
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            if !self.seen.is_empty() {
                let now = self.seen.len().min(buffer.remaining());
                buffer.put_slice(&self.seen[..now]);
                self.seen.drain(..now);
                return Poll::Ready(Ok(()));
            }
            if self.ended {
                return Poll::Ready(Ok(()));
            }
            let mut came = [0; 8 * 1024];
            let mut came = ReadBuf::new(&mut came);
            match self.socket()?.poll_read(context, &mut came) {
                Poll::Ready(Ok(())) if came.filled().is_empty() => {
                    self.ended = true;
                    self.body.leave();
                }
                Poll::Ready(Ok(())) => self.sort(came.filled()),
                Poll::Ready(Err(error)) => {
                    self.body.leave();
                    return Poll::Ready(Err(error));
                }
                Poll::Pending if self.is_late(context) => self.give_up(),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let plain = if self.stands_for.is_none() { self.plain(bytes) } else { None };
        self.ask();
        ready!(self.poll_owed(context))?;
        if let Some(stood_for) = self.stands_for.take() {
            return Poll::Ready(Ok(stood_for));
        }
        // An answer instead: nobody wants the body any more.
        self.asks = false;
        self.poll_socket(context, &bytes[..plain.unwrap_or(bytes.len())])
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.ask();
        ready!(self.poll_owed(context))?;
        // An answer may have ended here: from now on the client is waited for.
        if !self.ended && self.is_late(context) {
            context.waker().wake_by_ref();
        }
        self.socket()?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_owed(context))?;
        self.socket()?.poll_shutdown(context)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let Some(socket) = self.socket.take().filter(|_| self.refused) else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(linger(socket));
        }
    }
}
