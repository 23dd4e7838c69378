//! The process with the receivers, seen from the one that sends.

use std::io::{BufRead, BufReader, Lines, Write};
use std::net::SocketAddr;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

/// The argument that makes this program the receivers.
pub const RECEIVE: &str = "--receive";
/// The question for what they have seen.
pub const REPORT: &str = "report";

pub struct Child {
    process: std::process::Child,
    /// Closing it ends the child.
    questions: Option<ChildStdin>,
    answers: Lines<BufReader<ChildStdout>>,
    addresses: Vec<SocketAddr>,
    /// The certification authority of the receivers, PEM.
    pub authority: String,
}

/// What all receivers have seen.
pub struct Report {
    pub rows: Vec<Seen>,
    pub panics: usize,
}

/// What the receiver of one row has seen.
pub struct Seen {
    pub connections: usize,
    pub requests: usize,
    /// How often the attempt came that came most often.
    pub most: usize,
}

impl Child {
    pub fn start() -> Self {
        let program = std::env::current_exe().expect("this program");
        let mut process = Command::new(program)
            .arg(RECEIVE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program starts");
        let questions = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let (addresses, authority) = (Vec::new(), String::new());
        let mut child = Self { process, questions, answers, addresses, authority };
        for line in child.lines() {
            match line.split_once(' ') {
                Some(("authority", pem)) => child.authority = pem.replace('|', "\n"),
                Some(("row", address)) => {
                    child.addresses.push(address.parse().expect("an address"));
                }
                _ => panic!("receivers said: {line}"),
            }
        }
        child
    }

    pub fn address(&self, row: usize) -> SocketAddr {
        self.addresses[row]
    }

    pub fn report(&mut self) -> Report {
        let questions = self.questions.as_mut().expect("open until the end");
        writeln!(questions, "{REPORT}").expect("receivers that listen");
        let mut report = Report { rows: Vec::new(), panics: 0 };
        for line in self.lines() {
            let words: Vec<_> = line.split(' ').collect();
            let number = |at: usize| words[at].parse().expect("a number");
            match words[0] {
                "seen" => report.rows.push(Seen {
                    connections: number(1),
                    requests: number(2),
                    most: number(3),
                }),
                "panics" => report.panics = number(1),
                _ => panic!("receivers said: {line}"),
            }
        }
        report
    }

    fn lines(&mut self) -> Vec<String> {
        let lines = self.answers.by_ref().map(|line| line.expect("receivers that speak"));
        lines.take_while(|line| line != "end").collect()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.questions = None;
        let _ = self.process.wait();
    }
}
