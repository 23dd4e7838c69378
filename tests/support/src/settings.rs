//! The environment of the processes under test: short schedules, loopback allowed, port 0.

use std::path::Path;
use std::sync::OnceLock;

use crate::identity::{AUDIENCE, ISSUER, IdentityProvider};
use crate::process::Env;

/// Sealing key of every world, in the form of `SECRET_KEYS`.
pub const SECRET_KEYS: &str = "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// The identity provider of this test process.
pub fn identity() -> &'static IdentityProvider {
    static IDENTITY: OnceLock<IdentityProvider> = OnceLock::new();
    IDENTITY.get_or_init(IdentityProvider::generate)
}

/// What a command needs that only talks to the database.
pub fn of_database(url: &str) -> Env {
    env([("DATABASE_URL", url), ("PATH", "/usr/bin:/bin"), ("RUST_BACKTRACE", "1")])
}

/// What `api` and `worker` need; the JWKS file goes into `folder`.
pub fn of_world(database_url: &str, folder: &Path) -> Env {
    let jwks = folder.join("jwks.json");
    std::fs::write(&jwks, identity().jwks()).expect("a JWKS file");
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
        ("HEARTBEAT", "1s"),
        // A handful of callers stand for all of them.
        ("CALLER_LIMIT", "0"),
        ("ORGANISATION_LIMIT", "0"),
    ]));
    all
}

fn env<const N: usize>(pairs: [(&str, &str); N]) -> Env {
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}
