//! An export that goes on as another one, to another webhook; who may not be sent any more stays out.

use serde_json::{Value, json};
use support::{Answer, Browser, Receiver, World, people};

use crate::stage::answers_are_lost;
use crate::world;

/// An export to one webhook that failed, and another webhook, Spare.
struct Failed {
    world: World,
    receiver: Receiver,
    export: String,
    /// What the first webhook got.
    sent: Value,
}

async fn failed() -> Failed {
    let mut world = world().env("RETRY_SCHEDULE", "0s").start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(500)]);
    let northwind = world.northwind.clone();
    let old = northwind.register(&receiver.url_of("/old")).await;
    let new = json!({ "url": receiver.url_of("/new"), "name": "Spare" });
    northwind.admin.post("/v1/webhooks").json(&new).await.expect(201);
    let export = northwind.export(&old, 2).await;
    let sent = receiver.next().await.json();
    world.until_status(&northwind.admin, &export, "failed").await;
    Failed { world, receiver, export, sent }
}

pub(crate) async fn an_admin_resends_to_another_webhook() {
    let Failed { world, mut receiver, export, sent } = failed().await;
    let northwind = &world.northwind;
    let admin = &northwind.admin;
    let reference =
        sent["candidates"][0]["candidate_reference"].as_str().expect("a text").to_owned();
    let number = reference.trim_start_matches("C-").parse().expect("a number");
    let mut person = people::candidate(number);
    person["restricted"] = json!(true);
    northwind.import(&people::ndjson(&[person])).await.expect(200);

    let browser = Browser::start(&world.api.url).await;
    browser.open(&format!("/exports/{export}"), admin).await;
    browser.click("Resend").await;
    let dialog = browser.within("dialog", "Resend this export");
    dialog.sees("with no more than both webhooks receive").await;
    dialog.choose("Webhook", "Spare (127.0.0.1)").await;
    dialog.click("Resend").await;
    browser.heading("Engineer V-1, to Spare").await;
    browser.sees("It goes out as an export of its own, to Spare. Left out: 1 restricted.").await;
    let delivery = receiver.next().await;
    assert_eq!(delivery.path, "/new");
    browser.within_css("main [role=status]").sees("Accepted by 127.0.0.1").await;
    browser.is_at(delivery.header("webhook-id")).await;
    browser.click(&export).await;
    browser.heading("Engineer V-1, to 127.0.0.1…").await;
    browser.has("link", delivery.header("webhook-id")).await;
    browser.finish().await;
}

pub(crate) async fn a_lost_answer_makes_no_second_one() {
    let Failed { world, mut receiver, export, .. } = failed().await;
    let admin = &world.northwind.admin;

    let browser = Browser::start(&world.api.url).await;
    browser.open(&format!("/exports/{export}"), admin).await;
    answers_are_lost(&browser, "/resend").await;
    let dialog = browser.within("dialog", "Resend this export");
    let resend = async || {
        browser.click("Resend").await;
        dialog.choose("Webhook", "Spare (127.0.0.1)").await;
        dialog.click("Resend").await;
    };
    resend().await;
    dialog.sees("The service could not be reached").await;
    dialog.click("Back").await;
    resend().await;
    browser.heading("Engineer V-1, to Spare").await;
    receiver.next().await;
    let exports = admin.get("/v1/exports").await.items();
    assert_eq!(exports.len(), 2, "the one that failed, and one to the other webhook: {exports:?}");
    receiver.assert_no_more();
    browser.finish().await;
}
