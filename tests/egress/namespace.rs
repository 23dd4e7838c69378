//! A network namespace in which every address is this machine.

use std::process::{Command, Output, Stdio};

/// As root, and as somebody who may be root in a user namespace.
const WAYS: [&[&str]; 2] = [&["--net"], &["--net", "--map-root-user"]];

/// Makes all addresses local, then becomes what follows.
const SET_UP: &str = "set -e
    ip link set lo up
    ip route add local 0.0.0.0/0 dev lo
    ip -6 route add local ::/0 dev lo
    exec \"$@\"";

/// The flags of `unshare` that work here.
///
/// # Errors
/// Why none do.
pub fn flags() -> Result<&'static [&'static str], String> {
    if !cfg!(target_os = "linux") {
        return Err("only Linux has them".to_owned());
    }
    if let Err(error) = Command::new("ip").arg("-V").output() {
        return Err(format!("the program ip (package iproute2) does not run: {error}"));
    }
    let mut words = String::new();
    for flags in WAYS {
        match tried(flags) {
            Ok(output) if output.status.success() => return Ok(flags),
            Ok(output) => words = String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            Err(error) => words = format!("the program unshare does not run: {error}"),
        }
    }
    Err(words.replace('\n', "; "))
}

fn tried(flags: &[&str]) -> std::io::Result<Output> {
    Command::new("unshare").args(flags).args(["sh", "-c", SET_UP, "sh", "true"]).output()
}

/// This binary inside a namespace of its own. Its stdin is a pipe that closes with this process.
pub fn command(flags: &[&str]) -> Command {
    let mut command = Command::new("unshare");
    command.args(flags).args(["sh", "-c", SET_UP, "sh"]);
    command.arg(std::env::current_exe().expect("a path")).stdin(Stdio::piped());
    command
}
