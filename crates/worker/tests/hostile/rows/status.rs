//! Final statuses, odd ones too.

use domain::outcome::Outcome;

use crate::row::{Expected, Row, Step, answered, delivered, message, write};

pub fn rows() -> Vec<Row> {
    let cases = [
        (200, Outcome::Delivered),
        (204, Outcome::Delivered),
        (299, Outcome::Delivered),
        (300, Outcome::RedirectRefused),
        (304, Outcome::RedirectRefused),
        (400, Outcome::Http4xx),
        (401, Outcome::Http4xx),
        (404, Outcome::Http4xx),
        (407, Outcome::Http4xx),
        (408, Outcome::Http4xx),
        (410, Outcome::Gone),
        (413, Outcome::PayloadTooLarge),
        (421, Outcome::Http4xx),
        (425, Outcome::Http4xx),
        (429, Outcome::Throttled),
        (499, Outcome::Http4xx),
        (500, Outcome::Http5xx),
        (503, Outcome::Http5xx),
        (599, Outcome::Http5xx),
        (600, Outcome::ProtocolError),
        (999, Outcome::ProtocolError),
    ];
    let row = |(status, outcome): (u16, Outcome)| {
        let answer = message(&format!("{status} Whatever"), &["content-length: 0"], b"");
        Row::answer(format!("status {status}"), answer, answered(outcome, status))
            .check("the body left whole", |attempt| attempt.request_bytes_sent == 2)
            .check("the address is told", |attempt| attempt.resolved_address.is_some())
    };
    // What is behind a gateway that gave up waiting may still act.
    let gateway = [504, 524].map(|status| {
        let answer = message(&format!("{status} Timeout"), &["content-length: 0"], b"");
        let expected = Expected { ambiguous: Some(true), ..answered(Outcome::Http5xx, status) };
        Row::answer(format!("status {status}"), answer, expected)
    });
    cases.into_iter().map(row).chain(gateway).chain(odd()).collect()
}

fn odd() -> Vec<Row> {
    let upgrade = ["upgrade: h2c", "connection: upgrade"];
    let switching = || message("101 Switching Protocols", &upgrade, b"");
    let flooding = vec![Step::Request, write(switching()), Step::Flood(b"\0\0\0\x04".repeat(512))];
    let no_body = |attempt: &domain::attempt::Attempt| {
        attempt.response.as_ref().is_some_and(|response| response.body.is_empty())
    };
    let upgraded = || answered(Outcome::UnexpectedUpgrade, 101);
    vec![
        Row::new("101", vec![Step::Request, write(switching()), Step::Hang], upgraded()),
        Row::new("101, then a flood", flooding, upgraded()),
        Row::answer(
            "101 without an upgrade",
            message("101 Sure", &[], b"HTTP/1.1 200 OK\r\n\r\n"),
            upgraded(),
        )
        .check("what follows is no body", no_body),
        Row::answer(
            "204 with a body",
            message("204 No Content", &["content-length: 5"], b"hello"),
            delivered(204),
        )
        .check("what follows is no body", no_body),
        Row::answer(
            "205 with a body",
            message("205 Reset", &["content-length: 5"], b"hello"),
            delivered(205),
        ),
        Row::answer(
            "304 with a body",
            message("304 Not Modified", &["content-length: 5"], b"hello"),
            answered(Outcome::RedirectRefused, 304),
        )
        .check("what follows is no body", no_body),
    ]
}
