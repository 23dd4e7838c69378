//! The wire to the browser: WebDriver, and beside it the protocol of its developer tools.

use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use url::{ParseError, Url};

use super::driver::Driver;

/// A browser that listens to us.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) client: Client,
}

/// What ChromeDriver understands beside the standard.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

impl Session {
    /// Starts the browser.
    pub(super) async fn open(driver: &Driver, [width, height]: [u32; 2]) -> Self {
        let size = format!("--window-size={width},{height}");
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            "--no-proxy-server",
            "--remote-debugging-pipe",
            "--lang=en-GB",
            &size,
        ];
        let wanted = json!({
            "browserName": "chrome",
            "goog:chromeOptions": { "binary": driver.browser, "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        });
        let wanted: Map<String, Value> = wanted.as_object().expect("an object").clone();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(wanted).connect(&driver.url).await;
        Self { client: client.unwrap_or_else(|error| panic!("no browser: {error}")) }
    }

    /// What came of a command that has to work.
    #[track_caller]
    pub(super) fn did<T>(&self, what: &str, done: Result<T, CmdError>) -> T {
        done.unwrap_or_else(|error| panic!("the browser cannot {what}: {error}"))
    }

    pub(super) async fn goto(&self, url: &str) {
        self.did(url, self.client.goto(url).await);
    }

    /// A command of the developer tools that has to work.
    pub(super) async fn cdp(&self, command: &str, parameters: Value) -> Value {
        let done = self.try_cdp(command, parameters).await;
        done.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// One that may not, since the page goes on meanwhile.
    pub(super) async fn try_cdp(&self, command: &str, parameters: Value) -> Result<Value, String> {
        let body = json!({ "cmd": command, "params": parameters });
        let done = self.client.issue_cmd(Extension { path: "goog/cdp/execute", body }).await;
        done.map_err(|error| error.to_string())
    }

    /// Calls a function on the node with this number; its answer.
    pub(super) async fn call_on(&self, node: i64, function: &str) -> Result<Value, String> {
        let object = self.try_cdp("DOM.resolveNode", json!({ "backendNodeId": node })).await?;
        let call = json!({
            "objectId": object["object"]["objectId"], "functionDeclaration": function,
            "returnByValue": true,
        });
        let answer = self.try_cdp("Runtime.callFunctionOn", call).await?;
        match answer.get("exceptionDetails") {
            Some(thrown) => Err(thrown.to_string()),
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    /// The number of the node that an expression of JavaScript gives.
    pub(super) async fn node_of(&self, expression: &str) -> Result<i64, String> {
        let found = self.try_cdp("Runtime.evaluate", json!({ "expression": expression })).await?;
        let object = &found["result"]["objectId"];
        let node = self.try_cdp("DOM.describeNode", json!({ "objectId": object })).await;
        let node = node.map_err(|_| format!("nothing is {expression}"))?;
        node["node"]["backendNodeId"].as_i64().ok_or_else(|| format!("no node: {expression}"))
    }

    /// What came into a log since it was read last.
    pub(super) async fn log(&self, kind: &str) -> Vec<Value> {
        let body = json!({ "type": kind });
        let lines = self.client.issue_cmd(Extension { path: "se/log", body }).await;
        self.did(kind, lines).as_array().cloned().unwrap_or_default()
    }
}
