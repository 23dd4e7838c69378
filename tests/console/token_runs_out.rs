//! A token runs out in mid-work: one signs in again where one is, and goes on.

use serde_json::json;
use support::Browser;

use crate::tokens::{expired, fresh, runs_out};
use crate::world;

pub(crate) async fn nothing_that_was_typed_is_lost() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let northwind = world.northwind.clone();
    let browser = Browser::start(&world.api.url).await;
    browser.expects_status(401);
    browser.open("/webhooks/new", &northwind.admin).await;
    browser.fill("Webhook URL", &receiver.url()).await;
    browser.sees("No rule is broken.").await;
    browser.fill("Purpose", "Onboarding list").await;
    browser.click("Skills").await;

    runs_out(&browser).await;
    browser.click("Create Hook").await;
    let dialog = browser.within("dialog", "Sign in");
    dialog.sees("Your session has ended. Nothing is lost: sign in again to go on.").await;
    browser.passes_axe().await;
    // A wrong one is told, and asked for again.
    dialog.fill("Token", &expired()).await;
    dialog.click("Sign in").await;
    dialog.has("alert", "").await;
    dialog.fill("Token", &fresh("org_admin", "Ann", &northwind.id)).await;
    dialog.click("Sign in").await;

    browser.heading("The signing secret").await;
    let webhooks = northwind.admin.get("/v1/webhooks").await.items();
    assert_eq!(webhooks.len(), 1, "{webhooks:#?}");
    assert_eq!(webhooks[0]["purpose"], "Onboarding list");
    let include = webhooks[0]["include"].as_array().expect("field groups");
    assert!(include.contains(&json!("skills")), "{include:?}");
    browser.finish().await;
}

pub(crate) async fn what_was_begun_goes_out_in_nobody_elses_name() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let (northwind, contoso) = (world.northwind.clone(), world.contoso.clone());
    let browser = Browser::start(&world.api.url).await;
    browser.expects_status(401);
    browser.open("/webhooks/new", &northwind.admin).await;
    browser.fill("Webhook URL", &receiver.url()).await;
    browser.sees("No rule is broken.").await;
    runs_out(&browser).await;
    browser.click("Create Hook").await;
    let dialog = browser.within("dialog", "Sign in");
    dialog.fill("Token", contoso.admin.token().expect("a token")).await;
    dialog.click("Sign in").await;
    // The other one begins anew, with nothing of the one before.
    browser.heading("Webhooks").await;
    for admin in [&northwind.admin, &contoso.admin] {
        assert_eq!(admin.get("/v1/webhooks").await.items(), [json!(null); 0]);
    }
    // A link that brings somebody else's token asks first.
    let link = format!("/vacancies?token={}", northwind.admin.token().expect("a token"));
    browser.go(&link).await;
    browser.within("dialog", "Somebody else's link").click("Back").await;
    browser.heading("Webhooks").await;
    assert!(!browser.url().await.as_str().contains("token="), "no token stays in the address");
    browser.finish().await;
}
