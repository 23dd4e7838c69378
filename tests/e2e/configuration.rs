//! Bad configuration: one sentence that says what to do, a bad exit code, no panic.

use std::net::TcpListener;
use std::path::Path;

use serde_json::json;
use support::process::{Env, Finished, Process};
use support::settings::SECRET_KEYS;

use crate::{BINARY, world};

/// A key that sealed nothing.
const OTHER_KEY: &str = "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=";

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
    let smtp = format!("smtp://talentats:{secret}@mail.example.com?tls=off");
    let from = ("MAIL_FROM", Some("talentATS <no-reply@example.com>"));
    let cases: [(&str, &[&str], Changes<'_>); 20] = [
        ("SMTP_URL", &["worker"], &[("SMTP_URL", Some(&smtp)), from]),
        ("SMTP_URL", &["worker"], &[from]),
        ("MAIL_FROM", &["worker"], &[("SMTP_URL", Some("smtp://mail.example.com"))]),
        ("APP_URL", &["api", "worker"], &[("APP_URL", Some("app.example.com"))]),
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
    // Processes wait for it: `waiting` tells.
    for command in [&["migrate", "--wait", "0s"][..], &["organisation", "list"]] {
        let finished = run(command, world.env(), &[("DATABASE_URL", Some(&url))]).await;
        assert_refused(&finished, "DATABASE_URL", &command.join(" "));
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

/// A process whose keys do not open what is registered takes no exports from those that could send
/// them: it does not start, and names the key.
#[tokio::test(flavor = "multi_thread")]
async fn keys_that_do_not_open_live_webhooks() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    world.northwind.register(&receiver.url()).await;
    let (right, other) = (SECRET_KEYS, format!("k2:{OTHER_KEY}"));
    for command in ["api", "worker"] {
        let missing = run(&[command], world.env(), &[("SECRET_KEYS", Some(&other))]).await;
        assert_refused(&missing, "SECRET_KEYS lacks the key `k1`", command);
        let wrong = format!("k1:{OTHER_KEY}");
        let wrong = run(&[command], world.env(), &[("SECRET_KEYS", Some(&wrong))]).await;
        assert_refused(&wrong, "the key `k1` in SECRET_KEYS", command);
        assert!(!wrong.output.contains(OTHER_KEY), "{}", wrong.output);
    }
    // A new key in front of the one that sealed is how keys are rotated.
    world.set_env("SECRET_KEYS", &format!("{other},{right}"));
    world.start_worker().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_requests_at_once_than_file_descriptors() {
    let world = world().workers(0).start().await;
    let limited = |limit: &str| format!("ulimit -n {limit} && exec \"$0\" worker");
    let shell = Path::new("/bin/sh");
    let arguments = |script| ["-c".to_owned(), script, BINARY.to_owned()];
    let start = |script, concurrency: &str| {
        let mut env = world.env().clone();
        env.insert("CONCURRENCY".to_owned(), concurrency.to_owned());
        let arguments = arguments(script);
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        Process::start("limited", shell, &arguments, &env)
    };
    let finished = start(limited("256"), "512").finished().await;
    let figures =
        "CONCURRENCY 512 needs 832 file descriptors, and this process may open 256 at most";
    assert_refused(&finished, figures, "a hard limit of 256");
    // The soft limit alone is raised.
    let mut fits = start("ulimit -Sn 64 && exec \"$0\" worker".to_owned(), "100");
    fits.wait_for(|line| line.contains("worker starts").then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_that_cannot_be_used() {
    let world = world().workers(0).start().await;
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let path = file.path().to_str().expect("a path in UTF-8");
    let noise = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (text, expected) in [
        ("not PEM", "has no certificate in it"),
        (noise, "certificate 1 in EXTRA_CA_FILE cannot be used"),
    ] {
        std::fs::write(file.path(), text).expect("room for a few lines");
        let finished = run(&["worker"], world.env(), &[("EXTRA_CA_FILE", Some(path))]).await;
        assert_refused(&finished, "EXTRA_CA_FILE", text);
        assert!(finished.output.contains(expected), "{}", finished.output);
    }
    let nowhere = run(&["worker"], world.env(), &[("EXTRA_CA_FILE", Some("/nowhere.pem"))]).await;
    assert_refused(&nowhere, "EXTRA_CA_FILE /nowhere.pem cannot be read", "no file");
}

/// What a worker cannot open, because its keys came apart from the API's while it ran, is our own
/// fault: nothing is sent, it is told with the export, and a worker with the right keys delivers.
#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_value_that_does_not_open() {
    let mut world = world().workers(0).start().await;
    let mut receiver = world.receiver();
    world.set_env("SECRET_KEYS", &format!("k2:{OTHER_KEY}"));
    world.start_worker().await;
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 1).await;
    let admin = world.northwind.admin.clone();
    let waiting = world.until_status(&admin, &export, "retrying").await;
    assert_eq!(waiting["ambiguous"], false, "{waiting:#}");
    let attempt = &world.attempts(&admin, &export).await[0];
    assert_eq!(attempt["outcome"], "internal_error", "{attempt:#}");
    assert_eq!((&attempt["ambiguous"], &attempt["request_bytes_sent"]), (&json!(false), &json!(0)));
    for told in [attempt, &waiting] {
        let sentence = told["explanation"].as_str().unwrap_or_default();
        assert!(sentence.contains("nothing was sent"), "{sentence}");
    }
    let hook = admin.get("/v1/webhooks/{id}").id(&webhook.id).await.expect(200);
    assert_eq!(hook["health"], "untested", "not the receiver's failure: {hook:#}");
    let output = world.workers[0].output();
    let id = attempt["id"].as_str().expect("an id");
    let told: Vec<_> = output.lines().filter(|line| line.contains(id)).collect();
    assert_eq!(told.len(), 1, "once: {told:?}");
    assert!(told[0].contains(&export) && told[0].contains("SECRET_KEYS"), "{told:?}");
    receiver.assert_no_more();

    world.workers[0].kill().await;
    world.set_env("SECRET_KEYS", SECRET_KEYS);
    world.start_worker().await;
    receiver.next().await;
    world.until_status(&admin, &export, "delivered").await;
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
