//! The permission matrix: sixteen kinds of caller, each operation, and objects that are their own,
//! another organisation's, missing and deleted. What each gets is written by hand in
//! `matrix/table.txt`, which also says how to add a line.

mod callers;
mod things;

use std::collections::BTreeSet;

use support::Client;
use support::client::Reply;

use crate::world;
use things::{MISSING, Things};

const TABLE: &str = include_str!("matrix/table.txt");

/// One operation on one kind of object.
struct Line {
    method: &'static str,
    path: &'static str,
    object: &'static str,
    /// Of whom nobody knows.
    unknown: u16,
    /// In the order of `callers::known`.
    known: [u16; 8],
}

fn table() -> Vec<Line> {
    let lines = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(Line::parse).collect()
}

impl Line {
    fn parse(text: &'static str) -> Self {
        let words: Vec<_> = text.split_whitespace().collect();
        let [method, path, object, ref statuses @ ..] = words[..] else { panic!("{text}") };
        let statuses: Vec<u16> = statuses
            .iter()
            .map(|status| status.parse().unwrap_or_else(|_| panic!("{text}")))
            .collect();
        let [unknown, ref known @ ..] = statuses[..] else { panic!("no status: {text}") };
        let known = known.try_into().unwrap_or_else(|_| panic!("nine callers: {text}"));
        Self { method, path, object, unknown, known }
    }

    fn operation(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn changes(&self, status: u16) -> bool {
        self.method != "GET" && status < 300
    }

    /// Fails unless the answer has the status of the cell, and is a problem of it where it refuses.
    fn check(&self, who: &str, reply: &Reply, status: u16) {
        let Self { object, .. } = self;
        let cell = format!("{} on {object} as {who}: {}", self.operation(), reply.text());
        assert_eq!(reply.status, status, "{cell}");
        let slug = match status {
            401 => "/problems/unauthenticated",
            403 => "/problems/forbidden",
            404 => "/problems/not_found",
            _ => return,
        };
        assert_eq!(reply.expect(status)["type"], slug, "{cell}");
        assert_eq!(reply.header("www-authenticate").is_some(), status == 401, "{cell}");
    }
}

/// Answers where nothing may be told: the same as for what does not exist, and for what is no id.
async fn is_as_if_missing(things: &mut Things, line: &Line, client: &Client, reply: &Reply) {
    let named = line.path.contains("{id}");
    for absent in if named { &[MISSING, "not-a-uuid"][..] } else { &[MISSING][..] } {
        let absent = things.call(client, (line.method, line.path), absent).await;
        let same = (reply.without_instance(), absent.without_instance());
        assert_eq!(same.0, same.1, "{} on {}", line.operation(), line.object);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_caller_gets_what_the_table_says() {
    let world = world().workers(0).start().await;
    let (unknown, known) = (callers::unknown(&world).await, callers::known(&world).await);
    let mut things = Things::of(world).await;
    for line in table() {
        let target = (line.method, line.path);
        let shared = things.shared(line.object).await;
        for (who, client) in &unknown {
            let reply = things.call(client, target, &shared).await;
            line.check(who, &reply, line.unknown);
        }
        for ((who, client), status) in known.iter().zip(line.known) {
            let own = line.changes(status).then_some(line.object);
            let id = if let Some(kind) = own { things.make(kind).await } else { shared.clone() };
            let reply = things.call(client, target, &id).await;
            line.check(who, &reply, status);
            if matches!(status, 404 | 422) {
                is_as_if_missing(&mut things, &line, client, &reply).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_operation_has_its_lines() {
    let world = world().workers(0).start().await;
    let document = world.anonymous.get("/openapi.json").await.expect(200);
    let operations: BTreeSet<_> = crate::coverage::operations(&document).into_iter().collect();
    let table = table();
    let listed: BTreeSet<_> = table.iter().map(Line::operation).collect();
    assert_eq!(listed, operations, "matrix/table.txt has each operation, and no other");
    for operation in operations.iter().filter(|operation| operation.contains('{')) {
        let mut lines = table.iter().filter(|line| line.operation() == *operation);
        assert!(lines.any(|line| line.object == "missing"), "{operation} on what is missing");
    }
    let open = table.iter().filter(|line| line.unknown != 401);
    let under_v1: Vec<_> =
        open.filter(|line| line.path.starts_with("/v1/")).map(Line::operation).collect();
    assert!(under_v1.is_empty(), "open to everybody: {under_v1:?}");
}
