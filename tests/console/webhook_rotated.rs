//! A secret is rotated: the new one is shown once, the earlier one signs along until that is ended.

use support::Browser;

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
