//! A real browser (Chromium, headless) as a story uses it: what people click, fill and read, by the
//! names that a screen reader says. At its end it is judged: nothing that the page's policy forbids,
//! no fault of a script, no request to anybody else.

mod axe;
mod downloads;
mod driver;
mod judge;
mod keys;
mod outline;
mod paper;
mod part;
mod session;
mod tree;

use std::collections::BTreeSet;
use std::ops::Deref;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use url::Url;

use crate::client::Client;
use driver::Driver;
use judge::Allowed;
use session::Session;

pub use axe::is_there as has_axe;
pub use driver::missing;
pub use part::Part;

/// How wide and high the window is at first.
const WINDOW: [u32; 2] = [1280, 900];
/// A small phone.
const NARROW: [u32; 2] = [360, 740];

/// A browser of a story's own, on one origin. `finish` ends it. It is the whole page, too (`Part`).
#[derive(Debug)]
pub struct Browser {
    page: Part,
    origin: Url,
    allowed: Mutex<Allowed>,
    is_finished: bool,
    _driver: Driver,
}

impl Browser {
    /// Starts one that may talk to this origin (`world.api.url`) and nobody else.
    pub async fn start(origin: &Url) -> Self {
        let driver = Driver::start().await;
        let session = Session::open(&driver, WINDOW).await;
        let page = Part::whole(session);
        let allowed = Mutex::new(Allowed { origin: origin.clone(), statuses: BTreeSet::new() });
        Self { page, origin: origin.clone(), allowed, is_finished: false, _driver: driver }
    }

    /// Loads the console at a screen (`/vacancies/ID`), as somebody whose link brings the token.
    pub async fn open(&self, screen: &str, who: &Client) {
        let token = who.token().expect("somebody with a token");
        let mark = if screen.contains('?') { '&' } else { '?' };
        self.load(&format!("/console#{screen}{mark}token={token}")).await;
    }

    /// Loads any address of the origin anew.
    pub async fn load(&self, path: &str) {
        let url = self.origin.join(path).expect("a path");
        // Another fragment alone would load nothing.
        self.session().goto("about:blank").await;
        self.session().goto(url.as_str()).await;
    }

    /// Goes to a screen in the page that is there, as a click on a link of it does.
    pub async fn go(&self, screen: &str) {
        self.execute_with("location.hash = arguments[0]", vec![json!(screen)]).await;
    }

    /// Loads the page again.
    pub async fn reload(&self) {
        self.session().did("reload", self.session().client.refresh().await);
    }

    /// One step back.
    pub async fn back(&self) {
        self.session().did("go back", self.session().client.back().await);
    }

    /// What the address bar shows.
    pub async fn url(&self) -> Url {
        self.session().did("read the address", self.session().client.current_url().await)
    }

    /// Waits until the address has this in it.
    pub async fn is_at(&self, part: &str) {
        let look = async || {
            let url =
                self.session().client.current_url().await.map_err(|error| error.to_string())?;
            url.as_str().contains(part).then_some(()).ok_or_else(|| url.to_string())
        };
        self.page.until(&format!("the address has {part}"), look).await;
    }

    /// Waits until the title of the page has this in it.
    pub async fn has_title(&self, part: &str) {
        let look = async || {
            let title = self.session().client.title().await.map_err(|error| error.to_string())?;
            title.contains(part).then_some(()).ok_or(title)
        };
        self.page.until(&format!("the title has {part:?}"), look).await;
    }

    /// A script in the page: `return document.title`.
    pub async fn execute(&self, script: &str) -> Value {
        self.execute_with(script, Vec::new()).await
    }

    /// The same, with `arguments`.
    pub async fn execute_with(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.session().did(script, self.session().client.execute(script, arguments).await)
    }

    /// 360 pixels wide, as a small phone.
    pub async fn narrow(&self) {
        let [width, height] = NARROW;
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.session().cdp("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// As wide as at first.
    pub async fn wide(&self) {
        self.session().cdp("Emulation.clearDeviceMetricsOverride", json!({})).await;
    }

    /// Asks pages for their dark colours.
    pub async fn dark(&self) {
        self.prefers("prefers-color-scheme", "dark").await;
    }

    /// Asks pages for their light colours.
    pub async fn light(&self) {
        self.prefers("prefers-color-scheme", "light").await;
    }

    /// Any wish of a person that a style sheet can ask for (`prefers-reduced-motion`, `reduce`).
    pub async fn prefers(&self, feature: &str, value: &str) {
        let features = json!({ "features": [{ "name": feature, "value": value }] });
        self.session().cdp("Emulation.setEmulatedMedia", features).await;
    }

    /// Cuts the network; what fails for it is expected from now on.
    pub async fn offline(&self) {
        self.expects_status(0);
        self.network(true).await;
    }

    /// The network is back.
    pub async fn online(&self) {
        self.network(false).await;
    }

    async fn network(&self, is_cut: bool) {
        let conditions = json!({
            "offline": is_cut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1
        });
        self.session().cdp("Network.enable", json!({})).await;
        self.session().cdp("Network.emulateNetworkConditions", conditions).await;
    }

    /// The story brings about answers with this status (`403`): the browser notes each as an error.
    pub fn expects_status(&self, status: u16) {
        self.allowed.lock().unwrap_or_else(PoisonError::into_inner).statuses.insert(status);
    }

    /// Waits until nothing has to be moved sideways to be read.
    pub async fn fits(&self) {
        let script = "const page = document.scrollingElement; \
            return [page.scrollWidth, document.documentElement.clientWidth]";
        let look = async || {
            let sizes = self.session().client.execute(script, Vec::new()).await;
            let sizes = sizes.map_err(|error| error.to_string())?;
            let (needed, there) = (sizes[0].as_u64(), sizes[1].as_u64());
            (needed <= there).then_some(()).ok_or_else(|| format!("{needed:?} in {there:?}"))
        };
        self.page.until("the page is no wider than the window", look).await;
    }

    /// Writes what is seen as a PNG; its size in bytes.
    pub async fn screenshot(&self, path: &Path) -> usize {
        let png = self.session().did("a screenshot", self.session().client.screenshot().await);
        std::fs::write(path, &png).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        png.len()
    }

    /// Bytes that the scripts of the page hold, garbage aside.
    pub async fn heap(&self) -> u64 {
        self.session().cdp("HeapProfiler.collectGarbage", json!({})).await;
        self.session().cdp("Performance.enable", json!({})).await;
        let answer = self.session().cdp("Performance.getMetrics", json!({})).await;
        let mut metrics = answer["metrics"].as_array().expect("metrics").iter();
        let used = metrics.find(|metric| metric["name"] == "JSHeapUsedSize");
        used.and_then(|metric| metric["value"].as_u64()).expect("the size of the heap")
    }

    /// What axe-core finds serious or critical, one a line; nothing where it is not installed, which
    /// the tests' harness tells.
    pub async fn axe(&self) -> Vec<String> {
        axe::run(self.session()).await
    }

    /// Fails if axe-core finds anything serious or critical.
    pub async fn passes_axe(&self) {
        let found = self.axe().await;
        if !found.is_empty() {
            self.page.fail(&format!("axe-core finds\n  {}", found.join("\n  "))).await;
        }
    }

    /// What was wrong so far: breaches of the policy, errors of scripts, requests to somebody else.
    pub async fn faults(&self) -> Vec<String> {
        // What has happened reaches the log in order; this is after it.
        self.execute("return 0").await;
        let (log, requests) =
            (self.session().log("browser").await, self.session().log("performance").await);
        let allowed = self.allowed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        judge::faults(&allowed, &log, &requests)
    }

    /// Ends the story: nothing was wrong.
    pub async fn finish(mut self) {
        self.is_finished = true;
        let faults = self.faults().await;
        if !faults.is_empty() {
            self.page.fail(&format!("the browser noted\n  {}", faults.join("\n  "))).await;
        }
        let session = self.session().client.clone();
        drop(session.close().await);
    }

    fn session(&self) -> &Session {
        &self.page.session
    }
}

impl Deref for Browser {
    type Target = Part;

    fn deref(&self) -> &Part {
        &self.page
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        assert!(self.is_finished || std::thread::panicking(), "a story ends with finish()");
    }
}
