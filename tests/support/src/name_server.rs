//! A name server on 127.0.0.1 (UDP, RFC 1035) that answers A queries as told, and says of
//! everything else that it does not exist. Nothing may be cached: the time to live is 0.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// Length of the header; the question follows it.
const HEADER: usize = 12;
/// Type of an address record.
const A: [u8; 2] = [0, 1];
/// Flags of an answer, and of one that says that there is no such name.
const FOUND: [u8; 2] = [0x81, 0x80];
const NO_SUCH_NAME: [u8; 2] = [0x81, 0x83];

type Names = Arc<Mutex<BTreeMap<String, Vec<Ipv4Addr>>>>;

/// The server; stops when dropped.
#[derive(Debug)]
pub struct NameServer {
    /// For `DNS_SERVERS`.
    pub address: SocketAddr,
    names: Names,
    task: JoinHandle<()>,
}

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
    pub fn set(&self, name: &str, addresses: &[Ipv4Addr]) {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.insert(name.to_owned(), addresses.to_vec());
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(socket: UdpSocket, names: Names) {
    let mut query = [0; 512];
    while let Ok((length, from)) = socket.recv_from(&mut query).await {
        if let Some(answer) = answer(&query[..length], &names) {
            // A resolver that went away asks no more.
            let _ = socket.send_to(&answer, from).await;
        }
    }
}

fn answer(query: &[u8], names: &Names) -> Option<Vec<u8>> {
    let (name, end) = question(query)?;
    let kind = query.get(end..end + 2)?;
    let names = names.lock().unwrap_or_else(PoisonError::into_inner);
    let known = names.get(&name);
    let addresses = known.filter(|_| kind == A).cloned().unwrap_or_default();
    let count = u16::try_from(addresses.len()).ok()?.to_be_bytes();
    let mut answer = query.get(..2)?.to_vec();
    answer.extend(if known.is_some() { FOUND } else { NO_SUCH_NAME });
    answer.extend([[0, 1], count, [0, 0], [0, 0]].concat());
    answer.extend(query.get(HEADER..end + 4)?);
    for address in addresses {
        // The question's name, A, Internet, 0 s, four bytes.
        answer.extend([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]);
        answer.extend(address.octets());
    }
    Some(answer)
}

/// The first name that is asked for, and where its type begins.
fn question(query: &[u8]) -> Option<(String, usize)> {
    let (mut labels, mut at) = (Vec::new(), HEADER);
    loop {
        let length = usize::from(*query.get(at)?);
        let label = query.get(at + 1..at + 1 + length)?;
        at += 1 + length;
        if length == 0 {
            return Some((labels.join("."), at));
        }
        labels.push(String::from_utf8_lossy(label).to_lowercase());
    }
}
