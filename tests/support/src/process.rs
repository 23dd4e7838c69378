//! A real process of the binary under test: started with nothing but the environment that it is
//! given, watched by what it logs, ended by signals, and never left behind.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::receiver::DEADLINE;

/// Environment of a process.
pub type Env = BTreeMap<String, String>;

/// What a process that ended by itself left.
#[derive(Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// Everything it wrote.
    pub output: String,
}

/// A running process.
#[derive(Debug)]
pub struct Process {
    name: &'static str,
    child: Child,
    log: Arc<Log>,
    streams: Vec<JoinHandle<()>>,
    /// Held outside of `child`, whose `wait` would close it.
    _lifeline: ChildStdin,
}

/// Lines of both streams, as they come.
#[derive(Debug, Default)]
struct Log {
    lines: Mutex<Vec<String>>,
    grown: Notify,
}

impl Process {
    /// Starts `binary` with these arguments. Its stdin is a pipe that closes with this process.
    pub fn start(name: &'static str, binary: &Path, arguments: &[&str], env: &Env) -> Self {
        let mut child = Command::new(binary)
            .args(arguments)
            .env_clear()
            .envs(env)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", binary.display()));
        let log = Arc::new(Log::default());
        let stdout = child.stdout.take().expect("a piped stdout");
        let stderr = child.stderr.take().expect("a piped stderr");
        let streams = vec![
            tokio::spawn(collect(stdout, log.clone())),
            tokio::spawn(collect(stderr, log.clone())),
        ];
        let lifeline = child.stdin.take().expect("a piped stdin");
        Self { name, child, log, streams, _lifeline: lifeline }
    }

    /// The first line that `wanted` makes something of; fails when the process ends before, or
    /// the deadline passes.
    pub async fn wait_for<T>(&mut self, wanted: impl Fn(&str) -> Option<T>) -> T {
        let log = self.log.clone();
        tokio::select! {
            found = timeout(DEADLINE, log.find(wanted)) => {
                found.unwrap_or_else(|_| panic!("{} did not say it", self.name))
            }
            status = self.child.wait() => {
                let output = self.finished().await.output;
                panic!("{} ended with {status:?}:\n{output}", self.name)
            }
        }
    }

    /// Waits until it has ended by itself.
    pub async fn finished(&mut self) -> Finished {
        let status = self.exit().await;
        for stream in self.streams.drain(..) {
            stream.await.expect("reading a log does not fail");
        }
        Finished { status, output: self.output() }
    }

    /// SIGKILL, and waits until it is gone.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("a child of ours can be killed");
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a child of ours can be asked").is_some()
    }

    /// Its process id, while it runs.
    pub fn id(&self) -> u32 {
        self.child.id().expect("a running process")
    }

    /// SIGTERM; `finished` waits for the end.
    pub async fn terminate(&self) {
        self.signal("TERM").await;
    }

    /// SIGSTOP or SIGCONT.
    pub async fn signal(&self, signal: &str) {
        let pid = self.id().to_string();
        // The shell's own: a bare Debian has no `kill` program.
        let kill = ["-c", "kill -s \"$0\" \"$1\"", signal, &pid];
        let status = Command::new("sh").args(kill).status().await;
        assert!(status.expect("a shell").success(), "{} had ended already", self.name);
    }

    /// What it wrote so far.
    pub fn output(&self) -> String {
        self.log.lines.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }

    async fn exit(&mut self) -> ExitStatus {
        match timeout(DEADLINE, self.child.wait()).await {
            Ok(status) => status.expect("a child of ours can be waited for"),
            Err(_) => panic!("{} did not end:\n{}", self.name, self.output()),
        }
    }
}

impl Drop for Process {
    #[expect(clippy::print_stdout, reason = "the harness shows it beside a failing test")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("--- {}\n{}", self.name, self.output());
        }
    }
}

impl Log {
    async fn find<T>(&self, wanted: impl Fn(&str) -> Option<T>) -> T {
        let mut read = 0;
        loop {
            let grown = self.grown.notified();
            let found = {
                let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
                let found = lines[read..].iter().find_map(|line| wanted(line));
                read = lines.len();
                found
            };
            match found {
                Some(found) => return found,
                None => grown.await,
            }
        }
    }
}

async fn collect(stream: impl AsyncRead + Unpin, log: Arc<Log>) {
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        log.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        log.grown.notify_waiters();
    }
}
