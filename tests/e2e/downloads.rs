//! Lists as CSV: what the list shows, in one file, with no cell that a spreadsheet would run; and an
//! answer that is cut off rather than ended where its rest cannot be read.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use support::client::{Call, Reply};
use support::{Client, World, id_of};

use crate::outage::psql;
use crate::world;

pub(crate) const OPERATIONS: &[&str] = &[
    "GET /v1/exports.csv",
    "GET /v1/attempts.csv",
    "GET /v1/audit-events",
    "GET /v1/audit-events.csv",
    "GET /v1/webhooks.csv",
];

/// A line, by the names of the columns.
type Line = BTreeMap<String, String>;

/// Reads a file as RFC 4180 says; each cell must be in quotes, each line must end.
fn lines(reply: &Reply) -> Vec<Line> {
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let text = reply.text();
    let mut rest = text.strip_prefix('\u{feff}').expect("a mark of UTF-8");
    let mut rows = Vec::new();
    while !rest.is_empty() {
        let (row, after) = row(rest);
        rows.push(row);
        rest = after;
    }
    let (names, rows) = rows.split_first().expect("a line of names");
    let line = |row: &Vec<String>| {
        assert_eq!(row.len(), names.len(), "{row:?}");
        names.iter().cloned().zip(row.iter().cloned()).collect()
    };
    rows.iter().map(line).collect()
}

/// The cells of the first line, and what follows it.
fn row(mut text: &str) -> (Vec<String>, &str) {
    let mut cells = Vec::new();
    loop {
        text = text.strip_prefix('"').expect("a cell in quotes");
        let mut cell = String::new();
        loop {
            let (before, after) = text.split_once('"').expect("the end of a cell");
            cell.push_str(before);
            text = after;
            match text.strip_prefix('"') {
                Some(after) => (cell.push('"'), text = after),
                None => break,
            };
        }
        cells.push(cell);
        if let Some(after) = text.strip_prefix("\r\n") {
            return (cells, after);
        }
        text = text.strip_prefix(',').expect("a comma, or the end of the line");
    }
}

/// Fails unless a line says what an item says, as far as both do.
fn assert_same(line: &Line, item: &Value) {
    let mut compared = 0;
    for (name, value) in item.as_object().expect("an item") {
        let (Some(cell), Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null) =
            (line.get(name), value)
        else {
            continue;
        };
        let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        let text = if value.is_null() { String::new() } else { text };
        let text = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text };
        assert_eq!(*cell, text, "{name}");
        compared += 1;
    }
    assert!(compared > 5, "{line:?}");
}

async fn same_as_list(client: &Client, list: &'static str, file: &'static str) -> Vec<Line> {
    let told = lines(&client.get(file).await);
    let items = client.get(list).await.items();
    assert_eq!(told.len(), items.len(), "{list}");
    told.iter().zip(&items).for_each(|(line, item)| assert_same(line, item));
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_comes_whole_and_as_the_reader_may_see_it() {
    let mut world = world().covers(OPERATIONS).start().await;
    let receiver = world.receiver();
    let northwind = world.northwind.clone();
    let name = "=HYPERLINK(\"https://example.com\",\"CRM\")";
    let new = json!({ "url": receiver.url_of("/secret-path"), "name": name, "purpose": "-1" });
    let made = northwind.admin.post("/v1/webhooks").json(&new).await.expect(201);
    let webhook = support::Webhook { id: id_of(&made), secret: String::new() };
    let export = northwind.export(&webhook, 2).await;
    world.until_status(&northwind.recruiter, &export, "delivered").await;

    for client in [&northwind.admin, &northwind.recruiter, &world.support] {
        let exports = same_as_list(client, "/v1/exports", "/v1/exports.csv").await;
        assert_eq!(exports[0]["webhook_name"], format!("'{name}"));
        assert_eq!(exports[0]["requested_by_email"], "rosa@example.com");
        let attempts = same_as_list(client, "/v1/attempts", "/v1/attempts.csv").await;
        assert_eq!(attempts[0]["outcome"], "delivered");
    }
    let shown = lines(&world.support.get("/v1/exports.csv").await);
    assert_eq!((shown[0]["vacancy_id"].as_str(), shown[0]["vacancy_title"].as_str()), ("", ""));
    let other = northwind.other_recruiter.get("/v1/exports.csv").await;
    assert_eq!(lines(&other), [], "the names of the columns are there all the same");
    let filtered = northwind.admin.get("/v1/exports.csv").query("status", "failed,cancelled");
    assert_eq!(lines(&filtered.await), []);
    let file = other.header("content-disposition").expect("a file").to_owned();
    let today = chrono::Utc::now().format("%Y-%m-%d");
    assert_eq!(file, format!("attachment; filename=\"exports-{today}.csv\""));

    northwind.admin.delete("/v1/webhooks/{id}").id(&webhook.id).await.expect(204);
    let register = northwind.admin.get("/v1/webhooks.csv").await;
    assert!(!register.text().contains("secret-path"), "a URL is a secret");
    let register = lines(&register);
    assert_eq!(register[0]["id"], webhook.id, "a deleted one stays");
    assert_eq!((register[0]["purpose"].as_str(), register[0]["health"].as_str()), ("'-1", ""));
    assert!(register[0]["include"].starts_with("contact, application"), "{:?}", register[0]);
    assert!(!register[0]["deleted_at"].is_empty() && !register[0]["last_attempt_at"].is_empty());
    let of_support = lines(&world.support.get("/v1/webhooks.csv").await);
    assert_eq!(
        (of_support[0]["purpose"].as_str(), of_support[0]["created_by_email"].as_str()),
        ("", "")
    );
    northwind.recruiter.get("/v1/webhooks.csv").await.problem(403, "forbidden");
    let audit = lines(&northwind.admin.get("/v1/audit-events.csv").await);
    let events = northwind.admin.get("/v1/audit-events").query("limit", 200).await.items();
    // The download tells of itself, before it goes out.
    assert!(audit.len() > 1 && events.len() >= audit.len(), "{events:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_is_read_and_knows_who_downloaded_what() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    northwind.admin.get("/v1/exports.csv").query("status", "failed").await;
    world.support.get("/v1/webhooks.csv").await;
    world.contoso.admin.get("/v1/attempts.csv").await;

    let events = northwind.admin.get("/v1/audit-events").await.items();
    let told: Vec<_> =
        events.iter().map(|event| event["sentence"].as_str().unwrap_or_default()).collect();
    assert_eq!(told[0], "Sue of the support desk downloaded the register of webhooks.");
    assert_eq!(told[1], "Ann downloaded the list of exports.");
    assert_eq!(events[1]["details"], json!({ "list": "exports", "filters": ["status"] }));
    assert!(events.iter().all(|event| event["organisation_name"].is_null()), "{events:#?}");
    let of = |name: &'static str, value: &str| {
        let value = value.to_owned();
        let call: Call = northwind.admin.get("/v1/audit-events").query(name, value);
        async move { call.await.items() }
    };
    let created = of("action", "webhook.*").await;
    assert_eq!(created.len(), 1);
    assert_eq!(created[0]["action"], "webhook.created");
    assert_eq!(of("object", &webhook.id).await, created);
    assert_eq!(of("action", "list.downloaded,webhook").await.len(), 3);
    assert_eq!(of("actor", "ANN@example.com").await.len(), 3, "the import of the template, too");
    assert_eq!(of("object_type", "export").await.len(), 1);
    let list = || northwind.admin.get("/v1/audit-events");
    for (name, value, pointer) in [
        ("actor", "nobody@example.com", "/actor"),
        ("action", "webhook.painted", "/action"),
        ("object", "x", "/object"),
        ("organisation_id", northwind.id.as_str(), "/organisation_id"),
    ] {
        let problem = list().query(name, value).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem:#}");
    }
    let seen = world.support.get("/v1/audit-events").query("organisation_id", &northwind.id).await;
    assert_eq!(seen.items()[0]["organisation_name"], "Northwind");
    let looked = list().await.items();
    let sentence = looked[0]["sentence"].as_str().unwrap_or_default();
    assert!(sentence.starts_with("Sue of the support desk looked at "), "{sentence}");
    assert!(sentence.ends_with(" events of the audit."), "{sentence}");
    let file = lines(&northwind.admin.get("/v1/audit-events.csv").await);
    assert_eq!(file.len(), looked.len());
    assert_eq!(file[0]["sentence"], sentence);
    let told = list().await.items();
    assert_eq!(told[0]["sentence"], "Ann downloaded the audit.", "of that, too");
    for pages in [("limit", "5"), ("cursor", "x")] {
        let refused = northwind.admin.get("/v1/audit-events.csv").query(pages.0, pages.1).await;
        refused.problem(422, "invalid");
    }
    let key = northwind.new_api_key("Auditor", "org_admin").await;
    let key = world.anonymous.with_token(key["secret"].as_str().expect("shown once"));
    key.get("/v1/audit-events").await.problem(403, "forbidden");
    key.get("/v1/webhooks.csv").await;
}

/// Attempts to a webhook, many more than fit in what lies between the server and a client that does not
/// read.
fn many_attempts(world: &World, webhook: &str) {
    psql(world, &format!(
        "INSERT INTO attempts (organisation_id, id, export_id, webhook_id, webhook_name, host, requested_by_id,
             attempt_number, outcome, ambiguous, http_status, started_at, duration_ms, request_bytes_sent, payload_bytes,
             payload_sha256, response_headers, response_truncated, response_too_large, facts, worker)
         SELECT '{}', uuid_v7(now() - n * interval '1 ms'), '{webhook}', '{webhook}', 'CRM', 'hooks.example.com', 'rosa',
             1, 'delivered', false, 200, now() - n * interval '1 ms', 5, 10, 10, '\\x00', '{{}}', false, false, '{{}}', 'w'
           FROM generate_series(1, 40000) n", world.northwind.id));
}

async fn open(world: &World, client: &Client) -> reqwest::Response {
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let url = world.api.url.join("/v1/attempts.csv").expect("a path");
    let request = http.get(url).bearer_auth(client.token().expect("a token"));
    request.send().await.expect("an answer").error_for_status().expect("200")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_to_its_end_is_cut_off() {
    let mut world = world().workers(0).own_cluster().start().await;
    let receiver = world.receiver();
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    many_attempts(&world, &webhook.id);
    let whole = northwind.admin.get("/v1/attempts.csv").await;
    assert_eq!(whole.text().lines().count(), 40_001);

    let mut download = open(&world, &northwind.admin).await;
    let other = open(&world, &northwind.admin).await;
    let first = download.chunk().await.expect("a piece").expect("more than nothing");
    assert!(first.starts_with("\u{feff}\"id\",".as_bytes()));
    let refused = northwind.admin.get("/v1/attempts.csv").await;
    refused.problem(429, "too_many_requests");
    assert!(refused.header("retry-after").is_some());
    drop(other);
    // Others read meanwhile, though this client does not.
    for _ in 0..20 {
        northwind.admin.get("/v1/me").await.expect(200);
    }
    world.cluster.as_mut().expect("its own").stop().await;
    let mut taken = first.len();
    let cut = loop {
        match download.chunk().await {
            Ok(Some(piece)) => taken += piece.len(),
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(cut, "a part must not look like the whole");
    assert!(taken < whole.body.len(), "{taken} of {}", whole.body.len());
    let output = world.api.process.output();
    assert!(output.contains("a download breaks off"), "{output}");
}
