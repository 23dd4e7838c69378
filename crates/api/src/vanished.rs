//! A client that vanished without a word: its system does not say that it takes what is sent, and what
//! is sent is too little to fill a buffer. The system of this side gives it up.

use std::time::Duration;

use tokio::net::TcpStream;

/// How long what was sent may stay unconfirmed (`TCP_USER_TIMEOUT`, RFC 5482): with a sign of life every
/// 15 s a stream ends within a minute.
const UNCONFIRMED: Duration = Duration::from_secs(45);

/// Has the system give up a client that confirms nothing, where it can (Linux).
pub(crate) fn give_up_in_time(socket: &TcpStream) {
    if let Err(error) = set(socket) {
        tracing::debug!(%error, "a client that vanishes keeps its connection for longer");
    }
}

#[cfg(target_os = "linux")]
fn set(socket: &TcpStream) -> std::io::Result<()> {
    let unconfirmed_ms = u32::try_from(UNCONFIRMED.as_millis()).unwrap_or(u32::MAX);
    Ok(rustix::net::sockopt::set_tcp_user_timeout(socket, unconfirmed_ms)?)
}

#[cfg(not(target_os = "linux"))]
fn set(_: &TcpStream) -> std::io::Result<()> {
    Err(std::io::Error::new(
        std::io::ErrorKind::Unsupported,
        format!("no limit of {UNCONFIRMED:?} on this system"),
    ))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_system_gives_up_who_vanished() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (client, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
        let (_client, (socket, _)) = (client.expect("connected"), accepted.expect("accepted"));
        give_up_in_time(&socket);
        let set = rustix::net::sockopt::tcp_user_timeout(&socket).expect("an option");
        assert_eq!(set, 45_000);
    }
}
