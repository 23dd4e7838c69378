//! Rules about what is written in a file.

use crate::tree::{Source, none, rust};

/// Longest file, in lines.
const LONGEST: usize = 300;
/// Longest that half of the files may be.
const MEDIAN: usize = 110;
/// Written by diesel, not by us.
const GENERATED: &str = "crates/store/src/schema.rs";
/// The one file that may hold unsafe code.
const UNSAFE: &str = "crates/localpg/src/server.rs";

#[test]
fn files_are_short() {
    let ours = || rust().into_iter().filter(|source| source.path != GENERATED);
    let length = |source: &Source| source.text.lines().count();
    let long = ours().filter(|source| length(source) > LONGEST);
    let long = long.map(|source| format!("{}: {} lines", source.path, length(&source)));
    none(long.collect(), &format!("a file has at most {LONGEST} lines"));
    let mut lengths: Vec<_> = ours().map(|source| length(&source)).collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= MEDIAN, "half of the files are longer than {median} lines");
}

#[test]
fn files_say_what_they_own() {
    let silent = rust().into_iter().filter(|source| !opens_with_a_caption(&source.text));
    none(silent.map(|source| source.path).collect(), "a file opens with //!");
}

fn opens_with_a_caption(text: &str) -> bool {
    text.starts_with("//! ") || text.starts_with("// @generated")
}

#[test]
fn modules_lie_beside_their_folders() {
    let vague = ["mod.rs", "utils.rs", "helpers.rs", "common.rs", "manager.rs", "service.rs"];
    let named = |source: &Source| {
        vague.into_iter().any(|name| source.path.rsplit('/').next() == Some(name))
    };
    let offenders = rust().into_iter().filter(named).map(|source| source.path);
    none(offenders.collect(), "foo.rs beside foo/, and names that say something");
}

#[test]
fn words_that_stand_for_work_left_undone() {
    // Put together here, so that this file does not name them.
    let words = ["TO", "FIX", "XX"].into_iter().zip(["DO", "ME", "X"]);
    let words: Vec<_> = words.map(|(start, end)| format!("{start}{end}")).collect();
    let ignored = ["#[ig", "nore"].concat();
    let allowed = ["#[al", "low("].concat();
    let mut offenders = Vec::new();
    for source in rust() {
        let numbered = source.text.lines().enumerate();
        let bad = numbered.filter(|(_, line)| {
            words
                .iter()
                .any(|word| line.split(|c: char| !c.is_alphanumeric()).any(|part| part == word))
                || line.trim_start().starts_with(&ignored)
                || line.trim_start().starts_with(&allowed)
        });
        offenders
            .extend(bad.map(|(at, line)| format!("{}:{}: {}", source.path, at + 1, line.trim())));
    }
    none(offenders, "nothing is left undone, ignored or allowed (#[expect(…, reason)])");
}

#[test]
fn one_file_holds_unsafe_code() {
    let marker = ["expect(", "unsafe_code"].concat();
    let files = rust().into_iter().filter(|source| source.text.contains(&marker));
    assert_eq!(files.map(|source| source.path).collect::<Vec<_>>(), [UNSAFE]);
}

#[test]
fn routes_reach_the_openapi_document() {
    // `.route(` is silently left out of the document.
    let bypass = [".route", "("].concat();
    let api = rust().into_iter().filter(|source| source.path.starts_with("crates/api/"));
    let offenders = api.filter(|source| source.text.contains(&bypass));
    none(offenders.map(|source| source.path).collect(), "routes are utoipa services");
}
