//! Processes that start before what they need: they wait for Postgres and for the migrations, say
//! so, and begin by themselves.

use std::net::TcpListener;
use std::path::Path;

use support::process::{Env, Process};
use support::world::Api;
use support::{Answer, World};

use crate::{BINARY, outage, world};

/// What a process says while it waits.
async fn says(process: &mut Process, text: &str) {
    process.wait_for(|line| line.contains(text).then_some(())).await;
}

async fn until_ready(api: &Api) {
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(50));
    let ready = tokio::time::timeout(support::receiver::DEADLINE, async {
        while api.anonymous().get("/readyz").await.status != 200 {
            tick.tick().await;
        }
    });
    ready.await.expect("the API gets ready");
}

async fn assert_waits(api: &Api, reason: &str) {
    let refused = api.anonymous().get("/readyz").await;
    refused.problem(503, "unavailable");
    assert!(refused.text().contains(reason), "{}", refused.text());
    assert!(refused.header("retry-after").is_some());
    assert_eq!(api.anonymous().get("/healthz").await.status, 200, "the process itself is well");
}

fn lines(process: &Process, text: &str) -> usize {
    process.output().lines().filter(|line| line.contains(text)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_wait_for_postgres() {
    let mut world = world().own_cluster().workers(0).start().await;
    let mut receiver = world.receiver();
    receiver.script([Answer::status(200)]);
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 1).await;
    world.cluster.as_mut().expect("its own").stop().await;

    let mut worker = world.worker(world.env());
    let mut api = Api::start(Path::new(BINARY), world.env()).await;
    for process in [&mut worker, &mut api.process] {
        says(process, "Postgres is away").await;
    }
    assert_waits(&api, "cannot be reached").await;
    assert_eq!(lines(&worker, "worker starts"), 0);
    world.cluster.as_mut().expect("its own").resume().await;
    until_ready(&api).await;
    says(&mut worker, "worker starts").await;
    receiver.next().await;
    world.until_ready(&world.northwind.recruiter, &export, "delivered").await;
    for process in [&worker, &api.process] {
        assert_eq!(lines(process, "Postgres is away"), 1, "{}", process.output());
        assert_eq!(lines(process, "Postgres is back"), 1, "{}", process.output());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_wait_for_the_migrations() {
    let world = world().workers(0).start().await;
    let database = "waits_for_migrations";
    outage::psql(&world, &format!("CREATE DATABASE {database}"));
    let mut env = world.env().clone();
    let url = env["DATABASE_URL"].clone();
    let (head, query) = url.split_once('?').expect("a socket");
    let own = format!("{}/{database}?{query}", head.rsplit_once('/').expect("a database").0);
    env.insert("DATABASE_URL".to_owned(), own);

    // Nothing is there yet; then the newest migration of all is missing.
    for delete_newest in [false, true] {
        if delete_newest {
            let newest = "(SELECT max(version) FROM __diesel_schema_migrations)";
            let delete = "DELETE FROM __diesel_schema_migrations WHERE version =";
            outage::sql(&env, &format!("CREATE TABLE put_aside AS SELECT {newest} AS version"));
            outage::sql(&env, &format!("{delete} {newest}"));
        }
        let mut worker = world.worker(&env);
        let mut api = Api::start(Path::new(BINARY), &env).await;
        for process in [&mut worker, &mut api.process] {
            says(process, "the database lacks migrations of this version").await;
        }
        assert_waits(&api, "run talentats migrate").await;
        assert_eq!(lines(&worker, "worker starts"), 0);
        if delete_newest {
            outage::sql(
                &env,
                "INSERT INTO __diesel_schema_migrations SELECT version FROM put_aside",
            );
        } else {
            support::run(Path::new(BINARY), &["migrate"], &env).await;
        }
        until_ready(&api).await;
        says(&mut worker, "worker starts").await;
        for process in [&worker, &api.process] {
            assert_eq!(lines(process, "lacks migrations"), 1, "{}", process.output());
            assert_eq!(lines(process, "the migrations have run"), 1, "{}", process.output());
        }
    }
}

/// What waiting alone does not heal is said at once, with what to do.
#[tokio::test(flavor = "multi_thread")]
async fn what_will_not_heal_by_waiting_is_told_clearly() {
    let world = world().workers(0).start().await;
    let url = &world.env()["DATABASE_URL"];
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let with = |name: &str, value: &str| {
        let (head, query) = url.split_once('?').expect("a socket");
        let socket = query.split('&').find(|part| part.starts_with("host=")).expect("a socket");
        match name {
            "database" => format!("postgresql:///{value}?{query}"),
            _ => format!("{head}?{socket}&user={value}"),
        }
    };
    let table = [
        (with("database", "nowhere"), "create the database, or correct its name in DATABASE_URL"),
        (with("user", "nobody_at_all"), "create the role, or correct the user in DATABASE_URL"),
        (format!("postgres://app:geheim@127.0.0.1:{port}/talentats"), "Connection refused"),
    ];
    for (url, expected) in table {
        let mut env: Env = world.env().clone();
        env.insert("DATABASE_URL".to_owned(), url);
        let mut worker = world.worker(&env);
        says(&mut worker, expected).await;
        worker.terminate().await;
        let finished = worker.finished().await;
        assert!(
            finished.status.success(),
            "it waits until it is told to stop: {}",
            finished.output
        );
        assert!(!finished.output.contains("geheim"), "{}", finished.output);
        assert_eq!(finished.output.matches("Postgres is away").count(), 1, "{}", finished.output);
    }
}

/// `migrate` waits as well, but not for ever.
#[tokio::test(flavor = "multi_thread")]
async fn migrate_waits_for_postgres() {
    let mut world: World = world().own_cluster().workers(0).start().await;
    world.cluster.as_mut().expect("its own").stop().await;
    let start = |wait| {
        let arguments = ["migrate", "--wait", wait];
        Process::start("migrate", Path::new(BINARY), &arguments, world.env())
    };
    let mut patient = start("1h");
    says(&mut patient, "waiting for Postgres, 3600 s at most").await;
    let gave_up = start("1s").finished().await;
    assert!(!gave_up.status.success());
    assert!(gave_up.output.contains("check DATABASE_URL"), "{}", gave_up.output);
    world.cluster.as_mut().expect("its own").resume().await;
    let finished = patient.finished().await;
    assert!(finished.status.success(), "{}", finished.output);
    assert_eq!(finished.output.matches("waiting for Postgres").count(), 1, "{}", finished.output);
}
