//! Somebody is forgotten: while one export waits, one is on the wire, one was delivered, one failed and may
//! have arrived, and one failed before anything was sent.

use std::path::Path;

use serde_json::{Value, json};
use support::process::{Finished, Process};
use support::{Answer, Client, Receiver, Webhook, World, id_of, people};

use crate::{BINARY, world};

pub(crate) const OPERATIONS: &[&str] = &[
    "GET /v1/candidates",
    "GET /v1/candidates/{id}/exports",
    "DELETE /v1/candidates/{id}",
    "DELETE /v1/candidates",
];

/// What nobody else in these tests is called.
const NEEDLES: [&str; 4] = ["Quillfeather", "zeb.quill", "496 0777", "ERASE-ME-4711"];
const REFERENCE: &str = "ERASE-ME-4711";

/// A vacancy with the one who is to be forgotten, and another person.
fn lines() -> Vec<Value> {
    let mut zeb = people::candidate(1);
    for (member, value) in [
        ("reference", REFERENCE),
        ("first_name", "Zebedee"),
        ("last_name", "Quillfeather"),
        ("email", "zeb.quill@example.com"),
        ("phone", "+44 113 496 0777"),
    ] {
        zeb[member] = json!(value);
    }
    let mut application = people::application(1, "V-E");
    application["candidate"] = json!(REFERENCE);
    application["reference"] = json!("A-E-1");
    let other = [people::candidate(2), people::application(2, "V-E")];
    [vec![people::vacancy("V-E", "Engineer V-E"), zeb, application], other.to_vec()].concat()
}

/// Where each of the needles is in the database: table and column.
async fn found_in(world: &World) -> Vec<String> {
    let url = world.env()["DATABASE_URL"].clone();
    let walk = move || {
        let mut client = postgres::Client::connect(&url, postgres::NoTls).expect("a connection");
        let columns = client
            .query(
                "SELECT c.table_name::text, c.column_name::text, c.data_type::text
                 FROM information_schema.columns c
                 JOIN information_schema.tables t USING (table_schema, table_name)
                 WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
                   AND c.data_type IN ('text', 'bytea', 'jsonb', 'ARRAY')",
                &[],
            )
            .expect("columns");
        assert!(columns.len() > 60, "{} columns", columns.len());
        let mut found = Vec::new();
        for column in columns {
            let (table, column, kind): (String, String, String) =
                (column.get(0), column.get(1), column.get(2));
            let text = match kind.as_str() {
                "bytea" => format!("encode(\"{column}\", 'escape')"),
                _ => format!("\"{column}\"::text"),
            };
            for needle in NEEDLES {
                let query =
                    format!("SELECT count(*) FROM \"{table}\" WHERE {text} ILIKE '%{needle}%'");
                let rows: i64 = client.query_one(&query, &[]).expect("a count").get(0);
                if rows > 0 {
                    found.push(format!("{needle} in {table}.{column}"));
                }
            }
        }
        found
    };
    tokio::task::spawn_blocking(walk).await.expect("no panic")
}

async fn command(world: &World, arguments: &[&str]) -> Finished {
    Process::start("command", Path::new(BINARY), arguments, world.env()).finished().await
}

async fn the_candidate(admin: &Client) -> Value {
    let found = admin.get("/v1/candidates").query("q", "quillfeather").await.items();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

async fn ask(world: &World, webhook: &Webhook, hold: u64) -> String {
    let northwind = &world.northwind;
    let vacancy = northwind.vacancy("V-E").await;
    let body = json!({
        "vacancy_id": vacancy, "webhook_id": webhook.id, "hold_seconds": hold,
        "application_ids": northwind.applications(&vacancy).await,
    });
    id_of(&northwind.recruiter.post("/v1/exports").json(&body).await.expect(202))
}

/// A webhook whose receiver answers so, and an export to it.
async fn exported(world: &mut World, answer: Answer) -> (Receiver, Webhook, String) {
    let receiver = world.receiver();
    receiver.script([answer.body("thank you for Zebedee Quillfeather")]);
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = ask(world, &webhook, 0).await;
    (receiver, webhook, export)
}

fn of<'a>(list: &'a Value, member: &str, id: &str) -> &'a Value {
    let items = list.as_array().expect("a list");
    items.iter().find(|item| item[member] == id).unwrap_or(&Value::Null)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_export_lands_as_it_stood() {
    let mut world = world().env("RETRY_SCHEDULE", "0s").covers(OPERATIONS).start().await;
    let northwind = world.northwind.clone();
    let (admin, recruiter) = (&northwind.admin, &northwind.recruiter);
    northwind.import(&people::ndjson(&lines())).await.expect(200);
    world.contoso.clone().import(&people::ndjson(&lines())).await.expect(200);
    let (_a, delivered_to, delivered) = exported(&mut world, Answer::status(200)).await;
    world.until_status(recruiter, &delivered, "delivered").await;
    let (_b, ambiguous_to, ambiguous) = exported(&mut world, Answer::close()).await;
    world.until_status(recruiter, &ambiguous, "failed").await;
    let refused_to =
        northwind.register(&format!("http://127.0.0.1:{}/", world.closed_port())).await;
    let refused = ask(&world, &refused_to, 0).await;
    world.until_status(recruiter, &refused, "failed").await;
    let waiting = ask(&world, &delivered_to, 60).await;
    let (mut on_the_wire_to, sending_to, sending) =
        exported(&mut world, Answer::status(200).held()).await;
    on_the_wire_to.next().await;
    assert!(!found_in(&world).await.is_empty(), "before, it is in several places");

    let person = the_candidate(admin).await;
    let counts = (&person["applications"], &person["exports"], &person["reference"]);
    assert_eq!(counts, (&json!(1), &json!(5), &json!(REFERENCE)));
    let id = id_of(&person);
    let foreign = world.contoso.admin.get("/v1/candidates/{id}/exports").id(&id);
    foreign.await.problem(404, "not_found");
    let erased = admin.delete("/v1/candidates/{id}").id(&id).await.expect(200);
    assert_eq!((&erased["applications"], &erased["exports_total"]), (&json!(1), &json!(5)));
    assert_eq!(erased["to_be_cut"], 1, "{erased:#}");
    let cut = of(&erased["cut"], "export_id", &waiting);
    assert!(cut["continued_as"].is_string(), "{erased:#}");
    for (webhook, certainty) in [
        (&delivered_to, json!("sent")),
        (&ambiguous_to, json!("may_have_been_sent")),
        (&sending_to, json!("being_sent_now")),
        (&refused_to, Value::Null),
    ] {
        let receiver = of(&erased["receivers"], "webhook_id", &webhook.id);
        assert_eq!(receiver["certainty"], certainty, "{erased:#}");
    }
    assert!(!erased.to_string().contains("Quillfeather"), "{erased:#}");

    let end = recruiter.get("/v1/exports/{id}").id(&waiting).await.expect(200);
    assert_eq!((&end["status"], &end["ended_by"]), (&json!("cancelled"), &json!("erasure")));
    let words = end["explanation"].as_str().expect("words");
    assert!(words.contains("was erased") && words.contains("go out as export"), "{words}");
    let next = cut["continued_as"].as_str().expect("an id");
    let next = recruiter.get("/v1/exports/{id}").id(next).await.expect(200);
    assert_eq!(next["left_out"], json!([{ "reason": "erased", "count": 1 }]), "{next:#}");
    on_the_wire_to.release(1);
    world.until_status(recruiter, &sending, "delivered").await;
    let payload = |export: &str| recruiter.get("/v1/exports/{id}/payload").id(export);
    while payload(&sending).status().await != 200 {
        world.until_status(recruiter, &sending, "delivered").await;
    }
    nothing_is_left(&world).await;

    let again = northwind.import(&people::ndjson(&lines())).await.expect(200);
    assert_eq!(again["skipped_erased"], 2, "{again:#}");
    assert!(admin.get("/v1/candidates").query("q", REFERENCE).await.items().is_empty());
    told_to_receivers(admin, &id, &delivered).await;
    replayed(&mut world, &id).await;
}

/// What is left is the other organisation's person, until they are erased there, too.
async fn nothing_is_left(world: &World) {
    let theirs = found_in(world).await;
    let rows =
        |place: &String| place.contains("in candidates.") || place.contains("in applications.");
    assert!(!theirs.is_empty() && theirs.iter().all(rows), "{theirs:#?}");
    let erase = world.contoso.admin.delete("/v1/candidates").query("reference", REFERENCE);
    erase.await.expect(200);
    assert_eq!(found_in(world).await, Vec::<String>::new());
}

/// The report answers for an erased person, as a list and as a page to print, without any look at them.
async fn told_to_receivers(admin: &Client, id: &str, delivered: &str) {
    let list = admin.get("/v1/candidates/{id}/exports").id(id).query("limit", 2);
    let first = list.clone().await.expect(200);
    let cursor = first["next_cursor"].as_str().expect("there are more").to_owned();
    let second = list.clone().query("cursor", &cursor).await.expect(200);
    assert_ne!(first["items"], second["items"]);
    let html = admin.get("/v1/candidates/{id}/exports").id(id).query("format", "html").await;
    assert_eq!(html.status, 200);
    let page = html.text();
    for words in [delivered, "got the data", "may have got the data", "Applications erased"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("Quillfeather") && !page.contains("ERASE-ME"), "{page}");
}

/// After a restore the log of the API erases again whoever is there.
async fn replayed(world: &mut World, id: &str) {
    let northwind = world.northwind.clone();
    let found = northwind.admin.get("/v1/candidates").query("q", "C-2").await.items();
    let other = found.iter().find(|one| one["reference"] == "C-2").map(id_of).expect("there");
    world.api.process.terminate().await;
    let log = world.api.process.finished().await.output;
    let line = log.lines().find(|line| line.contains("candidate.erased")).expect("one line");
    let list = command(world, &["erase", "--list"]).await;
    assert!(list.output.contains(&format!("{} {id}\n", northwind.id)), "{}", list.output);
    assert!(!list.output.contains(&other), "{}", list.output);
    assert!(line.contains(id) && !line.contains("Quill") && !line.contains(REFERENCE), "{line}");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("api.log");
    let path = file.to_str().expect("a path in UTF-8");
    std::fs::write(&file, format!("{line}\n# by hand\n{} {other}\n", northwind.id))
        .expect("written");
    for told in ["erased 1; 1 were not there", "erased 0; 2 were not there"] {
        let done = command(world, &["erase", "--replay", path]).await;
        assert!(done.status.success() && done.output.contains(told), "{}", done.output);
    }
    std::fs::write(&file, format!("Ada Example\n{} {other}\n", northwind.id)).expect("written");
    let done = command(world, &["erase", "--replay", path]).await;
    assert_eq!(done.status.code(), Some(1), "{}", done.output);
    assert!(
        done.output.contains("1 line could not be replayed")
            && done.output.contains("line 1:")
            && done.output.contains("1 were not there"),
        "{}",
        done.output
    );
    assert!(!done.output.contains("Ada"), "{}", done.output);
}

#[tokio::test(flavor = "multi_thread")]
async fn by_reference_once_under_one_key() {
    let world = world().workers(0).start().await;
    let northwind = world.northwind.clone();
    let admin = &northwind.admin;
    northwind.import(&people::ndjson(&lines())).await.expect(200);
    let mut twin = people::candidate(7);
    twin["email"] = json!("Zeb.Quill@example.com");
    northwind.import(&people::ndjson(&[twin])).await.expect(200);
    let erase = admin.delete("/v1/candidates").query("reference", format!(" {REFERENCE} "));
    let keyed = erase.clone().header("idempotency-key", "k");
    let erased = keyed.clone().await.expect(200);
    let twins = erased["same_email"].as_array().expect("a list");
    assert_eq!((twins.len(), &twins[0]["reference"]), (1, &json!("C-7")), "{erased:#}");
    let replay = keyed.await;
    assert_eq!(replay.header("idempotency-replayed"), Some("true"));
    assert_eq!(replay.expect(200), erased);
    erase.await.problem(404, "not_found");
    let other = admin.delete("/v1/candidates").query("reference", "C-2");
    other.header("idempotency-key", "k").await.problem(422, "idempotency_key_reused");
    let blank = admin.delete("/v1/candidates");
    blank.await.problem(422, "invalid");
    let key = northwind.new_api_key("CRM", "org_admin").await;
    let key = admin.with_token(key["secret"].as_str().expect("a secret"));
    let id = id_of(&admin.get("/v1/candidates").query("q", "C-2").await.items()[0]);
    key.get("/v1/candidates").query("q", "C-2").await.expect(200);
    let by_id = |client: &Client| client.get("/v1/candidates").query("q", format!(" {id} "));
    let found = by_id(admin).await.items();
    assert_eq!((found.len(), &found[0]["reference"]), (1, &json!("C-2")));
    assert!(by_id(&world.contoso.admin).await.items().is_empty(), "not theirs");
    key.delete("/v1/candidates/{id}").id(&id).await.problem(403, "forbidden");
}
