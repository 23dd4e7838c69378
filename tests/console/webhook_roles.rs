//! "Permission required: Organisation Admin role": what a recruiter finds where webhooks are.

use support::Browser;

use crate::world;

pub(crate) async fn a_recruiter_sees_names_and_health_and_can_change_nothing() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let webhook = world.northwind.register(&receiver.url()).await;
    let browser = Browser::start(&world.api.url).await;
    browser.open("/webhooks", &world.northwind.recruiter).await;
    browser.within("navigation", "Main").has_not("link", "Webhooks").await;
    browser.within("row", "127.0.0.1").sees("untested").await;
    browser.has_not("link", "Create Webhook").await;
    browser.sees_not("Delete").await;
    browser.go(&format!("/webhooks/{}", webhook.id)).await;
    browser.sees("No exports yet.").await;
    browser.has_not("button", "Delete").await;
    browser.sees_not("/hooks/a1b2").await;
    browser.sees_not("null").await;
    browser.go("/webhooks/new").await;
    browser.sees("It is for Organisation Admins.").await;
    browser.has_not("textbox", "Webhook URL").await;
    browser.finish().await;
}
