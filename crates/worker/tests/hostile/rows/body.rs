//! Answers whose body is broken, endless or a trap: the status stands.

use std::time::Duration;

use domain::attempt::{Attempt, BODY_KEPT_BYTES};
use domain::outcome::Outcome;

use crate::row::{Check, Row, Step, answered, delivered, message, write};

pub fn rows() -> Vec<Row> {
    [broken(), slow(), endless(), unprintable()].into_iter().flatten().collect()
}

fn body(attempt: &Attempt) -> &[u8] {
    attempt.response.as_ref().map_or(&[], |response| &response.body)
}

const CUT: Check = |attempt| attempt.response.as_ref().is_some_and(|response| response.truncated);
const WHOLE: Check =
    |attempt| attempt.response.as_ref().is_some_and(|response| !response.truncated);
const TOO_LARGE: Check = |attempt| {
    body(attempt).len() == BODY_KEPT_BYTES
        && attempt
            .response
            .as_ref()
            .is_some_and(|response| response.truncated && response.too_large)
};

fn broken() -> Vec<Row> {
    let chunked = |body: &[u8]| message("200 OK", &["transfer-encoding: chunked"], body);
    let flood = [&b"1;"[..], &[b'x'; 20_000], b"\r\na\r\n0\r\n\r\n"].concat();
    let trailers = [&b"1\r\na\r\n0\r\n"[..], &b"x: y\r\n".repeat(5_000), b"\r\n"].concat();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("chunk size in words", chunked(b"xyz\r\nhello\r\n")),
        ("chunk size below zero", chunked(b"-1\r\nhello\r\n")),
        ("chunk size beyond 2^64", chunked(b"10000000000000000\r\nhello\r\n")),
        ("chunk size of 2^64 - 1", chunked(b"ffffffffffffffff\r\nhello")),
        ("chunk longer than it says", chunked(b"1\r\nhello\r\n0\r\n\r\n")),
        ("chunks without an end", chunked(b"5\r\nhello\r\n")),
        ("chunk extension of 20 kB", chunked(&flood)),
        ("chunk extension with a line feed", chunked(b"1;a\nb\r\nc\r\n0\r\n\r\n")),
        ("5,000 trailers", chunked(&trailers)),
        ("body shorter than it says", message("200 OK", &["content-length: 99"], b"short")),
        ("body that is missing", message("200 OK", &["content-length: 99"], b"")),
        (
            "content-length of 2^63",
            message("200 OK", &["content-length: 9223372036854775808"], b"short"),
        ),
    ];
    let rows = cases.into_iter().map(|(name, answer)| {
        Row::answer(name, answer, delivered(200)).check("it is known to be cut", CUT)
    });
    let failing = message("500 Broken", &["transfer-encoding: chunked"], b"zzz\r\n");
    let unknown = message("200 OK", &["transfer-encoding: identity, foo"], b"ok");
    let reset = vec![
        Step::Request,
        write(message("200 OK", &["content-length: 99"], b"a")),
        Step::Pause(Duration::from_millis(50)),
        Step::Reset,
    ];
    rows.chain([
        Row::answer("broken body of an error", failing, answered(Outcome::Http5xx, 500)),
        Row::answer("transfer-encoding nobody knows", unknown, delivered(200))
            .check("it is whole", WHOLE),
        Row::new("reset in the body", reset, delivered(200)).check("it is known to be cut", CUT),
    ])
    .collect()
}

fn after_head(name: &str, headers: &[&str], rest: Vec<Step>, check: Check) -> Row {
    let head = vec![Step::Request, write(message("200 OK", headers, b""))];
    Row::new(name, [head, rest].concat(), delivered(200)).check("what is kept", check)
}

const CHUNKED: &[&str] = &["transfer-encoding: chunked"];

fn slow() -> Vec<Row> {
    let drip = |bytes: &[u8]| Step::Drip(bytes.to_vec(), Duration::from_millis(100));
    let row = after_head;
    let some: Check = |attempt| body(attempt) == b"ab" && CUT(attempt);
    let hang = || vec![write(b"ab"), Step::Hang];
    vec![
        row("body byte by byte", &["content-length: 1000"], vec![drip(b"a")], CUT),
        row("body that never comes", &["content-length: 10"], hang(), some),
        row("body until a close that never comes", &[], hang(), some),
        row("chunks byte by byte", CHUNKED, vec![drip(b"1\r\na\r\n")], CUT),
        row("extension byte by byte", CHUNKED, vec![write(b"1;"), drip(b"a")], CUT),
    ]
}

fn endless() -> Vec<Row> {
    let flood = |bytes: &[u8]| Step::Flood(bytes.to_vec());
    let row = after_head;
    let chunk = [&b"1000\r\n"[..], &[b'x'; 0x1000], b"\r\n"].concat();
    let trailers = vec![write(b"0\r\n"), flood(&b"x: y\r\n".repeat(512))];
    // Each zero that follows stands for a thousand.
    let bomb = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xec\xc1\x01\x01\0\0\0\x80\x90\xfe\xaf\xee\x08\x0a";
    let bomb = vec![write(bomb), flood(&[0; 16_384])];
    let raw: Check = |attempt| TOO_LARGE(attempt) && body(attempt).starts_with(b"\x1f\x8b\x08");
    let ten = message("200 OK", &["content-length: 2"], b"ok").repeat(10);
    let ten = vec![Step::Request, write(ten), Step::Hang];
    // A busy machine does not read 64 KiB of them in 2 s.
    let start: Check = |attempt| body(attempt).len() == BODY_KEPT_BYTES && CUT(attempt);
    let one = b"1\r\na\r\n".repeat(1_024);
    vec![
        row("endless body", &[], vec![flood(&[b'x'; 16_384])], TOO_LARGE),
        row("endless chunks", CHUNKED, vec![flood(&chunk)], TOO_LARGE),
        row("endless chunks of one byte", CHUNKED, vec![flood(&one)], start),
        row("body of 4 GB", &["content-length: 4294967296"], vec![flood(&chunk)], TOO_LARGE),
        row("gzip bomb", &["content-encoding: gzip"], bomb, raw),
        row("endless trailers", CHUNKED, trailers, CUT),
        Row::new("ten answers at once", ten, delivered(200))
            .check("one is kept", |attempt| body(attempt) == b"ok" && WHOLE(attempt)),
    ]
}

fn unprintable() -> Vec<Row> {
    let row = |name: &str, bytes: &[u8], check: Check| {
        Row::answer(name, message("500 Broken", &[], bytes), answered(Outcome::Http5xx, 500))
            .check("it is kept as it came", check)
            .check("it is whole", WHOLE)
    };
    vec![
        row("NUL in the body", b"a\0b", |attempt| body(attempt) == b"a\0b"),
        row("invalid UTF-8 in the body", b"\xc3\x28\xf0\x9f", |attempt| {
            body(attempt) == b"\xc3\x28\xf0\x9f"
        }),
        row("ANSI escape in the body", b"\x1b[2J\x1b]0;x\x07", |attempt| {
            body(attempt) == b"\x1b[2J\x1b]0;x\x07"
        }),
        row("body that looks compressed", b"\x1f\x8b\x08\0", |attempt| {
            body(attempt) == b"\x1f\x8b\x08\0"
        }),
    ]
}
