//! What lies between a process and Postgres: a way that mixes up what several clients do is refused
//! by each of them, in a sentence; one that only shares sessions works.

use std::path::{Path, PathBuf};

use reqwest::Url;
use support::pooler::{Pooler, Sharing};
use support::process::{Env, Process};
use support::world::Api;
use support::{Answer, World};

use crate::{BINARY, world};

/// The folder of Postgres' socket, the database and its user.
fn parts(world: &World) -> (PathBuf, String, String) {
    let url = Url::parse(&world.env()["DATABASE_URL"]).expect("a URL");
    let query = |name: &str| {
        let found = url.query_pairs().find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned()).expect("a parameter")
    };
    (query("host").into(), url.path().trim_start_matches('/').to_owned(), query("user"))
}

async fn pooler(world: &World, sharing: Sharing) -> (Pooler, Env) {
    let (folder, database, user) = parts(world);
    let pooler = Pooler::start(folder, sharing).await;
    let mut env = world.env().clone();
    env.insert("DATABASE_URL".to_owned(), pooler.url(&database, &user));
    (pooler, env)
}

fn told(process: &Process, text: &str) -> usize {
    process.output().lines().filter(|line| line.contains(text)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_mixes_up_what_clients_prepare_is_refused_by_each_of_them() {
    let world = world().workers(0).start().await;
    for (sharing, sentence) in [
        (Sharing::Mixed, "mixes up their prepared statements"),
        (Sharing::ByStatement, "shares connections by statement"),
    ] {
        let (_pooler, env) = pooler(&world, sharing).await;
        let mut workers = [(); 3].map(|()| world.worker(&env));
        let mut api = Api::start(Path::new(BINARY), &env).await;
        for process in workers.iter_mut().chain([&mut api.process]) {
            process.wait_for(|line| line.contains(sentence).then_some(())).await;
            assert_eq!(told(process, "nothing is done"), 1, "{}", process.output());
            assert_eq!(told(process, "worker starts"), 0, "{}", process.output());
        }
        let readiness = api.anonymous().get("/readyz").await;
        readiness.problem(503, "unavailable");
        assert_eq!(api.anonymous().get("/healthz").await.status, 200);
        for _ in 0..20 {
            api.anonymous().get("/readyz").await.problem(503, "unavailable");
        }
        let warnings = told(&api.process, " WARN ") - told(&api.process, "ALLOW_");
        assert_eq!(warnings, 1, "{}", api.process.output());
        assert_eq!(told(&api.process, " ERROR "), 0, "{}", api.process.output());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_keeps_them_apart_works_and_what_it_cannot_do_is_told() {
    let mut world = world().workers(0).start().await;
    let receiver = world.receiver();
    let (pooler, env) = pooler(&world, Sharing::Apart).await;
    let mut workers = [(); 3].map(|()| world.worker(&env));
    let mut api = Api::start(Path::new(BINARY), &env).await;
    for worker in &mut workers {
        worker.wait_for(|line| line.contains("worker starts").then_some(())).await;
        let unheard = "notifications do not come through";
        worker.wait_for(|line| line.contains(unheard).then_some(())).await;
    }
    for process in workers.iter_mut().chain([&mut api.process]) {
        let role = "the role talentats_app which one takes stays for the next";
        process.wait_for(|line| line.contains(role).then_some(())).await;
    }
    assert_eq!(api.anonymous().get("/readyz").await.status, 200);
    receiver.script([Answer::status(503), Answer::status(200), Answer::status(200)]);
    let webhook = world.northwind.register(&receiver.url()).await;
    for _ in 0..2 {
        let export = world.northwind.export(&webhook, 2).await;
        world.until_status(&world.northwind.recruiter, &export, "delivered").await;
    }
    for worker in &workers {
        assert_eq!(told(worker, "wake-ups are back"), 0, "{}", worker.output());
    }
    let (sessions, clients) = pooler.sessions_and_clients();
    assert!(sessions < clients, "{sessions} sessions for {clients} clients");
}
