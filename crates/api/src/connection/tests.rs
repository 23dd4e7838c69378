//! Deadlines of a connection, with the framework's part played here.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// Nobody waits long; a test that expects no deadline takes [`NEVER`].
const SOON: Duration = Duration::from_millis(20);
const NEVER: Duration = Duration::from_hours(1);

async fn pair(head: Duration, idle: Duration) -> (Connection, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let client = TcpStream::connect(address).await.expect("a connection");
    let (socket, _) = listener.accept().await.expect("accepted");
    (Connection::new(socket, Patience { head, idle, taking: SOON }), client)
}

/// What the framework is given until the connection ends for it.
async fn rest(connection: &mut Connection) -> String {
    let mut seen = Vec::new();
    let read = connection.read_to_end(&mut seen);
    tokio::time::timeout(Duration::from_mins(1), read).await.expect("it ends").expect("readable");
    String::from_utf8(seen).expect("text")
}

/// What the client is told at the end.
async fn told(mut connection: Connection, mut client: TcpStream) -> String {
    connection.shutdown().await.expect("it ends");
    drop(connection);
    let mut told = String::new();
    client.read_to_string(&mut told).await.expect("the end");
    told
}

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const POST: &str = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Reads a whole head, as the framework does.
async fn read_head(connection: &mut Connection, head: &str) {
    let mut seen = vec![0; head.len()];
    connection.read_exact(&mut seen).await.expect("a head");
    assert_eq!(String::from_utf8_lossy(&seen), head);
}

#[tokio::test]
async fn no_part_of_an_answer_waits_for_the_one_before() {
    let (connection, _client) = pair(NEVER, NEVER).await;
    let socket = connection.socket.as_ref().expect("a socket");
    assert!(socket.nodelay().expect("an option"));
}

#[tokio::test]
async fn each_head_has_a_deadline() {
    for first in [false, true] {
        for (begun, status) in [("G", "408 "), ("GET / HTTP/1.1\r\n", "408 "), ("\r\n", "")] {
            let (mut connection, mut client) = pair(SOON, NEVER).await;
            if first {
                client.write_all(GET.as_bytes()).await.expect("sent");
                read_head(&mut connection, GET).await;
                drop(connection.body().begin(false));
            }
            client.write_all(begun.as_bytes()).await.expect("sent");
            assert_eq!(rest(&mut connection).await, "", "{begun:?}: nothing that is no head");
            let told = told(connection, client).await;
            let told = told.strip_prefix("HTTP/1.1 ").unwrap_or(&told);
            assert!(told.starts_with(status), "{begun:?} {first}: {told}");
            assert_eq!(told.is_empty(), status.is_empty(), "{begun:?} {first}: {told}");
        }
    }
}

#[tokio::test]
async fn who_asked_for_nothing_is_told_nothing() {
    let (mut connection, client) = pair(SOON, NEVER).await;
    assert_eq!(rest(&mut connection).await, "");
    assert_eq!(told(connection, client).await, "", "a fresh connection");
    let (mut connection, mut client) = pair(NEVER, SOON).await;
    client.write_all(GET.as_bytes()).await.expect("sent");
    read_head(&mut connection, GET).await;
    drop(connection.body().begin(false));
    assert_eq!(rest(&mut connection).await, "");
    assert_eq!(told(connection, client).await, "", "one that was answered");
}

#[tokio::test]
async fn a_body_that_goes_on_after_its_answer_has_a_deadline() {
    for more in ["", "2\r\n", "0\r\nX: 1\r\n"] {
        let (mut connection, mut client) = pair(SOON, NEVER).await;
        client.write_all(format!("{POST}{more}").as_bytes()).await.expect("sent");
        read_head(&mut connection, POST).await;
        drop(connection.body().begin(false));
        assert_eq!(rest(&mut connection).await, more);
        assert_eq!(told(connection, client).await, "", "it was answered");
    }
}

#[tokio::test]
async fn a_request_under_way_is_waited_for_and_its_end_wakes_the_connection() {
    let (mut connection, mut client) = pair(SOON, SOON).await;
    client.write_all(POST.as_bytes()).await.expect("sent");
    read_head(&mut connection, POST).await;
    let request = connection.body().begin(false);
    assert_eq!(connection.deadline(), None, "its handler has one");
    drop(request);
    let flushed = std::future::poll_fn(|context| Pin::new(&mut connection).poll_flush(context));
    flushed.await.expect("flushed");
    assert!(connection.sending.is_some(), "a timer runs although nobody reads");
}

#[tokio::test]
async fn who_waits_for_the_client_to_leave_is_told() {
    for before in [true, false] {
        let (mut connection, mut client) = pair(NEVER, NEVER).await;
        client.write_all(GET.as_bytes()).await.expect("sent");
        read_head(&mut connection, GET).await;
        let body = connection.body();
        let _request = body.begin(false);
        if before {
            drop(client);
            assert_eq!(rest(&mut connection).await, "");
            body.left().await;
        } else {
            let leaves = async {
                drop(client);
                rest(&mut connection).await
            };
            let ((), left) = tokio::join!(body.left(), leaves);
            assert_eq!(left, "");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_none_breaks_off() {
    let (mut connection, mut client) = pair(NEVER, NEVER).await;
    client.write_all(format!("{POST}zz\r\n").as_bytes()).await.expect("sent");
    assert_eq!(rest(&mut connection).await, POST);
}

#[tokio::test]
async fn a_body_that_nobody_wants_is_taken_up_to_a_limit() {
    let (mut connection, client) = pair(NEVER, NEVER).await;
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000000\r\n\r\n";
    let (_reads, mut writes) = client.into_split();
    let sending = tokio::spawn(async move {
        writes.write_all(head.as_bytes()).await?;
        loop {
            writes.write_all(&[b'a'; 64 * 1024]).await?;
        }
        #[expect(unreachable_code, reason = "it ends with the connection")]
        io::Result::Ok(())
    });
    read_head(&mut connection, head).await;
    drop(connection.body().begin(false));
    let taken = rest(&mut connection).await.len();
    assert!((WASTED / 2..2 * WASTED).contains(&taken), "{taken}");
    drop(connection);
    assert!(sending.await.expect("it ran").is_err(), "the connection ended");
}

#[tokio::test]
async fn who_takes_nothing_of_an_answer_is_given_up() {
    let (mut connection, _client) = pair(NEVER, NEVER).await;
    let answer = [b'a'; 64 * 1024];
    let error = loop {
        match connection.write(&answer).await {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
}
