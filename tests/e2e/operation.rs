//! What an operator sees: metrics on a port of their own, health checks, and logs in which no
//! person, secret or path of a URL ever appears.

use std::path::Path;

use support::process::{Finished, Process};
use support::{World, settings};

use crate::{BINARY, world};

pub(crate) async fn metrics(process: &mut Process) -> String {
    let url = process.wait_for(|line| {
        let (_, url) = line.split_once("metrics on ")?;
        url.split_whitespace().next().map(str::to_owned)
    });
    let url = url.await;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let answer = client.get(&url).send().await.expect("an answer from the metrics port");
    answer.text().await.expect("text")
}

/// Reads the metrics until they hold all of these; gauges are measured every few seconds.
async fn until_measured(process: &mut Process, wanted: &[&str]) {
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(100));
    let mut last = String::new();
    let measured = tokio::time::timeout(support::receiver::DEADLINE, async {
        while !wanted.iter().all(|wanted| last.contains(wanted)) {
            tick.tick().await;
            last = metrics(process).await;
        }
    });
    assert!(measured.await.is_ok(), "not all of {wanted:?} in {last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_processes_measure_themselves() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let webhook = world.northwind.register(&receiver.url()).await;
    let export = world.northwind.export(&webhook, 1).await;
    receiver.next().await;
    world.until_status(&world.northwind.recruiter, &export, "delivered").await;
    let of_worker = [
        "talentats_attempts_total{outcome=\"delivered\"} 1",
        "talentats_queue_jobs{state=\"waiting\"} 0",
        "talentats_queue_oldest_due_seconds",
        "talentats_requests_in_flight 0",
        "delivery_seconds_count 1",
    ];
    until_measured(&mut world.workers[0], &of_worker).await;
    let of_api = metrics(&mut world.api.process).await;
    assert!(of_api.contains("/v1/exports/{id}"), "route templates: {of_api}");
    assert!(!of_api.contains(&export), "never paths: {of_api}");
    assert!(!of_api.contains("127.0.0.1"), "hosts are no labels: {of_api}");
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_name_ids_and_nobody() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    receiver.script([support::Answer::status(500).body("secret-answer-of-the-receiver")]);
    let webhook =
        world.northwind.register(&receiver.url_of("/hook/secret-path?key=secret-key")).await;
    let export = world.northwind.export(&webhook, 3).await;
    receiver.next_many(2).await;
    world.until_status(&world.northwind.recruiter, &export, "delivered").await;
    let list = world.northwind.admin.get("/v1/vacancies/{id}/applications");
    let vacancy = world.northwind.vacancy("V-1").await;
    list.id(&vacancy).query("q", "ada7@example.com").await.expect(200);
    let output = all_output(&world);
    let bodies = ["Ada0", "ada7@", "ada0@example.com", "secret-", &webhook.secret];
    for never in bodies.into_iter().chain([settings::SECRET_KEYS, "eyJ"]) {
        assert!(!output.contains(never), "{never} in {output}");
    }
}

fn all_output(world: &World) -> String {
    world.workers.iter().chain([&world.api.process]).map(Process::output).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_health_check_tells_by_its_exit_code() {
    let mut world = world().start().await;
    let api = world.api.url.clone();
    let address = api.socket_addrs(|| None).expect("an address")[0].to_string();
    let well = check(&world, &["healthcheck", "api", "--api-addr", &address]).await;
    assert!(well.status.success(), "{}", well.output);
    world.api.process.kill().await;
    let ill = check(&world, &["healthcheck", "api", "--api-addr", &address]).await;
    assert_eq!(ill.status.code(), Some(1), "{}", ill.output);
}

async fn check(world: &World, arguments: &[&str]) -> Finished {
    Process::start("healthcheck", Path::new(BINARY), arguments, world.env()).finished().await
}
