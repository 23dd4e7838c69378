//! The children of `talentats up`: receiver, API and worker, each this same binary. Their
//! stdin is a pipe that ends with us; their logs come out as ours.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, anyhow};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, ChildStdin, Command};

use super::folder::{EXAMPLES_FILE, Folder};
use super::port::Ports;
use super::settings::Settings;
use crate::answer;
use crate::token::{AUDIENCE, ISSUER, LONGEST};

/// Time for a child to finish what it is at: the worker's own grace, and some.
const STOP_LIMIT: Duration = Duration::from_secs(30);
/// Receivers on this machine, which nothing but `up` allows.
const LOOPBACK: &str = "127.0.0.0/8,::1/128";

/// All of them.
pub(crate) struct Children {
    api: Named,
    worker: Named,
    receiver: Named,
}

struct Named {
    name: &'static str,
    child: Child,
    /// Held apart: `Child::wait` would close it.
    _lifeline: Option<ChildStdin>,
}

impl Children {
    /// Starts all of them on their ports.
    ///
    /// # Errors
    /// When a process cannot be started.
    pub(crate) fn start(
        ports: Ports,
        folder: &Folder,
        settings: &Settings,
        database_url: &str,
    ) -> anyhow::Result<Self> {
        let mut receive = command("receive", ports.receiver.release())?;
        receive.arg("--secrets-file").arg(folder.secrets());
        // Notifications lead into the console, where it is served and nothing else was said.
        let console = format!("http://{}/console#", ports.api.addr());
        let app = given("APP_URL").or(given("CONSOLE").is_none().then_some(console));
        let mut api = command("api", ports.api.release())?;
        let lifetime = format!("{}s", LONGEST.as_secs());
        api.env("METRICS_ADDR", ports.api_metrics.release().to_string())
            .env("AUTH_JWKS", folder.jwks())
            .env("CONSOLE", given("CONSOLE").unwrap_or_else(|| "on".to_owned()))
            .env("DOCS_EXAMPLES", folder.file(EXAMPLES_FILE))
            .envs([("AUTH_ISSUER", ISSUER), ("AUTH_AUDIENCE", AUDIENCE)])
            .env("MAX_TOKEN_LIFETIME", lifetime);
        let mut worker = command("worker", ports.worker_metrics.addr())?;
        worker.env("METRICS_ADDR", ports.worker_metrics.release().to_string());
        for process in [&mut api, &mut worker] {
            process.envs(app.iter().map(|app| ("APP_URL", app)));
            allow_this_machine(process.env("DATABASE_URL", database_url), settings);
        }
        Ok(Self {
            receiver: Named::spawn("receiver", receive)?,
            api: Named::spawn("api", api)?,
            worker: Named::spawn("worker", worker)?,
        })
    }

    /// Waits until one of them ends, which none should.
    pub(crate) async fn any_end(&mut self) -> anyhow::Error {
        let (name, status) = tokio::select! {
            status = self.api.child.wait() => ("api", status),
            status = self.worker.child.wait() => ("worker", status),
            status = self.receiver.child.wait() => ("receiver", status),
        };
        let status =
            status.map_or_else(|error| error.to_string(), |status: ExitStatus| status.to_string());
        anyhow!("the {name} ended by itself ({status}); its last lines are above")
    }

    /// Stops them one after the other: first who accepts work, then who does it, then who
    /// receives it.
    pub(crate) async fn stop(&mut self) {
        for named in [&mut self.api, &mut self.worker, &mut self.receiver] {
            named.stop().await;
        }
    }
}

impl Named {
    fn spawn(name: &'static str, mut command: Command) -> anyhow::Result<Self> {
        let mut child = command.spawn().with_context(|| format!("cannot start the {name}"))?;
        tokio::spawn(copy(name, child.stdout.take()));
        tokio::spawn(copy(name, child.stderr.take()));
        Ok(Self { name, _lifeline: child.stdin.take(), child })
    }

    async fn stop(&mut self) {
        let Some(pid) = self.child.id() else {
            return;
        };
        // The standard library can only kill; the shell's own `kill` is everywhere.
        let asked =
            Command::new("/bin/sh").args(["-c", "kill -TERM \"$0\"", &pid.to_string()]).status();
        let asked = asked.await.is_ok_and(|status| status.success());
        if !asked || tokio::time::timeout(STOP_LIMIT, self.child.wait()).await.is_err() {
            drop(answer::line(&format!("the {} did not stop in time and is killed", self.name)));
            drop(self.child.kill().await);
        }
    }
}

/// This binary again, with what `up` was given. A group of its own keeps the terminal's Ctrl-C
/// from it.
fn command(name: &str, addr: std::net::SocketAddr) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(name).arg("--exit-with-stdin");
    match name {
        "api" => drop(command.env("API_ADDR", addr.to_string())),
        "receive" => drop(command.arg("--addr").arg(addr.to_string())),
        _ => {}
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.process_group(0).kill_on_drop(true);
    Ok(command)
}

/// What `up` was given for its children.
fn given(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// What API and worker have to agree on; what `up` was given wins, and loopback is allowed
/// beside it.
fn allow_this_machine(command: &mut Command, settings: &Settings) {
    let nets = given("ALLOW_NETS").map_or(LOOPBACK.to_owned(), |nets| format!("{nets},{LOOPBACK}"));
    command.envs([("ALLOW_NETS", nets.as_str()), ("ALLOW_HTTP", "true")]);
    command.env("ALLOW_PORTS", given("ALLOW_PORTS").unwrap_or_else(|| "*".to_owned()));
    let keys = given("SECRET_KEYS").unwrap_or_else(|| settings.secret_keys.clone());
    command.env("SECRET_KEYS", keys);
}

async fn copy(name: &'static str, stream: Option<impl AsyncRead + Unpin>) {
    let Some(stream) = stream else { return };
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        // A terminal that is closed ends us by SIGHUP; there is nobody to tell here.
        drop(answer::line(&format!("{name:<8} | {line}")));
    }
}
