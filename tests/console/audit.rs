//! The audit: who did what, support's looks included, narrowed down, and as a file.

use support::Browser;

use crate::world;

pub(crate) async fn who_did_what_is_told() {
    let mut world = world().start().await;
    let receiver = world.receiver();
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 2).await;
    world.until_status(&world.northwind.recruiter, &export, "delivered").await;
    world.support.get("/v1/exports/{id}").id(&export).await.expect(200);
    let folder = tempfile::tempdir().expect("a folder");
    let browser = Browser::start(&world.api.url).await;
    browser.saves_to(folder.path()).await;
    browser.open("/audit", &world.northwind.admin).await;
    browser.sees(&format!("Sue of the support desk looked at the export {export}.")).await;
    browser.sees("Rosa sent 2 candidates to the webhook").await;
    browser.choose("What was done", "export: requested").await;
    browser.sees_not("Sue of the support desk").await;
    browser.is_at("action=export.requested").await;
    browser.reload().await;
    let row = browser.within("row", "Rosa sent 2 candidates");
    row.click("Details").await;
    row.sees("export.requested").await;
    browser.click("Download CSV").await;
    let file = String::from_utf8(browser.saved(folder.path(), "audit-events-", ".csv").await);
    let file = file.expect("UTF-8");
    assert!(file.starts_with('\u{feff}') && file.matches("\r\n").count() == 2, "{file}");
    row.click("All about this export").await;
    browser.sees("Sue of the support desk").await;
    row.click("Details").await;
    row.click("What else they did").await;
    browser.sees_not("Sue of the support desk").await;
    browser.within("row", "Rosa sent 2 candidates").click("export").await;
    browser.is_at(&format!("#/exports/{export}")).await;
    browser.finish().await;
}

pub(crate) async fn each_reads_their_own() {
    let world = world().workers(0).start().await;
    let browser = Browser::start(&world.api.url).await;
    world.northwind.new_api_key("Zapier", "recruiter").await;
    browser.open("/audit?action=api_key", &world.contoso.admin).await;
    browser.sees("Nothing like that was done.").await;
    browser.open("/audit?action=api_key", &world.support).await;
    browser.within("row", "Ann made the API key Zapier").sees("Northwind").await;
    browser.expects_status(403);
    browser.open("/audit", &world.northwind.recruiter).await;
    browser.sees("may not do this").await;
    browser.finish().await;
}
