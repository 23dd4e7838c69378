//! The programs: where they are, and a ChromeDriver that ends with this process.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{ChildStdin, Command};
use tokio::time::timeout;

/// How long it may take to start: some hundred megabytes are read for the first time.
const STARTING: Duration = Duration::from_secs(90);
const DRIVERS: [&str; 2] = ["chromedriver", "chromium.chromedriver"];
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// Ends the driver, its browsers and their files when its stdin closes, which it does however this
/// process ends. The browser leaves by itself when the driver is gone: they share a pipe.
const WATCH: &str = "folder=$1; shift
    export TMPDIR=\"$folder\" HOME=\"$folder\"
    \"$@\" </dev/null & driver=$!
    cat >/dev/null
    kill -KILL \"$driver\"
    wait
    for again in 1 2 3 4 5 6 7 8 9 10; do rm -rf \"$folder\" && break; sleep 1; done 2>/dev/null";

/// A running ChromeDriver.
#[derive(Debug)]
pub(super) struct Driver {
    /// `http://127.0.0.1:PORT`.
    pub(super) url: String,
    /// The browser that it starts.
    pub(super) browser: PathBuf,
    _lifeline: ChildStdin,
}

/// Why no browser can be started here, if none can.
pub fn missing() -> Option<String> {
    let without = |names: &[&str]| find(names).is_none().then(|| names[0].to_owned());
    let names: Vec<_> = [without(&BROWSERS), without(&DRIVERS)].into_iter().flatten().collect();
    (!names.is_empty()).then(|| format!("not in PATH: {}", names.join(", ")))
}

fn find(names: &[&str]) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    let places = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.into_iter().find(|place| is_program(place))
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

impl Driver {
    /// Starts one on a free port.
    pub(super) async fn start() -> Self {
        let program = find(&DRIVERS).expect("ChromeDriver: asked before");
        let browser = find(&BROWSERS).expect("a browser: asked before");
        let folder = tempfile::tempdir().expect("a temporary folder").keep();
        let mut child = Command::new("sh")
            .args(["-c", WATCH, "sh"])
            .arg(folder)
            .arg(program)
            .arg("--port=0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("a shell");
        let lifeline = child.stdin.take().expect("a piped stdin");
        let mut lines = BufReader::new(child.stdout.take().expect("a piped stdout")).lines();
        let started = timeout(STARTING, async {
            while let Some(line) = lines.next_line().await.expect("lines") {
                if let Some(port) = port_in(&line) {
                    return port;
                }
            }
            panic!("ChromeDriver ended before it said its port")
        });
        let port = started.await.expect("ChromeDriver starts");
        // Read to its end: a pipe that is full would hold it up.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { url: format!("http://127.0.0.1:{port}"), browser, _lifeline: lifeline }
    }
}

/// "ChromeDriver was started successfully on port 40123."
fn port_in(line: &str) -> Option<u16> {
    let (_, port) = line.split_once("started successfully on port ")?;
    port.trim_end_matches('.').parse().ok()
}
