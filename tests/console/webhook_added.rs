//! The guide's "Step 2: Add a Webhook" and "Step 3: Test the Webhook", clicked word for word.

use serde_json::{Value, json};
use support::Browser;

use crate::world;

/// URLs that may not be registered, with the rule that each breaks.
const WRONG: [(&str, &str); 9] = [
    ("https://hooks.northwind-people.net/a b", "characters"),
    ("htt", "complete"),
    ("ftp://hooks.northwind-people.net/", "https"),
    ("https://ann:secret@hooks.northwind-people.net/", "no_user"),
    ("https://hooks.northwind-people.net/#list", "no_fragment"),
    ("https://hooks.northwind-people.net:22/", "port"),
    ("https://hooks..northwind-people.net/", "host"),
    ("https://yourdomain.com/webhook", "own"),
    ("https://10.0.0.1/hook", "public"),
];

pub(crate) async fn a_webhook_is_added_and_tested() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let browser = Browser::start(&world.api.url).await;
    browser.open("/vacancies", &world.northwind.admin).await;
    let secret = added(&browser, &receiver.url()).await;
    browser.passes_axe().await;

    // It is not left behind by mistake.
    browser.click("To the webhook").await;
    let dialog = browser.within("dialog", "Leave without the signing secret?");
    dialog.sees("never shown again").await;
    dialog.click("Back").await;
    browser.sees(&secret).await;

    // Step 3: test the webhook.
    browser.click("Send a test").await;
    let result = browser.within_css("main [role=status] .panel");
    result.sees("Accepted by 127.0.0.1").await;
    let delivery = receiver.next().await;
    delivery.assert_signed_with(&secret);
    assert_eq!(delivery.json()["test"], true);
    browser.click("I have stored it").await;
    browser.click("The test's export").await;
    browser.is_at("#/exports/").await;
    browser.sees("Accepted by 127.0.0.1").await;
    it_is_found_again(&browser, &receiver.url()).await;
    browser.finish().await;
}

/// The guide's five clicks; the secret.
async fn added(browser: &Browser, url: &str) -> String {
    // 1. Go to Settings > Access Management > Webhooks.
    let menu = browser.within("navigation", "Main");
    menu.sees("Settings › Access Management").await;
    menu.click("Webhooks").await;
    browser.heading("Webhooks").await;
    browser.within("navigation", "Where you are").sees("Access Management").await;
    browser.sees("A way to keep systems in sync without manual work").await;
    browser.passes_axe().await;
    // 2. Click Create Webhook.
    browser.within_css("main > .actions").click("Create Webhook").await;
    browser.heading("Create Webhook").await;
    // 3. Enter the webhook URL.
    browser.fill("Webhook URL", url).await;
    // 4. Verify the URL is correct and accessible.
    browser.sees("No rule is broken.").await;
    browser.sees("This URL is not encrypted").await;
    browser.fill("Purpose", "Onboarding list").await;
    browser.is("Contact", "checked").await;
    browser.is_not("Cover letter", "checked").await;
    browser.sees("Dear team, this is a made-up person.").await;
    browser.passes_axe().await;
    // 5. Click Create Hook.
    browser.click("Create Hook").await;
    browser.focuses("The signing secret").await;
    let secret = browser.within_css("main .copy code").text().await;
    assert!(secret.starts_with("whsec_"), "{secret}");
    secret
}

/// The way back finds a webhook that works, and no secret.
async fn it_is_found_again(browser: &Browser, url: &str) {
    browser.within("navigation", "Main").click("Webhooks").await;
    let row = browser.within("row", "127.0.0.1");
    row.sees("healthy").await;
    row.sees("100%").await;
    row.click("127.0.0.1 · added…").await;
    browser.sees("takes what is sent").await;
    browser.sees(url).await;
    browser.sees("Onboarding list").await;
    browser.sees_not("whsec_").await;
    browser.passes_axe().await;
}

pub(crate) async fn each_rule_of_a_url_is_told_while_it_is_typed() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let admin = world.northwind.admin.clone();
    let taken = receiver.url_of("/taken");
    let body = json!({ "url": taken, "name": "Taken" });
    admin.post("/v1/webhooks").json(&body).await.expect(201);
    let browser = Browser::start(&world.api.url).await;
    browser.open("/webhooks/new", &admin).await;
    let mut wrong = WRONG.map(|(url, rule)| (url.to_owned(), "", rule)).to_vec();
    wrong.push((taken, "", "not_registered"));
    wrong.push((receiver.url(), "taken", "name_free"));
    for (url, name, rule) in wrong {
        browser.fill("Name", name).await;
        browser.fill("Webhook URL", &url).await;
        let mut body = json!({ "url": url });
        if !name.is_empty() {
            body["name"] = json!(name);
        }
        let judged = admin.post("/v1/webhooks/check").json(&body).await.expect(200);
        let broken = broken(&judged);
        assert_eq!(broken["rule"], rule, "{url}: {judged:#}");
        let words = |member: &str| broken[member].as_str().expect("words").to_owned();
        let rules = browser.within("list", "Rules for the URL");
        rules.sees(&format!("Not met: {}", words("title"))).await;
        rules.sees(&words("detail")).await;
    }
    // What is sent all the same is refused in the same words, at its field.
    browser.fill("Name", "").await;
    browser.fill("Webhook URL", "https://yourdomain.com/webhook").await;
    browser.sees("1 rule is not met.").await;
    browser.expects_status(422);
    browser.click("Create Hook").await;
    browser.is("Webhook URL", "invalid").await;
    browser.focuses("Webhook URL").await;
    browser.narrow().await;
    browser.fits().await;
    assert_eq!(admin.get("/v1/webhooks").await.items().len(), 1);
    browser.finish().await;
}

/// The rule that does not hold.
fn broken(judged: &Value) -> Value {
    let rules = judged["rules"].as_array().expect("rules");
    rules.iter().find(|rule| rule["passed"] == false).expect("a broken rule").clone()
}
