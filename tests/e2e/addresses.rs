//! Names are resolved at each send, and a forbidden address is never connected to, whatever the
//! name had led to when it was registered.

use std::net::Ipv4Addr;

use serde_json::{Value, json};
use support::name_server::NameServer;
use support::{Receiver, Webhook, World};

use crate::world;

const HOST: &str = "hooks.acme.com";
const OURS: Ipv4Addr = Ipv4Addr::LOCALHOST;
const INSIDE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 7);

/// A world whose worker asks this name server, and a receiver behind a name.
async fn named() -> (World, NameServer, Receiver, Webhook) {
    let names = NameServer::start().await;
    let server = names.address.to_string();
    let world = world().env("DNS_SERVERS", &server).env("RETRY_SCHEDULE", "0s,10m").start();
    let mut world = world.await;
    let receiver = world.receiver();
    let url = receiver.url().replace("127.0.0.1", HOST);
    let webhook = world.northwind.register(&url).await;
    (world, names, receiver, webhook)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_moved_inside_is_not_followed() {
    let (world, names, mut receiver, webhook) = named().await;
    let northwind = &world.northwind;
    names.set(HOST, &[OURS]);
    let delivered = northwind.export(&webhook, 1).await;
    let delivery = receiver.next().await;
    assert!(delivery.header("host").starts_with(HOST), "{delivery:?}");
    world.until_status(&northwind.recruiter, &delivered, "delivered").await;

    for addresses in [&[INSIDE][..], &[OURS, INSIDE], &[INSIDE, OURS]] {
        names.set(HOST, addresses);
        let export = northwind.export(&webhook, 1).await;
        let ended = world.until_status(&northwind.recruiter, &export, "failed").await;
        assert_eq!(ended["outcome"], "blocked_address", "{addresses:?}: {ended:#}");
        let log = world.attempts(&northwind.admin, &export).await;
        assert_eq!(log.len(), 1, "final: {log:#?}");
        assert!(!log[0].to_string().contains("10.0.0"), "no address: {:#}", log[0]);
        assert_eq!(log[0]["phases_ms"]["connect"], Value::Null, "never tried: {:#}", log[0]);
    }
    receiver.assert_no_more();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_does_not_exist() {
    let (world, _names, mut receiver, webhook) = named().await;
    let northwind = &world.northwind;
    let export = northwind.export(&webhook, 1).await;
    world.until_status(&northwind.recruiter, &export, "retrying").await;
    let log = world.attempts(&northwind.recruiter, &export).await;
    assert_eq!(log[0]["outcome"], "dns_not_found", "{log:#?}");
    assert_eq!(log[0]["act_by"], json!("admin"));
    let sentence = log[0]["explanation"].as_str().unwrap_or_default();
    assert!(sentence.contains(HOST), "{sentence}");
    receiver.assert_no_more();
}

/// A literal that the operator no longer allows is refused at the send, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_literal_that_is_not_allowed_any_more() {
    let mut world = world().workers(0).start().await;
    let mut receiver = world.receiver();
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 1).await;
    world.set_env("DENY_NETS", "127.0.0.0/8");
    world.start_worker().await;
    let ended = world.until_status(&world.northwind.recruiter, &export, "failed").await;
    assert_eq!(ended["outcome"], "blocked_address", "{ended:#}");
    receiver.assert_no_more();
}
