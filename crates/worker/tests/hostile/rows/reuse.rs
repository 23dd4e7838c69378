//! Receivers that keep a connection and break it at its next use: never two requests of one
//! attempt, never an answer that belongs to another.

use domain::outcome::Outcome;

use crate::row::{Row, Step, answered, delivered, either, message, unsure, write};

/// Sends that race with a receiver which closes after each answer.
const RACES: usize = 100;

pub fn rows() -> Vec<Row> {
    [kept(), not_kept(), vec![closes_while_idle()]].into_iter().flatten().collect()
}

fn ok() -> Step {
    write(message("200 OK", &["content-length: 0"], b""))
}

/// The first request is delivered; what happens at the second?
fn first(name: &str, rest: Vec<Step>) -> Row {
    Row::new(name, [vec![Step::Request, ok()], rest].concat(), delivered(200))
}

fn kept() -> Vec<Row> {
    vec![
        first("kept connection, used again", vec![Step::Request, ok()])
            .then(delivered(200))
            .check("it was not connected again", |attempt| attempt.timing.connect_ms.is_none()),
        first("kept connection that closes at its next use", vec![Step::Request])
            .then(unsure(Outcome::ConnectionClosed)),
        first("kept connection that is reset at its next use", vec![Step::Request, Step::Reset])
            .then(unsure(Outcome::ConnectionReset)),
        first("kept connection that goes silent", vec![Step::Request, Step::Hang])
            .then(unsure(Outcome::ResponseTimeout)),
    ]
}

fn not_kept() -> Vec<Row> {
    let closing = write(message("200 OK", &["connection: close", "content-length: 0"], b""));
    let rest = b"okHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    let longer = write(message("200 OK", &["content-length: 2"], rest));
    let two = write(message("200 OK", &["content-length: 0"], b"").repeat(2));
    let row = |name: &str, answer: Step| {
        Row::new(name, vec![Step::Request, answer, Step::Hang], delivered(200))
    };
    let error = || vec![Step::Request, write(message("500 Broken", &["content-length: 0"], b""))];
    vec![
        row("connection: close", closing).then(delivered(200)).over(vec![Step::Request, ok()]),
        // What waits unread when the next request comes is not its answer.
        row("answer in store", two).then(answered(Outcome::Http5xx, 500)).over(error()),
        row("body longer than it says", longer).then(answered(Outcome::Http5xx, 500)).over(error()),
    ]
}

fn closes_while_idle() -> Row {
    let gone = [Outcome::Delivered, Outcome::ConnectionClosed, Outcome::ConnectionReset];
    let mut row = first("kept connection that closes while idle", vec![]);
    let script = row.scripts[0].clone();
    for _ in 1..RACES {
        row = row.then(either(&gone)).over(script.clone());
    }
    row.races()
}
