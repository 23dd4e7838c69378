//! The page itself: it comes, takes the token out of its address, keeps it for its tab, and fits a
//! small window and a dark one.

use support::Browser;

use crate::world;

/// Words whose tone has another colour than the one that is called like it.
const OFF_COLOUR: &str = r#"
    const colour = (make) => {
        const word = document.body.appendChild(document.createElement("span"));
        make(word);
        const shown = getComputedStyle(word).color;
        word.remove();
        return shown;
    };
    const wrong = (tone) => colour((word) => word.classList.add(tone))
        !== colour((word) => (word.style.color = `var(--${tone})`));
    return ["good", "warning", "bad", "calm", "quiet"].filter(wrong).join();
"#;

pub(crate) async fn it_loads_and_keeps_its_token_to_itself() {
    let world = world().workers(0).start().await;
    let admin = &world.northwind.admin;
    let browser = Browser::start(&world.api.url).await;
    browser.open("/webhooks", admin).await;
    browser.has_title("talentATS").await;
    browser.heading("Webhooks").await;
    let address = browser.url().await;
    assert!(address.as_str().ends_with("/console#/webhooks"), "{address}");
    let token = admin.token().expect("a token");
    let written = browser.execute("return document.documentElement.outerHTML").await;
    assert!(!written.to_string().contains(token), "the token is in the page");
    browser.reload().await;
    browser.heading("Webhooks").await;
    browser.narrow().await;
    browser.fits().await;
    browser.passes_axe().await;
    browser.wide().await;
    assert_eq!(browser.execute(OFF_COLOUR).await, "");
    browser.dark().await;
    assert_eq!(browser.execute(OFF_COLOUR).await, "");
    browser.passes_axe().await;
    browser.finish().await;
}
