//! The receiver does what its script says: the stories believe what it reports.

use std::error::Error;
use std::net::TcpListener;

use support::{Answer, Receiver};

fn receiver() -> Receiver {
    Receiver::on(TcpListener::bind("127.0.0.1:0").expect("a free port"))
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().retry(reqwest::retry::never()).build().expect("a client")
}

async fn post(url: String) -> Result<(u16, String), String> {
    let sent = client().post(url).body("{\"a\":1}").send().await;
    let response = sent.map_err(|error| innermost(&error))?;
    let status = response.status().as_u16();
    Ok((status, response.text().await.map_err(|error| innermost(&error))?))
}

fn innermost(error: &dyn Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_by_script_then_otherwise() {
    let mut receiver = receiver();
    receiver
        .script([Answer::status(500).body("no"), Answer::status(429).header("retry-after", "1")]);
    receiver.otherwise(Answer::status(204).body(""));
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(post(receiver.url()).await.expect("an answer").0);
    }
    assert_eq!(statuses, [500, 429, 204]);
    for delivery in receiver.next_many(3).await {
        assert_eq!(delivery.path, "/hooks/a1b2");
        assert_eq!(delivery.json()["a"], 1);
    }
    receiver.assert_no_more();
}

#[tokio::test(flavor = "multi_thread")]
async fn closes_and_resets() {
    let receiver = receiver();
    receiver.script([Answer::close(), Answer::reset()]);
    let closed = post(receiver.url()).await.expect_err("no answer");
    let reset = post(receiver.url()).await.expect_err("no answer");
    assert!(closed.contains("closed"), "{closed}");
    assert!(reset.contains("reset"), "{reset}");
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_until_released() {
    let mut receiver = receiver();
    receiver.script([Answer::status(201).held()]);
    let sent = tokio::spawn(post(receiver.url()));
    receiver.next().await;
    assert!(!sent.is_finished());
    receiver.release(1);
    assert_eq!(sent.await.expect("no panic").expect("an answer").0, 201);
}
