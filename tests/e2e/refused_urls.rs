//! What may not be registered is refused with the rule that it breaks, and the URL is not
//! repeated.

use serde_json::json;
use support::World;
use support::world::Builder;

use crate::world;

const REFUSED: [(&str, &str); 26] = [
    ("", "empty"),
    ("not a url", "white_space"),
    ("ftp://hooks.acme.com/secret-path", "scheme"),
    ("http://hooks.acme.com/secret-path", "not_https"),
    ("https://user:secret-path@hooks.acme.com/", "userinfo"),
    ("https://hooks.acme.com/secret-path#part", "fragment"),
    ("https://hooks.acme.com:22/secret-path", "port"),
    ("https://localhost/secret-path", "local_name"),
    ("https://printer.lan/secret-path", "local_name"),
    ("https://metadata.google.internal./secret-path", "local_name"),
    ("https://intranet/secret-path", "single_label"),
    ("https://hooks.test/secret-path", "reserved_name"),
    ("https://yourdomain.com/secret-path", "example_host"),
    ("https://example.com/secret-path", "example_host"),
    ("https://10.0.0.1/secret-path", "forbidden_address"),
    ("https://127.0.0.1/secret-path", "forbidden_address"),
    ("https://0x7f.1/secret-path", "short_address"),
    ("https://8.526344/secret-path", "short_address"),
    ("https://kubernetes.default.svc/secret-path", "local_name"),
    ("https://crm.corp/secret-path", "local_name"),
    ("https://[64:ff9b::a9fe:a9fe]/secret-path", "forbidden_address"),
    ("https://2130706433/secret-path", "forbidden_address"),
    ("https://169.254.169.254/secret-path", "forbidden_address"),
    ("https://[::1]/secret-path", "forbidden_address"),
    ("https://[::ffff:10.0.0.1]/secret-path", "forbidden_address"),
    ("https://hooks.acme.com/a\\secret-path", "backslash"),
];

/// With the defaults of a deployment: https only, standard ports, public addresses.
async fn strict_world() -> World {
    let lax = ["ALLOW_HTTP", "ALLOW_PORTS", "ALLOW_NETS"];
    lax.into_iter().fold(world().workers(0), Builder::without_env).start().await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_names_its_rule() {
    let world = strict_world().await;
    for (url, rule) in REFUSED {
        let create = world.northwind.admin.post("/v1/webhooks").json(&json!({ "url": url }));
        let problem = create.await.problem(422, "url_refused");
        assert_eq!(problem["rule"], rule, "{url}: {problem:#}");
        assert!(!problem.to_string().contains("secret-path"), "{problem:#}");
    }
    let listed = world.northwind.admin.get("/v1/webhooks").await.items();
    assert!(listed.is_empty(), "{listed:?}");
    assert!(!world.api.process.output().contains("secret-path"), "nor in the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_https_url_is_accepted_and_warned_about() {
    let world = strict_world().await;
    let url = "https://n8n.acme.com/webhook-test/3f0a8a4c";
    let create = world.northwind.admin.post("/v1/webhooks").json(&json!({ "url": url }));
    let created = create.await.expect(201);
    assert_eq!(created["host"], "n8n.acme.com");
    assert_eq!(created["health"], "untested", "{created:#}");
    let warning = created["warnings"][0].as_str().expect("a warning");
    assert!(warning.contains("120 seconds"), "{warning}");
}
