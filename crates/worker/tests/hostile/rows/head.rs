//! Answers whose head is malformed, endless or too large.

use std::time::Duration;

use domain::outcome::Outcome;

use crate::row::{Row, Step, delivered, message, unsure, write};

const MIB: usize = 1024 * 1024;

pub fn rows() -> Vec<Row> {
    [malformed(), endless(), tolerated()].into_iter().flatten().collect()
}

fn malformed() -> Vec<Row> {
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("status abc", b"HTTP/1.1 abc\r\n\r\n".into()),
        ("status 000", message("000 Nothing", &[], b"")),
        ("status 099", message("099 Low", &[], b"")),
        ("status 1000", message("1000 High", &[], b"")),
        ("status -200", message("-200 Negative", &[], b"")),
        ("status of two digits", message("20 Short", &[], b"")),
        ("no status", b"HTTP/1.1\r\n\r\n".into()),
        ("no status line", b"content-length: 0\r\n\r\n".into()),
        (
            "two content-lengths",
            message("200 OK", &["content-length: 1", "content-length: 2"], b"ab"),
        ),
        ("content-length list that differs", message("200 OK", &["content-length: 1, 2"], b"ab")),
        ("content-length below zero", message("200 OK", &["content-length: -1"], b"")),
        ("content-length in words", message("200 OK", &["content-length: many"], b"")),
        ("content-length in hex", message("200 OK", &["content-length: 0x2"], b"ok")),
        (
            "transfer-encoding in HTTP/1.0",
            b"HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n".into(),
        ),
        ("obsolete fold", message("200 OK", &["x-a: 1", " 2", "content-length: 0"], b"")),
        ("fold before any header", message("200 OK", &[" x: y"], b"")),
        ("space before the colon", message("200 OK", &["x-a : 1"], b"")),
        ("header without a colon", message("200 OK", &["nonsense"], b"")),
        ("header without a name", message("200 OK", &[": value"], b"")),
        ("NUL in a header", message("200 OK", &["x-a: \0"], b"")),
        ("NUL in a name", message("200 OK", &["x\0a: 1"], b"")),
        ("ANSI escape in a header", message("200 OK", &["server: \u{1b}[2J\u{1b}[31mred"], b"")),
        ("ANSI escape in the reason", message("200 \u{1b}[2J", &[], b"")),
        ("bare CR in a header", message("200 OK", &["x-a: 1\rx-b: 2"], b"")),
    ];
    let row = |(name, bytes): (&str, Vec<u8>)| {
        Row::new(
            name,
            vec![Step::Request, write(bytes), Step::Hang],
            unsure(Outcome::ProtocolError),
        )
    };
    cases.into_iter().map(row).collect()
}

fn endless() -> Vec<Row> {
    let start = || write(b"HTTP/1.1 200 OK\r\nx: ");
    let slow = Duration::from_millis(20);
    let row = |name: &str, rest: Vec<Step>, outcome| {
        Row::new(name, [vec![Step::Request], rest].concat(), unsure(outcome))
    };
    let many =
        |count: usize| [&b"HTTP/1.1 200 OK\r\n"[..], &b"x: y\r\n".repeat(count), b"\r\n"].concat();
    let large = Outcome::ResponseHeadersTooLarge;
    vec![
        row(
            "head byte by byte",
            vec![start(), Step::Drip(b"a".into(), slow)],
            Outcome::ResponseTimeout,
        ),
        row(
            "status line byte by byte",
            vec![Step::Drip(b"HTTP/1.1 200 OOOOO".into(), Duration::from_millis(250))],
            Outcome::ResponseTimeout,
        ),
        // At the pace of a fast line. At the pace of loopback it comes over TLS, as in
        // production: without TLS the client parses for as long as it finds something to read.
        row(
            "flood of 100 Continue",
            vec![Step::Pour(
                b"HTTP/1.1 100 Continue\r\n\r\n".repeat(640),
                Duration::from_millis(1),
            )],
            Outcome::ResponseTimeout,
        ),
        row(
            "trickle of 103 Early Hints",
            vec![Step::Drip(
                b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".into(),
                Duration::from_millis(2),
            )],
            Outcome::ResponseTimeout,
        ),
        row("flood of empty lines", vec![Step::Flood(b"\r\n".repeat(1_024))], large),
        row("head of 2 MiB", vec![start(), write(vec![b'x'; 2 * MIB]), Step::Hang], large),
        row("head without end", vec![start(), Step::Flood(vec![b'x'; 16_384])], large),
        row(
            "status line of 1 MiB",
            vec![write(b"HTTP/1.1 200 "), write(vec![b'O'; MIB]), Step::Hang],
            large,
        ),
        row("150 headers", vec![write(many(150)), Step::Hang], large),
        row("101 headers", vec![write(many(101)), Step::Hang], large),
        row("100,000 headers", vec![Step::Write(many(100_000)), Step::Hang], large),
        row(
            "100 headers of 5 kB",
            vec![
                write(message("200 OK", &[&*format!("x: {}", "y".repeat(5_000)); 100], b"")),
                Step::Hang,
            ],
            large,
        ),
        row(
            "content-length of 2^64 - 1",
            vec![
                write(message("200 OK", &["content-length: 18446744073709551615"], b"")),
                Step::Hang,
            ],
            large,
        ),
        row(
            "content-length of 30 digits",
            vec![
                write(message("200 OK", &[&*format!("content-length: {}", "9".repeat(30))], b"")),
                Step::Hang,
            ],
            Outcome::ProtocolError,
        ),
    ]
}

fn tolerated() -> Vec<Row> {
    let both = ["content-length: 4", "transfer-encoding: chunked"];
    let many = |count: usize| vec!["x: y"; count];
    vec![
        Row::answer("100 headers", message("200 OK", &many(100), b"ok"), delivered(200)),
        Row::answer("bare line feeds", b"HTTP/1.1 200 OK\ncontent-length: 2\n\nok", delivered(200)),
        Row::answer(
            "empty lines before the answer",
            b"\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            delivered(200),
        ),
        Row::answer("no reason", b"HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n", delivered(200)),
        Row::answer(
            "invalid UTF-8 in the reason",
            b"HTTP/1.1 200 \xff\xfe\r\ncontent-length: 0\r\n\r\n",
            delivered(200),
        ),
        Row::answer(
            "content-length and transfer-encoding",
            message("200 OK", &both, b"2\r\nok\r\n0\r\n\r\n"),
            delivered(200),
        )
        .check("the chunks count", |attempt| {
            attempt.response.as_ref().is_some_and(|response| response.body == b"ok")
        }),
        Row::answer(
            "content-length twice, alike",
            message("200 OK", &["content-length: 2"; 2], b"ok"),
            delivered(200),
        ),
        Row::answer("HTTP/1.0", b"HTTP/1.0 200 OK\r\n\r\nhello", delivered(200)),
        Row::answer(
            "HTTP/1.0 that keeps the connection",
            b"HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n",
            delivered(200),
        ),
        Row::answer(
            "100 Continue first",
            [
                message("100 Continue", &[], b""),
                message("201 Created", &["content-length: 0"], b""),
            ]
            .concat(),
            delivered(201),
        ),
        Row::answer(
            "head of 400 kB",
            message("200 OK", &[&*format!("x: {}", "y".repeat(4_000)); 95], b"ok"),
            delivered(200),
        ),
    ]
}
