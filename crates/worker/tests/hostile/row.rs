//! A row of the table: what a receiver does, byte for byte, and what must come of it.

use std::time::Duration;

use domain::attempt::Attempt;
use domain::outcome::Outcome;

use crate::certificates::Tls;

/// One misbehaviour.
pub struct Row {
    pub name: String,
    pub listen: Listen,
    /// What the receiver does on its first connection, its second …; a further one would be a fault.
    pub scripts: Vec<Vec<Step>>,
    pub payload: Payload,
    /// One send after the other, by one organisation.
    pub sends: Vec<Expected>,
    pub checks: Vec<(&'static str, Check)>,
    /// The receiver races with us: fewer connections or requests may happen, never more.
    pub races: bool,
}

pub type Check = fn(&Attempt) -> bool;

/// How a receiver is reached.
#[derive(Clone, Copy, PartialEq)]
pub enum Listen {
    Plain,
    Tls(Tls),
    /// An https URL whose receiver speaks, or doesn't speak, without TLS.
    NoTls,
    /// Nobody listens.
    Closed,
    /// Listening at an address that may not receive.
    Forbidden,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Payload {
    Small,
    /// 10 MB.
    Large,
}

#[derive(Clone)]
pub enum Step {
    /// Reads one request with its body.
    Request,
    /// Reads the head of a request.
    Head,
    Write(Vec<u8>),
    /// Writes beside TLS.
    Plain(Vec<u8>),
    /// Writes byte by byte with a pause, over and over.
    Drip(Vec<u8>, Duration),
    /// Writes all of it with a pause, over and over.
    Pour(Vec<u8>, Duration),
    /// Writes as fast as it can, over and over.
    Flood(Vec<u8>),
    /// Reads so many bytes.
    Read(u64),
    /// Reads a little, with pauses.
    Sip,
    /// Reads and forgets until the sender has finished.
    Drain,
    Pause(Duration),
    /// Says that nothing more will come, and goes on reading.
    HalfClose,
    /// Holds the connection and neither reads nor writes.
    Hang,
    Reset,
    /// Goes without a farewell of TLS.
    Vanish,
}

/// What must come of one send.
#[derive(Clone)]
pub struct Expected {
    /// One outcome; more only where a race decides, and the row says so.
    pub outcomes: Vec<Outcome>,
    pub ambiguous: Option<bool>,
    pub status: Option<Option<u16>>,
}

/// An answer came.
pub fn answered(outcome: Outcome, status: u16) -> Expected {
    Expected { outcomes: vec![outcome], ambiguous: Some(false), status: Some(Some(status)) }
}

pub fn delivered(status: u16) -> Expected {
    answered(Outcome::Delivered, status)
}

/// No answer came, and the receiver cannot have acted on the request.
pub fn failed(outcome: Outcome) -> Expected {
    Expected { outcomes: vec![outcome], ambiguous: Some(false), status: Some(None) }
}

/// No answer came, and the receiver may have acted on the request.
pub fn unsure(outcome: Outcome) -> Expected {
    Expected { ambiguous: Some(true), ..failed(outcome) }
}

/// A race decides between these; in no case may the receiver have acted on the request.
pub fn one_of(outcomes: &[Outcome]) -> Expected {
    Expected { outcomes: outcomes.to_vec(), status: None, ..failed(outcomes[0]) }
}

/// A race decides, also on whether our bytes had left.
pub fn either(outcomes: &[Outcome]) -> Expected {
    Expected { outcomes: outcomes.to_vec(), ambiguous: None, status: None }
}

impl Row {
    pub fn new(name: impl Into<String>, script: Vec<Step>, expected: Expected) -> Self {
        Self {
            name: name.into(),
            listen: Listen::Plain,
            scripts: vec![script],
            payload: Payload::Small,
            sends: vec![expected],
            checks: Vec::new(),
            races: false,
        }
    }

    /// A receiver that reads the request, writes this and goes.
    pub fn answer(name: impl Into<String>, answer: impl AsRef<[u8]>, expected: Expected) -> Self {
        Self::new(name, vec![Step::Request, write(answer)], expected)
    }

    pub fn listen(self, listen: Listen) -> Self {
        Self { listen, ..self }
    }

    pub fn large(self) -> Self {
        Self { payload: Payload::Large, ..self }
    }

    pub fn races(self) -> Self {
        Self { races: true, ..self }
    }

    /// And then another send.
    pub fn then(mut self, expected: Expected) -> Self {
        self.sends.push(expected);
        self
    }

    /// Which comes over another connection.
    pub fn over(mut self, script: Vec<Step>) -> Self {
        self.scripts.push(script);
        self
    }

    /// What else must hold of the last attempt.
    pub fn check(mut self, what: &'static str, check: Check) -> Self {
        self.checks.push((what, check));
        self
    }

    /// How many connections reach the receiver.
    pub fn connections(&self) -> usize {
        let none = matches!(self.listen, Listen::Closed | Listen::Forbidden);
        if none { 0 } else { self.scripts.len() }
    }

    /// How many requests it reads.
    pub fn requests(&self) -> usize {
        let reads = |step: &&Step| matches!(step, Step::Request | Step::Head);
        self.scripts.iter().flatten().filter(reads).count()
    }
}

pub fn write(bytes: impl AsRef<[u8]>) -> Step {
    Step::Write(bytes.as_ref().to_vec())
}

/// A status line, header lines without their ends, and a body.
pub fn message(status: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut message = format!("HTTP/1.1 {status}\r\n").into_bytes();
    for header in headers {
        message.extend_from_slice(header.as_bytes());
        message.extend_from_slice(b"\r\n");
    }
    message.extend_from_slice(b"\r\n");
    message.extend_from_slice(body);
    message
}
