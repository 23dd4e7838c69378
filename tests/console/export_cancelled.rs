//! Second thoughts: undone before anything was sent, cancelled between two tries.

use serde_json::json;
use support::{Answer, Browser, id_of};

use crate::world;

pub(crate) async fn an_export_is_taken_back() {
    let mut world = world().env("RETRY_SCHEDULE", "0s,10m").start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(500)]);
    let northwind = world.northwind.clone();
    let recruiter = &northwind.recruiter;
    let webhook = northwind.register(&receiver.url()).await;
    let (vacancy, applications) = northwind.pick(2).await;
    let held = json!({
        "vacancy_id": vacancy, "webhook_id": webhook.id, "application_ids": applications, "hold_seconds": 60,
    });
    let held = id_of(&recruiter.post("/v1/exports").json(&held).await.expect(202));
    let browser = Browser::start(&world.api.url).await;
    browser.open(&format!("/exports/{held}"), recruiter).await;
    let told = browser.within_css("main [role=status]");
    told.sees("held back until").await;
    browser.click("Undo").await;
    told.sees("The export was cancelled; nothing was sent.").await;
    browser.focuses("Engineer V-1, to 127.0.0.1…").await;
    browser.sees("Nothing was sent so far.").await;

    let tried = northwind.export(&webhook, 2).await;
    receiver.next().await;
    browser.go(&format!("/exports/{tried}")).await;
    told.sees("Trying again").await;
    browser.click("Cancel").await;
    let dialog = browser.within("dialog", "Cancel this export?");
    dialog.sees("It is not tried again after this try. 127.0.0.1 accepted nothing so far.").await;
    browser.press("Escape").await;
    browser.focuses("Cancel").await;
    browser.press("Enter").await;
    dialog.click("Cancel the export").await;
    told.sees("Cancelled").await;
    browser.focuses("Engineer V-1, to 127.0.0.1…").await;
    receiver.assert_no_more();
    browser.finish().await;
}
