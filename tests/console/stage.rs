//! A recruiter before the console, and receivers behind webhooks with names.

use serde_json::{Value, json};
use support::world::{Builder, Organisation};
use support::{Browser, Delivery, Receiver, World};

/// Where exports are played.
pub(crate) struct Stage {
    pub(crate) northwind: Organisation,
    /// One a webhook, in their order.
    pub(crate) receivers: Vec<Receiver>,
    world: World,
}

impl Stage {
    /// A world with webhooks of these names.
    pub(crate) async fn new(webhooks: &[&str]) -> Self {
        Self::of(crate::world(), webhooks).await
    }

    /// This one, with them.
    pub(crate) async fn of(world: Builder, webhooks: &[&str]) -> Self {
        let mut world = world.start().await;
        let northwind = world.northwind.clone();
        let mut receivers = Vec::new();
        for name in webhooks {
            let receiver = world.receiver();
            let webhook = json!({ "url": receiver.url(), "name": name });
            northwind.admin.post("/v1/webhooks").json(&webhook).await.expect(201);
            receivers.push(receiver);
        }
        Self { northwind, receivers, world }
    }

    /// A screen as the recruiter's link opens it.
    pub(crate) async fn open(&self, screen: &str) -> Browser {
        let browser = Browser::start(&self.world.api.url).await;
        browser.open(screen, &self.northwind.recruiter).await;
        browser
    }

    /// The vacancy with this reference, with filters (`?stage=Offer`).
    pub(crate) async fn open_vacancy(&self, reference: &str, filters: &str) -> Browser {
        let vacancy = self.northwind.vacancy(reference).await;
        self.open(&format!("/vacancies/{vacancy}{filters}")).await
    }
}

/// A member of each candidate that came, in the order of the payload.
pub(crate) fn exported(delivery: &Delivery, member: &str) -> Vec<String> {
    let payload = delivery.json();
    let candidates = payload["candidates"].as_array().expect("candidates");
    let text = |candidate: &Value| candidate[member].as_str().expect("a text").to_owned();
    candidates.iter().map(text).collect()
}

/// The page sees no answer to its first three requests that change something at addresses with this end;
/// all of them arrive. `window.keys` has their Idempotency-Keys.
const LOSE_ANSWERS: &str = "const end = arguments[0], real = window.fetch; window.keys = []; \
    window.fetch = async (address, request) => { \
        const answer = await real(address, request); \
        if (!address.endsWith(end) || request.method !== 'POST') return answer; \
        window.keys.push(request.headers['idempotency-key']); \
        if (window.keys.length <= 3) throw new TypeError('lost'); \
        return answer; }";

/// From now on such answers are lost.
pub(crate) async fn answers_are_lost(browser: &Browser, end: &str) {
    browser.execute_with(LOSE_ANSWERS, vec![json!(end)]).await;
}

/// Requests of the page like this (`POST /v1/webhooks`, a regular expression) are done, and answered when it calls `letGo`.
const HOLD_ANSWERS: &str = "const held = new RegExp(arguments[0]), real = window.fetch; \
    const gone = new Promise((done) => (window.letGo = done)); \
    window.fetch = async (address, request) => { \
        const answer = await real(address, request); \
        if (held.test(`${request.method} ${address}`)) await gone; \
        return answer; }";

/// From now on such answers are on their way until [`answers_come`].
pub(crate) async fn answers_are_held(browser: &Browser, of: &str) {
    browser.execute_with(HOLD_ANSWERS, vec![json!(of)]).await;
}

/// They come.
pub(crate) async fn answers_come(browser: &Browser) {
    browser.execute("window.letGo()").await;
}
