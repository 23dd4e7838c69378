//! A webhook in trouble: what it says of itself, and what an admin does until it works again.

use support::{Answer, Browser};

use crate::world;

pub(crate) async fn what_failed_is_sent_again_once_it_is_enabled() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(410)]);
    let admin = world.northwind.admin.clone();
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 3).await;
    receiver.next().await;
    world.until_status(&admin, &export, "failed").await;
    let browser = Browser::start(&world.api.url).await;
    browser.open(&format!("/webhooks/{}", webhook.id), &admin).await;
    browser.sees("was switched off").await;
    browser.sees("it said that its address is closed for good").await;
    browser.click("The numbers").await;
    browser.within("table", "By day (UTC)").sees("0 0 1").await;

    browser.click("Enable").await;
    browser.sees("is enabled: exports go there again.").await;
    browser.has_not("button", "Enable").await;
    browser.click("Resend what failed").await;
    let dialog = browser.within("dialog", "Resend what failed");
    dialog.sees("Will be sent again 1 export").await;
    browser.passes_axe().await;
    dialog.click("Resend").await;
    browser.sees("1 failed export sent again").await;
    let delivery = receiver.next().await;
    assert_eq!(delivery.header("webhook-id"), export);
    world.until_status(&admin, &export, "delivered").await;

    // Review regularly: who answers for it, and until when.
    browser.click("Reviewed").await;
    let dialog = browser.within("dialog", "");
    dialog.fill("Owner", "people-team@example.com").await;
    dialog.click("Reviewed").await;
    browser.sees("was reviewed.").await;
    browser.sees("people-team@example.com").await;
    browser.finish().await;
}
