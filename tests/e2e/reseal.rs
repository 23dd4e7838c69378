//! A key ends its life while everything runs: a new one comes in front, what the old one sealed is sealed
//! again, and the old one goes. Every webhook delivers and signs as before.

use std::future::IntoFuture;
use std::path::Path;

use futures_util::future::join_all;
use serde_json::json;
use support::process::{Env, Finished, Process};
use support::settings::SECRET_KEYS;
use support::{World, ask_for_export, id_of};

use crate::{BINARY, sql, world};

const NEW_KEY: &str = "k2:YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=";

async fn run(world: &World, command: &'static str, secret_keys: &str) -> Finished {
    let mut env: Env = world.env().clone();
    env.insert("SECRET_KEYS".to_owned(), secret_keys.to_owned());
    Process::start(command, Path::new(BINARY), &[command], &env).finished().await
}

fn assert_told(finished: &Finished, good: bool, words: &[&str]) {
    assert_eq!(finished.status.success(), good, "{}", finished.output);
    for word in words {
        assert!(finished.output.contains(word), "{word}: {}", finished.output);
    }
    assert!(!finished.output.contains("YWJj"), "a key in {}", finished.output);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_key_is_let_go_while_everything_runs() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let northwind = world.northwind.clone();
    let mut hooks = Vec::new();
    for number in 0..3 {
        hooks.push(northwind.register(&receiver.url_of(&format!("/{number}"))).await);
    }
    // An earlier secret signs along: it is sealed, too.
    northwind.admin.post("/v1/webhooks/{id}/rotate-secret").id(&hooks[0].id).await.expect(200);
    let both = format!("{NEW_KEY},{SECRET_KEYS}");
    assert_told(
        &run(&world, "doctor", SECRET_KEYS).await,
        true,
        &["7 sealed values open with the key k1"],
    );
    let before = run(&world, "doctor", &both).await;
    assert_told(&before, true, &["0 sealed values open with the key k2", "`talentats reseal`"]);
    let lost = run(&world, "doctor", NEW_KEY).await;
    assert_told(
        &lost,
        false,
        &["!! keys: 7 sealed values are under the key k1, which SECRET_KEYS lacks"],
    );
    let shut = run(&world, "reseal", NEW_KEY).await;
    assert_told(
        &shut,
        false,
        &["0 sealed values", "left under the key k1: 0 that open, 7 that do not"],
    );

    // New processes seal under the new key, and open both.
    world.set_env("SECRET_KEYS", &both);
    let api = support::world::Api::start(Path::new(BINARY), world.env()).await;
    let admin = api.anonymous().with_token(northwind.admin.token().expect("a token"));
    world.workers[0].terminate().await;
    world.start_worker().await;
    let newer = json!({ "url": receiver.url_of("/new") });
    let newer = admin.post("/v1/webhooks").json(&newer).await.expect(201);
    let secret = newer["secret"].as_str().expect("shown once").to_owned();
    let newer = support::Webhook { id: id_of(&newer), secret };
    // Two at once, and a rotation and exports meanwhile.
    let rotate = admin.post("/v1/webhooks/{id}/rotate-secret").id(&hooks[1].id);
    let (vacancy, picked) = northwind.pick(1).await;
    let recruiter = api.anonymous().with_token(northwind.recruiter.token().expect("a token"));
    let exports =
        hooks.iter().map(|hook| ask_for_export(&recruiter, hook, &vacancy, &picked).into_future());
    let (first, second, rotated, exports) = tokio::join!(
        run(&world, "reseal", &both),
        run(&world, "reseal", &both),
        rotate,
        join_all(exports)
    );
    rotated.expect(200);
    let again = run(&world, "reseal", &both).await;
    assert_told(&again, true, &["all 10 are under k2"]);
    assert!(first.status.success() || second.status.success(), "{}", first.output);
    let after = run(&world, "doctor", &both).await;
    assert_told(
        &after,
        true,
        &["10 sealed values open with the key k2", "the key k1 seals nothing: it may leave"],
    );
    for export in exports {
        world.until_status(&northwind.recruiter, &id_of(&export.expect(202)), "delivered").await;
    }

    // The old key is gone.
    world.set_env("SECRET_KEYS", NEW_KEY);
    world.workers[1].terminate().await;
    world.start_worker().await;
    let alone = support::world::Api::start(Path::new(BINARY), world.env()).await;
    let admin = alone.anonymous().with_token(northwind.admin.token().expect("a token"));
    receiver.next_many(3).await;
    for hook in hooks.iter().chain([&newer]) {
        let test = admin.post("/v1/webhooks/{id}/test").id(&hook.id).await.expect(202);
        receiver.next().await.assert_signed_with(&hook.secret);
        world.until_status(&northwind.admin, &id_of(&test), "delivered").await;
    }
    let url = json!({ "url": receiver.url_of("/2") });
    admin.post("/v1/webhooks").json(&url).await.problem(409, "webhook_exists");
    let shown = admin.get("/v1/webhooks/{id}").id(&hooks[2].id).await.expect(200);
    assert_eq!(shown["url"], receiver.url_of("/2").as_str());

    // What was spoilt is told, and nothing else suffers.
    sql(
        &world,
        "UPDATE webhooks SET url_sealed = set_byte(url_sealed, length(url_sealed) - 1,
             255 - get_byte(url_sealed, length(url_sealed) - 1))
         WHERE id = (SELECT max(id::text)::uuid FROM webhooks)",
    )
    .await;
    let spoilt = run(&world, "reseal", NEW_KEY).await;
    assert_told(&spoilt, false, &["1 of 10 sealed values"]);
    assert_told(
        &run(&world, "doctor", NEW_KEY).await,
        false,
        &["!! keys: 9 sealed values open", "1 that name it were spoilt"],
    );
}
