//! The support desk: "did it arrive?", "why not?", each answered with one paste, in a sentence to read
//! aloud; what fails by host; and what support may not see is not there.

use serde_json::json;
use support::{Answer, Browser, Receiver, Webhook, World};
use url::Url;

use crate::world;

const BOX: &str = "What the customer has at hand";
const TOO_LARGE: &str = "are more than 127.0.0.1 takes at once.";

/// An answer ends before it is whole.
const CUT: &str = "const real = window.fetch; window.fetch = async (...asked) => { \
    await real(...asked); let parts = 0; \
    const pull = (to) => parts++ ? to.error(new TypeError('cut')) : to.enqueue(new Uint8Array(2500)); \
    return new Response(new ReadableStream({ pull }, { highWaterMark: 0 })) }";

/// Northwind's recruiter exported twice: the first was refused for its size, the second arrived.
struct Story {
    world: World,
    _receiver: Receiver,
    failed: String,
    attempt: String,
    arrived: String,
}

async fn story() -> Story {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(413)]);
    let webhook: Webhook = world.northwind.register(&receiver.url()).await;
    let failed = world.northwind.export(&webhook, 2).await;
    let attempt = receiver.next().await.header("webhook-attempt-id").to_owned();
    world.until_status(&world.northwind.recruiter, &failed, "failed").await;
    let arrived = world.northwind.export(&webhook, 1).await;
    world.until_status(&world.northwind.recruiter, &arrived, "delivered").await;
    Story { world, _receiver: receiver, failed, attempt, arrived }
}

/// As Control+V does it, with the focus anywhere on the page.
async fn paste(browser: &Browser, text: &str) {
    browser.heading("Support desk").await;
    let script = "const clipboardData = new DataTransfer(); \
        clipboardData.setData('text', arguments[0]); \
        document.querySelector('h1').dispatchEvent(new ClipboardEvent('paste', \
        { clipboardData, bubbles: true }))";
    browser.execute_with(script, vec![json!(text)]).await;
}

pub(crate) async fn one_paste_answers_each_question() {
    let Story { world, failed, attempt, arrived, .. } = story().await;
    let browser = Browser::start(&world.api.url).await;
    browser.open("/desk", &world.support).await;
    paste(&browser, &format!("webhook-id: {failed}")).await;
    browser.heading("Found").await;
    let card = browser.within("article", "Export of 2 candidates to 127.0.0.1, asked for by Rosa");
    card.sees(TOO_LARGE).await;
    card.sees("Export a smaller batch").await;
    card.sees("Northwind").await;
    card.sees(&failed).await;
    paste(&browser, &attempt).await;
    browser.heading("Found: 2").await;
    browser.within("article", "Try 1 to send an export to 127.0.0.1").sees(TOO_LARGE).await;
    paste(&browser, &arrived).await;
    browser.sees("127.0.0.1 accepted 1 candidate at").await;

    let today = chrono::Utc::now().format("%Y-%m-%d").to_string();
    browser.fill(BOX, &format!("rosa@example.com {today}")).await;
    browser.press("Enter").await;
    browser.sees("Rosa (rosa@example.com) asks for exports. Of 2 exports of theirs on").await;
    browser.sees("1 was accepted and 1 failed.").await;
    browser.is_at("rosa%40example.com").await;
    paste(&browser, &format!("{today} http://127.0.0.1:8080/hook")).await;
    browser.sees("Of 2 exports on").await;

    a_colleague(&world, &browser.url().await).await;
    paste(&browser, &failed).await;
    browser.sees(TOO_LARGE).await;
    browser.click("The export").await;
    browser.is_at(&format!("#/exports/{failed}")).await;
    browser.finish().await;
}

/// The address can be sent on; what is looked for never reaches a server's log.
async fn a_colleague(world: &World, address: &Url) {
    let colleague = Browser::start(&world.api.url).await;
    let screen = address.fragment().expect("a screen");
    assert!(address.query().is_none() && address.path() == "/console", "{address}");
    colleague.open(screen, &world.support).await;
    colleague.sees("Of 2 exports on").await;
    colleague.within("article", "Host 127.0.0.1 on…").click("Its exports, newest first").await;
    colleague.is_at("#/exports?host=127.0.0.1").await;
    colleague.back().await;
    colleague.within("article", "Host 127.0.0.1 on…").click("Counted by outcome").await;
    colleague.is_at("#/desk?").await;
    colleague.finish().await;
}

pub(crate) async fn what_cannot_be_found_is_told_so() {
    let world = world().workers(0).start().await;
    let browser = Browser::start(&world.api.url).await;
    browser.expects_status(422);
    browser.open("/desk", &world.support).await;
    for (q, told) in [
        ("ab", "Say more: at least 3 characters."),
        ("2026-11-23", "Say also what to search for on that day: a host, an e-mail address or a"),
        ("nowhere.example.com", "Nothing was found."),
        ("C-7", "Nothing was found."),
        ("ada7@example.com", "Nothing was found."),
    ] {
        paste(&browser, "Northwind").await;
        browser.sees("Northwind has no webhook").await;
        paste(&browser, q).await;
        browser.sees(told).await;
        browser.sees_not("Northwind has no webhook").await;
    }
    browser.finish().await;
}

pub(crate) async fn what_fails_is_told_by_host_and_downloaded() {
    let Story { world, failed, .. } = story().await;
    let folder = tempfile::tempdir().expect("a folder");
    let browser = Browser::start(&world.api.url).await;
    browser.saves_to(folder.path()).await;
    browser.open("/desk", &world.support).await;
    let row = browser.within("row", "127.0.0.1");
    row.sees("127.0.0.1").await;
    browser.fill("Organisation", "Conto").await;
    browser.sees("All organisations, until one of the list is chosen.").await;
    browser.fill("Organisation", "Contoso").await;
    browser.sees("No attempt failed in these days.").await;
    browser.is_at("organisation=Contoso").await;
    browser.fill("Organisation", "Northwind").await;
    row.sees("127.0.0.1").await;
    for (label, start, has) in [
        ("Download failed attempts (CSV)", "attempts-", "\"payload_too_large\""),
        ("Download failed exports (CSV)", "exports-", "\"rosa@example.com\""),
    ] {
        browser.click(label).await;
        let file = browser.saved(folder.path(), start, ".csv").await;
        let text = String::from_utf8(file).expect("UTF-8");
        assert!(text.starts_with("\u{feff}\"id\","), "a mark of UTF-8, then names: {text}");
        assert_eq!(text.matches("\r\n").count(), 2, "{text}");
        assert!(text.ends_with("\r\n") && text.contains(&failed) && text.contains(has), "{text}");
    }
    browser.sees("Saved, ").await;
    row.click("1").await;
    narrowed_down(&browser).await;
    browser.execute(CUT).await;
    browser.click("Download CSV").await;
    browser.sees("The file was cut off").await;
    browser.sees("Only 2.5 KB came before the connection ended, so nothing was saved.").await;
    browser.finish().await;
}

/// The log, of one outcome and one host.
async fn narrowed_down(browser: &Browser) {
    browser.heading("Attempts").await;
    browser.is_at("outcome=payload_too_large").await;
    browser.within("row", TOO_LARGE).sees("413").await;
    browser.choose("Outcome", "delivered").await;
    browser.within("row", "accepted 1 candidate").sees("200").await;
    browser.fill("Host", "nowhere.example.com").await;
    browser.expects_status(422);
    browser.press("Tab").await;
    browser.sees("no webhook").await;
    browser.narrow().await;
    browser.fits().await;
}

pub(crate) async fn what_support_may_not_see_is_not_there() {
    let Story { world, failed, .. } = story().await;
    let browser = Browser::start(&world.api.url).await;
    browser.open(&format!("/desk?q={failed}"), &world.support).await;
    browser.sees(TOO_LARGE).await;
    let names = browser.within("navigation", "Main").names("link").await;
    assert_eq!(names, ["Support desk", "Exports", "Audit"]);
    browser.sees_not("Engineer V-1").await;
    browser.sees_not("null").await;
    for screen in ["/api-keys", "/people?q=Ada"] {
        browser.go(screen).await;
        browser.sees("This is not for your role").await;
        browser.has_not("table", "").await;
    }
    browser.go("/attempts").await;
    browser.sees("accepted 1 candidate").await;
    browser.sees_not("Engineer V-1").await;
    browser.passes_axe().await;
    browser.dark().await;
    browser.go(&format!("/desk?q={failed}")).await;
    browser.sees(TOO_LARGE).await;
    browser.passes_axe().await;
    browser.finish().await;
}

pub(crate) async fn what_others_wrote_does_no_harm() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let name = "<img src=x onerror=alert(1)> \u{5d0}\u{5d1}\u{5d2}";
    let new = json!({ "url": receiver.url(), "name": name });
    world.northwind.admin.post("/v1/webhooks").json(&new).await.expect(201);
    let browser = Browser::start(&world.api.url).await;
    browser.open("/desk?q=%3Cimg%20src%3Dx", &world.support).await;
    browser.within("article", "Webhook <img src=x onerror=alert(1)>…").sees("onerror").await;
    paste(&browser, "\"><script>alert(1)</script><b>").await;
    browser.sees("Nothing was found.").await;
    for screen in ["/desk?host=%3Cimg%3E&organisation=%3Cb%3E", "/attempts?webhook_id=<b>x</b>"] {
        browser.expects_status(422);
        browser.expects_status(400);
        browser.go(screen).await;
        browser
            .has("heading", if screen.contains("desk") { "Support desk" } else { "Attempts" })
            .await;
        browser.sees("Some values are not accepted").await;
    }
    assert_eq!(
        browser
            .execute("return document.querySelectorAll('main img, main b, main script').length")
            .await,
        0
    );
    browser.finish().await;
}
