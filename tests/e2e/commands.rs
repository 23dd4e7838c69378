//! The tools beside the processes: migrate, import, organisation, openapi.

use std::path::Path;

use serde_json::json;
use support::process::{Finished, Process};
use support::{World, people};

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
