//! Receivers that mistreat a request of 10 MB.

use std::time::Duration;

use domain::attempt::Attempt;
use domain::outcome::Outcome;

use crate::certificates::Tls;
use crate::row::{Listen, Row, Step, answered, delivered, failed, message, one_of, write};

pub fn rows() -> Vec<Row> {
    let too_large = || answered(Outcome::PayloadTooLarge, 413);
    let refusal = || write(message("413 Too Large", &["content-length: 0"], b""));
    let accepted = || write(message("202 Accepted", &["content-length: 0"], b""));
    let soon = || Step::Pause(Duration::from_millis(100));
    let row = |name: &str, script: Vec<Step>, expected| Row::new(name, script, expected).large();
    let cut: fn(&Attempt) -> bool = |attempt| attempt.request_bytes_sent < 10_000_000;
    let whole: fn(&Attempt) -> bool = |attempt| attempt.request_bytes_sent == 10_000_000;
    // A close with bytes unread is a farewell and a reset: we may hear of either first.
    let gone = [Outcome::ConnectionReset, Outcome::ConnectionClosed];
    let torn = [Outcome::PayloadTooLarge, Outcome::ConnectionReset];
    vec![
        row("10 MB, taken", vec![Step::Request, accepted()], delivered(202))
            .check("all of it left", whole),
        row("10 MB, never read", vec![Step::Hang], failed(Outcome::RequestSendTimeout))
            .check("not all of it left", cut),
        row("10 MB over TLS, never read", vec![Step::Hang], failed(Outcome::RequestSendTimeout))
            .listen(Listen::Tls(Tls::Good))
            .check("not all of it left", cut),
        row(
            "10 MB, read in sips",
            vec![Step::Head, Step::Sip],
            failed(Outcome::RequestSendTimeout),
        )
        .check("not all of it left", cut),
        row(
            "10 MB, reset half-way",
            vec![Step::Head, soon(), Step::Reset],
            failed(Outcome::ConnectionReset),
        )
        .check("not all of it left", cut),
        row("10 MB, closed half-way", vec![Step::Head, soon()], one_of(&gone))
            .check("not all of it left", cut),
        row("early 413, then never read", vec![Step::Head, refusal(), Step::Hang], too_large())
            .check("it gets no more", cut),
        row("early 413, then read in sips", vec![Step::Head, refusal(), Step::Sip], too_large())
            .check("it gets no more", cut),
        row(
            "early 413 with a body",
            vec![
                Step::Head,
                write(message("413 Too Large", &["content-length: 4"], b"less")),
                Step::Hang,
            ],
            too_large(),
        )
        .check("the body is kept", |attempt| {
            attempt.response.as_ref().is_some_and(|response| response.body == b"less")
        }),
        row(
            "early 413 over TLS, then never read",
            vec![Step::Head, refusal(), Step::Hang],
            too_large(),
        )
        .listen(Listen::Tls(Tls::Good))
        .check("it gets no more", cut),
        row("early 413, then a close", vec![Step::Head, refusal(), soon()], too_large()),
        // The reset may overtake the answer in our kernel: then the answer is lost to everyone.
        row(
            "early 413 and a reset at once",
            vec![Step::Head, refusal(), Step::Reset],
            one_of(&torn),
        ),
        row(
            "early 500 in half a head",
            vec![Step::Head, write(b"HTTP/1.1 500 Bro"), Step::Hang],
            failed(Outcome::RequestSendTimeout),
        ),
        row(
            "early 202, then all is read",
            vec![Step::Head, accepted(), Step::Drain],
            delivered(202),
        )
        .check("all of it left", whole),
        row("early 202, then never read", vec![Step::Head, accepted(), Step::Hang], delivered(202))
            .check("not all of it left", cut),
        row("early 202, then a close", vec![Step::Head, accepted(), soon()], delivered(202))
            .check("not all of it left", cut),
        row(
            "early 202, then a half-close",
            vec![Step::Head, accepted(), Step::HalfClose, Step::Drain],
            delivered(202),
        ),
        row(
            "early 202 over TLS, then never read",
            vec![Step::Head, accepted(), Step::Hang],
            delivered(202),
        )
        .listen(Listen::Tls(Tls::Good)),
        row(
            "100 Continue, unasked, then never read",
            vec![Step::Head, write(message("100 Continue", &[], b"")), Step::Hang],
            failed(Outcome::RequestSendTimeout),
        ),
    ]
}
