//! A connection of a receiver, with TLS or without.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

pub trait Wire: AsyncRead + AsyncWrite + Unpin + Send {
    fn tcp(&self) -> &TcpStream;
}

impl Wire for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Wire for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// A request as far as it was read.
pub struct Seen {
    /// `webhook-attempt-id`.
    pub attempt: String,
}

/// Reads the head of a request, and its body if asked to; none when the sender goes before.
pub async fn read_request(wire: &mut dyn Wire, with_body: bool) -> io::Result<Seen> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(wire.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let value = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
    let length = value("content-length: ").and_then(|length| length.parse().ok());
    let length = length.expect("each of our requests says its length");
    let attempt = value("webhook-attempt-id: ").expect("an id in each request").to_owned();
    if with_body {
        let body = &mut (&mut *wire).take(length);
        tokio::io::copy(body, &mut tokio::io::sink()).await?;
    }
    Ok(Seen { attempt })
}

/// Writes these bytes over and over until the sender goes.
pub async fn write_on(wire: &mut dyn Wire, bytes: &[u8]) -> io::Result<()> {
    loop {
        wire.write_all(bytes).await?;
    }
}

/// Writes these bytes over and over, with a pause after each round.
pub async fn pour(wire: &mut dyn Wire, bytes: &[u8], pause: Duration) -> io::Result<()> {
    loop {
        wire.write_all(bytes).await?;
        wire.flush().await?;
        tokio::time::sleep(pause).await;
    }
}

/// Writes these bytes over and over, with a pause after each byte.
pub async fn drip(wire: &mut dyn Wire, bytes: &[u8], pause: Duration) -> io::Result<()> {
    for byte in bytes.iter().cycle() {
        wire.write_all(&[*byte]).await?;
        wire.flush().await?;
        tokio::time::sleep(pause).await;
    }
    Ok(())
}
