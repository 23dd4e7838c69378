//! A client's connection, between the socket and the framework. The framework refuses by itself what
//! is no HTTP, with an empty body, and asks for a body as soon as it was announced; neither can be
//! configured. Here the first becomes a problem document, and the second waits until somebody
//! wants the body.

mod bare;

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

use crate::problem;

/// What the framework writes when a request says `Expect: 100-continue` (RFC 9110, section 10.1.1).
const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
/// How long a client that was refused may go on sending: closing at once would make its system
/// throw away the answer.
const LINGER: Duration = Duration::from_secs(1);

/// What the request under way says to its connection.
#[derive(Debug, Default)]
pub(crate) struct Body {
    /// Whether the client waits to be asked for the body.
    held: Cell<bool>,
    /// Whether somebody wants it.
    wanted: Cell<bool>,
}

impl Body {
    /// A request begins; `held`: its client waits to be asked for the body.
    pub(crate) fn begin(&self, held: bool) {
        self.held.set(held);
        self.wanted.set(false);
    }

    /// Somebody reads it.
    pub(crate) fn want(&self) {
        self.wanted.set(true);
    }
}

/// The socket, as the framework sees it.
pub(crate) struct Connection {
    /// None once it was given away, at the end.
    socket: Option<TcpStream>,
    body: Rc<Body>,
    /// Whether the framework has asked for the body, and we have not yet.
    asks: bool,
    /// What is written before anything else.
    owed: Vec<u8>,
    /// For how many bytes of the framework it stands.
    stands_for: Option<usize>,
    refused: bool,
}

impl Connection {
    pub(crate) fn new(socket: TcpStream) -> Self {
        Self {
            socket: Some(socket),
            body: Rc::default(),
            asks: false,
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
            let written = self.socket()?.poll_write(context, &owed);
            self.owed = owed;
            match ready!(written)? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => drop(self.owed.drain(..written)),
            }
        }
        Poll::Ready(Ok(()))
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
        self.socket()?.poll_read(context, buffer)
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
        self.socket()?.poll_write(context, &bytes[..plain.unwrap_or(bytes.len())])
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.ask();
        ready!(self.poll_owed(context))?;
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

/// Takes what still comes, so that the answer arrives.
async fn linger(mut socket: TcpStream) {
    let mut nowhere = [0; 8 * 1024];
    let rest = async {
        socket.shutdown().await?;
        while socket.read(&mut nowhere).await? > 0 {}
        io::Result::Ok(())
    };
    // Nobody is left to tell.
    drop(tokio::time::timeout(LINGER, rest).await);
}
