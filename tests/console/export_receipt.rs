//! A receipt to hand over: on one page of paper, with what was signed.

use serde_json::Value;
use support::{Answer, Browser};

use crate::world;

/// More tries than a page lists.
const TRIES: u64 = 12;

pub(crate) async fn a_receipt_is_one_page_however_often_it_was_tried() {
    let mut world = world().start().await;
    let receiver = world.receiver();
    receiver.script([Answer::status(500), Answer::status(500)]);
    let northwind = world.northwind.clone();
    let (recruiter, support) = (&northwind.recruiter, &world.support);
    let webhook = northwind.register(&receiver.url()).await;
    let export = northwind.export(&webhook, 2).await;
    world.until_status(recruiter, &export, "delivered").await;

    let browser = Browser::start(&world.api.url).await;
    browser.dark().await;
    browser.open(&format!("/exports/{export}"), recruiter).await;
    browser.click("Receipt").await;
    browser.heading("Receipt").await;
    browser.sees("127.0.0.1 accepted both candidates").await;
    browser.sees("Northwind").await;
    let signed = recruiter.get("/v1/exports/{id}/receipt").id(&export).await.expect(200);
    let head = signed["jws"].as_str().and_then(|jws| jws.split_once('.')).expect("a JWS").0;
    browser.sees(head).await;
    browser.counts("row", 4).await;
    browser.passes_axe().await;
    assert_eq!(browser.printed_pages().await, 1);

    for tries in 4..=TRIES {
        recruiter.post("/v1/exports/{id}/resend").id(&export).await.expect(202);
        let again = |now: &Value| now["status"] == "delivered" && now["attempt_count"] == tries;
        world.until(recruiter, &export, again).await;
    }
    browser.open(&format!("/exports/{export}/receipt"), support).await;
    browser.sees("12 tries, the last 10 of them").await;
    browser.counts("row", 11).await;
    browser.sees_not("Engineer").await;
    assert_eq!(browser.printed_pages().await, 1);
    browser.finish().await;
}
