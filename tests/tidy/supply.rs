//! Rules about what we did not write: licences, sources, and crates that may not enter.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use crate::tree::{none, read, root};

/// Licences that let us ship; each expression must have one of its alternatives made of these.
const LICENCES: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Of what only tests use: we ship none of it, and change none of its files, which is all that the
/// MPL asks about.
const OF_TESTS: [(&str, &str); 1] = [("webdriver", "MPL-2.0")];

/// Builds of C libraries that cost minutes, or a second TLS beside rustls.
const BANNED: [&str; 6] =
    ["aws-lc-rs", "aws-lc-sys", "brotli", "native-tls", "openssl-sys", "zstd-sys"];

/// How cargo marks what comes from its registry; a checkout or another place looks otherwise.
const REGISTRY: &str = "registry+";

/// What cargo knows of the workspace and everything below it that is built here.
pub(crate) fn metadata() -> Value {
    let version = output("rustc", &["--version", "--verbose"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let options = ["metadata", "--format-version", "1", "--locked", "--filter-platform", host];
    serde_json::from_str(&output(env!("CARGO"), &options)).expect("JSON")
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(root()).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn packages() -> Vec<Value> {
    metadata()["packages"].as_array().expect("packages").clone()
}

#[test]
fn licences_let_us_ship() {
    let offenders = packages().into_iter().filter_map(|package| {
        let licence = package["license"].as_str().unwrap_or("none");
        let name = package["name"].as_str().unwrap_or_default();
        (!acceptable(licence) && !OF_TESTS.contains(&(name, licence)))
            .then(|| format!("{}: {licence}", package["name"]))
    });
    none(offenders.collect(), "licences are permissive");
}

#[test]
fn what_only_tests_use_is_not_shipped() {
    let tree =
        ["tree", "--locked", "--package", "talentats", "--edges", "no-dev", "--prefix", "none"];
    let shipped = output(env!("CARGO"), &tree);
    let shipped: BTreeSet<_> = shipped.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(shipped.contains("tokio"), "{shipped:?}");
    let entered = OF_TESTS.iter().filter(|(name, _)| shipped.contains(name));
    none(entered.map(|(name, _)| (*name).to_owned()).collect(), "of tests alone");
}

/// `(MIT OR Apache-2.0) AND Unicode-3.0`: each part of the AND has an alternative that is listed.
fn acceptable(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ").replace(['(', ')'], "");
    let listed = |licence: &str| LICENCES.contains(&licence.trim());
    expression.split(" AND ").all(|part| part.split(" OR ").any(listed))
}

#[test]
fn dependencies_come_from_one_registry() {
    let packages = packages();
    let sources: BTreeSet<&str> =
        packages.iter().filter_map(|package| package["source"].as_str()).collect();
    let one = sources.len() == 1 && sources.iter().all(|source| source.starts_with(REGISTRY));
    assert!(one, "no checkout, no second registry: {sources:?}");
}

#[test]
fn what_may_not_enter() {
    let lock = read("Cargo.lock");
    let entered = BANNED.iter().filter(|name| lock.contains(&format!("name = \"{name}\"\n")));
    none(entered.map(|name| (*name).to_owned()).collect(), "banned from Cargo.lock");
}

#[test]
fn an_expression_needs_one_good_alternative_in_each_part() {
    let cases = [
        ("MIT", true),
        ("MIT/Apache-2.0", true),
        ("GPL-3.0 OR MIT", true),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("Apache-2.0 AND GPL-3.0", false),
        ("none", false),
    ];
    for (expression, expected) in cases {
        assert_eq!(acceptable(expression), expected, "{expression}");
    }
}
