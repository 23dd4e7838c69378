//! The guide's "Deleting Webhooks" and "Updating Webhooks", clicked; also while exports are in progress.

use serde_json::json;
use support::{Answer, Browser};

use crate::world;

/// What fails is not tried again while a story lasts.
const ONE_TRY: (&str, &str) = ("RETRY_SCHEDULE", "0s,1h");

pub(crate) async fn a_webhook_is_updated_by_the_guides_three_steps() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let admin = world.northwind.admin.clone();
    let body = json!({ "url": receiver.url_of("/wrong"), "name": "New hires" });
    admin.post("/v1/webhooks").json(&body).await.expect(201);
    let browser = Browser::start(&world.api.url).await;
    browser.open("/webhooks", &admin).await;
    // It says so itself, where somebody looks for "Edit".
    browser.click("New hires").await;
    browser.sees("Webhooks cannot be edited after creation.").await;
    browser.sees("Create a new webhook with the correct URL").await;
    browser.has_not("button", "Edit").await;
    // 1. Delete the existing webhook: find it in the list, click Delete, confirm.
    browser.within("navigation", "Main").click("Webhooks").await;
    browser.click("Delete New hires").await;
    let dialog = browser.within("dialog", "Delete New hires?");
    dialog.sees("The webhook is removed immediately").await;
    dialog.sees("0 exports to it are in progress.").await;
    browser.passes_axe().await;
    dialog.click("Delete").await;
    browser.sees("New hires was deleted.").await;
    browser.sees("No webhooks yet.").await;
    browser.focuses("Webhooks").await;
    // 2. Create a new webhook with the correct URL, under the same name.
    browser.within_css("main > .actions").click("Create Webhook").await;
    browser.fill("Webhook URL", &receiver.url_of("/right")).await;
    browser.fill("Name", "New hires").await;
    browser.click("Create Hook").await;
    browser.click("I have stored it").await;
    browser.click("Send a test").await;
    assert_eq!(receiver.next().await.path, "/right");
    browser.finish().await;
}

pub(crate) async fn what_is_in_progress_is_waited_for_or_cancelled() {
    let mut world = world().env(ONE_TRY.0, ONE_TRY.1).start().await;
    let mut receiver = world.receiver();
    receiver.otherwise(Answer::status(503));
    let admin = world.northwind.admin.clone();
    let webhook = world.northwind.register(&receiver.url()).await;
    let about = admin.get("/v1/webhooks/{id}").id(&webhook.id).await.expect(200);
    let name = about["name"].as_str().expect("a name");
    let export = world.northwind.export(&webhook, 2).await;
    receiver.next().await;
    world.until_status(&admin, &export, "retrying").await;
    let browser = Browser::start(&world.api.url).await;
    browser.open(&format!("/webhooks/{}", webhook.id), &admin).await;
    browser.sees("failing").await;
    browser.click("Delete").await;
    let dialog = browser.within("dialog", "Exports are in progress");
    dialog.sees("1 export to this webhook is in progress.").await;
    dialog.sees("Cancel what waits: 1 export will be cancelled.").await;
    dialog.click("Which they are").await;
    dialog.sees(&format!("{export}, Trying again")).await;
    browser.passes_axe().await;
    // Wait: nothing has happened.
    dialog.click("Back").await;
    browser.has_not("dialog", "").await;
    assert_eq!(admin.get("/v1/webhooks").await.items().len(), 1);
    // Or cancel what waits.
    browser.click("Delete").await;
    browser
        .within("dialog", "Exports are in progress")
        .click("Cancel what waits, and delete")
        .await;
    browser.sees("was deleted.").await;
    browser.is_at("#/webhooks").await;
    browser.sees("No webhooks yet.").await;
    world.until_status(&admin, &export, "cancelled").await;
    // What went there tells so, and leads to no page that is gone.
    browser.open("/exports", &admin).await;
    browser.sees(&format!("{name} (deleted)")).await;
    browser.open(&format!("/exports/{export}"), &admin).await;
    browser.sees(&format!("{name} (deleted)")).await;
    browser.has_not("link", name).await;
    let people = admin.get("/v1/exports/{id}/people").id(&export).await.items();
    let person = people[0]["candidate_id"].as_str().expect("an id");
    browser.open(&format!("/people/{person}"), &admin).await;
    browser.within("row", &format!("{name} (deleted)")).has_not("link", name).await;
    browser.finish().await;
}
