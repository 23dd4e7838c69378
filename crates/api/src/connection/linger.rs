//! The end of a connection whose client was refused while it may still be sending.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::WASTED;

/// How long a client that was refused may go on sending: closing at once would make its system
/// throw away the answer.
const LINGER: Duration = Duration::from_secs(1);

/// Takes what still comes, so that the answer arrives.
pub(super) async fn linger(mut socket: TcpStream) {
    let mut nowhere = [0; 8 * 1024];
    let rest = async {
        socket.shutdown().await?;
        let mut taken = 0;
        while taken <= WASTED {
            match socket.read(&mut nowhere).await? {
                0 => break,
                read => taken += read,
            }
        }
        io::Result::Ok(())
    };
    // Nobody is left to tell.
    drop(tokio::time::timeout(LINGER, rest).await);
}
