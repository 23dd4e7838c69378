//! Rules about the console: short files of ours alone, nothing that makes code or markup of text, and
//! one place that calls the API, by the names of its document.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::tree::{Source, below, none, read};

const FOLDER: &str = "crates/api/console";
/// Most lines of a file.
const LONGEST: usize = 200;
/// Fewer lines than this in all.
const WHOLE: usize = 3_900;
/// What turns text into markup or code, whatever the policy of the page says.
const DANGEROUS: [&str; 10] = [
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "createContextualFragment",
    "DOMParser",
    "setHTMLUnsafe",
    "document.write",
    "eval(",
    "new Function",
    "javascript:",
];
/// What looks like an address and is asked for by nobody: a name, and the guide's example of a webhook.
const SPOKEN_OF: [&str; 2] = ["http://www.w3.org/", "https://yourdomain.com/webhook"];

fn files() -> Vec<Source> {
    let found: Vec<_> =
        ["html", "css", "js"].into_iter().flat_map(|kind| below(&[FOLDER], kind)).collect();
    assert!(found.len() > 3, "only {} files of the console were found", found.len());
    found
}

fn scripts() -> Vec<Source> {
    below(&[FOLDER], "js")
}

/// Each line that breaks a rule, with its place.
fn lines(sources: Vec<Source>, breaks: impl Fn(&str) -> bool) -> Vec<String> {
    let broken = |source: &Source| -> Vec<String> {
        let numbered = source.text.lines().enumerate().filter(|(_, line)| breaks(line));
        numbered.map(|(at, line)| format!("{}:{}: {}", source.path, at + 1, line.trim())).collect()
    };
    sources.iter().flat_map(broken).collect()
}

#[test]
fn files_are_short_and_say_what_they_own() {
    let length = |source: &Source| source.text.lines().count();
    let long = files().into_iter().filter(|source| length(source) > LONGEST);
    none(long.map(|source| source.path).collect(), "a file of the console has 200 lines at most");
    let all: usize = files().iter().map(length).sum();
    assert!(all < WHOLE, "the console has {all} lines, and may not have {WHOLE}");
    let silent = scripts().into_iter().filter(|source| !source.text.starts_with("// "));
    none(silent.map(|source| source.path).collect(), "a script opens with what it owns");
}

#[test]
fn text_never_becomes_markup_or_code() {
    none(
        lines(files(), |line| DANGEROUS.iter().any(|name| line.contains(name))),
        "text stays text",
    );
}

#[test]
fn nothing_is_written_into_the_page() {
    let pages = || below(&[FOLDER], "html");
    none(lines(pages(), is_inline), "scripts, styles and handlers are in files of their own");
    let all = pages().into_iter().map(|page| page.text).collect::<String>();
    let empty = all.matches("<script").count() == all.matches("></script>").count();
    assert!(empty, "a script has a src, and nothing between its tags");
}

/// A handler (`onclick=`), a style, or a script without a source.
fn is_inline(line: &str) -> bool {
    let line = line.to_lowercase();
    let handler = line.split([' ', '\t', '"', '\'', '<']).any(|word| {
        let name = word.split('=').next().unwrap_or_default();
        word.contains('=') && name.len() > 2 && name.starts_with("on")
    });
    let script = line.contains("<script") && !line.contains(" src=");
    handler || script || line.contains("style=") || line.contains("<style")
}

#[test]
fn what_is_inline_is_found() {
    for (line, expected) in [
        ("<p onclick=\"go()\">", true),
        ("<p\tonload='x'>", true),
        ("<p id=\"a\"onfocus=x>", true),
        ("<p style=\"color: red\">", true),
        ("<style>", true),
        ("<script>go()</script>", true),
        ("<script type=\"module\" src=\"/console/{version}/main.js\"></script>", false),
        ("<meta name=\"viewport\" content=\"width=device-width\">", false),
        ("<p>on and on</p>", false),
    ] {
        assert_eq!(is_inline(line), expected, "{line}");
    }
}

#[test]
fn it_reaches_nobody_else() {
    let foreign = |line: &str| {
        let rest = SPOKEN_OF.iter().fold(line.to_owned(), |rest, name| rest.replace(name, ""));
        rest.contains("http://") || rest.contains("https://") || rest.contains("url(\"//")
    };
    none(lines(files(), foreign), "the console names no other server");
    let elsewhere = scripts().into_iter().filter(|source| !source.path.ends_with("/api.js"));
    let asks = ["fetch(", "XMLHttpRequest", "EventSource", "WebSocket", "sendBeacon"];
    none(
        lines(elsewhere.collect(), |line| asks.iter().any(|name| line.contains(name))),
        "only api.js makes requests",
    );
}

/// `export const operations = { name: "METHOD /path", … };`, one a line.
fn table() -> BTreeMap<String, String> {
    let text = read(&format!("{FOLDER}/api.js"));
    assert_eq!(text.matches("export const operations = {\n").count(), 1, "one table in api.js");
    let (_, rest) = text.split_once("export const operations = {\n").expect("the table");
    let (rows, _) = rest.split_once("\n};").expect("its end");
    let row = |line: &str| {
        let (name, call) = line.trim().split_once(": ")?;
        let call = call.strip_prefix('"')?.strip_suffix("\",")?;
        Some((name.to_owned(), call.to_owned()))
    };
    let rows: Vec<_> = rows.lines().collect();
    let read: BTreeMap<_, _> = rows
        .iter()
        .map(|line| row(line).unwrap_or_else(|| panic!("no operation: {line}")))
        .collect();
    assert_eq!(read.len(), rows.len(), "each operation once");
    read
}

#[test]
fn its_operations_are_those_of_the_document() {
    let document: Value = serde_json::from_str(&read("openapi/openapi.json")).expect("JSON");
    let mut known = BTreeMap::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            if let Some(name) = operation["operationId"].as_str() {
                known.insert(name.to_owned(), format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    assert!(known.len() > 30, "only {} operations were found", known.len());
    let wrong = table().into_iter().filter(|(name, call)| known.get(name) != Some(call));
    none(
        wrong.map(|(name, call)| format!("{name}: {call}")).collect(),
        "api.js names operations as openapi.json does",
    );
}

/// `export const NAME = words(`…`);`
fn words(name: &str) -> BTreeSet<String> {
    let text = read(&format!("{FOLDER}/vocabulary.js"));
    let (_, rest) = text.split_once(&format!("export const {name} = words(`")).expect("a list");
    let (list, _) = rest.split_once('`').expect("its end");
    list.split_whitespace().map(ToOwned::to_owned).collect()
}

#[test]
fn what_one_chooses_from_is_what_the_document_has() {
    let document: Value = serde_json::from_str(&read("openapi/openapi.json")).expect("JSON");
    for (list, schema) in
        [("OUTCOMES", "Outcome"), ("ACTIONS", "Action"), ("OBJECT_TYPES", "ObjectType")]
    {
        let known = document["components"]["schemas"][schema]["enum"].as_array().expect("words");
        let known = known.iter().map(|word| word.as_str().expect("a word").to_owned());
        assert_eq!(words(list), known.collect(), "{list} of vocabulary.js and {schema}");
    }
}

#[test]
fn what_it_calls_is_in_its_table_and_nothing_else_is() {
    let table: BTreeSet<_> = table().into_keys().collect();
    let (mut called, mut unknown) = (BTreeSet::new(), Vec::new());
    for source in scripts() {
        for name in calls(&source.text) {
            if !table.contains(&name) {
                unknown.push(format!("{}: {name}", source.path));
            }
            called.insert(name);
        }
    }
    none(unknown, "what is called is in the table of api.js");
    none(table.difference(&called).cloned().collect(), "what is in the table is called");
}

/// The names in `call("name"`, `once("name"`, `stream("name"`, `download("name"` and such, also on the
/// next line; and those that lists are made with, `operation: "name"` and `csv: "name"`.
fn calls(text: &str) -> Vec<String> {
    let verbs = ["call(", "once(", "stream(", "download(", "downloadButton(", "operation:", "csv:"];
    let opened = verbs.into_iter().flat_map(|verb| {
        let starts = text.match_indices(verb).filter(move |(at, _)| {
            !text[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$')
        });
        starts.map(move |(at, _)| &text[at + verb.len()..])
    });
    let named = opened.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"'));
    named.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn calls_are_found() {
    let text = "await call(\"a\", x); stream(\n  \"b\"); download(\"c\"); recall(\"d\"); call(name); \
         downloadButton(\"e\", \"f\"); list({ operation: \"g\", csv: \"h\", anoperation: \"i\" })";
    assert_eq!(calls(text), ["a", "b", "c", "e", "g", "h"]);
}
