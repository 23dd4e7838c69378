//! Answers whose head is malformed, endless or too large.

use std::time::Duration;

use domain::outcome::Outcome;

use crate::row::{Expected, Row, Step, delivered, message, unsure, write};

const MIB: usize = 1024 * 1024;

pub fn rows() -> Vec<Row> {
    [malformed(lines()), malformed(headers()), endless(), too_large(), tolerated()]
        .into_iter()
        .flatten()
        .collect()
}

/// Answers that are not HTTP/1.1.
fn malformed(cases: Vec<(&str, Vec<u8>)>) -> Vec<Row> {
    let row = |(name, bytes): (&str, Vec<u8>)| {
        let script = vec![Step::Request, write(bytes), Step::Hang];
        Row::new(name, script, unsure(Outcome::ProtocolError))
    };
    cases.into_iter().map(row).collect()
}

fn lines() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("status abc", b"HTTP/1.1 abc\r\n\r\n".into()),
        ("status 000", message("000 Nothing", &[], b"")),
        ("status 099", message("099 Low", &[], b"")),
        ("status 1000", message("1000 High", &[], b"")),
        ("status -200", message("-200 Negative", &[], b"")),
        ("status of two digits", message("20 Short", &[], b"")),
        ("no status", b"HTTP/1.1\r\n\r\n".into()),
        ("no status line", b"content-length: 0\r\n\r\n".into()),
        ("ANSI escape in the reason", message("200 \u{1b}[2J", &[], b"")),
    ]
}

fn headers() -> Vec<(&'static str, Vec<u8>)> {
    let digits = format!("content-length: {}", "9".repeat(30));
    let ok = |headers: &[&str]| message("200 OK", headers, b"ok");
    let old = b"HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    vec![
        ("two content-lengths", ok(&["content-length: 1", "content-length: 2"])),
        ("content-length list that differs", ok(&["content-length: 1, 2"])),
        ("content-length below zero", ok(&["content-length: -1"])),
        ("content-length in words", ok(&["content-length: many"])),
        ("content-length in hex", ok(&["content-length: 0x2"])),
        ("content-length of 30 digits", ok(&[&digits])),
        ("transfer-encoding in HTTP/1.0", old.into()),
        ("obsolete fold", ok(&["x-a: 1", " 2", "content-length: 0"])),
        ("fold before any header", ok(&[" x: y"])),
        ("space before the colon", ok(&["x-a : 1"])),
        ("header without a colon", ok(&["nonsense"])),
        ("header without a name", ok(&[": value"])),
        ("NUL in a header", ok(&["x-a: \0"])),
        ("NUL in a name", ok(&["x\0a: 1"])),
        ("ANSI escape in a header", ok(&["server: \u{1b}[2J\u{1b}[31mred"])),
        ("bare CR in a header", ok(&["x-a: 1\rx-b: 2"])),
    ]
}

fn after_request(name: &str, rest: Vec<Step>, expected: Expected) -> Row {
    Row::new(name, [vec![Step::Request], rest].concat(), expected)
}

fn start() -> Step {
    write(b"HTTP/1.1 200 OK\r\nx: ")
}

fn endless() -> Vec<Row> {
    let row = |name: &str, rest| after_request(name, rest, unsure(Outcome::ResponseTimeout));
    let ms = Duration::from_millis;
    let line = b"HTTP/1.1 200 OOOOO".to_vec();
    let hints = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".to_vec();
    // At the pace of a fast line. At the pace of loopback it comes over TLS, as in production:
    // without TLS the client parses for as long as it finds something to read.
    let flood = Step::Pour(b"HTTP/1.1 100 Continue\r\n\r\n".repeat(640), ms(1));
    vec![
        row("head byte by byte", vec![start(), Step::Drip(b"a".into(), ms(20))]),
        row("status line byte by byte", vec![Step::Drip(line, ms(250))]),
        row("flood of 100 Continue", vec![flood]),
        row("trickle of 103 Early Hints", vec![Step::Drip(hints, ms(2))]),
    ]
}

/// The limit is near 400 KiB, and the last read may go beyond it: these are far beyond.
fn too_large() -> Vec<Row> {
    let row =
        |name: &str, rest| after_request(name, rest, unsure(Outcome::ResponseHeadersTooLarge));
    let many = |count: usize| write(message("200 OK", &vec!["x: y"; count], b""));
    let wide = format!("x: {}", "y".repeat(20_000));
    let wide = write(message("200 OK", &[&*wide; 100], b""));
    let length = write(message("200 OK", &["content-length: 18446744073709551615"], b""));
    let line = vec![write(b"HTTP/1.1 200 "), write(vec![b'O'; MIB]), Step::Hang];
    vec![
        row("flood of empty lines", vec![Step::Flood(b"\r\n".repeat(1_024))]),
        row("head of 2 MiB", vec![start(), write(vec![b'x'; 2 * MIB]), Step::Hang]),
        row("head without end", vec![start(), Step::Flood(vec![b'x'; 16_384])]),
        row("status line of 1 MiB", line),
        row("150 headers", vec![many(150), Step::Hang]),
        row("101 headers", vec![many(101), Step::Hang]),
        row("100,000 headers", vec![many(100_000), Step::Hang]),
        row("100 headers of 20 kB", vec![wide, Step::Hang]),
        row("content-length of 2^64 - 1", vec![length, Step::Hang]),
    ]
}

fn tolerated() -> Vec<Row> {
    let row = |name: &str, answer: &[u8]| Row::answer(name, answer, delivered(200));
    let ok = |headers: &[&str], body: &[u8]| message("200 OK", headers, body);
    let both = ok(&["content-length: 4", "transfer-encoding: chunked"], b"2\r\nok\r\n0\r\n\r\n");
    let created = message("201 Created", &["content-length: 0"], b"");
    let created = [message("100 Continue", &[], b""), created].concat();
    let wide = format!("x: {}", "y".repeat(4_000));
    let kept = b"HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n";
    let lines = b"\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    let reason = b"HTTP/1.1 200 \xff\xfe\r\ncontent-length: 0\r\n\r\n";
    vec![
        row("100 headers", &ok(&["x: y"; 100], b"ok")),
        row("bare line feeds", b"HTTP/1.1 200 OK\ncontent-length: 2\n\nok"),
        row("empty lines before the answer", lines),
        row("no reason", b"HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n"),
        row("invalid UTF-8 in the reason", reason),
        row("content-length and transfer-encoding", &both).check("the chunks count", |attempt| {
            attempt.response.as_ref().is_some_and(|response| response.body == b"ok")
        }),
        row("content-length twice, alike", &ok(&["content-length: 2"; 2], b"ok")),
        row("HTTP/1.0", b"HTTP/1.0 200 OK\r\n\r\nhello"),
        row("HTTP/1.0 that keeps the connection", kept),
        Row::answer("100 Continue first", created, delivered(201)),
        row("head of 400 kB", &ok(&[&*wide; 95], b"ok")),
    ]
}
