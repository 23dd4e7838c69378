//! What a page shows, for the message of a story that fails.

use std::fmt::Write;

use serde_json::json;

use super::session::Session;
use super::tree::Tree;

/// Roles that say nothing by themselves.
const SILENT: [&str; 6] =
    ["InlineTextBox", "ListMarker", "LineBreak", "generic", "none", "RootWebArea"];
/// Longest outline, in lines.
const LONGEST: usize = 150;

/// Its address, title, outline, and what the browser noted.
pub(super) async fn outline(session: &Session) -> String {
    let url = session.client.current_url().await.map(|url| url.to_string()).unwrap_or_default();
    let title = session.client.title().await.unwrap_or_default();
    // A token is long, and of no use here.
    let url = url.split("token=").next().unwrap_or_default();
    let mut text = format!("at {url}\ntitle: {title}\n");
    let tree = session.try_cdp("Accessibility.getFullAXTree", json!({})).await;
    let tree = Tree::of(&tree.unwrap_or_default());
    let below = tree.root().map(|root| tree.below(root)).unwrap_or_default();
    let heard = below.iter().filter(|(_, it)| it.is_heard && !SILENT.contains(&it.role.as_str()));
    for (depth, node) in heard.take(LONGEST) {
        let states = ["focused", "disabled", "checked", "expanded"].into_iter();
        let states: String = states.filter(|it| node.is(it)).map(|it| format!(" ({it})")).collect();
        let indent = " ".repeat(*depth * 2);
        let _ = writeln!(text, "{indent}{} {:?}{states}", node.role, node.name);
    }
    text.push_str("the browser noted:\n");
    for line in session.log("browser").await {
        let _ = writeln!(text, "  {} {}", line["level"], line["message"]);
    }
    text
}
