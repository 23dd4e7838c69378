//! Receivers that answer.

use domain::attempt::BODY_KEPT_BYTES;
use domain::outcome::Outcome;
use tokio::io::AsyncWriteExt;

use crate::receiver::{Receiver, read_request};
use crate::sending::post;

async fn answering(answer: &'static [u8]) -> Receiver {
    Receiver::start(move |mut stream| async move {
        read_request(&mut stream).await;
        // The sender may have gone by then; that is its right.
        let _ = stream.write_all(answer).await;
    })
    .await
}

#[tokio::test]
async fn a_status_decides() {
    let cases: [(&[u8], Outcome); 13] = [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", Outcome::Delivered),
        (b"HTTP/1.1 204 No Content\r\n\r\n", Outcome::Delivered),
        (b"HTTP/1.0 200 OK\r\n\r\nhello", Outcome::Delivered),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nshort", Outcome::Delivered),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n", Outcome::Delivered),
        (b"HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n", Outcome::UnexpectedUpgrade),
        (b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/x?y\r\ncontent-length: 0\r\n\r\n", Outcome::RedirectRefused),
        (b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", Outcome::Http4xx),
        (b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n", Outcome::Gone),
        (b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n", Outcome::PayloadTooLarge),
        (b"HTTP/1.1 429 Slow Down\r\ncontent-length: 0\r\n\r\n", Outcome::Throttled),
        (b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n", Outcome::Http5xx),
        (b"HTTP/1.1 999 Whatever\r\ncontent-length: 0\r\n\r\n", Outcome::ProtocolError),
    ];
    for (answer, outcome) in cases {
        let receiver = answering(answer).await;
        let attempt = post(receiver.address).await;
        let said = String::from_utf8_lossy(answer);
        assert_eq!((attempt.outcome, attempt.ambiguous), (outcome, false), "{said}");
        assert_eq!(receiver.connections(), 1, "{said}");
        assert_eq!(attempt.request_bytes_sent, 2);
        assert_eq!(attempt.resolved_address, Some(receiver.address.ip()));
    }
}

#[tokio::test]
async fn what_is_kept_of_an_answer_is_harmless() {
    let receiver = answering(
        b"HTTP/1.1 302 Found\r\nlocation: https://b\xc3\xbccher.example.com/secret?key=1\r\nset-cookie: a=b\r\nserver: nginx\r\ncontent-length: 4\r\n\r\na\0\xff\x1b",
    )
    .await;
    let attempt = post(receiver.address).await;
    let response = attempt.response.expect("an answer");
    let names: Vec<_> = response.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["content-length", "server"]);
    assert_eq!(response.body, b"a\0\xff\x1b");

    let receiver = answering(
        b"HTTP/1.1 307 Moved\r\nlocation: https://new.example.com/secret?key=1\r\ncontent-length: 0\r\n\r\n",
    )
    .await;
    let attempt = post(receiver.address).await;
    assert_eq!(attempt.facts.redirect_host.as_deref(), Some("new.example.com"));
}

#[tokio::test]
async fn retry_after_counts_when_it_comes_once_and_well_formed() {
    let cases: [(&[u8], Option<u32>); 3] = [
        (b"HTTP/1.1 429 Slow Down\r\nretry-after: 120\r\ncontent-length: 0\r\n\r\n", Some(120)),
        (b"HTTP/1.1 429 Slow Down\r\nretry-after: -5\r\ncontent-length: 0\r\n\r\n", None),
        (b"HTTP/1.1 429 Slow Down\r\nretry-after: 1\r\nretry-after: 2\r\ncontent-length: 0\r\n\r\n", None),
    ];
    for (answer, seconds) in cases {
        assert_eq!(post(answering(answer).await.address).await.retry_after_s, seconds);
    }
}

#[tokio::test]
async fn an_endless_body_is_cut_and_the_status_stands() {
    let receiver = Receiver::start(|mut stream| async move {
        read_request(&mut stream).await;
        let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head).await.expect("a reader");
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
        while stream.write_all(chunk.as_bytes()).await.is_ok() {}
    })
    .await;
    let attempt = post(receiver.address).await;
    let response = attempt.response.expect("an answer");
    assert_eq!(attempt.outcome, Outcome::Delivered);
    assert_eq!(response.body.len(), BODY_KEPT_BYTES);
    assert!(response.truncated && response.too_large);
}

#[tokio::test]
async fn a_body_that_never_ends_does_not_hold_the_outcome() {
    let receiver = Receiver::start(|mut stream| async move {
        read_request(&mut stream).await;
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nab";
        stream.write_all(head).await.expect("a reader");
        std::future::pending::<()>().await;
    })
    .await;
    let attempt = post(receiver.address).await;
    let response = attempt.response.expect("an answer");
    assert_eq!(attempt.outcome, Outcome::Delivered);
    assert_eq!((response.body.as_slice(), response.truncated), (&b"ab"[..], true));
}
