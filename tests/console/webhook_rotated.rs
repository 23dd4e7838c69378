//! A secret is rotated: the new one is shown once, the earlier one signs along until that is ended.

use support::Browser;

use crate::stage::{answers_are_held, answers_come};
use crate::world;

pub(crate) async fn the_earlier_secret_signs_along_until_that_is_ended() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let webhook = world.northwind.register(&receiver.url()).await;
    let browser = Browser::start(&world.api.url).await;
    browser.open(&format!("/webhooks/{}", webhook.id), &world.northwind.admin).await;
    browser.click("Rotate secret").await;
    let dialog = browser.within("dialog", "");
    dialog.sees("The earlier one signs along for 24 hours").await;
    dialog.click("Rotate secret").await;
    browser.focuses("The signing secret").await;
    browser.sees("The earlier secret signs along until").await;
    let secret = browser.within_css("main .panel .copy code").text().await;
    assert_ne!(secret, webhook.secret);
    browser.click("Test").await;
    let delivery = receiver.next().await;
    delivery.assert_signed_with(&secret);
    delivery.assert_signed_with(&webhook.secret);
    browser.click("I have stored it").await;

    browser.click("End rotation").await;
    let dialog = browser.within("dialog", "");
    dialog.sees("Earlier secrets stop signing at once").await;
    dialog.click("End rotation").await;
    browser.has_not("dialog", "").await;
    browser.has_not("button", "End rotation").await;
    browser.sees_not("The earlier secret signs along until").await;
    browser.focuses("Test").await;
    browser.click("Test").await;
    let delivery = receiver.next().await;
    delivery.assert_signed_with(&secret);
    assert_eq!(delivery.header("webhook-signature").split(' ').count(), 1, "the new one alone");
    browser.finish().await;
}

pub(crate) async fn a_secret_whose_screen_was_left_is_not_lost() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let webhook = world.northwind.register(&receiver.url()).await;
    let browser = Browser::start(&world.api.url).await;
    let dialog = browser.within("dialog", "");
    browser.open(&format!("/webhooks/{}", webhook.id), &world.northwind.admin).await;
    answers_are_held(&browser, "^POST .*/rotate-secret$").await;
    browser.click("Rotate secret").await;
    dialog.click("Rotate secret").await;
    browser.go("/vacancies").await;
    browser.heading("Vacancies").await;
    answers_come(&browser).await;
    let secret = stored(&browser).await;
    assert_ne!(secret, webhook.secret);
    let test = world.northwind.admin.post("/v1/webhooks/{id}/test").id(&webhook.id);
    test.await.expect(202);
    receiver.next().await.assert_signed_with(&secret);

    browser.go("/webhooks/new").await;
    browser.fill("Webhook URL", &format!("{}?new", receiver.url())).await;
    answers_are_held(&browser, "^POST .*/v1/webhooks$").await;
    browser.click("Create Hook").await;
    browser.go("/exports").await;
    browser.heading("Exports").await;
    answers_come(&browser).await;
    assert_ne!(stored(&browser).await, secret);
    browser.heading("Exports").await;
    browser.finish().await;
}

/// The secret in the dialog that is open, which is stored, and not before closed.
async fn stored(browser: &Browser) -> String {
    let dialog = browser.within("dialog", "");
    dialog.has("heading", "The signing secret").await;
    browser.press("Escape").await;
    let secret = browser.within_css("dialog .panel .copy code").text().await;
    dialog.is("Close", "disabled").await;
    browser.passes_axe().await;
    dialog.click("I have stored it").await;
    dialog.click("Close").await;
    browser.has_not("dialog", "").await;
    secret
}
