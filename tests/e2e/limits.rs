//! Who asks too much is refused for a while, and says nothing about others: one caller, one organisation.

use support::{Client, Reply};

use crate::world;

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_too_much_waits() {
    let limits = world().workers(0).env("CALLER_LIMIT", "1").env("ORGANISATION_LIMIT", "200");
    let world = limits.start().await;
    let (rosa, ralf) = (&world.northwind.recruiter, &world.northwind.other_recruiter);
    let first = rosa.get("/v1/me").await;
    let policy = "\"caller\";q=10;w=10, \"organisation\";q=2000;w=10";
    assert_eq!(first.header("ratelimit-policy"), Some(policy));
    let left = first.header("ratelimit").expect("what is left");
    assert!(left.starts_with("\"caller\";r=9;t=1, \"organisation\";r=1999;t="), "{left}");
    let limits = &first.expect(200)["limits"];
    assert_eq!((&limits["caller_requests_per_s"], &limits["max_streams"]), (&1.into(), &10.into()));

    let refused = until_refused(rosa).await;
    let left = refused.header("ratelimit").expect("nothing is left");
    assert!(left.starts_with("\"caller\";r=0;t="), "{left}");
    let after: u64 = refused.header("retry-after").expect("a time").parse().expect("seconds");
    assert!((1..=2).contains(&after), "{after}");
    refused.problem(429, "too_many_requests");
    // Before the role, and before anything is looked up; a bad token is refused as such.
    let forbidden = rosa.post("/v1/import").await;
    assert!([403, 429].contains(&forbidden.status));
    rosa.with_token("nonsense").get("/v1/me").await.problem(401, "unauthenticated");
    ralf.get("/v1/me").await.expect(200);
    let support = world.support.get("/v1/me").await;
    assert_eq!(support.header("ratelimit-policy"), Some("\"caller\";q=10;w=10"));
    let limits = &support.expect(200)["limits"];
    assert_eq!(limits["organisation_requests_per_s"], serde_json::Value::Null);
    let anonymous = world.anonymous.get("/healthz").await;
    assert_eq!(anonymous.header("ratelimit"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_shares_its_limit() {
    let limits = world().workers(0).env("ORGANISATION_LIMIT", "1");
    let world = limits.start().await;
    let northwind = &world.northwind;
    let refused = until_refused(&northwind.recruiter).await;
    assert_eq!(refused.header("ratelimit-policy"), Some("\"organisation\";q=10;w=10"));
    until_refused(&northwind.admin).await;
    world.contoso.admin.get("/v1/me").await.expect(200);
    let support = world.support.get("/v1/me").await;
    assert_eq!(support.header("ratelimit"), None, "of no organisation");
    support.expect(200);
}

/// Only so often the database is asked for a key that does not work.
#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_that_asks_on_is_refused_without_a_look() {
    let world = world().workers(0).env("CALLER_LIMIT", "1").start().await;
    let northwind = &world.northwind;
    let made = northwind.new_api_key("Left behind", "recruiter").await;
    let program = world.anonymous.with_token(made["secret"].as_str().expect("shown once"));
    program.get("/v1/me").await.expect(200);
    let id = support::id_of(&made);
    northwind.admin.delete("/v1/api-keys/{id}").id(&id).await.expect(204);
    program.get("/v1/me").await.problem(401, "unauthenticated");
    let refused = until_refused(&program).await;
    assert!(refused.header("retry-after").is_some());
    refused.problem(429, "too_many_requests");
    northwind.recruiter.get("/v1/me").await.expect(200);
}

/// As many as a bucket holds, and those that a slow machine lets flow into it meanwhile.
async fn until_refused(client: &Client) -> Reply {
    for _ in 0..100 {
        let calls = (0..20).map(|_| {
            tokio::spawn({
                let call = client.get("/v1/me");
                async { call.await }
            })
        });
        for call in calls.collect::<Vec<_>>() {
            let reply = call.await.expect("an answer");
            if reply.status == 429 {
                return reply;
            }
        }
    }
    panic!("nothing was refused");
}
