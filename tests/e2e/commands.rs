//! The tools beside the processes: migrate, import, organisation, openapi, send.

use std::path::Path;

use serde_json::json;
use support::process::{Finished, Process};
use support::{Answer, Receiver, World, people};

use crate::{BINARY, world};

async fn command(world: &World, arguments: &[&str]) -> Finished {
    Process::start("command", Path::new(BINARY), arguments, world.env()).finished().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_imported_whole_or_not_at_all() {
    let world = world().workers(0).start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("people.ndjson");
    let path = file.to_str().expect("a path in UTF-8");
    let mut lines = people::vacancy_with_people("V-9", 100..104);
    let good = people::ndjson(&lines);
    lines[3]["surprise"] = json!("secret-value");
    std::fs::write(&file, people::ndjson(&lines)).expect("a written file");
    let organisation = world.northwind.id.clone();
    let arguments = ["import", "--org", &organisation, path];
    let refused = command(&world, &arguments).await;
    assert_eq!(refused.status.code(), Some(1), "{}", refused.output);
    assert!(refused.output.contains('4'), "the line is named: {}", refused.output);
    assert!(!refused.output.contains("secret-value"), "{}", refused.output);
    std::fs::write(&file, good).expect("a written file");
    let imported = command(&world, &arguments).await;
    assert!(imported.status.success(), "{}", imported.output);
    let vacancy = world.northwind.vacancy("V-9").await;
    assert_eq!(world.northwind.applications(&vacancy).await.len(), 4);
    let absent = command(&world, &["import", "--org", &organisation, "/nowhere.ndjson"]).await;
    assert_eq!(absent.status.code(), Some(1), "{}", absent.output);
    assert!(absent.output.contains("/nowhere.ndjson"), "{}", absent.output);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_is_added_once() {
    let world = world().workers(0).start().await;
    let again = command(&world, &["organisation", "add", "Northwind"]).await;
    assert_eq!(again.status.code(), Some(1), "{}", again.output);
    assert!(again.output.contains("Northwind"), "{}", again.output);
    let listed = command(&world, &["organisation", "list"]).await;
    assert!(listed.output.contains(&world.northwind.id), "{}", listed.output);
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_may_run_twice_and_at_once() {
    let world = world().workers(0).start().await;
    let (one, other) = tokio::join!(command(&world, &["migrate"]), command(&world, &["migrate"]));
    for finished in [one, other] {
        assert!(finished.status.success(), "{}", finished.output);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_the_served_one() {
    let world = world().workers(0).start().await;
    let printed = command(&world, &["openapi"]).await;
    let printed: serde_json::Value = serde_json::from_str(&printed.output).expect("JSON");
    assert_eq!(printed, world.anonymous.get("/openapi.json").await.expect(200));
}

const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NEXT: &str = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

fn receiver() -> Receiver {
    Receiver::on(std::net::TcpListener::bind("127.0.0.1:0").expect("a free port"))
}

/// Without a database, without settings: from a laptop.
async fn send(arguments: &[&str]) -> Finished {
    let arguments = [&["send"], arguments].concat();
    Process::start("send", Path::new(BINARY), &arguments, &Default::default()).finished().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_is_tried_without_an_export() {
    let mut receiver = receiver();
    let url = receiver.url_of("/candidates?key=1").replace("127.0.0.1", "localhost");
    let both = format!("{NEXT},{SECRET}");
    let sent = send(&["--url", &url, "--secret", &both, "--attempt", "3"]).await;
    assert!(sent.status.success(), "{}", sent.output);
    assert!(sent.output.contains("accepted both candidates"), "{}", sent.output);
    let delivery = receiver.next().await;
    for secret in [SECRET, NEXT] {
        delivery.assert_signed_with(secret);
    }
    assert_eq!(delivery.header("webhook-attempt-number"), "3");
    assert_eq!(delivery.header("content-type"), "application/json");
    let payload = delivery.json();
    assert_eq!((&payload["test"], &payload["type"]), (&json!(true), &json!("candidates.exported")));
    assert_eq!(payload["export"]["id"], delivery.header("webhook-id"));
    let members = |value: &serde_json::Value| value.as_object().expect("members").len();
    let served = serde_json::to_value(domain::payload::sample()).expect("JSON");
    assert_eq!(members(&payload), members(&served), "it is the published sample, as a test");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_only_this_machine_knows_will_do() {
    let mut receiver = receiver();
    for host in ["app.localhost", "localhost."] {
        let url = receiver.url().replace("127.0.0.1", host);
        let sent = send(&["--url", &url, "--secret", SECRET]).await;
        assert!(sent.status.success(), "{}", sent.output);
        let told = receiver.next().await.header("host").to_owned();
        assert!(told.starts_with(host.trim_end_matches('.')), "{told}");
    }
    let inner = send(&["--url", "http://receiver.test/", "--secret", SECRET]).await;
    assert!(inner.output.contains("receiver.test has no address"), "{}", inner.output);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_refuses_is_told() {
    let mut receiver = receiver();
    receiver.script([Answer::status(401).body("no fit")]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("body");
    std::fs::write(&file, "{\"full_name\":\"Żaneta 李\",\"rating\":4.50}").expect("written");
    let (url, file) = (receiver.url(), file.to_str().expect("UTF-8").to_owned());
    let id = "019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11";
    let fixed = ["--id", id, "--timestamp", "1795428899", "--body", &file];
    let refused = send(&[&["--url", &url, "--secret", SECRET], &fixed[..]].concat()).await;
    assert_eq!(refused.status.code(), Some(1), "{}", refused.output);
    for part in ["answered 401", "no fit", "(http_4xx)", "could not verify our signature"] {
        assert!(refused.output.contains(part), "{part}: {}", refused.output);
    }
    let signature = "v1,IV+7GuLITu6C/N7rxa3TNvAC7shtgTpTxKHW4jF2BXI=";
    assert_eq!(receiver.next().await.header("webhook-signature"), signature, "the test vector");
    let table = [
        (["--url", "http://127.0.0.1:1/", "--secret", SECRET], 1, "(connect_refused)"),
        (["--url", "ftp://127.0.0.1/", "--secret", SECRET], 1, "only http and https"),
        (["--url", "localhost:8641", "--secret", SECRET], 1, "the scheme is missing"),
        (["--url", &url, "--timeout", "0s"], 2, "1s to 1h"),
        (["--url", &url, "--secret", "whsec_short"], 1, "not a signing secret"),
        (["--url", &url, "--body", "/nowhere"], 1, "WEBHOOK_SECRET"),
        (["--url", &url, "--id", "7"], 2, "write a UUID"),
    ];
    for (arguments, code, part) in table {
        let told = send(&arguments).await;
        assert_eq!(told.status.code(), Some(code), "{}", told.output);
        assert!(told.output.contains(part), "{part}: {}", told.output);
    }
    receiver.assert_no_more();
}
