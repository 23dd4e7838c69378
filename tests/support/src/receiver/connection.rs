//! One connection of the receiver: reads whole requests, reports them, answers by script.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use super::answer::{Answer, Ending};
use super::{Delivery, Shared};

/// Accepts connections until the receiver is dropped.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut stopped = shared.stopped.clone();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => return,
        };
        if let Ok((stream, _)) = accepted {
            tokio::spawn(serve(stream, shared.clone()));
        }
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let reset = Arc::new(AtomicBool::new(false));
    let mut stopped = shared.stopped.clone();
    let io = TokioIo::new(Resettable { stream, reset: reset.clone() });
    let service = service_fn(|request| answer(request, &shared, &reset));
    let connection = hyper::server::conn::http1::Builder::new().serve_connection(io, service);
    tokio::select! {
        // An error here is a script that closes, or a client that went away: both are meant.
        _ = connection => {}
        _ = stopped.changed() => {}
    }
}

async fn answer(
    request: Request<Incoming>,
    shared: &Shared,
    reset: &AtomicBool,
) -> io::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let path = head.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let answer = shared.next_answer();
    shared.begin();
    let delivery = Delivery { path, headers: head.headers, body, at: Instant::now() };
    // The test may have ended, and with it whoever reads deliveries.
    let _ = shared.deliveries.send(delivery);
    if answer.held {
        let permit = shared.released.acquire().await.map_err(io::Error::other)?;
        permit.forget();
    }
    if answer.ending == Ending::Hang {
        std::future::pending().await
    }
    shared.end();
    respond(answer, reset)
}

fn respond(answer: Answer, reset: &AtomicBool) -> io::Result<Response<Full<Bytes>>> {
    match answer.ending {
        Ending::Hang | Ending::Close => Err(io::Error::other("the script closes this connection")),
        Ending::Reset => {
            reset.store(true, Ordering::Relaxed);
            Err(io::Error::other("the script resets this connection"))
        }
        Ending::Status(status) => {
            let mut response = Response::builder().status(status);
            for (name, value) in answer.headers {
                response = response.header(name, value);
            }
            response.body(Full::from(answer.body)).map_err(io::Error::other)
        }
    }
}

/// A stream that goes away with a RST instead of a FIN when told so.
struct Resettable {
    stream: TcpStream,
    reset: Arc<AtomicBool>,
}

impl Drop for Resettable {
    fn drop(&mut self) {
        if self.reset.load(Ordering::Relaxed) {
            self.stream.set_zero_linger().expect("an open socket takes the option");
        }
    }
}

impl AsyncRead for Resettable {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Resettable {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.reset.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
