//! Who is chosen for an export: by filters, across pages, with the keyboard; and who cannot be.

use serde_json::json;
use support::people;

use crate::stage::{Stage, answers_are_held, answers_come, exported};

pub(crate) async fn all_that_match_are_exported_by_their_filters() {
    let mut stage = Stage::new(&["New hires"]).await;
    let browser = stage.open_vacancy("V-1", "").await;
    browser.choose("Sort by", "Name, Z to A").await;
    browser.choose("Stage", "Shortlisted (15)").await;
    browser.fill("Rating at least", "4").await;
    browser.click("Select all 6 that match").await;
    browser.sees("All 6 that match are selected").await;
    browser.is("Ada3 Example", "checked").await;
    browser.choose("Status", "Active").await;
    browser.sees("The filters changed: the selection was cleared.").await;
    browser.click("Select all 6 that match").await;
    browser.click("Export").await;
    browser.sees("6 candidates to New hires").await;
    browser.click("Confirm…").await;
    browser.sees("Accepted by 127.0.0.1").await;
    browser.sees("0 selected").await;
    let delivery = stage.receivers[0].next().await;
    assert_eq!(exported(&delivery, "stage_name"), ["Shortlisted"; 6]);
    stage.receivers[0].assert_no_more();
    browser.finish().await;
}

pub(crate) async fn a_page_does_not_wait_for_how_many_match() {
    let stage = Stage::new(&["New hires"]).await;
    let browser = stage.open_vacancy("V-1", "").await;
    browser.sees("Select all 30 that match").await;
    answers_are_held(&browser, "count=true").await;
    browser.choose("Stage", "Shortlisted (15)").await;
    browser.counts("row", 16).await;
    // Nobody chooses a number that is of other filters.
    browser.is("Select all 30 that match", "disabled").await;
    answers_come(&browser).await;
    browser.is_not("Select all 15 that match", "disabled").await;
    browser.finish().await;
}

pub(crate) async fn whoever_cannot_go_is_named() {
    let mut stage = Stage::new(&["New hires"]).await;
    let browser = stage.open_vacancy("V-3", "").await;
    browser.is("Ada40 Example", "disabled").await;
    browser.is("Ada41 Example", "disabled").await;
    browser.within("row", "Ada40 Example").sees("Restricted: cannot be exported").await;
    browser.within("row", "Ada41 Example").sees("Withdrew: cannot be exported").await;
    browser.click("Export").await;
    browser.sees("Nobody is selected").await;

    browser.go(&format!("/vacancies/{}", stage.northwind.vacancy("V-1").await)).await;
    browser.click("Ada0 Example").await;
    browser.click("Ada1 Example").await;
    let mut withdrawn = people::application(0, "V-1");
    withdrawn["status"] = json!("withdrawn");
    stage.northwind.import(&people::ndjson(&[withdrawn])).await.expect(200);
    browser.click("Export").await;
    browser.sees("1 person cannot go: Ada0 Example: withdrew").await;
    browser.has_not("button", "Confirm…").await;
    browser.click("Leave them out").await;
    browser.sees("1 person cannot go and will be left out").await;
    browser.focuses("Confirm…").await;
    browser.click("Confirm…").await;
    browser.sees("Accepted by 127.0.0.1").await;
    assert_eq!(exported(&stage.receivers[0].next().await, "full_name"), ["Ada1 Example"]);
    browser.finish().await;
}

pub(crate) async fn names_from_outside_are_text() {
    let stage = Stage::new(&["New hires"]).await;
    let hostile = "<img src=x onerror=\"document.title='gone'\">";
    let long = "Wolfeschlegelsteinhausenbergerdorff".repeat(5);
    let names = [hostile, "\u{202e}\u{5d0}\u{5d1} <b>bold</b>", &long];
    let mut lines = vec![people::vacancy("V-9", "<script>document.title='gone'</script>")];
    for (at, name) in names.into_iter().enumerate() {
        let mut person = people::candidate(900 + at);
        person["first_name"] = json!(name);
        lines.extend([person, people::application(900 + at, "V-9")]);
    }
    stage.northwind.import(&people::ndjson(&lines)).await.expect(200);
    let browser = stage.open_vacancy("V-9", "").await;
    browser.heading("<script>document.title='gone'</script>").await;
    browser.sees(hostile).await;
    browser.sees(&long).await;
    browser.click("All on this page").await;
    browser.click("Export").await;
    browser.click("3 candidates selected").await;
    browser.click("What New hires will see…").await;
    let dialog = browser.within("dialog", "Export to Webhook");
    dialog.sees(hostile).await;
    dialog.sees("<b>bold</b>").await;
    let made = browser.execute("return document.querySelectorAll('img, b, main script').length");
    assert_eq!(made.await, 0);
    browser.has_title("<script>").await;
    browser.narrow().await;
    browser.fits().await;
    browser.finish().await;
}

pub(crate) async fn the_selection_lives_across_pages_and_screens() {
    let stage = Stage::new(&["New hires"]).await;
    let crowd = people::vacancy_with_people("V-9", 900..1_030);
    stage.northwind.import(&people::ndjson(&crowd)).await.expect(200);
    let browser = stage.open_vacancy("V-9", "").await;
    browser.click("All on this page").await;
    browser.click("Next page").await;
    browser.is_not("All on this page", "checked").await;
    browser.click("Ada950 Example").await;
    browser.sees("51 selected").await;
    browser.click("Previous page").await;
    browser.is("All on this page", "checked").await;
    browser.click("Ada900 Example").await;
    browser.sees("50 selected").await;
    browser.go("/vacancies").await;
    browser.heading("Vacancies").await;
    browser.back().await;
    browser.sees("50 selected").await;
    browser.is_not("Ada900 Example", "checked").await;
    browser.is("Ada901 Example", "checked").await;
    browser.click("Clear").await;
    browser.is_not("Ada901 Example", "checked").await;
    browser.finish().await;
}

pub(crate) async fn the_next_export_has_only_its_own_people() {
    let mut stage = Stage::new(&["New hires"]).await;
    let browser = stage.open_vacancy("V-1", "").await;
    browser.click("Ada0 Example").await;
    browser.click("Export").await;
    browser.click("Confirm…").await;
    browser.sees("0 selected").await;
    // Undo puts back who was taken, beside whoever was ticked meanwhile.
    browser.click("Ada1 Example").await;
    browser.click("Undo").await;
    browser.sees("2 selected").await;
    browser.is("Ada0 Example", "checked").await;
    browser.click("Hide").await;
    browser.click("Ada1 Example").await;
    browser.click("Export").await;
    browser.click("Confirm…").await;
    browser.sees("0 selected").await;
    browser.is_not("Ada0 Example", "checked").await;
    // While that can still be undone.
    browser.click("Ada1 Example").await;
    browser.click("Ada2 Example").await;
    browser.click("Export").await;
    browser.sees("2 candidates to New hires").await;
    browser.click("Confirm…").await;
    browser.sees("0 selected").await;
    browser.go("/vacancies").await;
    browser.heading("Vacancies").await;
    browser.back().await;
    browser.sees("0 selected").await;
    let deliveries = stage.receivers[0].next_many(2).await;
    let mut gone: Vec<_> = deliveries.iter().map(|one| exported(one, "full_name")).collect();
    gone.sort();
    assert_eq!(gone, [vec!["Ada0 Example"], vec!["Ada1 Example", "Ada2 Example"]]);
    stage.receivers[0].assert_no_more();
    browser.finish().await;
}
