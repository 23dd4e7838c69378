//! An API key: made for a program, used, revoked, refused; and the audit says so.

use support::Browser;

use crate::world;

const HOSTILE: &str = "<b onmouseover=alert(1)>Zap</b>";

pub(crate) async fn a_key_is_made_used_and_revoked() {
    let world = world().workers(0).start().await;
    let browser = Browser::start(&world.api.url).await;
    browser.open("/api-keys", &world.northwind.admin).await;
    browser.sees("No program has a key yet.").await;
    let secret = made(&browser).await;
    let program = world.anonymous.with_token(secret.as_str());
    let me = program.get("/v1/me").await.expect(200);
    assert_eq!((&me["role"], &me["member"]["name"]), (&"recruiter".into(), &HOSTILE.into()));
    browser.sees_not(&secret).await;
    browser.reload().await;
    let row = browser.within("row", HOSTILE);
    row.sees("Recruiter").await;
    row.sees("by Ann").await;
    row.sees("Works").await;
    assert!(!browser.text().await.contains("tak_"), "never again");

    refused(&browser).await;

    row.click("Revoke…").await;
    let sure = browser.within("dialog", "");
    sure.sees("From that moment nothing takes").await;
    sure.click("Back").await;
    program.get("/v1/me").await.expect(200);
    row.click("Revoke…").await;
    sure.click("Revoke").await;
    row.sees("Revoked").await;
    row.has_not("button", "Revoke…").await;
    program.get("/v1/me").await.problem(401, "unauthenticated");

    world.support.get("/v1/exports").await.expect(200);
    browser.click("Audit").await;
    browser.sees(&format!("Ann made the API key {HOSTILE}, which works for 7 days.")).await;
    browser.sees(&format!("Ann revoked the API key {HOSTILE}")).await;
    browser.narrow().await;
    browser.fits().await;
    browser.finish().await;
}

/// The key, which is shown once.
async fn made(browser: &Browser) -> String {
    browser.click("Create API key").await;
    let dialog = browser.within("dialog", "Create API key");
    dialog.fill("Days until it expires", "7").await;
    dialog.choose("Role", "Recruiter").await;
    dialog.fill("Name", HOSTILE).await;
    browser.passes_axe().await;
    dialog.click("Create API key").await;
    let dialog = browser.within("dialog", "API key");
    dialog.sees("Keep it now: it is never shown again.").await;
    browser.focuses("Copy the key").await;
    for _ in 0..2 {
        browser.press("Escape").await;
    }
    dialog.is("Close", "disabled").await;
    let shown = dialog.text().await;
    let secret = shown.split(' ').find(|word| word.starts_with("tak_")).expect("a key").to_owned();
    assert!(shown.contains("curl -H"), "{shown}");
    browser.execute("location.hash = '#/audit'").await;
    browser.within("dialog", "Leave without the key?").click("Back").await;
    dialog.click("I have stored it").await;
    dialog.click("Close").await;
    secret
}

/// A name is given once; what was typed stays.
async fn refused(browser: &Browser) {
    let dialog = browser.within("dialog", "Create API key");
    browser.click("Create API key").await;
    dialog.fill("Name", HOSTILE).await;
    browser.expects_status(409);
    dialog.click("Create API key").await;
    dialog.sees("If you ask for help, quote request").await;
    assert_eq!(dialog.value("Name").await, HOSTILE, "what was typed stays");
    browser.press("Escape").await;
    browser.has_not("dialog", "").await;
}

pub(crate) async fn keys_of_others_are_not_there() {
    let world = world().workers(0).start().await;
    world.northwind.new_api_key("Zapier", "org_admin").await;
    let browser = Browser::start(&world.api.url).await;
    browser.open("/api-keys", &world.contoso.admin).await;
    browser.sees("No program has a key yet.").await;
    browser.finish().await;
}
