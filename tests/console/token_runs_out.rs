//! A token runs out in mid-work: one signs in again where one is, and goes on.

use serde_json::json;
use support::Browser;
use support::settings::identity;

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

    let mut claims = identity().claims("org_admin", "Ann", Some(&northwind.id));
    let now = claims["exp"].as_u64().expect("a time");
    (claims["iat"], claims["exp"]) = (json!(now - 90_000), json!(now - 86_400));
    let expired = identity().sign(&claims);
    let take = "sessionStorage.setItem('token', arguments[0])";
    browser.execute_with(take, vec![json!(expired)]).await;
    browser.click("Create Hook").await;
    let dialog = browser.within("dialog", "Sign in");
    dialog.sees("Your session has ended. Nothing is lost: sign in again to go on.").await;
    browser.passes_axe().await;
    // A wrong one is told, and asked for again.
    dialog.fill("Token", &expired).await;
    dialog.click("Sign in").await;
    dialog.has("alert", "").await;
    dialog.fill("Token", northwind.admin.token().expect("a token")).await;
    dialog.click("Sign in").await;

    browser.heading("The signing secret").await;
    let webhooks = northwind.admin.get("/v1/webhooks").await.items();
    assert_eq!(webhooks.len(), 1, "{webhooks:#?}");
    assert_eq!(webhooks[0]["purpose"], "Onboarding list");
    let include = webhooks[0]["include"].as_array().expect("field groups");
    assert!(include.contains(&json!("skills")), "{include:?}");
    browser.finish().await;
}
