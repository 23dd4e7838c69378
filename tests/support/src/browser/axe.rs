//! axe-core, where it is installed: `AXE_CORE` is the path of its `axe.min.js`.

use serde_json::{Value, json};

use super::session::Session;

/// Contrast is counted by it, too; `best-practice` is not asked for.
const RUN: &str = "axe.run(document, { resultTypes: ['violations'], runOnly: \
    ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(found => found.violations)";

/// Whether it is installed.
pub fn is_there() -> bool {
    source().is_some()
}

fn source() -> Option<String> {
    let path = std::env::var_os("AXE_CORE").filter(|path| !path.is_empty())?;
    let read = std::fs::read_to_string(&path);
    Some(read.unwrap_or_else(|error| panic!("AXE_CORE={}: {error}", path.display())))
}

pub(super) async fn run(session: &Session) -> Vec<String> {
    let Some(source) = source() else { return Vec::new() };
    session.cdp("Runtime.evaluate", json!({ "expression": source })).await;
    let run = json!({ "expression": RUN, "awaitPromise": true, "returnByValue": true });
    let answer = session.cdp("Runtime.evaluate", run).await;
    let found = answer["result"]["value"].as_array();
    let found = found.unwrap_or_else(|| panic!("axe-core did not run: {answer}"));
    let serious = |it: &&Value| it["impact"] == "serious" || it["impact"] == "critical";
    found.iter().filter(serious).map(line).collect()
}

fn line(violation: &Value) -> String {
    let nodes = violation["nodes"].as_array().into_iter().flatten();
    let places: Vec<_> = nodes.map(|node| node["html"].to_string()).take(5).collect();
    format!("{} {}: {}", violation["impact"], violation["help"], places.join(", "))
}
