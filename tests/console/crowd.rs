//! A vacancy with 10,000 applications: found, sorted, ticked, and all of them exported at once.

use support::people;

use crate::stage::{Stage, exported};

const CROWD: usize = 10_000;

pub(crate) async fn ten_thousand_are_worked_with_as_a_few() {
    let mut stage = Stage::new(&["New hires"]).await;
    let crowd = people::vacancy_with_people("V-9", 1_000..1_000 + CROWD);
    stage.northwind.import(&people::ndjson(&crowd)).await.expect(200);
    let browser = stage.open_vacancy("V-9", "").await;
    browser.sees("Select all 10,000 that match").await;
    browser.counts("row", 51).await;
    browser.choose("Sort by", "Rating, best first").await;
    browser.within_css("tbody tr").sees("5 of 5").await;
    browser.choose("Sort by", "Name, Z to A").await;
    browser.within_css("tbody tr").sees("Ada9999 Example").await;
    browser.fill("Search", "ada7777").await;
    browser.click("Ada7777 Example").await;
    browser.sees("1 selected").await;
    browser.fill("Search", "example").await;
    browser.choose("Stage", "Applied (5,000)").await;
    browser.sees("Select all 5,000 that match").await;
    browser.sees("1 selected").await;
    browser.choose("Stage", "All stages").await;
    browser.click("Select all 10,000 that match").await;
    browser.sees("All 10,000 that match are selected").await;
    browser.click("Export").await;
    browser.sees("10,000 candidates to New hires").await;
    browser.click("Confirm…").await;
    browser.sees("Accepted by 127.0.0.1").await;
    assert_eq!(exported(&stage.receivers[0].next().await, "candidate_id").len(), CROWD);
    stage.receivers[0].assert_no_more();
    browser.finish().await;
}
