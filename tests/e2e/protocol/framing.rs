//! Bodies in chunks that are none, and wishes for another protocol.

use super::{Raw, assert_problem, to_the_end};
use crate::world;

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_the_rules_is_told() {
    let world = world().workers(0).start().await;
    let token = world.northwind.admin.token().expect("a token");
    let targets = [("/v1/webhooks", "application/json"), ("/v1/import", "application/x-ndjson")];
    let bodies = [
        "zz\r\n{}\r\n0\r\n\r\n",
        "0x2\r\n{}\r\n0\r\n\r\n",
        "-2\r\n{}\r\n0\r\n\r\n",
        "ffffffffffffffffff\r\n{}",
        "2\n{}\r\n0\r\n\r\n",
        "2\r\n{}}\r\n0\r\n\r\n",
        "2\r\n{}\r\nzz\r\n",
    ];
    for (path, type_) in targets {
        for body in bodies {
            let head = format!(
                "POST {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\
                 Content-Type: {type_}\r\nTransfer-Encoding: chunked\r\n\r\n"
            );
            let answer = to_the_end(&world, format!("{head}{body}")).await;
            assert_problem(&answer, 400, "unparsable");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_for_another_protocol_is_ignored() {
    let world = world().workers(0).start().await;
    let h2c = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n";
    let socket = "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n";
    let mut raw = Raw::open(&world).await;
    for (method, path, wish, status) in [
        ("GET", "/healthz", h2c, 200),
        ("GET", "/healthz", socket, 200),
        ("POST", "/v1/webhooks", socket, 401),
        ("POST", "/v1/me", h2c, 405),
        ("GET", "/healthz", "", 200),
    ] {
        raw.send(format!("{method} {path} HTTP/1.1\r\nHost: a\r\n{wish}\r\n")).await;
        let answer = raw.answer().await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{path} {wish}: {answer}");
        assert!(!answer.to_lowercase().contains("\r\nconnection: "), "{answer}");
    }
}
