//! What a receiver answered is text, whatever it says; and only admins read it.

use support::{Answer, Browser};

use crate::world;

const HOSTILE: &str =
    "<img src=x onerror=\"document.title='owned'\"><script>alert(1)</script>\u{202e}]]>";

pub(crate) async fn an_answer_does_no_harm() {
    let mut world = world().env("RETRY_SCHEDULE", "0s").start().await;
    let receiver = world.receiver();
    receiver.script([Answer::status(400).body(HOSTILE)]);
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let export = northwind.export(&webhook, 1).await;
    world.until_status(&northwind.recruiter, &export, "failed").await;

    let browser = Browser::start(&world.api.url).await;
    browser.open(&format!("/exports/{export}"), &northwind.admin).await;
    browser.click("Body of the answer").await;
    browser.sees("<img src=x onerror=\"document.title='owned'\"><script>alert(1)</script>").await;
    browser.has_title("Engineer V-1, to 127.0.0.1").await;
    assert_eq!(browser.execute("return document.images.length").await, 0);
    browser.open(&format!("/exports/{export}"), &northwind.recruiter).await;
    browser.heading("Try 1,…").await;
    browser.sees_not("onerror").await;
    browser.sees_not("Body of the answer").await;
    browser.finish().await;
}
