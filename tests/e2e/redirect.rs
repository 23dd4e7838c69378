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

/// The most common one: the same path with a slash at its end. What differs is said, not shown.
#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_to_the_same_host_says_what_differs() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let same = receiver.url_of("/secret-path/");
    receiver.script([Answer::status(308).header("location", same)]);
    let webhook = world.northwind.register(&receiver.url_of("/secret-path")).await;
    let export = world.northwind.export(&webhook, 1).await;
    receiver.next().await;
    let ended = world.until_status(&world.northwind.admin, &export, "failed").await;
    let sentence = ended["explanation"].as_str().unwrap_or_default();
    let expected =
        "127.0.0.1 sent us on to another path on the same host (a slash at its end, perhaps)";
    assert!(sentence.starts_with(expected), "{ended:#}");
    assert!(!ended.to_string().contains("secret-"), "{ended:#}");
}

/// A guard against bots is named, its headers and the receiver's id of the request are kept, and
/// what it wrote is shown in its own charset.
#[tokio::test(flavor = "multi_thread")]
async fn a_guard_in_front_of_a_receiver_is_named() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let answer =
        Answer::status(403).header("cf-mitigated", "challenge").header("cf-ray", "8a1b-FRA");
    receiver
        .otherwise(answer.header("content-type", "text/plain; charset=utf-8").body("\u{202e}no"));
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 1).await;
    assert_eq!(receiver.next().await.header("accept-encoding"), "identity");
    let admin = &world.northwind.admin;
    world.until_status(admin, &export, "retrying").await;
    let attempt = &world.attempts(admin, &export).await[0];
    let sentence = "Something that guards 127.0.0.1 against bots refused us.";
    assert_eq!(attempt["explanation"], sentence, "{attempt:#}");
    let advice = attempt["advice"].as_str().unwrap_or_default();
    assert!(advice.contains("(talentATS-Webhooks/"), "{advice}");
    assert_eq!(attempt["response_headers"]["cf-mitigated"], "challenge", "{attempt:#}");
    assert_eq!(attempt["response_headers"]["cf-ray"], "8a1b-FRA", "{attempt:#}");
    assert_eq!(attempt["response_body"], "\\u{202e}no", "{attempt:#}");
}
