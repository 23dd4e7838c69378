//! "Ask support if you need confirmation of export attempts": support reads the sentence aloud, and
//! learns of nobody who was exported, nor of what for.

use support::{Answer, Browser};

use crate::world;

pub(crate) async fn support_finds_the_sentence_and_nobody() {
    let mut world = world().env("RETRY_SCHEDULE", "0s").start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(503).body("<b>Rosa was here</b>")]);
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let export = northwind.export(&webhook, 2).await;
    let sent = receiver.next().await.json();
    world.until_status(&northwind.recruiter, &export, "failed").await;
    let reference = sent["candidates"][0]["candidate_reference"].as_str().expect("a text");

    let browser = Browser::start(&world.api.url).await;
    browser.open("/exports", &world.support).await;
    browser.fill("Id, host or e-mail address", &export).await;
    browser.press("Enter").await;
    browser.counts("row", 2).await;
    browser.click("Northwind, …").await;
    browser.heading("Export, to 127.0.0.1…").await;
    browser
        .within_css("main [role=status]")
        .sees("127.0.0.1 is not available right now (503).")
        .await;
    browser.sees("to 127.0.0.1").await;
    browser.heading("Try 1,…").await;
    for hidden in ["Engineer", reference, "Rosa was here", "What it carries", "null", "undefined"] {
        browser.sees_not(hidden).await;
    }
    for button in ["Resend", "Cancel", "Show the people", "Show the payload"] {
        browser.has_not("button", button).await;
    }
    browser.has("link", "Receipt").await;
    browser.passes_axe().await;
    browser.finish().await;
}
