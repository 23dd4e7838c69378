//! The guide, "During Vacancy Candidate Management", clicked through word for word: candidates are
//! found, ticked and exported; taken back once; and sent in one request.

use support::{Answer, Receiver};

use crate::stage::{Stage, exported};

/// The seven steps of the chapter "During Vacancy Candidate Management", from opening the vacancy to the
/// data that is sent to the URL.
pub(crate) async fn candidates_are_exported_as_the_guide_says() {
    let mut stage = Stage::new(&["New hires", "Newsletter"]).await;
    let browser = stage.open("/vacancies").await;
    browser.heading("Vacancies").await;
    browser.click("Engineer V-1").await;
    browser.fill("Search", "example.com").await;
    browser.sees("Select all 30 that match").await;
    browser.click("Ada1 Example").await;
    browser.click("Ada0 Example").await;
    browser.sees("2 selected").await;
    browser.passes_axe().await;
    browser.click("Export").await;
    let dialog = browser.within("dialog", "Export to Webhook");
    dialog.click("New hires").await;
    dialog.sees("2 candidates to New hires at 127.0.0.1: one request").await;
    dialog.click("What New hires will see…").await;
    dialog.sees("\"full_name\": \"Ada1 Example\"").await;
    browser.passes_axe().await;
    dialog.click("Confirm…").await;
    let sent = browser.within("region", "Export to New hires");
    sent.sees("Waiting to be sent").await;
    sent.sees("It goes out in").await;
    browser.sees("0 selected").await;
    browser.passes_axe().await;
    sent.click("Undo").await;
    sent.sees("Cancelled: nothing was sent").await;
    sent.click("Hide").await;
    browser.sees("2 selected").await;
    stage.receivers[0].assert_no_more();

    browser.click("Export").await;
    dialog.is("New hires", "checked").await;
    dialog.click("Confirm…").await;
    sent.sees("Accepted by 127.0.0.1").await;
    browser.sees("0 selected").await;
    let delivery = stage.receivers[0].next().await;
    assert_eq!(exported(&delivery, "full_name"), ["Ada1 Example", "Ada0 Example"]);
    stage.receivers.iter_mut().for_each(Receiver::assert_no_more);
    browser.choose("Webhook", "New hires").await;
    browser.within("row", "Ada0 Example").sees("Already in New hires, ").await;
    browser.within("row", "Ada0 Example").sees(", by Rosa").await;
    browser.within("row", "Ada2 Example").sees_not("Already in").await;
    sent.click("Open this export").await;
    browser.is_at("/exports/").await;
    browser.finish().await;
}

pub(crate) async fn the_first_export_takes_three_clicks() {
    let mut stage = Stage::new(&["New hires"]).await;
    let browser = stage.open_vacancy("V-1", "").await;
    browser.click("All on this page").await;
    browser.click("Export").await;
    browser.click("Confirm…").await;
    browser.sees("Accepted by 127.0.0.1").await;
    assert_eq!(exported(&stage.receivers[0].next().await, "full_name").len(), 30);
    stage.receivers[0].assert_no_more();
    browser.finish().await;
}

pub(crate) async fn a_receiver_that_fails_and_heals_is_watched_to_the_end() {
    let patient = crate::world().env("RETRY_SCHEDULE", "0s,4s");
    let mut stage = Stage::of(patient, &["New hires"]).await;
    stage.receivers[0].script([Answer::status(503).held(), Answer::status(200)]);
    let browser = stage.open_vacancy("V-1", "").await;
    browser.click("Ada0 Example").await;
    browser.click("Export").await;
    browser.click("Confirm…").await;
    let sent = browser.within("region", "Export to New hires");
    sent.sees("It goes out in").await;
    sent.sees("Sending now").await;
    sent.has_not("button", "Undo").await;
    browser.sees("0 selected").await;
    stage.receivers[0].release(1);
    sent.sees("Trying again").await;
    sent.sees("Accepted by 127.0.0.1").await;
    stage.receivers[0].next_many(2).await;
    stage.receivers[0].assert_no_more();
    browser.finish().await;
}
