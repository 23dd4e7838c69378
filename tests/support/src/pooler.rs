//! A pooler before Postgres that shares sessions as PgBouncer does: a client has one from the first
//! statement of a transaction to its end, the one that was given back last.

mod message;
mod statements;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};

use message::{Message, read, read_startup};
use statements::{Known, Statements};

/// How sessions are shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// By transaction; names of prepared statements are passed through.
    Mixed,
    /// By transaction; what each client prepares is kept apart, as PgBouncer from 1.21 does.
    Apart,
    /// By statement: who begins a transaction is cut off.
    ByStatement,
}

/// The pooler. It ends when dropped.
#[derive(Debug)]
pub struct Pooler {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: tokio::task::JoinHandle<()>,
}

/// What its clients share.
#[derive(Debug)]
struct Shared {
    socket: PathBuf,
    sharing: Sharing,
    idle: Mutex<Vec<Session>>,
    clients: AtomicUsize,
    sessions: AtomicUsize,
}

/// A session of Postgres.
#[derive(Debug)]
struct Session {
    stream: UnixStream,
    /// What it said of itself, which each client is told.
    settings: Vec<Message>,
    known: Known,
}

impl Pooler {
    /// Listens on a free port of 127.0.0.1 and shares sessions on Postgres' socket in this folder.
    pub async fn start(socket_dir: PathBuf, sharing: Sharing) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            socket: socket_dir.join(".s.PGSQL.5432"),
            sharing,
            idle: Mutex::default(),
            clients: AtomicUsize::new(0),
            sessions: AtomicUsize::new(0),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self { address, shared, accepting }
    }

    /// `DATABASE_URL` of a database behind it.
    pub fn url(&self, database: &str, user: &str) -> String {
        let plain = "sslmode=disable&gssencmode=disable";
        format!("postgresql://{user}@{}/{database}?{plain}", self.address)
    }

    /// How many sessions it has made, and for how many clients.
    pub fn sessions_and_clients(&self) -> (usize, usize) {
        let count = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        (count(&self.shared.sessions), count(&self.shared.clients))
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut clients = tokio::task::JoinSet::new();
    loop {
        let Ok((client, _)) = listener.accept().await else { continue };
        while clients.try_join_next().is_some() {}
        drop(client.set_nodelay(true));
        let shared = Arc::clone(&shared);
        clients.spawn(async move { serve(client, &shared).await });
    }
}

/// Serves a client until it leaves, or a session fails under it.
async fn serve(mut client: TcpStream, shared: &Shared) -> io::Result<()> {
    let startup = read_startup(&mut client).await?;
    let session = shared.session(&startup).await?;
    greet(&mut client, &session.settings).await?;
    let mut statements = Statements::new(shared.clients.fetch_add(1, Ordering::Relaxed));
    shared.give_back(session);
    loop {
        let mut next = read(&mut client).await?;
        let mut session = shared.session(&startup).await?;
        loop {
            if next.kind == b'X' {
                shared.give_back(session);
                return Ok(());
            }
            let asks = next.asks();
            let asked = match shared.sharing {
                Sharing::Mixed => vec![next],
                Sharing::Apart => statements.asked(next, &mut session.known),
                Sharing::ByStatement if next.body.starts_with(b"BEGIN") => return Ok(()),
                Sharing::ByStatement => vec![next],
            };
            for message in asked {
                session.stream.write_all(&message.bytes()).await?;
            }
            if asks {
                let ready = answers(&mut session, &mut client).await?;
                if ready.body == b"I" {
                    // Before the client knows.
                    shared.give_back(session);
                    client.write_all(&ready.bytes()).await?;
                    break;
                }
                client.write_all(&ready.bytes()).await?;
            }
            next = read(&mut client).await?;
        }
    }
}

/// Passes on what a session says until it is ready again, which is left to the caller.
async fn answers(session: &mut Session, client: &mut TcpStream) -> io::Result<Message> {
    loop {
        let answer = read(&mut session.stream).await?;
        if session.known.hides(&answer) {
            continue;
        }
        if answer.kind == b'Z' {
            return Ok(answer);
        }
        client.write_all(&answer.bytes()).await?;
    }
}

async fn greet(client: &mut TcpStream, settings: &[Message]) -> io::Result<()> {
    let mut greeting = vec![Message { kind: b'R', body: vec![0; 4] }];
    greeting.extend_from_slice(settings);
    greeting.push(Message { kind: b'K', body: vec![7; 8] });
    greeting.push(Message { kind: b'Z', body: b"I".to_vec() });
    let greeting: Vec<u8> = greeting.iter().flat_map(Message::bytes).collect();
    client.write_all(&greeting).await
}

impl Shared {
    /// The session that was given back last, or a new one.
    async fn session(&self, startup: &[u8]) -> io::Result<Session> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(session) = idle {
            return Ok(session);
        }
        self.sessions.fetch_add(1, Ordering::Relaxed);
        let mut stream = UnixStream::connect(&self.socket).await?;
        stream.write_all(startup).await?;
        let mut settings = Vec::new();
        loop {
            let told = read(&mut stream).await?;
            match told.kind {
                b'S' => settings.push(told),
                b'Z' => return Ok(Session { stream, settings, known: Known::default() }),
                _ => {}
            }
        }
    }

    fn give_back(&self, session: Session) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
    }
}

/// A message is read as a whole.
async fn read_exactly(
    from: &mut (impl AsyncReadExt + Unpin),
    length: usize,
) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes).await?;
    Ok(bytes)
}
