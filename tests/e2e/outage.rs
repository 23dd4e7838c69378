//! Postgres goes away and comes back: the API says so, the worker waits, and both go on.

use support::{Answer, ask_for_export};

use crate::world;

#[tokio::test(flavor = "multi_thread")]
async fn both_go_on_when_it_is_back() {
    let mut world = world().own_cluster().start().await;
    let mut receiver = world.receiver();
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let (vacancy, picked) = northwind.pick(1).await;
    receiver.script([Answer::status(200).held()]);
    let ask = ask_for_export(&northwind.recruiter, &webhook, &vacancy, &picked);
    let on_the_wire = support::id_of(&ask.clone().await.expect(202));
    receiver.next().await;

    world.cluster.as_mut().expect("its own").stop().await;
    let refused = ask.clone().await;
    refused.problem(503, "unavailable");
    let seconds: u64 = refused.header("retry-after").expect("when").parse().expect("seconds");
    assert!(seconds >= 1);
    world.anonymous.get("/readyz").await.problem(503, "unavailable");
    assert_eq!(world.anonymous.get("/healthz").await.status, 200, "the process itself is well");
    // Its answer arrives while there is no database to write it to.
    receiver.release(1);
    world.cluster.as_mut().expect("its own").resume().await;

    let ended = world.until_ready(&northwind.recruiter, &on_the_wire, "delivered").await;
    assert_eq!(ended["attempt_count"], 1, "the result was kept meanwhile: {ended:#}");
    let later = support::id_of(&ask.await.expect(202));
    receiver.next().await;
    world.until_status(&northwind.recruiter, &later, "delivered").await;
    receiver.assert_no_more();
}
