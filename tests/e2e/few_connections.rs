//! Thirty connections in all for three workers and two APIs, whoever comes first: everything works.

use std::path::Path;

use support::process::Process;
use support::world::Api;
use support::{World, ask_for_export, id_of};

use crate::{BINARY, world};

const CONNECTIONS: u16 = 30;
const EXPORTS: usize = 60;

async fn start(world: &World, order: &str) -> (Vec<Api>, Vec<Process>) {
    let (mut apis, mut workers) = (Vec::new(), Vec::new());
    for which in order.chars() {
        match which {
            'a' => apis.push(Api::start(Path::new(BINARY), world.env()).await),
            _ => workers.push(world.worker(world.env())),
        }
    }
    (apis, workers)
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_works_on_thirty_connections_in_any_order_of_start() {
    for order in ["awww", "wwaw"] {
        let world = world().max_connections(CONNECTIONS).workers(0).env("LEASE", "3s");
        let mut world = world.start().await;
        let mut receiver = world.receiver();
        let northwind = world.northwind.clone();
        let webhook = northwind.register(&receiver.url()).await;
        let (vacancy, picked) = northwind.pick(2).await;
        let (apis, mut workers) = start(&world, order).await;
        for worker in &mut workers {
            worker.wait_for(|line| line.contains("worker starts").then_some(())).await;
        }

        // Many at once, so that each pool takes all that it may.
        let clients = [northwind.recruiter.clone(), northwind.other_recruiter.clone()];
        let asked = (0..EXPORTS).map(|n| {
            let client = &clients[n % clients.len()];
            let lists = apis[0].anonymous().get("/readyz");
            let ask = ask_for_export(client, &webhook, &vacancy, &picked);
            async move { tokio::join!(ask, lists) }
        });
        let asked = futures_util::future::join_all(asked).await;
        let mut exports = Vec::new();
        for (asked, ready) in asked {
            assert_eq!(ready.status, 200, "order {order}: {}", ready.text());
            exports.push(id_of(&asked.expect(202)));
        }
        for export in &exports {
            world.until_status(&northwind.admin, export, "delivered").await;
        }
        receiver.next().await;
        for export in &exports {
            let attempts = world.attempts(&northwind.admin, export).await;
            assert_eq!(attempts.len(), 1, "order {order}: no lease was lost: {attempts:#?}");
        }
        for process in workers.iter().chain(apis.iter().map(|api| &api.process)) {
            let output = process.output();
            assert!(!output.contains("could not"), "order {order}: {output}");
        }
    }
}
