//! One connection through the proxy: two pumps, which end together.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

use super::conversation::{Answers, Conversation, Verdict};
use super::{Mode, Shared};

/// Waits while the link swallows, or as long as it delays.
pub(super) async fn wait_out(shared: &Shared) {
    let mut mode = shared.mode.clone();
    let open = mode.wait_for(|mode| *mode != Mode::BlackHole).await.map(|mode| *mode);
    if let Ok(Mode::Delay(delay)) = open {
        tokio::time::sleep(delay).await;
    }
}

/// Forwards both ways until one side ends, or a commit loses its link.
pub(super) async fn run(client: TcpStream, server: UnixStream, shared: &Shared) {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    // Once set, the next answer is not passed on: the link ends instead.
    let withheld = AtomicBool::new(false);
    tokio::select! {
        _ = questions(from_client, to_server, shared, &withheld) => {}
        _ = answers(from_server, to_client, shared, &withheld) => {}
    }
}

async fn questions(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    shared: &Shared,
    withheld: &AtomicBool,
) -> std::io::Result<()> {
    let mut conversation = Conversation::default();
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = from.read(&mut piece).await?;
        if read == 0 {
            return Ok(());
        }
        wait_out(shared).await;
        let verdict = conversation.heard(&piece[..read], |touches| shared.cut(touches));
        match verdict {
            Verdict::Forward(bytes) => to.write_all(&bytes).await?,
            Verdict::CutBefore => return Ok(()),
            Verdict::CutAfter(bytes) => {
                withheld.store(true, Ordering::Release);
                to.write_all(&bytes).await?;
                std::future::pending().await
            }
        }
    }
}

async fn answers(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    shared: &Shared,
    withheld: &AtomicBool,
) -> std::io::Result<()> {
    let mut answers = Answers::default();
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = from.read(&mut piece).await?;
        if read == 0 {
            return Ok(());
        }
        wait_out(shared).await;
        let whole = answers.heard(&piece[..read]);
        if !withheld.load(Ordering::Acquire) {
            to.write_all(&piece[..read]).await?;
        } else if whole {
            // Postgres is done: what it committed is committed.
            return Ok(());
        }
    }
}
