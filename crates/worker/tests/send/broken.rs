//! Receivers that don't answer, or not in HTTP.

use domain::address::AddressGuard;
use domain::outcome::Outcome;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use crate::receiver::{Receiver, read_request};
use crate::sending::{loopback, now, post, request, sender};

#[tokio::test]
async fn a_closed_port_refuses() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let attempt = post(address).await;
    assert_eq!((attempt.outcome, attempt.ambiguous), (Outcome::ConnectRefused, false));
    assert_eq!((attempt.request_bytes_sent, attempt.response), (0, None));
}

#[tokio::test]
async fn a_forbidden_address_is_not_even_connected_to() {
    let receiver = Receiver::start(|_| async {}).await;
    let request = request(&format!("http://{}/hook", receiver.address), "{}");
    let attempt =
        sender(AddressGuard::default(), None).send(Uuid::nil().into(), request, now()).await;
    assert_eq!((attempt.outcome, attempt.resolved_address), (Outcome::BlockedAddress, None));
    assert_eq!(receiver.connections(), 0);
}

#[tokio::test]
async fn a_close_after_the_request_is_ambiguous() {
    let receiver = Receiver::start(|mut stream| async move {
        read_request(&mut stream).await;
    })
    .await;
    let attempt = post(receiver.address).await;
    assert_eq!((attempt.outcome, attempt.ambiguous), (Outcome::ConnectionClosed, true));
    assert_eq!(receiver.connections(), 1, "no request by itself after that");
}

#[tokio::test]
async fn a_reset_after_the_request_is_ambiguous() {
    let receiver = Receiver::start(|mut stream: TcpStream| async move {
        read_request(&mut stream).await;
        stream.set_zero_linger().expect("a socket option");
    })
    .await;
    let attempt = post(receiver.address).await;
    assert_eq!((attempt.outcome, attempt.ambiguous), (Outcome::ConnectionReset, true));
    assert_eq!(receiver.connections(), 1);
}

#[tokio::test]
async fn silence_after_the_request_is_a_response_timeout() {
    let receiver = Receiver::start(|mut stream| async move {
        read_request(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    let attempt = post(receiver.address).await;
    assert_eq!((attempt.outcome, attempt.ambiguous), (Outcome::ResponseTimeout, true));
    assert_eq!(attempt.facts.timeout_s, Some(1));
}

#[tokio::test]
async fn a_receiver_that_never_reads_is_told_from_one_that_never_answers() {
    let receiver = Receiver::start(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let request =
        request(&format!("http://{}/hook", receiver.address), vec![b'x'; 16 * 1024 * 1024]);
    // 16 MiB prolong the deadline by 16 s: a sender of its own keeps the test short.
    let sending = sender(loopback(), None);
    let attempt = tokio::time::timeout(
        std::time::Duration::from_secs(60),
        sending.send(Uuid::nil().into(), request, now()),
    );
    let attempt = attempt.await.expect("a deadline of its own");
    assert_eq!((attempt.outcome, attempt.ambiguous), (Outcome::RequestSendTimeout, false));
    assert!(attempt.request_bytes_sent < 16 * 1024 * 1024);
}

#[tokio::test]
async fn what_is_not_http_is_a_protocol_error() {
    let cases: [(Vec<u8>, Outcome); 5] = [
        (b"SSH-2.0-OpenSSH_9.9\r\n".to_vec(), Outcome::ProtocolError),
        (b"HTTP/1.1 abc\r\n\r\n".to_vec(), Outcome::ProtocolError),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n".to_vec(),
            Outcome::ProtocolError,
        ),
        (
            [b"HTTP/1.1 200 OK\r\nx: ".to_vec(), vec![b'x'; 2 * 1024 * 1024]].concat(),
            Outcome::ResponseHeadersTooLarge,
        ),
        (
            [b"HTTP/1.1 200 OK\r\n".to_vec(), b"x: y\r\n".repeat(150), b"\r\n".to_vec()].concat(),
            Outcome::ResponseHeadersTooLarge,
        ),
    ];
    for (answer, outcome) in cases {
        let start = String::from_utf8_lossy(&answer[..answer.len().min(40)]).into_owned();
        let receiver = Receiver::start(move |mut stream| {
            let answer = answer.clone();
            async move {
                read_request(&mut stream).await;
                let _ = stream.write_all(&answer).await;
                std::future::pending::<()>().await;
            }
        })
        .await;
        let attempt = post(receiver.address).await;
        assert_eq!((attempt.outcome, attempt.ambiguous), (outcome, true), "{start}");
        assert_eq!(receiver.connections(), 1, "{start}");
    }
}
