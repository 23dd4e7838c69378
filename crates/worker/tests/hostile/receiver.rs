//! The receivers' process: plays the script of each row and counts what it sees. Receivers
//! stream what they send, and end with their parent.

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};

use crate::certificates::Authority;
use crate::child::REPORT;
use crate::process;
use crate::row::{Listen, Row, Step};
use crate::rows;
use crate::wire::{Wire, drip, pour, read_request, write_on};

/// What a receiver has seen.
#[derive(Clone, Default)]
struct Tally(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    connections: usize,
    /// How often each attempt came.
    requests: HashMap<String, usize>,
}

impl Tally {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Listens for all rows, tells where, and reports when asked, until the parent goes.
pub fn serve_all() {
    let panics = process::count_panics();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let authority = Arc::new(Authority::new());
    say(&format!("authority {}", authority.pem().replace('\n', "|")));
    let tallies: Vec<_> = rows::all()
        .into_iter()
        .map(|row| {
            let tally = Tally::default();
            let address = runtime.block_on(listen(row, &authority, tally.clone()));
            say(&format!("row {address}"));
            tally
        })
        .collect();
    say("end");
    for line in std::io::stdin().lock().lines() {
        if line.is_ok_and(|line| line == REPORT) {
            for tally in &tallies {
                let seen = tally.seen();
                let most = seen.requests.values().max().unwrap_or(&0);
                let requests: usize = seen.requests.values().sum();
                say(&format!("seen {} {requests} {most}", seen.connections));
            }
            say(&format!("panics {}", panics.count()));
            say("end");
        }
    }
    runtime.shutdown_background();
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("a parent that listens");
}

async fn listen(row: Row, authority: &Arc<Authority>, tally: Tally) -> SocketAddr {
    if row.listen == Listen::Closed {
        return closed_port();
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let acceptor = match row.listen {
        Listen::Tls(tls) => Some(authority.acceptor(tls)),
        _ => None,
    };
    let mut scripts = row.scripts.into_iter();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tally.seen().connections += 1;
            let (script, tally) = (scripts.next().unwrap_or_default(), tally.clone());
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                match acceptor {
                    None => play(Box::new(stream), script, tally).await,
                    Some(acceptor) => {
                        // A sender that refuses our certificate goes away: as it should.
                        let Ok(stream) = acceptor.accept(stream).await else { return };
                        play(Box::new(stream), script, tally).await;
                    }
                }
            });
        }
    });
    address
}

/// A port that is held, so that nobody else gets it, and not listened at.
fn closed_port() -> SocketAddr {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
    let address = socket.local_addr().expect("an address");
    tokio::spawn(async move {
        std::future::pending::<()>().await;
        drop(socket);
    });
    address
}

/// Plays a script; it ends early when the sender goes, which is its right.
async fn play(mut wire: Box<dyn Wire>, script: Vec<Step>, tally: Tally) {
    for step in script {
        let vanishes = matches!(step, Step::Vanish | Step::Reset);
        if take(step, wire.as_mut(), &tally).await.is_err() || vanishes {
            return;
        }
    }
    let _ = wire.shutdown().await;
}

async fn take(step: Step, wire: &mut dyn Wire, tally: &Tally) -> std::io::Result<()> {
    match step {
        Step::Request | Step::Head => {
            let whole = matches!(step, Step::Request);
            let seen = read_request(wire, whole).await?;
            *tally.seen().requests.entry(seen.attempt).or_default() += 1;
        }
        Step::Write(bytes) => wire.write_all(&bytes).await?,
        Step::Plain(bytes) => {
            wire.tcp().writable().await?;
            wire.tcp().try_write(&bytes)?;
        }
        Step::Drip(bytes, pause) => drip(wire, &bytes, pause).await?,
        Step::Pour(bytes, pause) => pour(wire, &bytes, pause).await?,
        Step::Flood(bytes) => write_on(wire, &bytes).await?,
        Step::Read(bytes) => {
            tokio::io::copy(&mut (&mut *wire).take(bytes), &mut tokio::io::sink()).await?;
        }
        Step::Sip => {
            let mut sip = [0; 1_024];
            while wire.read(&mut sip).await? > 0 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        Step::Drain => {
            tokio::io::copy(wire, &mut tokio::io::sink()).await?;
        }
        Step::Pause(pause) => tokio::time::sleep(pause).await,
        Step::HalfClose => wire.shutdown().await?,
        Step::Hang => std::future::pending().await,
        Step::Reset => wire.tcp().set_zero_linger()?,
        Step::Vanish => {}
    }
    wire.flush().await
}
