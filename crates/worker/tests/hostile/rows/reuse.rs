//! Receivers that keep a connection and break it at its next use: never two requests of one
//! attempt, never an answer that belongs to another.

use domain::outcome::Outcome;

use crate::row::{Row, Step, answered, delivered, either, message, unsure, write};

/// Sends that race with a receiver which closes after each answer.
const RACES: usize = 100;

pub fn rows() -> Vec<Row> {
    let ok = || write(message("200 OK", &["content-length: 0"], b""));
    let first = |rest: Vec<Step>| [vec![Step::Request, ok()], rest].concat();
    let error = || write(message("500 Broken", &["content-length: 0"], b""));
    vec![
        Row::new("kept connection, used again", first(vec![Step::Request, ok()]), delivered(200))
            .then(delivered(200))
            .check("it was not connected again", |attempt| attempt.timing.connect_ms.is_none()),
        Row::new(
            "kept connection that closes at its next use",
            first(vec![Step::Request]),
            delivered(200),
        )
        .then(unsure(Outcome::ConnectionClosed)),
        Row::new(
            "kept connection that is reset at its next use",
            first(vec![Step::Request, Step::Reset]),
            delivered(200),
        )
        .then(unsure(Outcome::ConnectionReset)),
        Row::new(
            "kept connection that goes silent",
            first(vec![Step::Request, Step::Hang]),
            delivered(200),
        )
        .then(unsure(Outcome::ResponseTimeout)),
        Row::new(
            "connection: close",
            [
                vec![Step::Request],
                vec![write(message("200 OK", &["connection: close", "content-length: 0"], b""))],
                vec![Step::Hang],
            ]
            .concat(),
            delivered(200),
        )
        .then(delivered(200))
        .over(vec![Step::Request, ok()]),
        // The second answer waits unread when the next request comes: it is not its answer.
        Row::new(
            "answers in store",
            vec![
                Step::Request,
                write(
                    [
                        message("200 OK", &["content-length: 0"], b""),
                        message("200 OK", &["content-length: 0"], b""),
                    ]
                    .concat(),
                ),
                Step::Hang,
            ],
            delivered(200),
        )
        .then(answered(Outcome::Http5xx, 500))
        .over(vec![Step::Request, error()]),
        Row::new(
            "body longer than it says",
            vec![
                Step::Request,
                write(message(
                    "200 OK",
                    &["content-length: 2"],
                    b"okHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
                )),
                Step::Hang,
            ],
            delivered(200),
        )
        .then(answered(Outcome::Http5xx, 500))
        .over(vec![Step::Request, error()]),
        closes_while_idle(first(vec![])),
    ]
}

fn closes_while_idle(script: Vec<Step>) -> Row {
    let gone = [Outcome::Delivered, Outcome::ConnectionClosed, Outcome::ConnectionReset];
    let mut row =
        Row::new("kept connection that closes while idle", script.clone(), delivered(200));
    for _ in 1..RACES {
        row = row.then(either(&gone)).over(script.clone());
    }
    row.races()
}
