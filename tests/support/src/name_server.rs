//! A name server on 127.0.0.1 (UDP, RFC 1035) that answers A and AAAA queries as told, behind an
//! alias or differently each time, and says of everything else that it does not exist. Nothing
//! may be cached: the time to live is 0.

mod wire;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

use wire::{Question, Record};

/// The server; stops when dropped.
#[derive(Debug)]
pub struct NameServer {
    /// For `DNS_SERVERS`.
    pub address: SocketAddr,
    names: Names,
    task: JoinHandle<()>,
}

/// How much an answer about an alias says.
#[derive(Debug, Clone, Copy)]
pub enum Chain {
    /// The alias and the addresses it leads to, as recursive servers answer.
    Whole,
    /// The alias only: who asks must ask on.
    First,
}

#[derive(Debug)]
enum Entry {
    /// Answer by answer; the last one stays.
    Turns { turns: Vec<Vec<IpAddr>>, asked: BTreeMap<u16, usize> },
    /// Another name.
    Alias { target: String, chain: Chain },
}

#[derive(Debug, Clone, Default)]
struct Names(Arc<Mutex<BTreeMap<String, Entry>>>);

impl NameServer {
    /// Starts one that knows no name.
    pub async fn start() -> Self {
        let socket = UdpSocket::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = socket.local_addr().expect("a bound socket has an address");
        let names = Names::default();
        let task = tokio::spawn(serve(socket, names.clone()));
        Self { address, names, task }
    }

    /// From now on this name has these addresses.
    pub fn set<A: Into<IpAddr> + Copy>(&self, name: &str, addresses: &[A]) {
        self.set_turns(name, [addresses.iter().copied().map(Into::into).collect()]);
    }

    /// From now on this name has one set of addresses after the other, a new one with each
    /// question of a kind (A, AAAA); the last one stays.
    pub fn set_turns(&self, name: &str, turns: impl IntoIterator<Item = Vec<IpAddr>>) {
        let turns = turns.into_iter().collect();
        self.names.insert(name, Entry::Turns { turns, asked: BTreeMap::new() });
    }

    /// From now on this name is an alias (CNAME) of another one.
    pub fn alias(&self, name: &str, target: &str, chain: Chain) {
        self.names.insert(name, Entry::Alias { target: target.to_owned(), chain });
    }

    /// How often somebody asked for the IPv4 addresses of a name.
    pub fn asked(&self, name: &str) -> usize {
        match self.names.lock().get(name) {
            Some(Entry::Turns { asked, .. }) => asked.get(&wire::A).copied().unwrap_or(0),
            Some(Entry::Alias { .. }) | None => 0,
        }
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Names {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn insert(&self, name: &str, entry: Entry) {
        self.lock().insert(name.to_lowercase(), entry);
    }

    /// The records for a question; none where the name does not exist.
    fn records(&self, name: &str, kind: u16) -> Option<Vec<Record>> {
        let mut names = self.lock();
        let (target, chain) = match names.get_mut(name)? {
            Entry::Turns { turns, asked } => {
                let asked = asked.entry(kind).or_default();
                let addresses = turns.get(*asked).or(turns.last()).cloned().unwrap_or_default();
                *asked += 1;
                return Some(wire::addresses(name, kind, addresses));
            }
            Entry::Alias { target, chain } => (target.clone(), *chain),
        };
        drop(names);
        let mut records = vec![Record::alias(name, &target)];
        if let Chain::Whole = chain {
            records.extend(self.records(&target, kind).unwrap_or_default());
        }
        Some(records)
    }
}

async fn serve(socket: UdpSocket, names: Names) {
    let mut query = [0; 512];
    while let Ok((length, from)) = socket.recv_from(&mut query).await {
        let Some(question) = Question::read(&query[..length]) else { continue };
        let records = names.records(&question.name, question.kind);
        // A resolver that went away asks no more.
        let _ = socket.send_to(&question.answer(records), from).await;
    }
}
