//! A webhook is added, tested and deleted by keyboard alone.

use support::Browser;

use crate::world;

/// More than any page has to press.
const STEPS: usize = 60;

/// Goes on with Tab until this has the focus.
async fn reach(browser: &Browser, name: &str) {
    for _ in 0..STEPS {
        if browser.focused().await == name {
            return;
        }
        browser.press("Tab").await;
    }
    panic!("Tab does not reach {name:?}");
}

async fn press(browser: &Browser, name: &str) {
    reach(browser, name).await;
    browser.press("Enter").await;
}

pub(crate) async fn nothing_needs_a_mouse() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let browser = Browser::start(&world.api.url).await;
    browser.open("/webhooks", &world.northwind.admin).await;
    browser.focuses("Webhooks").await;
    press(&browser, "Create Webhook").await;
    browser.focuses("Create Webhook").await;
    reach(&browser, "Webhook URL").await;
    browser.fill("Webhook URL", &receiver.url()).await;
    browser.sees("No rule is broken.").await;
    reach(&browser, "Skills").await;
    browser.press("Space").await;
    browser.is("Skills", "checked").await;
    press(&browser, "Create Hook").await;
    browser.focuses("The signing secret").await;
    // Escape closes what asks, and the focus is where it was.
    press(&browser, "To the webhook").await;
    browser.has("dialog", "Leave without the signing secret?").await;
    browser.press("Escape").await;
    browser.has_not("dialog", "").await;
    browser.focuses("To the webhook").await;
    browser.press("Shift+Tab").await;
    browser.focuses("Send a test").await;
    browser.press("Enter").await;
    receiver.next().await;
    browser.sees("Accepted by 127.0.0.1").await;
    while browser.focused().await != "I have stored it" {
        browser.press("Shift+Tab").await;
    }
    browser.press("Space").await;
    press(&browser, "To the webhook").await;
    browser.sees("takes what is sent").await;
    press(&browser, "Delete").await;
    browser.has("dialog", "Delete 127.0.0.1 · added…").await;
    press(&browser, "Delete").await;
    browser.sees("was deleted.").await;
    browser.focuses("Webhooks").await;
    browser.finish().await;
}
