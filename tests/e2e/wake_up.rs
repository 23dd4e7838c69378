//! An idle worker hears of an export, and finds what it did not hear of.

use crate::world;

#[tokio::test]
async fn exports_arrive_although_nobody_hears_of_them() {
    // Whoever listens here never hears: the worker has only its polling.
    let builder = world().env("DATABASE_LISTEN_URL", "postgres://127.0.0.1:9/none");
    let mut world = builder.start().await;
    let mut receiver = world.receiver();
    let webhook = world.northwind.register(&receiver.url()).await;
    for _ in 0..3 {
        let export = world.northwind.export(&webhook, 1).await;
        assert_eq!(receiver.next().await.header("webhook-id"), export);
        world.until_status(&world.northwind.recruiter, &export, "delivered").await;
    }
    let told = world.workers[0].output();
    assert!(told.contains("no wake-ups for now"), "the log says what is missing: {told}");
}
