//! `talentats up`: the printed walk works as it is printed, Ctrl-C and kill -9 leave nothing
//! running, and what was there is there again at the next start.
#![cfg(target_os = "linux")]

use std::path::Path;

use support::Client;
use support::client::Calls;
use support::database::open_folder;
use support::descendants::{descendants, until_gone};
use support::process::{Env, Process};

use crate::BINARY;

/// How the lines begin that are meant for a shell.
const COMMANDS: [&str; 12] = [
    ". '",
    "show()",
    "WEBHOOK=",
    "echo ",
    "APPLICATIONS=",
    "BATCH=",
    "PREVIEW=",
    "EXPORT=",
    "EXPORT_ID=",
    "curl ",
    "curl ",
    "curl ",
];

async fn up(folder: &Path) -> Process {
    let data = folder.join("data").to_str().expect("a path in UTF-8").to_owned();
    let path = ("PATH".to_owned(), "/usr/local/bin:/usr/bin:/bin".to_owned());
    let mut up =
        Process::start("up", Path::new(BINARY), &["up", "--data-dir", &data], &[path].into());
    up.wait_for(|line| line.contains("/receipt\"").then_some(())).await;
    up
}

/// Pastes the walk into a shell.
async fn walk(up: &Process) -> String {
    let text = up.output();
    let is_command = |line: &&str| COMMANDS.iter().any(|start| line.starts_with(start));
    let commands: Vec<_> = text.lines().filter(is_command).collect();
    assert_eq!(commands.len(), COMMANDS.len(), "each once: {commands:#?}");
    let shell = tokio::process::Command::new("sh").arg("-euc").arg(commands.join("\n")).output();
    let output = shell.await.expect("a shell");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// `up.env` as a shell reads it.
fn environment(folder: &Path) -> Env {
    let file = std::fs::read_to_string(folder.join("data/up.env")).expect("up.env");
    let pair = |line: &str| {
        let (name, value) = line.split_once('=').expect("NAME='value'");
        (name.to_owned(), value.trim_matches('\'').to_owned())
    };
    file.lines().map(pair).collect()
}

fn admin(folder: &Path) -> Client {
    let env = environment(folder);
    let url = env["TALENTATS_URL"].parse().expect("a URL");
    Client::anonymous(url, Calls::default()).with_token(&env["TALENTATS_ADMIN_TOKEN"])
}

/// Reads the export list until the newest one was delivered; how many there are.
async fn until_delivered(client: &Client) -> usize {
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(50));
    let delivered = tokio::time::timeout(support::receiver::DEADLINE, async {
        loop {
            tick.tick().await;
            let exports = client.get("/v1/exports").await.items();
            if exports.first().is_some_and(|export| export["status"] == "delivered") {
                return exports.len();
            }
        }
    });
    delivered.await.expect("the export is delivered")
}

/// Each `GET` of the document as `/docs` prefills it, by the token of an admin: 200.
async fn what_docs_prefill_works(admin: &Client) {
    let document = admin.get("/openapi.json").await.expect(200);
    let example = &document["components"]["schemas"]["CreateWebhook"]["example"];
    assert!(example["url"].to_string().contains("127.0.0.1"), "{example}");
    for (path, item) in document["paths"].as_object().expect("paths") {
        let Some(operation) = item.get("get") else { continue };
        // The calls that were made are kept by their templates.
        let mut get = admin.get(path.clone().leak());
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let Some(example) = parameter["example"].as_str() else { continue };
            get = match parameter["in"].as_str() {
                Some("path") => get.id(example),
                _ => get.query(parameter["name"].as_str().expect("a name"), example),
            };
        }
        // A stream of all exports has no end.
        let answer = get.unread().await;
        // Customers are for support alone.
        let status = if path == "/v1/organisations" { 403 } else { 200 };
        assert_eq!(answer.status, status, "{path}");
    }
}

/// A link into the console for each role, with the token of that role.
async fn the_console_is_there(up: &Process, folder: &Path) {
    let env = environment(folder);
    let text = up.output();
    let links: Vec<_> =
        text.split_whitespace().filter(|word| word.contains("/console#/")).collect();
    assert_eq!(links.len(), 3, "one a role: {links:?}");
    let (url, tokens) = (&env["TALENTATS_URL"], ["RECRUITER", "ADMIN", "SUPPORT"]);
    for ((link, screen), role) in links.iter().zip(["vacancies/", "webhooks", "desk"]).zip(tokens) {
        assert!(link.starts_with(&format!("{url}/console#/{screen}")), "{link}");
        let token = &env[&format!("TALENTATS_{role}_TOKEN")];
        assert_eq!(link.split_once("?token=").map(|(_, token)| token), Some(token.as_str()));
    }
    assert_eq!(admin(folder).get("/console").unread().await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_walk_works_and_nothing_is_left_behind() {
    let folder = open_folder();
    let mut first = up(folder.path()).await;
    the_console_is_there(&first, folder.path()).await;
    let said = walk(&first).await;
    assert!(said.lines().all(|line| line.len() < 200), "summaries, not whole answers: {said}");
    for part in [
        "whsec_",
        "\"cannot_go_total\":0",
        "\"status_label\":\"Waiting to be sent\"",
        "\"reason\":\"finished\"",
        "\"outcome\":\"delivered\"",
        "\"jws\":\"ey",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let exports = until_delivered(&admin(folder.path())).await;
    what_docs_prefill_works(&admin(folder.path())).await;
    let children = descendants(first.id());
    assert!(children.len() > 4, "api, worker, receiver, postgres and its own: {children:?}");
    first.signal("INT").await;
    let finished = first.finished().await;
    assert!(finished.status.success(), "{}", finished.output);
    until_gone(&children).await;

    let mut second = up(folder.path()).await;
    let kept = admin(folder.path()).get("/v1/exports").await.items();
    assert_eq!(kept.len(), exports, "what was there is there again");
    let children = descendants(second.id());
    second.kill().await;
    until_gone(&children).await;
}
