//! What an export carries: its people, its payload to read, and that it is forgotten.

use support::Browser;

use crate::world;

pub(crate) async fn an_admin_reads_a_payload_and_has_it_forgotten() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let export = northwind.export(&webhook, 2).await;
    let sent = receiver.next().await.json();
    world.until_status(&northwind.recruiter, &export, "delivered").await;
    let name = sent["candidates"][0]["full_name"].as_str().expect("a text");
    let reference = sent["candidates"][0]["candidate_reference"].as_str().expect("a text");

    let browser = Browser::start(&world.api.url).await;
    browser.open(&format!("/exports/{export}"), &northwind.admin).await;
    browser.click("Show the people").await;
    browser.counts("row", 3).await;
    browser.within("row", reference).sees(name).await;
    browser.click("Show the payload").await;
    browser.sees(&format!("\"candidate_reference\": \"{reference}\"")).await;
    browser.passes_axe().await;

    browser.click("Forget the payload now").await;
    let dialog = browser.within("dialog", "Forget the payload now?");
    dialog.sees("with the data of the 2 candidates are forgotten now").await;
    dialog.click("Forget the payload now").await;
    browser.sees("The payload is no longer kept.").await;
    browser.sees_not(&format!("\"candidate_reference\": \"{reference}\"")).await;
    browser.has_not("button", "Show the payload").await;
    northwind.admin.get("/v1/exports/{id}/payload").id(&export).await.problem(410, "payload_gone");

    browser.click("Show the people").await;
    browser.counts("row", 3).await;
    browser.expects_status(409);
    browser.click("Resend").await;
    let dialog = browser.within("dialog", "Resend this export");
    dialog.sees("127.0.0.1 accepted the 2 candidates already").await;
    dialog.click("Resend").await;
    dialog.sees("The data of this export is no longer kept: export the candidates again.").await;
    browser.finish().await;
}
