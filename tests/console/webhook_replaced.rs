//! Replace: the guide's three steps in one, counted before they are done.

use serde_json::json;
use support::{Answer, Browser};

use crate::world;

pub(crate) async fn what_waits_goes_on_to_the_new_url() {
    let mut world = world().env("RETRY_SCHEDULE", "0s,1h").start().await;
    let (mut old, mut new) = (world.receiver(), world.receiver());
    old.otherwise(Answer::status(503));
    let admin = world.northwind.admin.clone();
    let body = json!({ "url": old.url(), "name": "New hires", "purpose": "Onboarding list" });
    let created = admin.post("/v1/webhooks").json(&body).await.expect(201);
    let webhook = support::Webhook { id: support::id_of(&created), secret: String::new() };
    let export = world.northwind.export(&webhook, 2).await;
    old.next().await;
    world.until_status(&admin, &export, "retrying").await;
    let browser = Browser::start(&world.api.url).await;
    browser.open(&format!("/webhooks/{}", webhook.id), &admin).await;
    browser.within_css("main > .actions").click("Replace").await;
    browser.heading("Replace").await;
    browser.fill("New webhook URL", "https://yourdomain.com/webhook").await;
    browser.sees("1 rule is not met.").await;
    browser.fill("New webhook URL", &new.url()).await;
    browser.sees("No rule is broken.").await;
    counted(&browser).await;
    assert_eq!(admin.get("/v1/webhooks/{id}").id(&webhook.id).await.expect(200)["url"], old.url());
    browser.within("dialog", "Replace New hires?").click("Replace").await;
    browser.sees("New hires sends to 127.0.0.1 from now on.").await;
    let secret = browser.within_css("main .copy code").text().await;
    let delivery = new.next().await;
    delivery.assert_signed_with(&secret);
    assert_eq!(delivery.json()["export"]["resent_from"], export);
    old.assert_no_more();
    browser.passes_axe().await;
    browser.click("I have stored it").await;
    browser.within("navigation", "Where you are").click("New hires").await;
    browser.heading("New hires").await;
    browser.sees("Onboarding list").await;
    browser.sees(&new.url()).await;
    browser.finish().await;
}

/// The dry run: what would be lost, and what goes on.
async fn counted(browser: &Browser) {
    browser.click("See what will happen").await;
    let dialog = browser.within("dialog", "Replace New hires?");
    dialog.sees("Waiting exports that are cancelled 1").await;
    dialog.click("Back").await;
    browser.click("What failed, and what waits").await;
    browser.passes_axe().await;
    browser.click("See what will happen").await;
    dialog.sees("Waiting exports that go on 1").await;
    dialog.sees("Waiting exports that are cancelled 0").await;
}
