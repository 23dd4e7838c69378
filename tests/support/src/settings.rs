//! The environment of the processes under test: short schedules, loopback allowed, port 0.

use std::sync::OnceLock;

use tempfile::TempDir;

use crate::identity::{AUDIENCE, ISSUER, IdentityProvider};
use crate::process::Env;

/// Sealing key of every world, in the form of `SECRET_KEYS`.
pub const SECRET_KEYS: &str = "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// The identity provider of this test process, and the folder of its JWKS file.
static IDENTITY: OnceLock<(IdentityProvider, TempDir)> = OnceLock::new();

/// The identity provider of this test process.
pub fn identity() -> &'static IdentityProvider {
    &identity_and_folder().0
}

/// What a command needs that only talks to the database.
pub fn of_database(url: &str) -> Env {
    env([("DATABASE_URL", url), ("PATH", "/usr/bin:/bin"), ("RUST_BACKTRACE", "1")])
}

/// What `api` and `worker` need.
pub fn of_world(database_url: &str) -> Env {
    let jwks = identity_and_folder().1.path().join("jwks.json");
    let mut all = of_database(database_url);
    all.extend(env([
        ("API_ADDR", "127.0.0.1:0"),
        ("METRICS_ADDR", "127.0.0.1:0"),
        ("AUTH_JWKS", jwks.to_str().expect("a path in UTF-8")),
        ("AUTH_ISSUER", ISSUER),
        ("AUTH_AUDIENCE", AUDIENCE),
        ("SECRET_KEYS", SECRET_KEYS),
        ("ALLOW_HTTP", "true"),
        ("ALLOW_NETS", "127.0.0.0/8"),
        ("ALLOW_PORTS", "*"),
        ("RETRY_SCHEDULE", "0s,200ms,400ms,400ms,400ms,400ms,400ms,400ms"),
        ("REQUEST_TIMEOUT", "20s"),
        ("LEASE", "30s"),
    ]));
    all
}

fn identity_and_folder() -> &'static (IdentityProvider, TempDir) {
    IDENTITY.get_or_init(|| {
        let provider = IdentityProvider::generate();
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("jwks.json"), provider.jwks()).expect("a JWKS file");
        (provider, folder)
    })
}

fn env<const N: usize>(pairs: [(&str, &str); N]) -> Env {
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}
