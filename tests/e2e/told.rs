//! Told without looking: who must know of a failure finds it in their list, in their live stream and in
//! their mail, once, as they wish, and nobody else does.

use std::time::Duration;

use serde_json::{Value, json};
use support::mail_server::{MailServer, Manner};
use support::receiver::DEADLINE;
use support::world::Builder;
use support::{Answer, Client, World};

use crate::world;

pub(crate) const OPERATIONS: &[&str] = &[
    "GET /v1/notifications",
    "POST /v1/notifications/seen",
    "GET /v1/notifications/preferences",
    "PUT /v1/notifications/preferences",
];

const LIST: &str = "/v1/notifications";
const SEEN: &str = "/v1/notifications/seen";
const PREFERENCES: &str = "/v1/notifications/preferences";

/// Wishes that are the same for all kinds.
pub(crate) fn wishes(channel: &str) -> Value {
    json!({
        "export_failed": channel, "export_delivered": channel, "export_flagged": channel,
        "webhook_failing": channel, "webhook_disabled": channel, "webhook_recovered": channel,
    })
}

/// Reads a list until it has one of this kind.
pub(crate) async fn until_told(client: &Client, kind: &str) -> Value {
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    let mut last = Vec::new();
    let found = tokio::time::timeout(DEADLINE, async {
        loop {
            tick.tick().await;
            last = client.get(LIST).await.items();
            if let Some(one) = last.iter().find(|one| one["kind"] == kind) {
                return one.clone();
            }
        }
    });
    let found = found.await.ok();
    found.unwrap_or_else(|| panic!("nobody was told of {kind}: {last:#?}"))
}

/// A world whose workers send mail to this server.
fn mailing(server: &MailServer) -> Builder {
    world()
        .env("SMTP_URL", &server.url())
        .env("MAIL_FROM", "talentATS <no-reply@example.com>")
        .env("APP_URL", "https://app.example.com")
        .env("MAIL_INTERVAL", "20s")
        .env("SMTP_TIMEOUT", "5s")
}

async fn unseen(client: &Client) -> Value {
    client.get(LIST).await.expect(200)["unseen"].clone()
}

/// The members of an organisation have called, and are known.
async fn all_have_called(world: &World) {
    let northwind = &world.northwind;
    for client in [&northwind.admin, &northwind.recruiter, &northwind.other_recruiter] {
        client.put(PREFERENCES).json(&client.get(PREFERENCES).await.expect(200)).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_export_reaches_its_recruiter() {
    let mut mails = MailServer::start().await;
    let mut world = mailing(&mails).workers(2).covers(OPERATIONS).start().await;
    all_have_called(&world).await;
    let receiver = world.receiver();
    receiver.script([Answer::status(413)]);
    let northwind = world.northwind.clone();
    let (admin, recruiter) = (&northwind.admin, &northwind.recruiter);
    let webhook = northwind.register(&receiver.url()).await;
    let mut stream = recruiter.get("/v1/exports/events").follow().await;
    let export = northwind.export(&webhook, 2).await;
    let failed = world.until_status(recruiter, &export, "failed").await;

    let told = until_told(recruiter, "export_failed").await;
    let explanation = failed["explanation"].as_str().expect("a sentence");
    let sentence = told["sentence"].as_str().expect("a sentence");
    assert!(sentence.starts_with("Your export of 2 candidates to \u{201c}127.0.0.1"), "{sentence}");
    assert!(sentence.ends_with(&format!("was not delivered. {explanation}")), "{sentence}");
    assert_eq!(told["advice"], failed["advice"]);
    assert_eq!((&told["seen"], &told["export_id"]), (&json!(false), &json!(export)));
    assert_eq!((&told["webhook_id"], &told["host"]), (&json!(webhook.id), &json!("127.0.0.1")));
    let link = format!("https://app.example.com/exports/{export}");
    assert_eq!(told["link"], link);
    let event = loop {
        let event = stream.event().await;
        if event.name == "notification" {
            break event.data;
        }
    };
    let expected = json!({
        "id": told["id"], "kind": "export_failed", "export_id": export, "webhook_id": webhook.id,
    });
    assert_eq!(event, expected, "ids and the kind alone");

    let mail = mails.next().await;
    assert_eq!(mail.to, "rosa@example.com");
    assert_eq!(mail.header("Subject"), "Your export was not delivered");
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    let text = mail.text();
    for part in [sentence, failed["advice"].as_str().expect("advice"), &link] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_nobodys_data(&mail.data, &text);

    // Nobody else is told: it is the recruiter's own.
    for client in [&northwind.other_recruiter, admin, &world.contoso.admin] {
        assert!(client.get(LIST).await.items().is_empty());
    }
    assert_resolved(&world, &export).await;
    assert_seen(&world).await;
    // Two workers, and one mail: that it was accepted is not mailed.
    assert!(mails.others().is_empty());
}

/// No candidate, no vacancy, and no more of a URL than its host.
fn assert_nobodys_data(data: &str, text: &str) {
    for part in ["Engineer", "V-1", "/hook", "@example.org", "whsec_", "application"] {
        assert!(!data.contains(part) && !text.contains(part), "{part}: {text}");
    }
}

/// Sent again it is accepted, and that is told.
async fn assert_resolved(world: &World, export: &str) {
    let recruiter = &world.northwind.recruiter;
    recruiter.post("/v1/exports/{id}/resend").id(export).await.expect(202);
    world.until_status(recruiter, export, "delivered").await;
    let told = until_told(recruiter, "export_delivered").await;
    assert_eq!(told["export_id"], *export);
    let sentence = told["sentence"].as_str().expect("a sentence");
    assert!(sentence.ends_with("which had failed, was accepted after all."), "{sentence}");
    let all = recruiter.get(LIST).await.items();
    assert_eq!(all.len(), 2, "each once: {all:#?}");
    assert_eq!(all[0]["id"], told["id"], "newest first");
    let first = all[1]["sentence"].as_str().expect("a sentence");
    assert!(first.contains("was not delivered at first."), "it says how things stand: {first}");
}

/// What was seen stays so; of others' nothing is marked.
async fn assert_seen(world: &World) {
    let (recruiter, other) = (&world.northwind.recruiter, &world.contoso.admin);
    let all = recruiter.get(LIST).await.items();
    let ids = |items: &[Value]| json!({ "ids": [items[0]["id"]] });
    assert_eq!(unseen(recruiter).await, 2);
    other.post(SEEN).json(&ids(&all)).await.expect(200);
    assert_eq!(unseen(recruiter).await, 2, "others mark nothing");
    let left = recruiter.post(SEEN).json(&ids(&all)).await.expect(200);
    assert_eq!(left["unseen"], 1);
    let left = recruiter.get(LIST).query("unseen", true).await.items();
    assert_eq!(left.iter().map(|one| &one["id"]).collect::<Vec<_>>(), [&all[1]["id"]]);
    let page = recruiter.get(LIST).query("limit", 1).await.expect(200);
    let cursor = page["next_cursor"].as_str().expect("a second page");
    let second = recruiter.get(LIST).query("limit", 1).query("cursor", cursor).await.items();
    assert_eq!(second[0]["id"], all[1]["id"]);
    recruiter.post(SEEN).json(&json!({ "up_to": all[0]["id"] })).await.expect(200);
    assert_eq!(unseen(recruiter).await, 0);
    for body in [json!({}), json!({ "ids": [], "up_to": all[0]["id"] })] {
        recruiter.post(SEEN).json(&body).await.problem(422, "choose_one");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_failures_make_one_mail_and_who_wants_none_gets_none() {
    let mut mails = MailServer::start().await;
    let mut world = mailing(&mails).workers(0).start().await;
    all_have_called(&world).await;
    let northwind = world.northwind.clone();
    let (admin, recruiter) = (&northwind.admin, &northwind.recruiter);
    let other = &northwind.other_recruiter;
    other.put(PREFERENCES).json(&wishes("off")).await.expect(200);
    assert_eq!(other.get(PREFERENCES).await.expect(200), wishes("off"));
    let receiver = world.receiver();
    let webhook = northwind.register(&receiver.url()).await;
    let (vacancy, picked) = northwind.pick(1).await;
    receiver.otherwise(Answer::status(410));
    for client in [recruiter; 10].into_iter().chain([other]) {
        support::ask_for_export(client, &webhook, &vacancy, &picked).await.expect(202);
    }
    world.start_worker().await;
    world.start_worker().await;
    let mut got = [mails.next().await, mails.next().await];
    got.sort_by(|one, other| one.to.cmp(&other.to));
    assert_eq!([&got[0].to, &got[1].to], ["ann@example.com", "rosa@example.com"]);
    assert_eq!(got[0].header("Subject"), "A webhook was disabled");
    assert_eq!(got[1].header("Subject"), "10 of your exports were not delivered");
    assert_eq!(got[1].text().matches("https://app.example.com/exports/").count(), 10);
    let told = until_told(admin, "webhook_disabled").await;
    assert_eq!((&told["webhook_id"], &told["export_id"]), (&json!(webhook.id), &Value::Null));
    assert!(told["sentence"].as_str().expect("a sentence").contains("closed for good"), "{told:#}");
    assert!(other.get(LIST).await.items().is_empty(), "off is off");
    assert!(mails.others().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_nobody_knows_the_end_of_comes_again_under_the_same_id() {
    let mut mails = MailServer::start().await;
    mails.be(Manner::Hold);
    let mut world = mailing(&mails).start().await;
    all_have_called(&world).await;
    let receiver = world.receiver();
    receiver.script([Answer::status(413)]);
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 1).await;
    let first = mails.next().await;
    // The server has it, and the worker dies before it knows.
    world.workers[0].kill().await;
    mails.be(Manner::Take);
    world.start_worker().await;
    let second = mails.next().await;
    assert_eq!(first.header("Message-ID"), second.header("Message-ID"));
    assert_eq!((&first.to, first.text()), (&second.to, second.text()));
    world.until_status(&world.northwind.recruiter, &export, "failed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_a_server_that_hangs_nor_a_wrong_address_keeps_anything_waiting() {
    let mut mails = MailServer::start().await;
    mails.refuse("rosa@example.com", 550);
    let mut world = mailing(&mails).start().await;
    all_have_called(&world).await;
    let northwind = world.northwind.clone();
    let receiver = world.receiver();
    receiver.script([Answer::status(410)]);
    let webhook = northwind.register(&receiver.url()).await;
    northwind.export(&webhook, 1).await;
    assert_eq!(mails.next().await.to, "ann@example.com", "of the webhook that is gone");
    // Deliveries go on while the server says nothing.
    mails.be(Manner::Hang);
    let well = northwind.register(&receiver.url_of("/well")).await;
    receiver.script([Answer::status(413), Answer::status(200)]);
    let failed = northwind.export(&well, 1).await;
    world.until_status(&northwind.recruiter, &failed, "failed").await;
    until_told(&northwind.recruiter, "export_failed").await;
    let export = northwind.export(&well, 1).await;
    world.until_status(&northwind.recruiter, &export, "delivered").await;
    // And the worker stops in time.
    world.workers[0].terminate().await;
    world.workers[0].finished().await;
    let told = world.workers[0].output();
    assert!(!told.contains("rosa@example.com"), "no address in the log: {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_gets_the_login_that_it_asks_for_and_the_log_does_not() {
    let mut mails = MailServer::start().await;
    mails.ask_for("mailer", "changed");
    let url = mails.url_as("mailer", "zqpassword51");
    let mut world = mailing(&mails).env("SMTP_URL", &url).env("LOG", "trace").start().await;
    all_have_called(&world).await;
    let northwind = world.northwind.clone();
    let receiver = world.receiver();
    receiver.script([Answer::status(413), Answer::status(410)]);
    let webhook = northwind.register(&receiver.url()).await;
    northwind.export(&webhook, 1).await;
    let refused = |line: &str| line.contains("could not send mail").then(|| line.to_owned());
    let refused = world.workers[0].wait_for(refused).await;
    assert!(refused.contains("the SMTP server answered 535"), "{refused}");
    assert!(mails.others().is_empty(), "none without a login");
    // With the password that it is given it takes mail.
    mails.ask_for("mailer", "zqpassword51");
    northwind.export(&webhook, 1).await;
    assert_eq!(mails.next().await.to, "ann@example.com", "of the webhook that is gone");
    let told = world.workers[0].output();
    // As it is, and as it is on the wire.
    for secret in ["zqpassword51", "AG1haWxlcgB6cXBhc3N3b3JkNTE"] {
        assert!(!told.contains(secret), "the password is in the log");
    }
}
