//! Rules about which crate may know which, read from the manifests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value;

use crate::supply::metadata;
use crate::tree::{none, read, root, rust};

/// What each crate of ours may use of ours, tests aside.
const LAYERS: [(&str, &[&str]); 7] = [
    ("domain", &[]),
    ("localpg", &[]),
    ("store", &["domain"]),
    ("api", &["domain", "store"]),
    ("worker", &["domain", "store"]),
    ("talentats", &["api", "domain", "localpg", "store", "worker"]),
    ("support", &["localpg"]),
];

/// What would give `domain` a clock, a network, a disk or chance.
const WORLDLY: [&str; 8] =
    ["actix-web", "diesel", "getrandom", "hyper", "rand", "reqwest", "tempfile", "tokio"];

/// Names of the dependencies of each crate of ours, by crate; tests aside.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = metadata();
    let members = metadata["packages"].as_array().expect("packages");
    let ours = members.iter().filter(|package| package["source"].is_null());
    let name = |value: &Value| value["name"].as_str().expect("a name").to_owned();
    ours.map(|package| {
        let all = package["dependencies"].as_array().expect("dependencies");
        let normal = all.iter().filter(|dependency| dependency["kind"].is_null());
        (name(package), normal.map(name).collect())
    })
    .collect()
}

#[test]
fn crates_know_only_the_layers_below() {
    let known = dependencies();
    let ours: BTreeSet<_> = LAYERS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(known.keys().cloned().collect::<BTreeSet<_>>(), ours, "LAYERS lists each crate");
    let mut offenders = Vec::new();
    for (name, allowed) in LAYERS {
        let used = known[name].intersection(&ours);
        let forbidden = used.filter(|used| !allowed.contains(&used.as_str()));
        offenders.extend(forbidden.map(|used| format!("{name} uses {used}")));
    }
    none(offenders, "api and worker meet only in store; domain and localpg know nobody");
}

#[test]
fn each_dependency_is_used() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("packages").iter();
    let mut offenders = Vec::new();
    for package in packages.filter(|package| package["source"].is_null()) {
        let name = package["name"].as_str().expect("a name");
        let manifest = package["manifest_path"].as_str().expect("a path");
        let folder = manifest.trim_start_matches(&*root().to_string_lossy());
        let folder = folder.trim_start_matches('/').trim_end_matches("Cargo.toml");
        // The targets of the binary's package lie under tests/ as well.
        let own = |path: &str| {
            path.starts_with(folder) || name == "talentats" && path.starts_with("tests/")
        };
        let code: String = rust()
            .into_iter()
            .filter(|source| own(&source.path))
            .map(|source| source.text)
            .collect();
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let dependency = dependency["name"].as_str().expect("a name");
            if !code.contains(&dependency.replace('-', "_")) {
                offenders.push(format!("{name}: {dependency}"));
            }
        }
    }
    none(offenders, "what a manifest names is used");
}

#[test]
fn only_store_names_diesel() {
    let known = dependencies();
    let users = known.iter().filter(|(_, used)| used.iter().any(|name| name.starts_with("diesel")));
    assert_eq!(users.map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["store"]);
}

#[test]
fn domain_is_pure() {
    let used = &dependencies()["domain"];
    let worldly = WORLDLY.iter().filter(|name| used.contains(**name));
    none(worldly.map(|name| (*name).to_owned()).collect(), "domain does no I/O");
    let calls =
        ["Utc::now", "Instant::now", "SystemTime::now", "std::env", "std::fs", "std::net::Tcp"];
    let domain = rust().into_iter().filter(|source| source.path.starts_with("crates/domain/src/"));
    let mut offenders = Vec::new();
    for source in domain {
        let code = source.text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let called = calls.iter().filter(|call| code.contains(**call));
        offenders.extend(called.map(|call| format!("{}: {call}", source.path)));
    }
    none(offenders, "domain reads no clock, environment or file");
}

#[test]
fn the_api_asks_no_receiver() {
    // Its one outgoing request fetches the identity provider's keys.
    let api = rust().into_iter().filter(|source| source.path.starts_with("crates/api/src/"));
    let users = api.filter(|source| source.text.contains("reqwest::")).map(|source| source.path);
    let keys = PathBuf::from("crates/api/src/auth/keys");
    let elsewhere = users.filter(|path| PathBuf::from(path).with_extension("") != keys);
    let elsewhere = elsewhere.filter(|path| !path.starts_with("crates/api/src/auth/keys/"));
    none(elsewhere.collect(), "only auth/keys makes requests");
}

#[test]
fn each_dependency_is_argued_for() {
    let manifest = read("Cargo.toml");
    let architecture = read("ARCHITECTURE.md");
    let table = manifest.split("[workspace.dependencies]").nth(1).expect("the table");
    let table = table.split("\n[").next().expect("its lines");
    let names = table
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .filter(|(_, value)| !value.contains("path ="));
    let silent = names.filter(|(name, _)| !architecture.contains(&format!("`{name}`")));
    none(
        silent.map(|(name, _)| name.to_owned()).collect(),
        "ARCHITECTURE.md says what each is for",
    );
}
