//! "How do I know if an export succeeded", "Export to webhook failed": the bell rings, the export's page
//! says why and what to do, and once the receiver works again it is resent and watched to its end.

use support::{Answer, Browser};

use crate::world;

pub(crate) async fn a_recruiter_finds_what_failed_and_sends_it_again() {
    let mut world = world().env("RETRY_SCHEDULE", "0s").start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(404)]);
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let browser = Browser::start(&world.api.url).await;
    browser.open("/exports", &northwind.recruiter).await;
    browser.sees("Open a vacancy, choose candidates, and click Export.").await;
    northwind.export(&webhook, 2).await;

    browser.click("Notifications 1 new").await;
    browser.heading("Notifications").await;
    browser.passes_axe().await;
    browser.click("Your export of 2 candidates…").await;
    browser.heading("Engineer V-1, to 127.0.0.1…").await;
    browser.has_not("link", "Notifications 1 new").await;
    let told = browser.within_css("main [role=status]");
    told.sees("Not delivered").await;
    told.sees("127.0.0.1 answered, but nothing receives data at this address.").await;
    told.sees("A webhook can't be edited: create a new one").await;
    told.sees("Who acts: an Organisation Admin").await;
    browser.heading("Try 1,…").await;
    browser.passes_axe().await;

    receiver.next().await;
    receiver.script([Answer::status(200).held()]);
    browser.click("Resend").await;
    browser.within("dialog", "Resend this export").click("Resend").await;
    receiver.next().await;
    told.sees("Sending now").await;
    receiver.release(1);
    told.sees("Accepted by 127.0.0.1").await;
    browser.sees("accepted (200)").await;

    browser.within("navigation", "Main").click("Exports").await;
    browser.within("row", "Engineer V-1").sees("Accepted by 127.0.0.1").await;
    browser.choose("Status", "Not delivered").await;
    browser.sees("No export fits these filters.").await;
    browser.is_at("status=failed").await;
    browser.finish().await;
}

pub(crate) async fn the_list_goes_on_by_itself() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(200).held()]);
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    northwind.export(&webhook, 1).await;
    receiver.next().await;
    let browser = Browser::start(&world.api.url).await;
    browser.open("/exports", &northwind.admin).await;
    let row = browser.within("row", "Engineer V-1");
    row.sees("Sending now").await;
    receiver.release(1);
    row.sees("Accepted by 127.0.0.1").await;
    row.sees("127.0.0.1 accepted 1 candidate").await;

    northwind.export(&webhook, 2).await;
    browser.click("Show newer ones").await;
    browser.counts("row", 3).await;
    browser.click("Mine").await;
    browser.sees("No export fits these filters.").await;
    browser.narrow().await;
    browser.click("Show all").await;
    browser.counts("row", 3).await;
    browser.fits().await;
    browser.passes_axe().await;
    browser.finish().await;
}
