//! A TCP proxy before Postgres that does what networks do: it passes, is down, swallows, delays,
//! or drops the link at a COMMIT, before it arrives or before its answer does.

mod conversation;
mod link;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

/// What the link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Passes everything.
    Pass,
    /// Every connection is dropped, and new ones at once.
    Down,
    /// Connections stay, nothing moves, new ones are never answered. The kernel still
    /// acknowledges: no timeout of TCP ends it.
    BlackHole,
    /// Each piece of data comes so much later.
    Delay(Duration),
}

/// Which commits lose their link.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    /// Text of a statement that the transaction must contain.
    pub touching: &'static str,
    /// Whether the commit reaches Postgres, so that only its answer is lost.
    pub arrives: bool,
}

#[derive(Debug, Default)]
struct Cuts {
    armed: Option<Cut>,
    left: usize,
    done: usize,
}

/// What its connections share.
#[derive(Debug)]
struct Shared {
    mode: watch::Receiver<Mode>,
    cuts: Mutex<Cuts>,
}

impl Shared {
    /// Whether this transaction, about to be committed, loses its link.
    fn cut(&self, touches: impl Fn(&str) -> bool) -> Option<Cut> {
        let mut cuts = self.cuts.lock().unwrap_or_else(PoisonError::into_inner);
        let cut = cuts.armed.filter(|cut| cuts.left > 0 && touches(cut.touching))?;
        cuts.left -= 1;
        cuts.done += 1;
        Some(cut)
    }
}

/// The proxy. It ends when dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    shared: Arc<Shared>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free port of 127.0.0.1 and forwards to Postgres' socket in this folder.
    pub async fn start(socket_dir: PathBuf) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (mode, watched) = watch::channel(Mode::Pass);
        let shared = Arc::new(Shared { mode: watched, cuts: Mutex::default() });
        let socket = socket_dir.join(".s.PGSQL.5432");
        let accepting = tokio::spawn(accept(listener, socket, Arc::clone(&shared)));
        Self { address, mode, shared, accepting }
    }

    /// `DATABASE_URL` of a database behind it.
    pub fn url(&self, database: &str, user: &str) -> String {
        let plain = "sslmode=disable&gssencmode=disable";
        format!("postgresql://{user}@{}/{database}?{plain}", self.address)
    }

    /// Changes what it does, from now on, to every connection.
    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    /// Drops every connection once.
    pub async fn cut_all(&self) {
        self.set(Mode::Down);
        // The connections look at the mode when they are woken, which this lets happen.
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.set(Mode::Pass);
    }

    /// Drops the link at the next `times` commits of this kind.
    pub fn cut_commits(&self, cut: Cut, times: usize) {
        let mut cuts = self.shared.cuts.lock().unwrap_or_else(PoisonError::into_inner);
        (cuts.armed, cuts.left) = (Some(cut), times);
    }

    /// How many commits lost their link so far.
    pub fn commits_cut(&self) -> usize {
        self.shared.cuts.lock().unwrap_or_else(PoisonError::into_inner).done
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, socket: PathBuf, shared: Arc<Shared>) {
    let mut links = tokio::task::JoinSet::new();
    loop {
        let Ok((client, _)) = listener.accept().await else { continue };
        while links.try_join_next().is_some() {}
        links.spawn(forward(client, socket.clone(), Arc::clone(&shared)));
    }
}

async fn forward(client: TcpStream, socket: PathBuf, shared: Arc<Shared>) {
    let mut mode = shared.mode.clone();
    let link = async {
        link::wait_out(&shared).await;
        let Ok(server) = UnixStream::connect(&socket).await else { return };
        // Small messages both ways: waiting for more would only be slow.
        drop(client.set_nodelay(true));
        link::run(client, server, &shared).await;
    };
    tokio::select! {
        () = link => {}
        _ = mode.wait_for(|mode| *mode == Mode::Down) => {}
    }
}
