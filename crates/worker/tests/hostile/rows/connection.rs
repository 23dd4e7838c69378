//! Receivers that are not there, go too early, or do not speak HTTP/1.1.

use std::time::Duration;

use domain::outcome::Outcome;

use crate::row::{Listen, Row, Step, delivered, either, failed, message, unsure, write};

const SETTINGS: &[u8] = b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64";

pub fn rows() -> Vec<Row> {
    [missing(), broken(), unanswered(), other_protocols(), impatient()]
        .into_iter()
        .flatten()
        .collect()
}

fn missing() -> Vec<Row> {
    vec![
        Row::new("closed port", vec![], failed(Outcome::ConnectRefused)).listen(Listen::Closed),
        Row::new("forbidden address", vec![], failed(Outcome::BlockedAddress))
            .listen(Listen::Forbidden)
            .check("it is not told", |attempt| attempt.resolved_address.is_none()),
    ]
}

fn broken() -> Vec<Row> {
    let gone = [Outcome::ConnectionReset, Outcome::ConnectionClosed];
    vec![
        // Before they have read, whether our bytes left first is a race.
        Row::new("close before the request", vec![], either(&gone)),
        Row::new("reset before the request", vec![Step::Reset], either(&gone)),
        Row::new("close after the head of the request", vec![Step::Head], either(&gone)),
    ]
}

fn unanswered() -> Vec<Row> {
    let row = |name: &str, rest: Vec<Step>, outcome| {
        Row::new(name, [vec![Step::Request], rest].concat(), unsure(outcome))
    };
    let half = || write(b"HTTP/1.1 200 OK\r\ncontent-le");
    let reset = vec![half(), Step::Pause(Duration::from_millis(50)), Step::Reset];
    let farewell = vec![Step::HalfClose, Step::Drain];
    let echo = vec![write(b"POST /hook HTTP/1.1\r\nhost: example.com\r\n\r\n{}"), Step::Hang];
    vec![
        row("empty reply", vec![], Outcome::ConnectionClosed),
        row("reset after the request", vec![Step::Reset], Outcome::ConnectionReset),
        row("close in the head of the answer", vec![half()], Outcome::ConnectionClosed),
        row("reset in the head of the answer", reset, Outcome::ConnectionReset),
        row("half-close instead of an answer", farewell, Outcome::ConnectionClosed),
        row("half a head, then silence", vec![half(), Step::Hang], Outcome::ResponseTimeout),
        row("silence", vec![Step::Hang], Outcome::ResponseTimeout)
            .check("how long it was given", |attempt| attempt.facts.timeout_s == Some(3)),
        row("echo", echo, Outcome::ProtocolError),
    ]
}

fn other_protocols() -> Vec<Row> {
    let cases: [(&str, &[u8]); 9] = [
        ("SSH", b"SSH-2.0-OpenSSH_9.9\r\n"),
        ("SMTP", b"220 mail.example.com ESMTP\r\n"),
        ("HTTP/2 settings", SETTINGS),
        ("TLS on an http port", b"\x15\x03\x01\0\x02\x02\x50"),
        ("HTTP/0.9", b"<html>hello</html>\n"),
        ("ICY", b"ICY 200 OK\r\n\r\n"),
        ("HTTP/2 in words", b"HTTP/2.0 200 OK\r\n\r\n"),
        ("HTTP/1.2", b"HTTP/1.2 200 OK\r\n\r\n"),
        ("lower case", b"http/1.1 200 OK\r\n\r\n"),
    ];
    let row = |(name, bytes): (&str, &[u8])| {
        let script = vec![Step::Request, write(bytes), Step::Hang];
        Row::new(format!("speaks {name}"), script, unsure(Outcome::ProtocolError))
    };
    let spoken_to = cases.into_iter().map(row);
    // Whoever speaks first may be heard before our bytes leave: ambiguous or not is a race.
    let first = [("HTTP/2 settings", SETTINGS), ("SMTP", b"220 mail.example.com ESMTP\r\n")];
    let first = first.into_iter().map(|(name, bytes): (&str, &[u8])| {
        let script = vec![write(bytes), Step::Hang];
        Row::new(format!("greets with {name}"), script, either(&[Outcome::ProtocolError]))
    });
    spoken_to.chain(first).collect()
}

fn impatient() -> Vec<Row> {
    let ok = || write(message("200 OK", &["content-length: 0"], b""));
    let open = write(message("200 OK", &[], b"ok"));
    let half_close = vec![Step::Request, open, Step::HalfClose, Step::Drain];
    vec![
        Row::new("half-close after the answer", half_close, delivered(200)),
        // An answer to no question is refused; one that comes right after ours is an answer.
        Row::new(
            "answer before the request",
            vec![ok(), Step::Hang],
            either(&[Outcome::ProtocolError, Outcome::Delivered]),
        ),
        Row::new(
            "answer before the body is read",
            vec![Step::Head, ok(), Step::Drain],
            delivered(200),
        ),
        Row::new(
            "answer and at once a reset",
            vec![Step::Request, ok(), Step::Pause(Duration::from_millis(50)), Step::Reset],
            delivered(200),
        ),
    ]
}
