//! Receivers in a process of their own: this very binary.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::{Listeners, Seen};

/// Tells the benchmarks' binary to be the receivers; the number of hosts follows.
const ARGUMENT: &str = "--be-the-receivers";

/// The running process.
pub struct Process {
    child: Child,
    /// The port of all hosts.
    pub port: u16,
}

impl Process {
    /// Starts it with the hosts of the webhooks `0..hosts`.
    pub fn start(hosts: u32) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("a path"))
            .args([ARGUMENT, &hosts.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the receivers start");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("their port");
        Self { child, port: line.trim().parse().expect("their port") }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It leaves when its stdin closes, too.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether this process is to be the receivers, and of how many hosts.
pub fn asked_for(arguments: &[String]) -> Option<u32> {
    let at = arguments.iter().position(|argument| argument == ARGUMENT)?;
    arguments.get(at + 1)?.parse().ok()
}

/// Is the receivers, until stdin closes.
#[tokio::main]
pub async fn be(hosts: u32) {
    let listeners = Listeners::bind(hosts);
    println!("{}", listeners.port);
    listeners.serve_as(Seen { blind: true, ..Seen::default() });
    let stdin = tokio::task::spawn_blocking(|| std::io::stdin().lines().for_each(drop));
    stdin.await.expect("reading a pipe does not panic");
}
