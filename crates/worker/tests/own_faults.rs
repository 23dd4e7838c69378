//! What fails on our side is said to be ours: nothing was sent, and as soon as it is mended the next
//! try goes out. One test, since it takes away the file descriptors of its whole process.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use chrono::DateTime;
use domain::address::{AddressGuard, parse_net};
use domain::attempt::{Attempt, OwnFault};
use domain::outcome::Outcome;
use domain::webhook_url::{AllowPorts, UrlRules};
use http::HeaderMap;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use uuid::Uuid;
use worker::{Clients, Resolver, Sender, Signed};

const PATIENCE: Duration = Duration::from_secs(20);

/// How long is waited for a name server that is not there.
const BUDGET: Duration = Duration::from_secs(1);

fn loopback() -> AddressGuard {
    AddressGuard { allow: vec![parse_net("127.0.0.0/8").expect("a network")], deny: vec![] }
}

fn sender(name_servers: &Path) -> Sender {
    let clients = Clients::new(None, PATIENCE, PATIENCE).expect("clients");
    Sender::new(clients, Resolver::of_file(name_servers, loopback(), BUDGET), PATIENCE)
}

async fn send(sender: &Sender, host: &str) -> Attempt {
    let rules = UrlRules { allow_http: true, allow_ports: AllowPorts::Any, guard: loopback() };
    let url = rules.check(&format!("http://{host}/hook")).expect("a URL");
    let signed = Signed {
        organisation: Uuid::from_u128(1).into(),
        url,
        headers: HeaderMap::new(),
        body: Bytes::from_static(b"{}"),
        signed_at: DateTime::UNIX_EPOCH,
    };
    sender.send(signed).await
}

fn assert_ours(attempt: &Attempt, fault: OwnFault, what: &str) {
    let told = (attempt.outcome, attempt.facts.own_fault);
    assert_eq!(told, (Outcome::InternalError, Some(fault)), "{what}");
    assert!(!attempt.ambiguous && attempt.request_bytes_sent == 0, "{what}: {attempt:?}");
}

/// A port at which nobody listens.
fn closed() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address")
}

#[tokio::test]
async fn what_fails_on_our_side_is_ours_and_passes() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("resolv.conf");
    name_servers(&file).await;
    std::fs::write(&file, "nameserver 127.0.0.1\n").expect("room for a line");
    descriptors(&file).await;
}

/// A worker starts without a configuration, says whose fault that is, and takes each that comes.
async fn name_servers(file: &Path) {
    let sender = sender(file);
    assert_ours(&send(&sender, "hooks.acme.com").await, OwnFault::NameServers, "no file");
    let mended = "# mended\nsearch acme.com\nnameserver 127.0.0.1\noptions ndots:5\n";
    let broken = ["", "\n# nobody\n", "search acme.com\n", "nameserver nonsense\n", "\0\u{7f}"];
    for text in broken {
        std::fs::write(file, text).expect("room for a line");
        assert_ours(&send(&sender, "hooks.acme.com").await, OwnFault::NameServers, text);
        std::fs::write(file, mended).expect("room for a few lines");
        // There is no name server, or one that knows no such name: that is not ours any more.
        let attempt = send(&sender, "hooks.acme.com").await;
        assert_eq!(attempt.facts.own_fault, None, "after {text:?}: {attempt:?}");
        assert_ne!(attempt.outcome, Outcome::InternalError, "after {text:?}");
    }
    std::fs::remove_file(file).expect("it is there");
    assert_ours(&send(&sender, "hooks.acme.com").await, OwnFault::NameServers, "removed");
    let literal = send(&sender, &closed().to_string()).await;
    assert_eq!(literal.outcome, Outcome::ConnectRefused, "an address needs no name server");
}

/// Without descriptors nothing is connected to, looked up or read.
async fn descriptors(file: &Path) {
    let (sender, fresh, address) = (sender(file), sender(Path::new("/nowhere")), closed());
    let limit = getrlimit(Resource::Nofile);
    let set = |current| {
        let limit = Rlimit { current, maximum: limit.maximum };
        setrlimit(Resource::Nofile, limit).expect("a lower limit is allowed");
    };
    set(Some(1));
    let connecting = send(&sender, &address.to_string()).await;
    let looking_up = send(&sender, "hooks.acme.com").await;
    let reading = send(&fresh, "hooks.acme.com").await;
    set(limit.current);
    assert_ours(&connecting, OwnFault::Descriptors, "connecting");
    assert_ours(&looking_up, OwnFault::Descriptors, "looking up");
    assert_ours(&reading, OwnFault::Descriptors, "reading the configuration");
    let again = send(&sender, &address.to_string()).await;
    assert_eq!(again.outcome, Outcome::ConnectRefused);
}
