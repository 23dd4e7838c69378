//! The page as assistive technology gets it: roles, names and what is in what, as the browser
//! computes them.

use std::collections::HashMap;

use serde_json::Value;

/// The whole page at one moment.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: HashMap<String, Node>,
    root: String,
}

/// A node of it.
#[derive(Debug)]
pub(super) struct Node {
    id: String,
    pub(super) role: String,
    pub(super) name: String,
    /// Its number in the document.
    pub(super) element: Option<i64>,
    children: Vec<String>,
    pub(super) is_heard: bool,
    properties: HashMap<String, String>,
}

impl Tree {
    /// Of the answer to `Accessibility.getFullAXTree`.
    pub(super) fn of(answer: &Value) -> Self {
        let all = answer["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
        let root = all.first().map(|node| text(&node["nodeId"])).unwrap_or_default();
        let nodes = all.iter().map(Node::of).map(|node| (node.id.clone(), node)).collect();
        Self { nodes, root }
    }

    pub(super) fn root(&self) -> Option<&Node> {
        self.nodes.get(&self.root)
    }

    /// The node of an element.
    pub(super) fn of_element(&self, element: i64) -> Option<&Node> {
        self.nodes.values().find(|node| node.element == Some(element))
    }

    /// What is in a node, in the order of the page, with how deep it lies.
    pub(super) fn below<'a>(&'a self, node: &'a Node) -> Vec<(usize, &'a Node)> {
        let mut found = Vec::new();
        let mut open: Vec<_> = self.children(node, 1);
        while let Some((depth, node)) = open.pop() {
            found.push((depth, node));
            open.extend(self.children(node, depth + usize::from(node.is_heard)));
        }
        found
    }

    /// Last first, as they are taken from the end.
    fn children<'a>(&'a self, node: &'a Node, depth: usize) -> Vec<(usize, &'a Node)> {
        let children = node.children.iter().rev().filter_map(|id| self.nodes.get(id));
        children.map(|child| (depth, child)).collect()
    }

    /// What is heard of a node's text.
    pub(super) fn text(&self, node: &Node) -> String {
        let below = self.below(node);
        let texts = below.iter().filter(|(_, node)| node.role == "StaticText");
        spaced(&texts.map(|(_, node)| node.name.as_str()).collect::<Vec<_>>().join(" "))
    }
}

impl Node {
    fn of(node: &Value) -> Self {
        let properties = node["properties"].as_array().map(Vec::as_slice).unwrap_or_default();
        let property = |it: &Value| {
            let value = &it["value"]["value"];
            let value = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
            (text(&it["name"]), value)
        };
        Self {
            id: text(&node["nodeId"]),
            role: role(&text(&node["role"]["value"])),
            name: spaced(&text(&node["name"]["value"])),
            element: node["backendDOMNodeId"].as_i64(),
            children: node["childIds"].as_array().into_iter().flatten().map(text).collect(),
            is_heard: node["ignored"] != true,
            properties: properties.iter().map(property).collect(),
        }
    }

    /// Whether it has a property such as `focused`, `disabled`, `checked`, `expanded`.
    pub(super) fn is(&self, property: &str) -> bool {
        self.properties.get(property).is_some_and(|value| value == "true")
    }
}

/// Chromium has names of its own for what the standard calls otherwise.
fn role(name: &str) -> String {
    let plain = match name {
        "DisclosureTriangle" | "DisclosureTriangleGrouped" => "summary",
        "LayoutTable" => "table",
        "LayoutTableRow" => "row",
        "LayoutTableCell" | "gridcell" => "cell",
        "ToggleButton" | "PopUpButton" => "button",
        "Date" | "DateTime" | "InputTime" => "textbox",
        other => other,
    };
    plain.to_owned()
}

/// Whether a name is the wanted one; `Ada…` is any that begins so.
pub(super) fn is_called(name: &str, wanted: &str) -> bool {
    name == wanted || wanted.strip_suffix('…').is_some_and(|start| name.starts_with(start))
}

/// With one blank where there were several.
pub(super) fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
