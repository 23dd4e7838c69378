//! Bad configuration: one sentence that says what to do, a bad exit code, no panic.

use std::net::TcpListener;
use std::path::Path;

use support::process::{Env, Finished, Process};

use crate::{BINARY, world};

/// Variables to set or, with `None`, to take away.
type Changes<'a> = &'a [(&'a str, Option<&'a str>)];

async fn run(arguments: &[&str], env: &Env, changes: Changes<'_>) -> Finished {
    let mut env = env.clone();
    for (name, value) in changes {
        match value {
            Some(value) => env.insert((*name).to_owned(), (*value).to_owned()),
            None => env.remove(*name),
        };
    }
    Process::start("bad", Path::new(BINARY), arguments, &env).finished().await
}

fn assert_refused(finished: &Finished, name: &str, what: &str) {
    let output = &finished.output;
    assert!(!finished.status.success(), "{what}: {output}");
    assert!(finished.status.code().is_some(), "{what}: ended by a signal");
    for noise in ["panicked", "stack backtrace", "thread '"] {
        assert!(!output.contains(noise), "{what}: {output}");
    }
    let complaint: Vec<_> = output.lines().filter(|line| line.contains(name)).collect();
    assert!(!complaint.is_empty(), "{what}: nothing about {name} in {output}");
    assert!(output.lines().count() <= 8, "{what}: one sentence, not {output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_is_refused_in_a_sentence() {
    let world = world().workers(0).start().await;
    let secret = "c2hvcnQtc2VjcmV0";
    let key = format!("k1:{secret}");
    let cases: [(&str, &[&str], Changes<'_>); 16] = [
        ("SECRET_KEYS", &["api", "worker"], &[("SECRET_KEYS", None)]),
        ("SECRET_KEYS", &["api", "worker"], &[("SECRET_KEYS", Some(&key))]),
        ("SECRET_KEYS", &["api", "worker"], &[("SECRET_KEYS", Some("no-colon"))]),
        ("DATABASE_URL", &["api", "worker", "migrate"], &[("DATABASE_URL", None)]),
        ("DATABASE_URL", &["api", "worker", "migrate"], &[("DATABASE_URL", Some("nonsense"))]),
        ("AUTH_JWKS", &["api"], &[("AUTH_JWKS", Some("/nowhere/jwks.json"))]),
        ("AUTH_JWKS", &["api"], &[("AUTH_JWKS", Some("/etc/hostname"))]),
        ("RETRY_SCHEDULE", &["worker"], &[("RETRY_SCHEDULE", Some("soon"))]),
        ("RETRY_SCHEDULE", &["worker"], &[("RETRY_SCHEDULE", Some(","))]),
        ("API_ADDR", &["api"], &[("API_ADDR", Some("somewhere"))]),
        ("https://a.example/app", &["api"], &[("CORS_ORIGINS", Some("https://a.example/app"))]),
        ("`*`", &["api"], &[("CORS_ORIGINS", Some("https://a.example, *"))]),
        ("`10.0.0.0/33`", &["api", "worker"], &[("ALLOW_NETS", Some("10.0.0.1, 10.0.0.0/33"))]),
        ("`localhost`", &["api", "worker"], &[("DENY_NETS", Some("localhost"))]),
        ("`somewhere`", &["api"], &[("EGRESS_IPS", Some("192.0.2.7, somewhere"))]),
        ("`ns.example`", &["worker"], &[("DNS_SERVERS", Some("9.9.9.9, ns.example"))]),
    ];
    for (name, commands, changes) in cases {
        for command in commands {
            let finished = run(&[command], world.env(), changes).await;
            assert_refused(&finished, name, &format!("{command} with {changes:?}"));
            assert!(!finished.output.contains(secret), "a secret in {}", finished.output);
            assert!(!finished.output.contains("listens"), "too late: {}", finished.output);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_there() {
    let world = world().workers(0).start().await;
    let password = "secret-password";
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let url = format!("postgres://talentats:{password}@127.0.0.1:{port}/nowhere");
    for command in ["api", "worker", "migrate"] {
        let finished = run(&[command], world.env(), &[("DATABASE_URL", Some(&url))]).await;
        assert_refused(&finished, "DATABASE_URL", command);
        assert!(!finished.output.contains(password), "{}", finished.output);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken() {
    let world = world().workers(0).start().await;
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let finished = run(&["api"], world.env(), &[("API_ADDR", Some(&address))]).await;
    assert_refused(&finished, &address, "API_ADDR");
    for command in ["api", "worker"] {
        let finished = run(&[command], world.env(), &[("METRICS_ADDR", Some(&address))]).await;
        assert_refused(&finished, &address, "METRICS_ADDR");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_is_set_to_nothing_counts_as_not_set() {
    let empty =
        ["DENY_NETS", "DNS_SERVERS", "EGRESS_IPS", "EXTRA_CA_FILE", "CORS_ORIGINS", "LEASE"];
    let world = empty.iter().fold(world(), |world, name| world.env(name, "")).start().await;
    let me = world.northwind.admin.get("/v1/me").await.expect(200);
    assert_eq!(me["egress_addresses"], serde_json::json!([]));
    let missing = run(&["api"], world.env(), &[("SECRET_KEYS", Some(""))]).await;
    assert_refused(&missing, "SECRET_KEYS", "an empty key");
}

/// What people write into lists, and what is meant by it, in both processes.
#[tokio::test(flavor = "multi_thread")]
async fn lists_are_read_alike_everywhere() {
    let lists = [
        ("CORS_ORIGINS", " https://a.example, HTTPS://B.Example:443/ ,"),
        ("ALLOW_NETS", "127.0.0.1, ::1 , 127.0.0.9/8,"),
        ("DENY_NETS", " 10.0.0.5 ,2001:db8::1,"),
        ("ALLOW_PORTS", " * ,"),
        ("EGRESS_IPS", "192.0.2.7, 198.51.100.0/28 ,"),
        ("DNS_SERVERS", "127.0.0.1, [::1]:5353 ,"),
        ("RETRY_SCHEDULE", "0s, 200ms , 1s,"),
        ("SECRET_KEYS", " k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE= , "),
    ];
    let world = lists.iter().fold(world(), |world, (name, list)| world.env(name, list));
    let world = world.start().await;
    let me = world.northwind.admin.get("/v1/me").await.expect(200);
    assert_eq!(me["egress_addresses"], serde_json::json!(["192.0.2.7", "198.51.100.0/28"]));
    for origin in ["https://a.example", "https://b.example"] {
        let reply = world.anonymous.get("/healthz").header("origin", origin).await;
        assert_eq!(reply.header("access-control-allow-origin"), Some(origin));
    }
    for denied in ["https://10.0.0.5:8443/", "https://[2001:db8::1]:8443/"] {
        let create = serde_json::json!({ "url": denied });
        let refused = world.northwind.admin.post("/v1/webhooks").json(&create).await;
        refused.problem(422, "url_refused");
    }
}
