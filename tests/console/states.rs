//! What a screen shows when there is nothing, nothing yet, a problem, no connection, or nobody signed in.

use support::{Browser, World};
use uuid::Uuid;

use crate::tokens::{fresh, runs_out};
use crate::world;

async fn started() -> (World, Browser) {
    let world = world().workers(0).start().await;
    let browser = Browser::start(&world.api.url).await;
    (world, browser)
}

pub(crate) async fn nothing_there() {
    let (world, browser) = started().await;
    browser.open("/webhooks", &world.contoso.admin).await;
    for (screen, heading) in [
        ("/exports", "Exports"),
        ("/api-keys", "API keys"),
        ("/people?q=nobody", "People's data"),
        ("/attempts", "Attempts"),
        ("/audit?action=webhook", "Audit"),
        ("/notifications", "Notifications"),
        ("/webhooks", "Webhooks"),
    ] {
        browser.go(screen).await;
        browser.heading(heading).await;
        browser.sees_not("Loading…").await;
        browser.has_not("table", "").await;
        let main = browser.within("main", "").text().await;
        let beyond = main.replacen(heading, "", 1);
        assert!(beyond.contains(['N', 'n']) && !beyond.contains("null"), "{screen}: {main}");
        assert!(["No", "no ", "Nobody", "Nothing"].iter().any(|it| beyond.contains(it)), "{main}");
    }
    browser.finish().await;
}

pub(crate) async fn not_there_yet() {
    let (world, browser) = started().await;
    browser.open("/api-keys", &world.northwind.admin).await;
    browser.heading("API keys").await;
    // Answers wait until the story lets them go.
    let hold = "const real = window.fetch; window.held = []; \
        window.fetch = (...asked) => new Promise((go) => held.push(() => go(real(...asked)))); \
        window.letGo = () => { window.fetch = real; held.forEach((one) => one()) }";
    browser.execute(hold).await;
    for screen in ["/audit", "/people?q=Ada1", "/exports", "/webhooks", "/vacancies"] {
        browser.go(screen).await;
        browser.sees("Loading…").await;
        browser.has("status", "").await;
    }
    browser.execute("letGo()").await;
    browser.heading("Vacancies").await;
    browser.sees("Engineer V-1").await;
    browser.sees_not("Loading…").await;
    browser.finish().await;
}

pub(crate) async fn a_problem_is_a_sentence_with_its_request() {
    let (world, browser) = started().await;
    browser.expects_status(403);
    browser.expects_status(404);
    browser.open("/vacancies", &world.northwind.recruiter).await;
    browser.go("/audit").await;
    browser.sees("The role recruiter may not do this.").await;
    browser.sees("If you ask for help, quote request urn:uuid:").await;
    browser.has("alert", "").await;
    browser.passes_axe().await;
    for screen in ["/webhooks/new", "/api-keys", "/people?q=Ada"] {
        browser.go(screen).await;
        browser.sees("It is for Organisation Admins.").await;
        browser.passes_axe().await;
    }
    let nothing = Uuid::from_u128(7);
    for screen in ["exports", "vacancies", "webhooks"] {
        browser.go(&format!("/{screen}/{nothing}")).await;
        browser.sees("quote request urn:uuid:").await;
        browser.has("heading", "This does not exist").await;
    }
    browser.go("/no-such-page").await;
    browser.heading("There is no such page").await;
    browser.finish().await;
}

pub(crate) async fn without_a_connection() {
    let (world, browser) = started().await;
    world.northwind.new_api_key("Zapier", "recruiter").await;
    browser.open("/people", &world.northwind.admin).await;
    browser.fill("Find a person", "Ada1 Example").await;
    browser.offline().await;
    browser.sees("No connection. What you typed is kept; what is shown may be old.").await;
    browser.press("Enter").await;
    browser.sees("The service could not be reached. Check your connection, then try again.").await;
    browser.has("button", "Try again").await;
    assert_eq!(browser.value("Find a person").await, "Ada1 Example");
    browser.online().await;
    browser.within("row", "Ada1 Example").sees("C-1").await;
    browser.sees_not("No connection.").await;
    browser.offline().await;
    browser.go("/api-keys").await;
    browser.sees("The service could not be reached.").await;
    browser.online().await;
    browser.within("row", "Zapier").sees("Recruiter").await;
    browser.finish().await;
}

pub(crate) async fn nobody_signed_in() {
    let (world, browser) = started().await;
    browser.expects_status(401);
    browser.load("/console#/audit").await;
    let dialog = browser.within("dialog", "Sign in");
    dialog.sees("Open the link that you were given, or paste your token.").await;
    browser.passes_axe().await;
    browser.press("Escape").await;
    dialog.fill("Token", "not-a-token").await;
    dialog.click("Sign in").await;
    dialog.sees("If you ask for help, quote request").await;
    let token = world.northwind.admin.token().expect("a token").to_owned();
    dialog.fill("Token", &token).await;
    dialog.click("Sign in").await;
    browser.heading("Audit").await;
    assert!(!browser.url().await.as_str().contains(&token));

    // The token ends while somebody types: what was typed is there afterwards.
    browser.go("/people").await;
    browser.fill("Find a person", "Ada1 Example").await;
    runs_out(&browser).await;
    browser.press("Enter").await;
    dialog.sees("Your session has ended.").await;
    dialog.fill("Token", &fresh("org_admin", "Ann", &world.northwind.id)).await;
    dialog.click("Sign in").await;
    browser.within("row", "Ada1 Example").sees("C-1").await;
    assert_eq!(browser.value("Find a person").await, "Ada1 Example");

    browser.click("Ann").await;
    browser.click("Sign out").await;
    dialog.has("button", "Sign in").await;
    browser.has_not("row", "").await;
    assert_eq!(
        browser.execute("return sessionStorage.getItem('token')").await,
        serde_json::Value::Null
    );
    browser.finish().await;
}
