//! Live status: whoever may see an export is told what becomes of it, until its end; nobody else is, and
//! nothing runs while nobody listens.

use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::Method;
use serde_json::json;
use support::receiver::DEADLINE;
use support::settings::identity;
use support::{Answer, Client, World};

use crate::{BINARY, world};

pub(crate) const OPERATIONS: &[&str] = &["GET /v1/exports/{id}/events", "GET /v1/exports/events"];

const ONE: &str = "/v1/exports/{id}/events";
const ALL: &str = "/v1/exports/events";

#[tokio::test(flavor = "multi_thread")]
async fn who_may_see_an_export_follows_it_to_its_end() {
    let slow = world().env("RETRY_SCHEDULE", "0s,4s").covers(OPERATIONS);
    let mut world = slow.start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(500).held(), Answer::status(200).held()]);
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let mut streams = Vec::new();
    for client in [&northwind.recruiter, &northwind.admin, &world.support] {
        let mut stream = client.get(ALL).follow().await;
        let begin = stream.event().await;
        assert_eq!((begin.name.as_str(), begin.data), ("begin", json!({ "missed": false })));
        assert!(begin.id.is_some());
        streams.push(stream);
    }
    let mut others = Vec::new();
    for client in [&northwind.other_recruiter, &world.contoso.admin] {
        others.push(client.get(ALL).follow().await);
    }
    let export = northwind.export(&webhook, 1).await;
    receiver.next().await;
    world.until_status(&northwind.recruiter, &export, "delivering").await;
    let one = northwind.recruiter.get(ONE).id(&export).header("accept-encoding", "gzip");
    let mut one = one.follow().await;
    let first = one.event().await;
    let expected = json!({
        "export_id": export, "organisation_id": northwind.id, "status": "delivering",
        "attempt_count": 1,
    });
    assert_eq!((first.name.as_str(), first.data), ("status", expected), "as it stands now");
    receiver.release(1);
    one.until(&export, "retrying").await;
    receiver.next().await;
    receiver.release(1);
    one.until(&export, "delivered").await;
    assert_eq!(one.end().await, "finished");
    for stream in &mut streams {
        let told = stream.until(&export, "delivered").await;
        assert!(told.contains(&"retrying".to_owned()), "{told:?}");
    }
    let again = northwind.recruiter.get(ONE).id(&export).follow().await;
    assert_eq!(again.end().await, "finished", "of what has ended already");
    nobody_else_is_told(&world, others, &export).await;
}

/// Those who may not see it hear of another one first.
async fn nobody_else_is_told(world: &World, others: Vec<support::client::Stream>, export: &str) {
    let [northwind, contoso] = [&world.northwind, &world.contoso];
    for client in [&northwind.other_recruiter, &contoso.admin, &contoso.recruiter] {
        client.get(ONE).id(export).await.problem(404, "not_found");
    }
    for mut stream in others {
        let begin = stream.event().await;
        assert_eq!(begin.name, "begin");
        let heartbeat = stream.next().await.expect("open");
        assert_eq!(heartbeat.name, "", "nothing but a sign of life: {heartbeat:?}");
        assert!(heartbeat.id >= begin.id, "from where it goes on: {heartbeat:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_goes_on_where_it_broke_off() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let mut stream = northwind.recruiter.get(ALL).follow().await;
    let id = stream.event().await.id.expect("an id");
    drop(stream);
    let export = northwind.export(&webhook, 1).await;
    receiver.next().await;
    world.until_status(&northwind.recruiter, &export, "delivered").await;
    let follow = |id: &str| northwind.recruiter.get(ALL).header("last-event-id", id).follow();
    let mut stream = follow(&id).await;
    assert_eq!(stream.event().await.data, json!({ "missed": false }));
    assert_eq!(stream.until(&export, "delivered").await, ["delivered"]);
    for unknown in ["1", "none of ours", "99999999999999999999999", "-1", ""] {
        let mut stream = follow(unknown).await;
        assert_eq!(stream.event().await.data, json!({ "missed": true }), "{unknown:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_streams_a_member() {
    let world = world().workers(0).start().await;
    // Who asks for the head alone keeps no place.
    for _ in 0..20 {
        let head = world.northwind.recruiter.call(Method::HEAD, ALL);
        assert_eq!(head.status().await, 200);
    }
    let mut streams = Vec::new();
    for _ in 0..10 {
        streams.push(world.northwind.recruiter.get(ALL).follow().await);
    }
    let eleventh = world.northwind.recruiter.get(ALL);
    let refused = eleventh.clone().await;
    assert_eq!(refused.header("retry-after"), Some("5"));
    refused.problem(429, "too_many_requests");
    drop(world.northwind.admin.get(ALL).follow().await);
    // A client that leaves gives its place back, without waiting for a heartbeat.
    streams.pop();
    let free = tokio::time::timeout(DEADLINE, async {
        while eleventh.clone().status().await == 429 {
            tokio::task::yield_now().await;
        }
    });
    free.await.expect("a place");
    world.api.process.terminate().await;
    for stream in streams {
        assert_eq!(stream.end().await, "stopping");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_the_token_and_with_the_organisation() {
    let world = world().workers(0).start().await;
    let northwind = &world.northwind;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs();
    let mut claims = identity().claims("recruiter", "Rosa", Some(&northwind.id));
    // Clocks may differ by half a minute, so that it is accepted for some seconds more.
    claims["iat"] = json!(now - 60);
    claims["exp"] = json!(now - 25);
    let brief = world.anonymous.with_token(identity().sign(&claims));
    let ends = brief.get(ALL).follow().await;
    let removed = world.contoso.recruiter.get(ALL).follow().await;
    let id = world.contoso.id.as_str();
    let remove = ["organisation", "remove", id, "--confirm", "Contoso"];
    support::run(BINARY.as_ref(), &remove, world.env()).await;
    let (ended, gone) = tokio::join!(ends.end(), removed.end());
    assert_eq!((ended.as_str(), gone.as_str()), ("unauthenticated", "organisation_unknown"));
}

/// Nothing is asked while nobody listens, and no connection listens.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_runs_while_nobody_listens() {
    let world = world().workers(0).start().await;
    let client: &Client = &world.northwind.recruiter;
    client.get("/v1/me").await.expect(200);
    assert_eq!(listening(&world), 0);
    for _ in 0..2 {
        let stream = client.get(ALL).follow().await;
        until_listening(&world, 1).await;
        drop(stream);
        until_listening(&world, 0).await;
    }
    let asked = questions(&world);
    for _ in 0..20 {
        client.get("/v1/me").await.expect(200);
    }
    assert!(questions(&world) <= asked, "nobody asked meanwhile");
}

/// Connections that listen for changes.
fn listening(world: &World) -> i64 {
    number(
        world,
        "SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND query LIKE 'LISTEN talentats_changes%'",
    )
}

/// Connections whose last statement was the question of the watcher, and since when.
fn questions(world: &World) -> i64 {
    number(
        world,
        "SELECT coalesce(max(extract(epoch FROM query_start) * 1000)::bigint, 0)
         FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%WITH touched%'
          AND pid <> pg_backend_pid()",
    )
}

fn number(world: &World, sql: &str) -> i64 {
    let mut psql = Command::new("psql");
    psql.args(["-X", "-q", "-A", "-t", "-c", sql, &world.env()["DATABASE_URL"]]);
    let output = psql.output().expect("psql is installed");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number")
}

async fn until_listening(world: &World, wanted: i64) {
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    let reached = tokio::time::timeout(DEADLINE, async {
        while listening(world) != wanted {
            tick.tick().await;
        }
    });
    reached.await.unwrap_or_else(|_| panic!("{wanted} connections should listen"));
}
