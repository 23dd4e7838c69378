//! An API that is started anew while somebody watches: the page goes on, and catches up.

use std::path::Path;

use support::world::Api;
use support::{Answer, Browser};

use crate::{BINARY, world};

pub(crate) async fn a_page_goes_on_after_the_api_was_started_anew() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(200).held(), Answer::status(200).held()]);
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let export = northwind.export(&webhook, 1).await;
    receiver.next().await;
    let address = world.api.url.authority().to_owned();
    let browser = Browser::start(&world.api.url).await;
    browser.open(&format!("/exports/{export}"), &northwind.recruiter).await;
    let told = browser.within_css("main [role=status]");
    told.sees("Sending now").await;

    browser.expects_status(0);
    world.api.process.kill().await;
    receiver.release(1);
    world.set_env("API_ADDR", &address);
    world.api = Api::start(Path::new(BINARY), world.env()).await;
    told.sees("Accepted by 127.0.0.1").await;
    browser.sees("accepted (200)").await;

    browser.go("/exports").await;
    browser.counts("row", 2).await;
    northwind.export(&webhook, 2).await;
    receiver.next().await;
    browser.click("Show newer ones").await;
    browser.offline().await;
    browser.sees("No connection.").await;
    receiver.release(1);
    browser.online().await;
    browser.sees_not("No connection.").await;
    browser.within("row", "both candidates").sees("Accepted by 127.0.0.1").await;
    browser.finish().await;
}
