//! The server process: initialise, start, watch, stop.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::error::Error;
use crate::installation::Installation;
use crate::{Options, USER, place};

const POLL: Duration = Duration::from_millis(10);
/// Time for a stop that ends transactions and writes everything out; then it is cut short.
const STOP_LIMIT: Duration = Duration::from_secs(10);
#[cfg(target_os = "macos")]
const CTYPE: &str = "UTF-8";
#[cfg(not(target_os = "macos"))]
const CTYPE: &str = "C.UTF-8";

/// A server, watched by a thread of its own.
#[derive(Debug)]
pub(crate) struct Server {
    pid: u32,
    running: Arc<AtomicBool>,
    keeper: Option<JoinHandle<()>>,
    log: PathBuf,
}

/// Makes a cluster: UTF-8, sorted by code point, trust on the socket (whose folder is closed to
/// others). It gets its name only when it is whole, so that a broken-off one is made again.
pub(crate) fn initialise(
    installation: &Installation,
    account: &Account,
    data_dir: &Path,
    durable: bool,
) -> Result<(), Error> {
    let unfinished = data_dir.join("unfinished");
    if unfinished.exists() {
        std::fs::remove_dir_all(&unfinished).map_err(Error::io("remove", &unfinished))?;
    }
    let mut command = account.command(&installation.binary("initdb"));
    command.args(["--username", USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C"]);
    command.args(["--lc-ctype", CTYPE, "--no-instructions", "--pgdata"]).arg(&unfinished);
    if !durable {
        command.arg("--no-sync");
    }
    output(command)?;
    let cluster = place::cluster(data_dir);
    std::fs::rename(&unfinished, &cluster).map_err(Error::io("make", &cluster))
}

/// Stops a server that outlived the process which started it (where the system cannot tie
/// them together). The caller holds the lock, so nobody else owns it.
pub(crate) fn stop_orphan(
    installation: &Installation,
    account: &Account,
    data_dir: &Path,
) -> Result<(), Error> {
    let cluster = place::cluster(data_dir);
    let control = |arguments: &[&str]| {
        let mut command = account.command(&installation.binary("pg_ctl"));
        command.args(arguments).arg("--pgdata").arg(&cluster);
        output(command)
    };
    if !cluster.join("postmaster.pid").exists() || control(&["status"]).is_err() {
        return Ok(());
    }
    control(&["stop", "--mode", "fast", "--wait"]).map(drop)
}

/// Runs a tool of Postgres to its end and returns what it wrote.
pub(crate) fn output(mut command: Command) -> Result<String, Error> {
    let program = command.get_program().to_owned();
    let output = command.output().map_err(Error::io("run", Path::new(&program)))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Error::Refused(last_words(&String::from_utf8_lossy(&output.stderr))))
}

impl Server {
    /// Starts the server and waits until it takes connections, however long recovery lasts.
    pub(crate) fn start(
        installation: &Installation,
        account: &Account,
        data_dir: &Path,
        socket_dir: &Path,
        options: &Options,
    ) -> Result<Self, Error> {
        let log = data_dir.join("server.log");
        let mut command = account.command(&installation.binary("postgres"));
        let cluster = place::cluster(data_dir);
        command.arg("-D").arg(&cluster).args(settings(socket_dir, options));
        let file = File::create(&log).map_err(Error::io("write", &log))?;
        command.stdout(file.try_clone().map_err(Error::io("write", &log))?).stderr(file);
        // A group of its own: Ctrl-C at the terminal is for whoever started us.
        command.process_group(0);
        die_with_parent(&mut command);
        let server = Self::keep(command, log.clone())?;
        let pid_file = cluster.join("postmaster.pid");
        while !is_ready(&pid_file, server.pid) {
            if !server.is_running() {
                return Err(Error::Died(last_words(
                    &std::fs::read_to_string(&log).unwrap_or_default(),
                )));
            }
            std::thread::sleep(POLL);
        }
        Ok(server)
    }

    pub(crate) fn log(&self) -> Result<String, Error> {
        let bytes = std::fs::read(&self.log).map_err(Error::io("read", &self.log))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    pub(crate) fn is_running(&self) -> bool {
        self.running.load(Ordering::Acquire)
    }

    /// Asks for a fast stop and waits for it; after [`STOP_LIMIT`] for an immediate one.
    pub(crate) fn stop(&mut self, installation: &Installation, account: &Account) {
        self.signal(installation, account, &["INT", "QUIT"]);
    }

    /// Does not even ask; waits up to [`STOP_LIMIT`].
    pub(crate) fn stop_immediately(&mut self, installation: &Installation, account: &Account) {
        self.signal(installation, account, &["QUIT"]);
    }

    fn signal(&mut self, installation: &Installation, account: &Account, signals: &[&str]) {
        for signal in signals {
            let mut kill = account.command(&installation.binary("pg_ctl"));
            kill.args(["kill", signal, &self.pid.to_string()]);
            let begun = Instant::now();
            if self.is_running() && output(kill).is_ok() {
                while self.is_running() && begun.elapsed() < STOP_LIMIT {
                    std::thread::sleep(POLL);
                }
            }
        }
        if let Some(keeper) = self.keeper.take().filter(|_| !self.is_running()) {
            drop(keeper.join());
        }
    }

    /// Spawns on a thread that lives as long as the server: the kernel's parent-death signal
    /// comes when the *thread* that spawned it ends.
    fn keep(mut command: Command, log: PathBuf) -> Result<Self, Error> {
        let running = Arc::new(AtomicBool::new(true));
        let (told, tell) = (Arc::clone(&running), mpsc::channel::<io::Result<u32>>());
        let (sender, receiver) = tell;
        let program = command.get_program().to_owned();
        let keeper = std::thread::Builder::new().name("postgres".to_owned()).spawn(move || {
            match command.spawn() {
                Ok(child) => {
                    drop(sender.send(Ok(child.id())));
                    wait(child);
                }
                Err(error) => drop(sender.send(Err(error))),
            }
            told.store(false, Ordering::Release);
        });
        let keeper = keeper.map_err(Error::io("run", Path::new(&program)))?;
        let pid = receiver.recv().expect("the thread sends before it ends");
        let pid = pid.map_err(Error::io("run", Path::new(&program)))?;
        Ok(Self { pid, running, keeper: Some(keeper), log })
    }
}

fn wait(mut child: Child) {
    drop(child.wait());
}

fn settings(socket_dir: &Path, options: &Options) -> Vec<String> {
    let mut settings = vec![
        "listen_addresses=".to_owned(),
        "port=5432".to_owned(),
        format!("unix_socket_directories={}", socket_dir.display()),
        "unix_socket_permissions=0700".to_owned(),
        format!("max_connections={}", options.max_connections),
        "timezone=UTC".to_owned(),
        "log_timezone=UTC".to_owned(),
    ];
    if !options.durable {
        let lax = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];
        settings.extend(lax.map(str::to_owned));
    }
    settings.into_iter().flat_map(|setting| ["-c".to_owned(), setting]).collect()
}

/// Whether the server's own status file says that it takes connections (its eighth line).
fn is_ready(pid_file: &Path, pid: u32) -> bool {
    let text = std::fs::read_to_string(pid_file).unwrap_or_default();
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    lines.first() == Some(&pid.to_string().as_str()) && lines.get(7) == Some(&"ready")
}

/// The last line that names an error, else the last line.
fn last_words(text: &str) -> String {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let telling =
        |line: &&str| line.contains("FATAL") || line.contains("error") || line.contains("ERROR");
    let words = lines().rfind(telling).or_else(|| lines().next_back());
    words.unwrap_or("it said nothing").to_owned()
}

/// The server gets a fast-stop signal when its parent dies, however that dies.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "only `pre_exec` can set the parent-death signal of a child")]
fn die_with_parent(command: &mut Command) {
    let parent = std::process::id();
    let arm = move || {
        // SAFETY: prctl and getppid are async-signal-safe and touch no memory of ours.
        let failed = unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGINT) } != 0;
        if failed {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: as above. A parent that died in between sent no signal: don't begin.
        let orphaned = u32::try_from(unsafe { libc::getppid() }) != Ok(parent);
        if orphaned { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(()) }
    };
    // SAFETY: the closure makes two system calls and allocates nothing.
    unsafe { command.pre_exec(arm) };
}

/// Elsewhere the next start stops what was left over ([`stop_orphan`]).
#[cfg(not(target_os = "linux"))]
fn die_with_parent(_command: &mut Command) {}
