//! A redirect is never followed, least of all to an address of our own network.

use support::Answer;

use crate::world;

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_followed() {
    let mut world = world().start().await;
    let (mut receiver, mut behind) = (world.receiver(), world.receiver());
    let target = behind.url_of("/internal/secret-path?key=secret-key");
    receiver.script([Answer::status(307).header("location", target)]);
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 1).await;
    receiver.next().await;

    let admin = &world.northwind.admin;
    let ended = world.until_status(admin, &export, "failed").await;
    assert_eq!(ended["outcome"], "redirect_refused", "{ended:#}");
    let log = world.attempts(admin, &export).await;
    assert_eq!(log.len(), 1, "a redirect is final: {log:#?}");
    assert_eq!(log[0]["http_status"], 307);
    assert!(!format!("{log:?}{ended}").contains("secret-"), "the host only: {log:#?}");
    behind.assert_no_more();
    receiver.assert_no_more();
}
