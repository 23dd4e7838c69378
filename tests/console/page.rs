//! The page itself: it comes, runs its scripts under its policy, and shows what it is.

use support::Browser;

use crate::world;

pub(crate) async fn it_loads() {
    let world = world().workers(0).start().await;
    let browser = Browser::start(&world.api.url).await;
    browser.open("/webhooks", &world.northwind.admin).await;
    browser.has_title("talentATS").await;
    browser.heading("talentATS Webhooks").await;
    let policy = "return document.querySelector('script').src.includes('/console/')";
    assert_eq!(browser.execute(policy).await, true);
    browser.narrow().await;
    browser.fits().await;
    browser.dark().await;
    browser.passes_axe().await;
    browser.finish().await;
}
