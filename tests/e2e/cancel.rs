//! Cancel and resend: what waits ends at once, what is on the wire finishes first, and an ended
//! export goes out again under its own id.

use support::Answer;

use crate::world;

pub(crate) const OPERATIONS: &[&str] =
    &["POST /v1/exports/{id}/cancel", "POST /v1/exports/{id}/resend"];

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_while_waiting_then_resent() {
    let mut world = world().covers(OPERATIONS).env("RETRY_SCHEDULE", "0s,10m").start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(500)]);
    let northwind = world.northwind.clone();
    let recruiter = &northwind.recruiter;
    let webhook = northwind.register(&receiver.url()).await;
    let export = northwind.export(&webhook, 2).await;
    let first = receiver.next().await;
    world.until_status(recruiter, &export, "retrying").await;
    let resend = recruiter.post("/v1/exports/{id}/resend").id(&export);
    resend.clone().await.problem(409, "export_in_progress");

    let cancel = recruiter.post("/v1/exports/{id}/cancel").id(&export);
    let cancelled = cancel.clone().await.expect(200);
    assert_eq!(cancelled["status"], "cancelled", "{cancelled:#}");
    assert_eq!(cancelled["ended_by"], "member");
    cancel.await.problem(409, "export_finished");

    let reopened = resend.await.expect(202);
    assert_eq!(reopened["id"], export.as_str());
    let again = receiver.next().await;
    let ended = world.until_status(recruiter, &export, "delivered").await;
    assert_eq!(again.body, first.body, "the same bytes");
    assert_eq!(again.header("webhook-id"), export);
    assert_eq!(again.header("webhook-attempt-number"), "2", "numbers go on");
    assert_eq!(ended["attempt_count"], 2);
    receiver.assert_no_more();
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_on_the_wire() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(500).held(), Answer::status(200).held()]);
    let northwind = world.northwind.clone();
    let recruiter = &northwind.recruiter;
    let webhook = northwind.register(&receiver.url()).await;
    for (count, status) in [(1, "cancelled"), (2, "delivered")] {
        let export = northwind.export(&webhook, count).await;
        receiver.next().await;
        let told = recruiter.post("/v1/exports/{id}/cancel").id(&export).await.expect(202);
        let words = told["explanation"].as_str().expect("words");
        assert!(words.contains("this is its last try"), "{words}");
        receiver.release(1);
        let ended = world.until_status(recruiter, &export, status).await;
        assert_eq!(ended["attempt_count"], 1, "no try after the cancel: {ended:#}");
    }
    receiver.assert_no_more();
}

/// What was accepted stays accepted, whatever comes of sending it again.
#[tokio::test(flavor = "multi_thread")]
async fn a_resend_that_fails_takes_nothing_back() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(200), Answer::status(413)]);
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let export = northwind.export(&webhook, 2).await;
    receiver.next().await;
    let first = world.until_status(&northwind.recruiter, &export, "delivered").await;
    northwind.recruiter.post("/v1/exports/{id}/resend").id(&export).await.expect(202);
    receiver.next().await;
    let again = |export: &serde_json::Value| export["attempt_count"] == 2;
    let ended = |export: &serde_json::Value| again(export) && !export["finished_at"].is_null();
    let ended = world.until(&northwind.recruiter, &export, ended).await;
    assert_eq!(
        (&ended["status"], &ended["outcome"]),
        (&"delivered".into(), &"payload_too_large".into())
    );
    assert_eq!(ended["first_accepted_at"], first["first_accepted_at"]);
    let label = ended["status_label"].as_str().expect("words");
    assert!(
        label.starts_with("Accepted ") && label.ends_with("; sent again without success"),
        "{label}"
    );
    let words = ended["explanation"].as_str().expect("words");
    assert!(words.starts_with("127.0.0.1 accepted both candidates at "), "{words}");
    assert!(words.contains("Sending them again did not work: 2 candidates "), "{words}");
    receiver.assert_no_more();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivered_export_is_resent_as_it_was() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let export = northwind.export(&webhook, 2).await;
    let first = receiver.next().await;
    world.until_status(&northwind.recruiter, &export, "delivered").await;
    // What is imported in between changes nothing: the payload is frozen.
    let mut person = support::people::candidate(0);
    person["last_name"] = serde_json::json!("Changed");
    northwind.import(&support::people::ndjson(&[person])).await.expect(200);
    northwind.admin.post("/v1/exports/{id}/resend").id(&export).await.expect(202);
    let second = receiver.next().await;
    assert_eq!(second.body, first.body);
    second.assert_signed_with(&webhook.secret);
    let sent_twice = |export: &serde_json::Value| {
        export["status"] == "delivered" && export["attempt_count"] == 2
    };
    world.until(&northwind.recruiter, &export, sent_twice).await;
    receiver.assert_no_more();
}
