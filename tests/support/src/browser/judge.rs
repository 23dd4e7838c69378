//! What a browser noted that no story may bring about.

use std::collections::BTreeSet;

use serde_json::Value;
use url::Url;

/// What a story may bring about.
#[derive(Debug, Clone)]
pub(super) struct Allowed {
    /// Who may be asked.
    pub(super) origin: Url,
    /// With which refusals; 0: with nothing, where the network was cut.
    pub(super) statuses: BTreeSet<u16>,
}

/// One line each.
pub(super) fn faults(allowed: &Allowed, log: &[Value], events: &[Value]) -> Vec<String> {
    let noted = log.iter().filter(|line| is_fault(allowed, line));
    let noted = noted.map(|line| format!("{}: {}", line["source"], line["message"]));
    let foreign = events.iter().filter_map(request).filter(|url| !is_ours(allowed, url));
    noted.chain(foreign.map(|url| format!("a request to {url}"))).collect()
}

/// Scripts that fail, what the policy forbids, and answers that are not expected.
fn is_fault(allowed: &Allowed, line: &Value) -> bool {
    let message = line["message"].as_str().unwrap_or_default();
    let refused = message.split_once("responded with a status of ");
    let refused = refused.and_then(|(_, rest)| rest.split(' ').next()?.parse().ok());
    let expected = match refused {
        Some(status) => allowed.statuses.contains(&status),
        None => message.contains("net::ERR_") && allowed.statuses.contains(&0),
    };
    let forbidden = line["source"] == "security" || message.contains("Content Security Policy");
    forbidden || line["level"] == "SEVERE" && !expected
}

/// Where a request goes that leaves the browser.
fn request(event: &Value) -> Option<Url> {
    let event: Value = serde_json::from_str(event["message"].as_str()?).ok()?;
    let event = &event["message"];
    let asks = ["Network.requestWillBeSent", "Network.webSocketCreated"];
    if !asks.iter().any(|name| event["method"] == *name) {
        return None;
    }
    let url = event["params"]["request"]["url"].as_str().or(event["params"]["url"].as_str())?;
    let url = Url::parse(url).ok()?;
    matches!(url.scheme(), "http" | "https" | "ws" | "wss").then_some(url)
}

fn is_ours(allowed: &Allowed, url: &Url) -> bool {
    url.origin() == allowed.origin.origin()
}
