//! Names are text: markup in one does nothing, and a right-to-left one does not turn what is around it.

use serde_json::json;
use support::Browser;

use crate::world;

const NAMES: [&str; 3] = ["<img src=x onerror=alert(1)>", "خطاف الويب", "</script>{version}&amp;"];

pub(crate) async fn names_do_no_harm() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let admin = world.northwind.admin.clone();
    for (at, name) in NAMES.iter().enumerate() {
        let url = receiver.url_of(&format!("/{at}?q=%3Cb%3E"));
        let body = json!({ "url": url, "name": name, "purpose": name, "owner": name });
        admin.post("/v1/webhooks").json(&body).await.expect(201);
    }
    let browser = Browser::start(&world.api.url).await;
    browser.open("/webhooks", &admin).await;
    for name in NAMES {
        browser.heading("Webhooks").await;
        browser.click(&format!("Delete {name}")).await;
        browser.within("dialog", "").sees(name).await;
        browser.within("dialog", "").click("Back").await;
        browser.has_not("dialog", "").await;
        browser.click(name).await;
        browser.heading(name).await;
        browser.within_css("main > .actions").click("Replace").await;
        browser.heading("Replace").await;
        browser.within("navigation", "Where you are").sees(name).await;
        browser.within("navigation", "Main").click("Webhooks").await;
    }
    browser.narrow().await;
    browser.fits().await;
    assert_eq!(browser.execute("return document.images.length").await, 0);
    browser.finish().await;
}
