//! HTTP itself, byte by byte: what is refused unread is told, a body is asked for only when it is
//! wanted, and HEAD has no body.

mod framing;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use support::World;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::world;

const ASK: &str = "Expect: 100-continue\r\nContent-Type: application/x-ndjson\r\n";
const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";

/// A connection without a client library.
struct Raw(TcpStream);

impl Raw {
    async fn open(world: &World) -> Self {
        let url = &world.api.url;
        let (host, port) = (url.host_str().expect("a host"), url.port().expect("a port"));
        Self(TcpStream::connect((host, port)).await.expect("a connection"))
    }

    async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        // The other side may refuse before it has read all.
        drop(self.0.write_all(bytes.as_ref()).await);
    }

    /// What has come once it ends with this, or all of it where the connection ends.
    async fn read_until(&mut self, end: &str) -> String {
        let mut bytes = Vec::new();
        let read = async {
            while !bytes.ends_with(end.as_bytes()) || end.is_empty() {
                if self.0.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                    return;
                }
            }
        };
        timeout(support::receiver::DEADLINE, read).await.expect("an answer in time");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// All of an answer, which says how long it is.
    async fn answer(&mut self) -> String {
        let mut bytes = Vec::new();
        let read = async {
            while !is_whole(&bytes) && self.0.read_buf(&mut bytes).await.unwrap_or(0) > 0 {}
        };
        timeout(support::receiver::DEADLINE, read).await.expect("an answer in time");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.and_then(|length| length.parse().ok()).is_some_and(|length: usize| body.len() >= length)
}

async fn exchange(world: &World, request: impl AsRef<[u8]>) -> String {
    let mut raw = Raw::open(world).await;
    raw.send(request).await;
    raw.answer().await
}

/// What comes until the connection ends.
async fn to_the_end(world: &World, request: impl AsRef<[u8]>) -> String {
    let mut raw = Raw::open(world).await;
    raw.send(request).await;
    raw.read_until("").await
}

/// The answer has this status and is a problem of this kind, and nothing came before it.
#[track_caller]
fn assert_problem(answer: &str, status: u16, slug: &str) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{status} {slug}: {answer}");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.contains("content-type: application/problem+json"), "{head}");
    assert!(head.contains(&format!("content-length: {}", body.len())), "{answer}");
    let problem: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"));
    assert_eq!(problem["type"], format!("/problems/{slug}"), "{problem}");
    assert!(problem["instance"].is_string() && problem["detail"].is_string(), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_unread_is_told() {
    let world = world().workers(0).start().await;
    let get = |rest: &str| format!("GET /healthz HTTP/1.1\r\n{rest}\r\n");
    let post = |rest: &str| format!("POST /v1/import HTTP/1.1\r\nHost: a\r\n{rest}\r\nxyz");
    let header = |name: usize| format!("X-{name}: a\r\n");
    let many: String = (0..200).map(header).collect();
    let table = [
        (get(""), 400, "head_unreadable"),
        (get("Host: a\r\nHost: b\r\n"), 400, "head_unreadable"),
        (get("Host: a\r\nno colon\r\n"), 400, "head_unreadable"),
        (get("Host: a b/c\r\n"), 400, "head_unreadable"),
        (get("Host: user@a\r\n"), 400, "head_unreadable"),
        (post("Content-Length: 3\r\nContent-Length: 4\r\n"), 400, "head_unreadable"),
        (post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), 400, "head_unreadable"),
        (post("Content-Length: three\r\n"), 400, "head_unreadable"),
        (post("Transfer-Encoding: gzip\r\n"), 400, "head_unreadable"),
        (
            format!("GET /healthz?q={} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(70_000)),
            400,
            "head_unreadable",
        ),
        ("\u{16}\u{3}\u{1}\r\n\r\n".to_owned(), 400, "head_unreadable"),
        (get(&format!("Host: a\r\n{many}")), 431, "head_too_large"),
        (get(&format!("Host: a\r\nX-A: {}\r\n", "a".repeat(300_000))), 431, "head_too_large"),
    ];
    for (request, status, slug) in table {
        let answer = to_the_end(&world, &request).await;
        assert_problem(&answer, status, slug);
        assert!(answer.contains("connection: close"), "{answer}");
    }
    let good = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    let both = to_the_end(&world, format!("{good}{}", get(""))).await;
    assert!(both.starts_with("HTTP/1.1 200 "), "{both}");
    let second = both.find("HTTP/1.1 4").expect("a second answer");
    assert_problem(&both[second..], 400, "head_unreadable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_asked_for_only_when_it_is_wanted() {
    let world = world().workers(0).start().await;
    let token = |client: &support::Client| client.token().expect("a token").to_owned();
    let admin = token(&world.northwind.admin);
    let recruiter = token(&world.northwind.recruiter);
    let post = |path: &str, token: Option<&str>, length: u64, more: &str| {
        let who = token.map(|token| format!("Authorization: Bearer {token}\r\n"));
        let who = who.unwrap_or_default();
        format!("POST {path} HTTP/1.1\r\nHost: a\r\n{who}Content-Length: {length}\r\n{more}\r\n")
    };
    let json = "Expect: 100-continue\r\nContent-Type: application/json\r\n";
    let other = "Expect: 100-Continue\r\nContent-Type: text/csv\r\n";
    let gibibytes = 2 * 1024 * 1024 * 1024;
    let table = [
        (post("/v1/nothing", None, 9, ASK), 404, "not_found"),
        (post("/v1/me", None, 9, ASK), 405, "method_not_allowed"),
        (post("/v1/import", None, 9, ASK), 401, "unauthenticated"),
        (post("/v1/import", Some("nonsense"), 9, ASK), 401, "unauthenticated"),
        (post("/v1/import", Some(&recruiter), 9, ASK), 403, "forbidden"),
        (post("/v1/import", Some(&admin), gibibytes, ASK), 413, "body_too_large"),
        (post("/v1/import", Some(&admin), 9, other), 415, "unsupported_media_type"),
        (post("/v1/import?x=y", Some(&admin), 9, ASK), 422, "invalid"),
        (post("/v1/webhooks", Some(&recruiter), 9, json), 403, "forbidden"),
        (post("/v1/webhooks", Some(&admin), 2 * 1024 * 1024, json), 413, "body_too_large"),
        // Without the question, too, nobody reads what is too long.
        (
            post("/v1/import", Some(&admin), gibibytes, "Content-Type: application/x-ndjson\r\n"),
            413,
            "body_too_large",
        ),
    ];
    for (request, status, slug) in table {
        assert_problem(&exchange(&world, &request).await, status, slug);
    }
    let running = import_running(&world);
    let in_the_way = exchange(&world, post("/v1/import", Some(&admin), 9, ASK)).await;
    assert_problem(&in_the_way, 409, "import_in_progress");
    assert!(in_the_way.to_ascii_lowercase().contains("\r\nretry-after: 2\r\n"), "{in_the_way}");
    end(running);
    let line = r#"{"kind":"vacancy","reference":"EXPECT","title":"T","stages":["A"]}"#;
    let length = line.len() as u64;
    let mut raw = Raw::open(&world).await;
    // Once on a connection and once again.
    for more in ["", "Connection: close\r\n"] {
        raw.send(post("/v1/import", Some(&admin), length, &format!("{ASK}{more}"))).await;
        assert_eq!(raw.read_until(CONTINUE).await, CONTINUE);
        raw.send(line).await;
        let answer = raw.answer().await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
    // Who does not wait is not kept waiting.
    let whole = post("/v1/import", Some(&admin), length, &format!("{ASK}Connection: close\r\n"));
    let answer = to_the_end(&world, format!("{whole}{line}")).await;
    assert!(answer.trim_start_matches(CONTINUE).starts_with("HTTP/1.1 200 "), "{answer}");
}

/// Holds what an import of Northwind would hold.
fn import_running(world: &World) -> Child {
    let mut psql = Command::new("psql");
    psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", &world.env()["DATABASE_URL"]]);
    let psql = psql.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut psql = psql.expect("psql is installed");
    let key = format!("import {}", world.northwind.id);
    let sql = format!("SELECT 'held', pg_advisory_lock(hashtextextended('{key}', 0));\n");
    psql.stdin.as_mut().expect("piped").write_all(sql.as_bytes()).expect("written");
    let mut said = String::new();
    let stdout = psql.stdout.as_mut().expect("piped");
    BufReader::new(stdout).read_line(&mut said).expect("read");
    assert!(said.starts_with("held"), "{said}");
    psql
}

fn end(mut psql: Child) {
    // The end of its input ends it, and its session a moment later: the lock is given back before.
    let mut stdin = psql.stdin.take().expect("piped");
    stdin.write_all(b"SELECT pg_advisory_unlock_all();\n").expect("written");
    drop(stdin);
    psql.wait().expect("it ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_end_in_time_and_are_few_at_once() {
    let world = world().env("IMPORT_TIMEOUT", "5s").workers(0).start().await;
    let token = world.northwind.admin.token().expect("a token");
    let request = format!(
        "POST /v1/import HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\
         Content-Length: 1000\r\n{ASK}\r\n"
    );
    let mut slow = [Raw::open(&world).await, Raw::open(&world).await];
    for raw in &mut slow {
        raw.send(&request).await;
        assert_eq!(raw.read_until(CONTINUE).await, CONTINUE, "under way");
    }
    let third = exchange(&world, &request).await;
    assert_problem(&third, 429, "too_many_requests");
    assert!(third.contains("retry-after: "), "{third}");
    for raw in &mut slow {
        // Something comes all the time; it is the whole that takes too long.
        raw.send("{").await;
        assert_problem(&raw.answer().await, 408, "timeout");
    }
    let mut next = Raw::open(&world).await;
    next.send(&request).await;
    assert_eq!(next.read_until(CONTINUE).await, CONTINUE, "there is room again");
}

#[tokio::test(flavor = "multi_thread")]
async fn head_says_what_get_would_and_sends_no_body() {
    let world = world().workers(0).start().await;
    let token = world.northwind.admin.token().expect("a token");
    for path in ["/healthz", "/docs/", "/openapi.json", "/v1/me", "/v1/webhooks"] {
        let request = |method: &str| {
            format!(
                "{method} {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\
                 Connection: close\r\n\r\n"
            )
        };
        let length = |answer: &str| {
            let line = answer.lines().find(|line| line.starts_with("content-length: "));
            line.map(str::to_owned).unwrap_or_else(|| panic!("no length: {answer}"))
        };
        let head = to_the_end(&world, request("HEAD")).await;
        let get = to_the_end(&world, request("GET")).await;
        assert!(head.starts_with("HTTP/1.1 200 ") && head.ends_with("\r\n\r\n"), "{path}: {head}");
        assert_eq!(length(&head), length(&get), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_waits_for_its_next_request_as_long_as_is_set() {
    let world = world().env("KEEP_ALIVE", "1s").workers(0).start().await;
    let mut raw = Raw::open(&world).await;
    for _ in 0..2 {
        raw.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert!(raw.read_until("}").await.starts_with("HTTP/1.1 200 "));
    }
    assert_eq!(raw.read_until("").await, "", "it closes by itself");
}
