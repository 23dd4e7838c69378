//! Every address of the console, as each role that has it, wide and narrow, light and dark: axe-core
//! finds nothing serious, nothing has to be moved sideways. With `PICTURES` it also makes the pictures
//! of docs/console.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::json;
use support::{Answer, Browser, Client, Organisation, Receiver, World, id_of, people};

use crate::world;

/// Largest picture, in bytes.
const LARGEST: usize = 150 * 1024;

/// What is there to be looked at.
struct Things {
    /// Answers until the end.
    _receiver: Receiver,
    webhook: String,
    vacancy: String,
    delivered: String,
    failed: String,
    person: String,
}

pub(crate) async fn each_screen_is_for_everybody() {
    let mut world = world().env("RETRY_SCHEDULE", "0s,1s").start().await;
    let things = things(&mut world).await;
    let admin = [
        ("/webhooks", "Webhooks", "webhooks"),
        ("/webhooks/new", "Create Webhook", ""),
        ("/webhooks/:id", "Onboarding", "webhook"),
        ("/webhooks/:id/replace", "Replace", ""),
        ("/vacancies", "Vacancies", ""),
        ("/vacancies/:id", "Backend Engineer", ""),
        ("/exports", "Exports", ""),
        ("/exports/:failed", "", ""),
        ("/exports/:id/receipt", "Receipt", "receipt"),
        ("/attempts", "Attempts", ""),
        ("/audit", "Audit", "audit"),
        ("/api-keys", "API keys", ""),
        ("/notifications", "Notifications", ""),
        ("/people", "People's data", ""),
        ("/people/:id", "", "person"),
    ];
    let recruiter = [
        ("/vacancies/:id", "Backend Engineer", "candidates"),
        ("/exports", "Exports", "exports"),
        ("/exports/:id", "", ""),
        ("/exports/:failed", "", "export"),
        ("/notifications", "Notifications", "notifications"),
    ];
    let support = [
        ("/desk", "Support desk", ""),
        ("/desk?q=:id", "Support desk", "desk"),
        ("/exports", "Exports", ""),
        ("/exports/:failed", "", ""),
        ("/audit", "Audit", ""),
    ];
    let browser = Browser::start(&world.api.url).await;
    let mut seen = BTreeSet::new();
    let northwind = &world.northwind;
    for (who, screens) in [
        (&northwind.admin, &admin[..]),
        (&northwind.recruiter, &recruiter[..]),
        (&world.support, &support[..]),
    ] {
        for (address, heading, picture) in screens {
            seen.insert(address.replace(":failed", ":id"));
            look(&browser, who, &filled(address, &things), heading, picture).await;
        }
    }
    in_the_middle(&browser, &world, &things).await;
    seen.retain(|address| !address.contains('?'));
    assert_eq!(seen, addresses(), "each address of screens.js is looked at");
    browser.finish().await;
}

/// What somebody sees who is about to do something.
async fn in_the_middle(browser: &Browser, world: &World, things: &Things) {
    browser.wide().await;
    browser.open(&filled("/vacancies/:id", things), &world.northwind.recruiter).await;
    browser.click("All on this page").await;
    browser.click("Export").await;
    browser.sees("one request").await;
    both(browser, "preview").await;
    browser.open("/webhooks/new", &world.northwind.admin).await;
    browser.fill("Webhook URL", "http://localhost/candidates").await;
    browser.sees("https").await;
    browser.within_css(".rules").sees("localhost").await;
    both(browser, "create-webhook").await;
}

/// Looks at what is there in both colours, and takes a picture of the light one.
async fn both(browser: &Browser, picture: &str) {
    browser.light().await;
    browser.passes_axe().await;
    take(browser, picture).await;
    browser.dark().await;
    browser.passes_axe().await;
}

async fn look(browser: &Browser, who: &Client, address: &str, heading: &str, picture: &str) {
    browser.wide().await;
    browser.open(address, who).await;
    browser.heading(heading).await;
    browser.sees_not("Loading…").await;
    both(browser, picture).await;
    browser.narrow().await;
    browser.fits().await;
    browser.passes_axe().await;
}

/// Takes a picture, where pictures are wanted.
async fn take(browser: &Browser, name: &str) {
    let Some(folder) =
        std::env::var_os("PICTURES").filter(|folder| !folder.is_empty() && !name.is_empty())
    else {
        return;
    };
    let path = Path::new(&folder).join(format!("{name}.png"));
    let size = browser.screenshot(&path).await;
    assert!(size <= LARGEST, "{} has {size} bytes", path.display());
}

/// The addresses in the table of screens.js.
fn addresses() -> BTreeSet<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../api/console/screens.js");
    let text = std::fs::read_to_string(path).expect("screens.js");
    let rows = text.lines().filter_map(|line| line.trim().strip_prefix("[\"")?.split_once('"'));
    rows.map(|(address, _)| address.to_owned()).collect()
}

fn filled(address: &str, things: &Things) -> String {
    let id = match address.split('/').nth(1) {
        Some("webhooks") => &things.webhook,
        Some("vacancies") => &things.vacancy,
        Some("people") => &things.person,
        _ => &things.delivered,
    };
    address.replace(":failed", &things.failed).replace(":id", id)
}

/// A webhook with a good and a bad export, people with names from everywhere, notifications.
async fn things(world: &mut World) -> Things {
    let receiver = world.receiver();
    let northwind = world.northwind.clone();
    northwind.import(&crowd()).await.expect(200);
    let named = json!({ "url": receiver.url(), "name": "Onboarding", "purpose": "New hires" });
    let webhook = id_of(&northwind.admin.post("/v1/webhooks").json(&named).await.expect(201));
    let vacancy = northwind.vacancy("ENG-042").await;
    let ids = northwind.applications(&vacancy).await;
    let delivered = export(&northwind, &vacancy, &webhook, &ids[..3]).await;
    world.until_status(&northwind.recruiter, &delivered, "delivered").await;
    receiver.otherwise(Answer::status(404));
    let failed = export(&northwind, &vacancy, &webhook, &ids[2..5]).await;
    world.until(&northwind.recruiter, &failed, |one| one["attempt_count"] == 1).await;
    let found = northwind.admin.get("/v1/candidates").query("q", "Ada Lovegood").await.items();
    let person = id_of(found.first().expect("somebody"));
    Things { _receiver: receiver, webhook, vacancy, delivered, failed, person }
}

async fn export(northwind: &Organisation, vacancy: &str, webhook: &str, ids: &[String]) -> String {
    let body = json!({ "vacancy_id": vacancy, "webhook_id": webhook, "application_ids": ids });
    id_of(&northwind.recruiter.post("/v1/exports").json(&body).await.expect(202))
}

/// People as they are: some with names that are long, read from the right, or look like markup.
fn crowd() -> String {
    const NAMES: [&str; 9] = [
        "Ada Lovegood",
        "Kovácsházi Örs",
        "<img src=x onerror=alert(1)>",
        "هالة المنصوري",
        "Tāne Kealoha-Kaʻahumanu",
        "Aurelio Maximiliano Bartholomäus Ignatius Fernández de Córdoba y Álvarez",
        "Begoña Peña y Lillo",
        "Isla Ng",
        "Sipho Owusu",
    ];
    const FIRST: usize = 9_000;
    let mut lines = vec![people::vacancy("ENG-042", "Backend Engineer")];
    for (at, name) in NAMES.iter().enumerate() {
        let mut person = people::candidate(FIRST + at);
        person["full_name"] = json!(name);
        let members = person.as_object_mut().expect("an object");
        members.retain(|member, _| member != "first_name" && member != "last_name");
        person["restricted"] = json!(at == 7);
        lines.push(person);
        lines.push(people::application(FIRST + at, "ENG-042"));
    }
    people::ndjson(&lines)
}
