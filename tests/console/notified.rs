//! Notifications: new ones come by themselves, are marked as seen, and how one is told can be chosen.

use support::{Answer, Browser};

use crate::world;

const FAILED: &str = "An export of yours was not delivered";

pub(crate) async fn what_is_new_is_told_as_one_wishes() {
    let mut world = world().env("RETRY_SCHEDULE", "0s").start().await;
    let receiver = world.receiver();
    receiver.script([Answer::status(404), Answer::status(404)]);
    let northwind = world.northwind.clone();
    let recruiter = &northwind.recruiter;
    let webhook = northwind.register(&receiver.url()).await;
    let browser = Browser::start(&world.api.url).await;
    browser.open("/notifications", recruiter).await;
    browser.sees("Nothing has happened that you would have to know of.").await;
    northwind.export(&webhook, 1).await;
    browser.counts("row", 2).await;
    browser.click("Mark as seen").await;
    browser.within("row", "Your export of 1 candidate").sees("Seen").await;
    browser.focuses("Your export of 1 candidate…").await;
    browser.has("link", "Notifications").await;
    northwind.export(&webhook, 2).await;
    browser.counts("row", 3).await;
    browser.has("link", "Notifications 1 new").await;
    browser.click("Mark all as seen").await;
    browser.has("link", "Notifications").await;
    browser.has_not("button", "Mark all as seen").await;
    browser.focuses("Notifications").await;

    let wish = browser.within("group", FAILED);
    wish.is("By e-mail, too", "checked").await;
    wish.click("Here").await;
    wish.is_not("By e-mail, too", "checked").await;
    browser.click("Save").await;
    browser.sees("Saved.").await;
    browser.reload().await;
    wish.is_not("Here", "checked").await;
    let wishes = recruiter.get("/v1/notifications/preferences").await.expect(200);
    assert_eq!(
        (&wishes["export_failed"], &wishes["webhook_failing"]),
        (&"off".into(), &"email".into())
    );
    browser.finish().await;
}
