//! Receivers that mistreat a request of 10 MB.

use std::time::Duration;

use domain::outcome::Outcome;

use crate::certificates::Tls;
use crate::row::{
    Check, Expected, Listen, Row, Step, answered, delivered, failed, message, one_of, write,
};

const WHOLE: Check = |attempt| attempt.request_bytes_sent == 10_000_000;
const CUT: Check = |attempt| attempt.request_bytes_sent < 10_000_000;

pub fn rows() -> Vec<Row> {
    [unanswered(), refused(), accepted()].into_iter().flatten().collect()
}

fn row(name: &str, script: Vec<Step>, expected: Expected) -> Row {
    Row::new(name, script, expected).large()
}

/// What happens once the head of the request was read.
fn early(name: &str, rest: Vec<Step>, expected: Expected) -> Row {
    row(name, [vec![Step::Head], rest].concat(), expected)
}

fn soon() -> Step {
    Step::Pause(Duration::from_millis(100))
}

fn unanswered() -> Vec<Row> {
    let stuck = || failed(Outcome::RequestSendTimeout);
    // A close with bytes unread is a farewell and a reset: we may hear of either first.
    let gone = [Outcome::ConnectionReset, Outcome::ConnectionClosed];
    let reset = vec![soon(), Step::Reset];
    let go_on = write(message("100 Continue", &[], b""));
    let rows = vec![
        row("10 MB, never read", vec![Step::Hang], stuck()),
        row("10 MB over TLS, never read", vec![Step::Hang], stuck()).listen(Listen::Tls(Tls::Good)),
        early("10 MB, read in sips", vec![Step::Sip], stuck()),
        early("10 MB, reset half-way", reset, failed(Outcome::ConnectionReset)),
        early("10 MB, closed half-way", vec![soon()], one_of(&gone)),
        early("early half of a head", vec![write(b"HTTP/1.1 500 Bro"), Step::Hang], stuck()),
        early("100 Continue, unasked, then never read", vec![go_on, Step::Hang], stuck()),
    ];
    rows.into_iter().map(|row| row.check("not all of it left", CUT)).collect()
}

fn refused() -> Vec<Row> {
    let expected = || answered(Outcome::PayloadTooLarge, 413);
    let refusal = || write(message("413 Too Large", &["content-length: 0"], b""));
    let wordy = write(message("413 Too Large", &["content-length: 4"], b"less"));
    // The reset may overtake the answer in our kernel: then the answer is lost to everyone.
    let torn = one_of(&[Outcome::PayloadTooLarge, Outcome::ConnectionReset]);
    let rows = vec![
        early("early 413, then never read", vec![refusal(), Step::Hang], expected()),
        early("early 413, then read in sips", vec![refusal(), Step::Sip], expected()),
        early("early 413 over TLS, then never read", vec![refusal(), Step::Hang], expected())
            .listen(Listen::Tls(Tls::Good)),
        early("early 413, then a close", vec![refusal(), soon()], expected()),
        early("early 413 and a reset at once", vec![refusal(), Step::Reset], torn),
        early("early 413 with a body", vec![wordy, Step::Hang], expected())
            .check("the body is kept", |attempt| {
                attempt.response.as_ref().is_some_and(|response| response.body == b"less")
            }),
    ];
    rows.into_iter().map(|row| row.check("it gets no more", CUT)).collect()
}

fn accepted() -> Vec<Row> {
    let accepted = || write(message("202 Accepted", &["content-length: 0"], b""));
    let closing = write(message("202 Accepted", &["connection: close"], b""));
    // More than we listen to.
    let wordy = write(message("202 Accepted", &[], &[b'x'; 200_000]));
    let wordy = vec![wordy, soon(), Step::Read(3_000_000), soon(), Step::Drain];
    let half = vec![accepted(), Step::HalfClose, Step::Drain];
    vec![
        row("10 MB, taken", vec![Step::Request, accepted()], delivered(202))
            .check("all of it left", WHOLE),
        early("early 202, then all is read", vec![accepted(), Step::Drain], delivered(202))
            .check("all of it left", WHOLE),
        early(
            "early 202 that closes, then all is read",
            vec![closing, Step::Drain],
            delivered(202),
        )
        .check("all of it left", WHOLE),
        early("early 202 with a long body, then all is read", wordy, delivered(202))
            .check("all of it left", WHOLE),
        early("early 202, then never read", vec![accepted(), Step::Hang], delivered(202))
            .check("not all of it left", CUT),
        early("early 202, then a close", vec![accepted(), soon()], delivered(202))
            .check("not all of it left", CUT),
        early("early 202, then a half-close", half, delivered(202)),
        early("early 202 over TLS, then never read", vec![accepted(), Step::Hang], delivered(202))
            .listen(Listen::Tls(Tls::Good)),
    ]
}
