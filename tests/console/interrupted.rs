//! What comes in between loses nothing: other people's changes, a lost connection, a token that ran out.

use serde_json::json;
use support::people;

use crate::stage::{Stage, answers_are_lost, exported};
use crate::tokens::{fresh, runs_out};

pub(crate) async fn what_changed_since_the_preview_is_shown_before_it_goes() {
    let mut stage = Stage::new(&["New hires"]).await;
    let browser = stage.open_vacancy("V-1", "").await;
    browser.expects_status(409);
    browser.click("Ada0 Example").await;
    browser.click("Export").await;
    browser.has("button", "Confirm…").await;
    let mut moved = people::application(0, "V-1");
    moved["stage"] = json!("Offer");
    stage.northwind.import(&people::ndjson(&[moved])).await.expect(200);
    browser.click("Confirm…").await;
    browser.sees("What would go out has changed since the preview").await;
    browser.click("What New hires will see…").await;
    browser.sees("\"stage_name\": \"Offer\"").await;
    browser.click("Confirm…").await;
    browser.sees("Accepted by 127.0.0.1").await;
    assert_eq!(exported(&stage.receivers[0].next().await, "stage_name"), ["Offer"]);
    stage.receivers[0].assert_no_more();
    browser.finish().await;
}

pub(crate) async fn a_lost_connection_loses_nothing() {
    let mut stage = Stage::new(&["New hires"]).await;
    let browser = stage.open_vacancy("V-1", "").await;
    browser.click("Ada0 Example").await;
    browser.click("Export").await;
    browser.has("button", "Confirm…").await;
    browser.offline().await;
    browser.click("Confirm…").await;
    browser.sees("The service could not be reached").await;
    browser.online().await;
    browser.click("Confirm…").await;
    browser.sees("Accepted by 127.0.0.1").await;
    assert_eq!(exported(&stage.receivers[0].next().await, "full_name"), ["Ada0 Example"]);
    stage.receivers[0].assert_no_more();
    browser.finish().await;
}

pub(crate) async fn a_lost_answer_makes_no_second_export() {
    let mut stage = Stage::new(&["New hires"]).await;
    let browser = stage.open_vacancy("V-1", "").await;
    browser.click("Ada0 Example").await;
    browser.click("Export").await;
    browser.has("button", "Confirm…").await;
    answers_are_lost(&browser, "/v1/exports").await;
    browser.click("Confirm…").await;
    browser.sees("The service could not be reached").await;
    browser.click("Confirm…").await;
    browser.sees("Accepted by 127.0.0.1").await;
    let keys = browser.execute("return [window.keys.length, new Set(window.keys).size]").await;
    assert_eq!(keys, json!([4, 1]));
    stage.receivers[0].next().await;
    let exports = stage.northwind.recruiter.get("/v1/exports").await.items();
    assert_eq!(exports.len(), 1, "{exports:?}");
    stage.receivers[0].assert_no_more();
    browser.finish().await;
}

pub(crate) async fn a_token_that_ran_out_loses_nothing() {
    let mut stage = Stage::new(&["New hires"]).await;
    let browser = stage.open_vacancy("V-1", "").await;
    browser.expects_status(401);
    browser.click("Ada0 Example").await;
    runs_out(&browser).await;
    browser.click("Export").await;
    browser.sees("Your session has ended").await;
    browser.fill("Token", &fresh("recruiter", "Rosa", &stage.northwind.id)).await;
    browser.click("Sign in").await;
    browser.click("Confirm…").await;
    browser.sees("Accepted by 127.0.0.1").await;
    assert_eq!(exported(&stage.receivers[0].next().await, "full_name"), ["Ada0 Example"]);
    browser.finish().await;
}
