//! No operation without a story: each one in the OpenAPI document is seen to succeed by some
//! story, and each story's promise is checked by its own world.

use serde_json::Value;

use crate::{COVERED, world};

/// The operations of an OpenAPI document as `"GET /v1/webhooks"`.
pub(crate) fn operations(document: &Value) -> Vec<String> {
    let paths = document["paths"].as_object().expect("an OpenAPI document has paths");
    let methods = |path: &Value| -> Vec<String> {
        let members = path.as_object().into_iter().flat_map(|path| path.keys());
        let known = ["get", "put", "post", "delete", "patch", "head", "options"];
        members
            .filter(|name| known.contains(&name.as_str()))
            .map(|name| name.to_uppercase())
            .collect()
    };
    let operations = paths.iter().flat_map(|(template, path)| {
        methods(path).into_iter().map(move |method| format!("{method} {template}"))
    });
    operations.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_operation_has_a_story() {
    let world = world().workers(0).start().await;
    let document = world.anonymous.get("/openapi.json").await.expect(200);
    let operations = operations(&document);
    assert!(operations.len() > 20, "{operations:?}");
    let covered =
        |operation: &&String| COVERED.iter().any(|story| story.contains(&operation.as_str()));
    let missing: Vec<_> = operations.iter().filter(|operation| !covered(operation)).collect();
    assert!(missing.is_empty(), "operations without a story: {missing:?}");
    let known = |operation: &&&str| operations.iter().any(|known| known == **operation);
    let stale: Vec<_> =
        COVERED.iter().copied().flatten().filter(|operation| !known(operation)).collect();
    assert!(stale.is_empty(), "stories about operations that do not exist: {stale:?}");
}

/// A list of operations counts only because a world checks it (`Builder::covers`).
#[test]
fn each_promise_is_checked() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/e2e");
    let mut promises = 0;
    for file in std::fs::read_dir(folder).expect("the folder of the stories") {
        let path = file.expect("a readable folder").path();
        if path.is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a readable story");
        if text.lines().any(|line| line.starts_with("pub(crate) const OPERATIONS")) {
            assert!(text.contains("covers(OPERATIONS)"), "{} promises only", path.display());
            promises += 1;
        }
    }
    assert_eq!(promises, COVERED.len(), "every promise is in COVERED");
}
