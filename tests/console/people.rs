//! Somebody asks for their data: found, where did it go, restricted, erased with the report; and gone.

use std::path::Path;

use serde_json::{Value, json};
use support::{Browser, Webhook, World, ask_for_export, id_of, people};

use crate::world;

const FIRST: &str = "<img src=x onerror=alert(1)>";
const NAME: &str = "<img src=x onerror=alert(1)> Quill";
const RTL: &str = "\u{5d3}\u{5d5}\u{5e8}\u{5d4}";

fn person(n: usize, name: &str) -> Value {
    json!({
        "kind": "candidate", "reference": format!("C-{n}"), "first_name": name,
        "last_name": "Quill", "email": "quill@example.com",
    })
}

/// A vacancy with two people of hostile names and one address, and a third; an export of all went out
/// and another one waits.
async fn story() -> (World, String) {
    let mut world = world().env("RETRY_SCHEDULE", "0s,10m").start().await;
    let receiver = world.receiver();
    let northwind = world.northwind.clone();
    let mut lines = people::vacancy_with_people("V-Q", 900..903);
    lines.extend([person(900, FIRST), person(901, RTL)]);
    northwind.import(&people::ndjson(&lines)).await.expect(200);
    let webhook = async |url: &str, name: &str| {
        let new = json!({ "url": url, "name": name });
        let made = northwind.admin.post("/v1/webhooks").json(&new).await.expect(201);
        Webhook { id: id_of(&made), secret: String::new() }
    };
    let crm = webhook(&receiver.url(), "CRM intake").await;
    let closed = format!("http://127.0.0.1:{}/hook", world.closed_port());
    let later = webhook(&closed, "Later").await;
    let vacancy = northwind.vacancy("V-Q").await;
    let all = northwind.applications(&vacancy).await;
    let ask = async |to: &Webhook, status: &str| {
        let export = ask_for_export(&northwind.recruiter, to, &vacancy, &all).await.expect(202);
        world.until_status(&northwind.recruiter, &id_of(&export), status).await;
        id_of(&export)
    };
    let sent = ask(&crm, "delivered").await;
    ask(&later, "retrying").await;
    (world, sent)
}

pub(crate) async fn somebody_asks_for_their_data() {
    let (world, sent) = story().await;
    let folder = tempfile::tempdir().expect("a folder");
    let browser = Browser::start(&world.api.url).await;
    browser.saves_to(folder.path()).await;
    browser.open("/people", &world.northwind.admin).await;
    browser.fill("Find a person", "quill").await;
    browser.press("Enter").await;
    browser.within("row", RTL).sees("C-901").await;
    browser.click(NAME).await;
    browser.heading(NAME).await;
    browser.sees("quill@example.com").await;
    browser.counts("row", 3).await;
    browser.within("row", "CRM intake").sees("sent").await;
    browser.within("row", "Later").sees("waiting").await;
    browser.sees_not("null").await;
    browser.passes_axe().await;
    browser.reload().await;
    browser.heading(NAME).await;

    restrict(&browser, &world).await;
    erase(&browser).await;
    browser.heading("Report of an erasure").await;
    browser.focuses("Report of an erasure").await;
    browser.sees("the person and 1 application").await;
    browser.within("row", "CRM intake").sees(&sent).await;
    browser.sees("C-901").await;
    assert!(!browser.text().await.contains("Quill"), "the report has no name");
    browser.passes_axe().await;
    browser.narrow().await;
    browser.fits().await;
    browser.wide().await;
    browser.execute("location.hash = '#/people'").await;
    browser.within("dialog", "Leave without the report?").click("Back").await;
    keep(&browser, folder.path()).await;
    gone(&browser).await;
    browser.finish().await;
}

/// For a while: nothing is deleted, and no part of the name is lost.
async fn restrict(browser: &Browser, world: &World) {
    browser.click("Restrict").await;
    let sure = browser.within("dialog", "");
    sure.sees("1 waiting export will go on without them; 1 receiver has the data").await;
    sure.click("Restrict").await;
    browser.sees("Restricted: never exported").await;
    let found = world.northwind.admin.get("/v1/candidates").query("q", "C-900").await.items();
    let names = (&found[0]["restricted"], &found[0]["first_name"], &found[0]["full_name"]);
    assert_eq!(names, (&json!(true), &json!(FIRST), &json!(NAME)), "names stay");
    browser.click("Lift the restriction").await;
    sure.click("Lift the restriction").await;
    browser.has("button", "Restrict").await;
}

/// For ever, which is asked twice.
async fn erase(browser: &Browser) {
    let sure = browser.within("dialog", "");
    browser.click("Erase").await;
    sure.sees("1 application").await;
    sure.sees("It cannot be undone.").await;
    let typed = "To go on, type the name or the reference";
    sure.fill(typed, "Somebody else").await;
    sure.click("Erase for ever").await;
    sure.sees("Nothing was erased").await;
    sure.fill(typed, "C-900").await;
    sure.click("Erase for ever").await;
}

/// As a file, and on paper.
async fn keep(browser: &Browser, folder: &Path) {
    browser.click("Download (JSON)").await;
    let report = browser.saved(folder, "erasure-", ".json").await;
    let report: Value = serde_json::from_slice(&report).expect("JSON");
    assert_eq!(report["applications"], 1, "{report:#}");
    browser.execute("window.printed = 0; window.print = () => (window.printed += 1)").await;
    browser.click("Print").await;
    assert_eq!(browser.execute("return window.printed").await, 1);
}

/// What is left of them is where their data went.
async fn gone(browser: &Browser) {
    browser.reload().await;
    browser.sees("Nobody has this id: never here, or erased.").await;
    browser.within("row", "CRM intake").sees("sent").await;
    browser.has_not("button", "Erase").await;
    browser.within("navigation", "Main").click("People's data").await;
    browser.fill("Find a person", "quill").await;
    browser.click("Search").await;
    browser.within("row", RTL).sees("C-901").await;
    browser.sees_not(NAME).await;
}

pub(crate) async fn nobody_else_finds_them() {
    let world = world().workers(0).start().await;
    let found = world.northwind.admin.get("/v1/candidates").query("q", "C-7").await.items();
    let id = id_of(&found[0]);
    let browser = Browser::start(&world.api.url).await;
    browser.expects_status(404);
    browser.open("/people?q=Ada29", &world.contoso.admin).await;
    browser.sees("Nobody is called that.").await;
    browser.go(&format!("/people/{id}")).await;
    browser.sees("Nobody has this id").await;
    browser.has_not("button", "Erase").await;
    browser.sees_not("Ada7").await;
    browser.finish().await;
}
