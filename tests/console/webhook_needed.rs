//! "Review regularly – Check webhooks are still needed": what the list says of one that nobody used for
//! long, and the register to keep.

use serde_json::json;
use support::{Browser, World};

use crate::world;

/// Makes all webhooks older than a year, which no story waits for.
async fn a_year_goes_by(world: &World) {
    let url = world.env()["DATABASE_URL"].clone();
    let run = move || {
        let mut client = postgres::Client::connect(&url, postgres::NoTls).expect("a connection");
        let statement = "UPDATE webhooks SET created_at = now() - interval '366 days'";
        client.batch_execute(statement).expect("a statement");
    };
    tokio::task::spawn_blocking(run).await.expect("no panic");
}

pub(crate) async fn a_webhook_is_marked_until_it_is_reviewed() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let admin = world.northwind.admin.clone();
    let register = async |name: &str| {
        let body = json!({ "url": receiver.url_of(&format!("/{name}")), "name": name });
        admin.post("/v1/webhooks").json(&body).await.expect(201)
    };
    register("Old").await;
    a_year_goes_by(&world).await;
    register("New").await;
    let browser = Browser::start(&world.api.url).await;
    browser.open("/webhooks", &admin).await;
    browser.within("row", "New").sees_not("review due").await;
    browser.click("Review due only").await;
    browser.sees_not("New").await;
    browser.is_at("review_due=true").await;
    browser.within("row", "Old").sees("stale").await;
    browser.fill("Name or host", "nothing like it").await;
    browser.sees("No webhook is like this.").await;
    browser.fill("Name or host", "old").await;

    browser.click("Old").await;
    browser.sees("review due").await;
    browser.click("Reviewed").await;
    let dialog = browser.within("dialog", "Is Old still needed?");
    dialog.fill("Review again by", "2020-01-01").await;
    browser.expects_status(422);
    dialog.click("Reviewed").await;
    dialog.is("Review again by", "invalid").await;
    dialog.fill("Review again by", "").await;
    dialog.fill("Owner", "people-team@example.com").await;
    dialog.click("Reviewed").await;
    browser.has_not("dialog", "").await;
    browser.sees_not("review due").await;
    browser.sees("people-team@example.com").await;
    browser.sees("stale").await;
    browser.finish().await;
}
