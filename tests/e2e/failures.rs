//! What can go wrong with one try, and what the log calls it.

use serde_json::json;
use support::{Answer, Receiver, World};

use crate::world;

struct Case {
    name: &'static str,
    answer: Answer,
    outcome: &'static str,
    ambiguous: bool,
    status: &'static str,
}

fn cases() -> [Case; 11] {
    let case = |name, answer, outcome, ambiguous, status| Case {
        name,
        answer,
        outcome,
        ambiguous,
        status,
    };
    [
        case("hang", Answer::hang(), "response_timeout", true, "retrying"),
        case("close", Answer::close(), "connection_closed", true, "retrying"),
        case("reset", Answer::reset(), "connection_reset", true, "retrying"),
        case("gateway", Answer::status(504), "http_5xx", true, "retrying"),
        case("cloudflare", Answer::status(524), "http_5xx", true, "retrying"),
        case("error", Answer::status(500), "http_5xx", false, "retrying"),
        case(
            "busy",
            Answer::status(503).header("retry-after", "60"),
            "http_5xx",
            false,
            "retrying",
        ),
        case("unauthorised", Answer::status(401), "http_4xx", false, "retrying"),
        case("large", Answer::status(413), "payload_too_large", false, "failed"),
        case("redirect", Answer::status(303), "redirect_refused", false, "failed"),
        case("accepted", Answer::status(202), "delivered", false, "delivered"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_failure_has_its_outcome() {
    let mut world =
        world().env("REQUEST_TIMEOUT", "1s").env("RETRY_SCHEDULE", "0s,10m,10m").start().await;
    let mut receiver = world.receiver();
    for case in cases() {
        assert_case(&world, &mut receiver, &case).await;
    }
    receiver.assert_no_more();
}

async fn assert_case(world: &World, receiver: &mut Receiver, case: &Case) {
    let (name, northwind) = (case.name, &world.northwind);
    receiver.script([case.answer.clone()]);
    let webhook = northwind.register(&receiver.url_of(&format!("/{name}"))).await;
    let export = northwind.export(&webhook, 1).await;
    let delivery = receiver.next().await;
    assert_eq!(delivery.path, format!("/{name}"));
    let shown = world.until_status(&northwind.recruiter, &export, case.status).await;
    let log = world.attempts(&northwind.recruiter, &export).await;
    assert_eq!(log.len(), 1, "{name}: {log:#?}");
    let attempt = &log[0];
    assert_eq!(attempt["outcome"], case.outcome, "{name}: {attempt:#}");
    assert_eq!(attempt["ambiguous"], case.ambiguous, "{name}: {attempt:#}");
    assert_eq!(shown["ambiguous"], case.ambiguous, "{name}: one truth: {shown:#}");
    for (what, told) in [("attempt", attempt), ("export", &shown)] {
        let words = told["explanation"].as_str().expect("words");
        assert_eq!(words.contains("may have arrived"), case.ambiguous, "{name}, {what}: {words}");
    }
    assert_eq!(attempt["id"], delivery.header("webhook-attempt-id"));
    for member in ["explanation", "advice", "act_by"] {
        assert!(attempt[member].is_string() && shown[member].is_string(), "{name}: {shown:#}");
    }
    assert_eq!(shown["next_attempt_at"].is_null(), case.status != "retrying", "{name}: {shown:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listens() {
    let mut world = world().env("RETRY_SCHEDULE", "0s,50ms").start().await;
    let url = format!("http://127.0.0.1:{}/hook", world.closed_port());
    let webhook = world.northwind.register(&url).await;
    let export = world.northwind.export(&webhook, 1).await;
    let ended = world.until_status(&world.northwind.recruiter, &export, "failed").await;
    assert_eq!(ended["outcome"], "connect_refused", "{ended:#}");
    assert_eq!(ended["ambiguous"], false, "nothing was sent");
    let log = world.attempts(&world.northwind.recruiter, &export).await;
    assert_eq!(log.len(), 2);
    assert!(log.iter().all(|attempt| attempt["http_status"].is_null()), "{log:#?}");
}

/// A gateway that gives up waiting says nothing about what is behind it: three in all, apart.
#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_gives_up_is_asked_three_times() {
    let mut world = world()
        .env("AMBIGUOUS_DELAY", "600ms")
        .env("RETRY_SCHEDULE", "0s,50ms,50ms,50ms,50ms")
        .start()
        .await;
    let mut receiver = world.receiver();
    receiver.otherwise(Answer::status(504));
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 1).await;
    let tries = receiver.next_many(3).await;
    let ended = world.until_status(&world.northwind.recruiter, &export, "failed").await;
    receiver.assert_no_more();
    for pair in tries.windows(2) {
        assert!(pair[1].at - pair[0].at >= std::time::Duration::from_millis(600));
    }
    assert_eq!((&ended["ambiguous"], &ended["ended_by"]), (&json!(true), &json!("gave_up")));
    let words = ended["explanation"].as_str().expect("words");
    assert!(words.starts_with("A gateway in front of 127.0.0.1 gave up waiting (504)."), "{words}");
    assert!(words.ends_with("It may also have arrived at tries 1 and 2."), "{words}");
}

/// A slow flow that took the data must not be fed it again at once: the next try waits for five
/// minutes, and a cancel says that it may have arrived.
#[tokio::test(flavor = "multi_thread")]
async fn a_hang_is_ambiguous() {
    let mut world = world().env("REQUEST_TIMEOUT", "1s").start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::hang()]);
    let recruiter = world.northwind.recruiter.clone();
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 1).await;
    receiver.next().await;
    let waiting = world.until_status(&recruiter, &export, "retrying").await;
    let attempt = &world.attempts(&recruiter, &export).await[0];
    let duration_ms = attempt["duration_ms"].as_u64().expect("a duration");
    assert!((1_000..15_000).contains(&duration_ms), "the deadline is one: {attempt:#}");
    let seconds = seconds_between(&attempt["started_at"], &waiting["next_attempt_at"]);
    assert!(seconds >= 300, "next try after {seconds} s");
    let cancelled = recruiter.post("/v1/exports/{id}/cancel").id(&export).await.expect(200);
    assert_eq!(cancelled["status"], "cancelled", "{cancelled:#}");
    let words = format!("{} {}", cancelled["status_label"], cancelled["explanation"]);
    assert!(words.contains("may already have arrived"), "{words}");
    assert_eq!(cancelled["ended_by"], json!("member"));
}

fn seconds_between(from: &serde_json::Value, to: &serde_json::Value) -> i64 {
    let instant = |value: &serde_json::Value| {
        let text = value.as_str().unwrap_or_else(|| panic!("no instant: {value}"));
        chrono::DateTime::parse_from_rfc3339(text).expect("an RFC 3339 instant")
    };
    (instant(to) - instant(from)).num_seconds()
}
