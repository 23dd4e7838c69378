//! An outage of one host over several organisations is one line, and whoever is affected sees their part of it.

use serde_json::{Value, json};
use support::client::Call;
use support::{Answer, World};

use crate::{sql, world};

pub(crate) const OPERATIONS: &[&str] = &["GET /v1/attempts/summary", "GET /v1/exports/summary"];

const ATTEMPTS: &str = "/v1/attempts/summary";
const EXPORTS: &str = "/v1/exports/summary";

/// Two exports of Northwind and one of Contoso that one host did not take, and one that it took before.
async fn outage() -> (World, String, Vec<String>) {
    let mut world = world().covers(OPERATIONS).env("RETRY_SCHEDULE", "0s,1h").start().await;
    let receiver = world.receiver();
    let answers = [200, 500, 500, 500].map(Answer::status);
    receiver.script(answers);
    let webhook = world.northwind.register(&receiver.url()).await;
    let theirs = world.contoso.register(&receiver.url_of("/theirs")).await;
    let taken = world.northwind.export(&webhook, 1).await;
    world.until_status(&world.northwind.recruiter, &taken, "delivered").await;
    let mut failed = Vec::new();
    for (organisation, webhook) in
        [(&world.northwind, &webhook), (&world.northwind, &webhook), (&world.contoso, &theirs)]
    {
        let export = organisation.export(webhook, 2).await;
        world.until_status(&organisation.recruiter, &export, "retrying").await;
        failed.push(export);
    }
    (world, webhook.id, failed)
}

/// The lines of a summary.
async fn lines(call: Call) -> Vec<Value> {
    let summary = call.await.expect(200);
    assert_eq!(summary["more"], false, "{summary:#}");
    summary["items"].as_array().expect("lines").clone()
}

fn line(lines: &[Value], member: &str, value: &str) -> Value {
    let found = lines.iter().find(|line| line[member] == value);
    found.cloned().unwrap_or_else(|| panic!("no line of {value}: {lines:#?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_one_host_is_one_line() {
    let (world, webhook, failed) = outage().await;
    let all = lines(world.support.get(ATTEMPTS)).await;
    assert_eq!(all.len(), 2, "{all:#?}");
    let outage = line(&all, "outcome", "http_5xx");
    assert_eq!(all[0], outage, "what there is most of comes first");
    for (member, value) in [
        ("host", json!("127.0.0.1")),
        ("attempts", json!(3)),
        ("new_exports", json!(3)),
        ("organisations", json!(2)),
        ("organisation_id", Value::Null),
        ("webhook_id", Value::Null),
        ("day", Value::Null),
        ("example_export_id", json!(failed[2])),
        ("explanation", json!("127.0.0.1 had an internal error or was not available (5xx).")),
    ] {
        assert_eq!(outage[member], value, "{member}: {outage:#}");
    }
    let newest = world.attempts(&world.support, &failed[2]).await;
    assert_eq!((&outage["example"], &outage["last"]), (&newest[0]["id"], &newest[0]["started_at"]));
    let first = world.attempts(&world.support, &failed[0]).await;
    assert_eq!(outage["since"], first[0]["started_at"]);
    let exports = lines(world.support.get(EXPORTS)).await;
    assert_eq!(line(&exports, "status", "retrying")["exports"], 3, "{exports:#?}");
    assert_eq!(line(&exports, "status", "delivered")["exports"], 1, "{exports:#?}");

    let by = world.support.get(ATTEMPTS).query("group_by", "organisation,outcome");
    let by = lines(by.query("outcome", "http_5xx")).await;
    let names: Vec<_> =
        by.iter().map(|line| (&line["organisation_name"], &line["attempts"])).collect();
    assert_eq!(names, [(&json!("Northwind"), &json!(2)), (&json!("Contoso"), &json!(1))]);

    // For the chart of a webhook.
    let chart = world.northwind.admin.get(ATTEMPTS).query("webhook_id", &webhook);
    let chart = lines(chart.query("group_by", "day,outcome")).await;
    assert_eq!(line(&chart, "outcome", "delivered")["attempts"], 1, "{chart:#?}");
    assert!(chart.iter().all(|line| line["day"].is_string()), "{chart:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sees_their_own_part() {
    let (world, _, failed) = outage().await;
    let (northwind, contoso) = (&world.northwind, &world.contoso);
    for (client, attempts) in
        [(&northwind.admin, 2), (&northwind.recruiter, 2), (&contoso.admin, 1)]
    {
        let all = lines(client.get(ATTEMPTS)).await;
        let outage = line(&all, "outcome", "http_5xx");
        assert_eq!(outage["attempts"], attempts, "{outage:#}");
        assert!(outage["organisations"].is_null(), "{outage:#}");
        let all = lines(client.get(EXPORTS)).await;
        let retrying = line(&all, "status", "retrying");
        assert_eq!(
            (&retrying["exports"], &retrying["candidates"]),
            (&json!(attempts), &json!(2 * attempts))
        );
        let text = json!(all).to_string();
        assert!(!text.contains(if attempts == 1 { &failed[0] } else { &failed[2] }), "{text}");
    }
    for path in [ATTEMPTS, EXPORTS] {
        assert_eq!(lines(northwind.other_recruiter.get(path)).await, [Value::Null; 0]);
    }
    let own = lines(northwind.admin.get(ATTEMPTS).query("group_by", "organisation")).await;
    assert_eq!(own[0]["organisation_id"], northwind.id, "{own:#?}");
    assert!(own[0]["organisation_name"].is_null(), "support reads names of customers: {own:#?}");
    let one = lines(world.support.get(EXPORTS).query("organisation_id", &contoso.id)).await;
    assert_eq!(
        (one.len(), &one[0]["exports"], &one[0]["example"]),
        (1, &json!(1), &json!(failed[2]))
    );
}

/// What a worker counted some time ago is told like what happened just now, and a resend changes it.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_counted_is_told_as_before() {
    let (world, webhook, failed) = outage().await;
    let both = async || {
        let mut told = Vec::new();
        for by in ["host,outcome", "organisation,webhook,day", "outcome,organisation"] {
            told.push(lines(world.support.get(ATTEMPTS).query("group_by", by)).await);
            told.push(lines(world.support.get(EXPORTS).query("group_by", by)).await);
        }
        told
    };
    let cancel = world.northwind.recruiter.post("/v1/exports/{id}/cancel").id(&failed[0]);
    cancel.await.expect(200);
    let before = both().await;
    // As if an hour had passed; whatever there is has to be counted.
    let later = "UPDATE days_counted SET until = now() + interval '1 hour';
        INSERT INTO days_to_recount (what, organisation_id, webhook_id, day)
        SELECT what, organisation_id, webhook_id, (requested_at AT TIME ZONE 'UTC')::date
        FROM exports, unnest(ARRAY['attempts', 'exports']) what;";
    sql(&world, later).await;
    assert_eq!(both().await, before, "to be counted");
    let counted = async || {
        let left = "DO $$ BEGIN WHILE EXISTS (SELECT FROM days_to_recount) LOOP
            PERFORM pg_sleep(0.05); COMMIT; END LOOP; END $$";
        sql(&world, left).await;
    };
    counted().await;
    assert_eq!(both().await, before, "counted");
    let of_webhook = async || {
        let call = world.northwind.admin.get(EXPORTS).query("webhook_id", &webhook);
        let lines = lines(call.query("group_by", "status")).await;
        let count = |line: &Value| (line["status"].to_string(), line["exports"].clone());
        lines.iter().map(count).collect::<std::collections::BTreeMap<_, _>>()
    };
    assert_eq!(of_webhook().await["\"cancelled\""], 1);
    world.northwind.recruiter.post("/v1/exports/{id}/resend").id(&failed[0]).await.expect(202);
    assert!(!of_webhook().await.contains_key("\"cancelled\""), "it is in progress again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_counted_is_said() {
    let world = world().workers(0).start().await;
    let recruiter = &world.northwind.recruiter;
    for path in [ATTEMPTS, EXPORTS] {
        for (name, value) in [
            ("group_by", "colour"),
            ("group_by", ""),
            ("host", "nowhere.example.com"),
            ("webhook_id", "019aafc6-0000-7000-8000-000000000000"),
            ("organisation_id", world.contoso.id.as_str()),
            ("from", "2020-01-01"),
            ("limit", "201"),
        ] {
            let problem = recruiter.get(path).query(name, value).await.problem(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], format!("/{name}"), "{path}: {problem:#}");
        }
        let admin = &world.northwind.admin;
        let summary = admin.get(path).query("from", "2020-01-01").await.expect(200);
        assert_eq!((&summary["items"], &summary["more"]), (&json!([]), &json!(false)), "{path}");
        assert_eq!(summary["from"], "2020-01-01T00:00:00Z");
    }
    let of_attempts = recruiter.get(ATTEMPTS).query("group_by", "status").await;
    of_attempts.problem(422, "invalid");
}
