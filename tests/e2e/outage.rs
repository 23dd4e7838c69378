//! Postgres goes away and comes back, or takes no writes for a while: the API says so, the worker
//! waits, and both go on.

use std::process::Command;

use support::process::Env;
use support::{Answer, World, ask_for_export};

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
    // However many ask meanwhile: the log has one line.
    let asked = (0..20).map(|_| ask.clone().into_future());
    for refused in futures_util::future::join_all(asked).await {
        refused.problem(503, "unavailable");
    }
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
    for process in [&world.api.process, &world.workers[0]] {
        let output = process.output();
        let told = |text| output.lines().filter(|line| line.contains(text)).count();
        assert_eq!((told("Postgres is away"), told("Postgres is back")), (1, 1), "{output}");
        // The worker tells of its wake-ups beside that.
        assert!(told(" WARN ") - told("ALLOW_") <= 2 && told(" ERROR ") == 0, "{output}");
    }
}

/// Says something to the database of a world, whatever sessions are set to there.
pub(crate) fn psql(world: &World, text: &str) {
    sql(world.env(), text);
}

/// The same to the database that processes of this environment have.
pub(crate) fn sql(env: &Env, sql: &str) {
    let url = &env["DATABASE_URL"];
    let mut psql = Command::new("psql");
    psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, url]);
    psql.env("PGOPTIONS", "-c default_transaction_read_only=off");
    let output = psql.output().expect("psql is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What a failover looks like from here: sessions end, and those that begin cannot write.
fn set_read_only(world: &World, value: &str) {
    let alter = format!("ALTER DATABASE %I SET default_transaction_read_only = {value}");
    psql(world, &format!("DO $$ BEGIN EXECUTE format('{alter}', current_database()); END $$"));
}

fn cut_sessions(world: &World) {
    let others = "datname = current_database() AND pid <> pg_backend_pid()";
    psql(world, &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_work_again_as_soon_as_the_database_takes_them() {
    let mut world = world().start().await;
    let mut receiver = world.receiver();
    let northwind = world.northwind.clone();
    let webhook = northwind.register(&receiver.url()).await;
    let (vacancy, picked) = northwind.pick(1).await;
    let ask = ask_for_export(&northwind.recruiter, &webhook, &vacancy, &picked);

    set_read_only(&world, "on");
    cut_sessions(&world);
    for _ in 0..3 {
        let refused = ask.clone().await;
        refused.problem(503, "unavailable");
        assert!(refused.header("retry-after").is_some());
        world.anonymous.get("/readyz").await.problem(503, "unavailable");
    }
    set_read_only(&world, "off");
    // Sessions that began meanwhile stay as they are: nobody ends them but their pool.
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(50));
    let accepted = tokio::time::timeout(support::receiver::DEADLINE, async {
        loop {
            tick.tick().await;
            let reply = ask.clone().await;
            if reply.status == 202 {
                return support::id_of(&reply.expect(202));
            }
            reply.problem(503, "unavailable");
        }
    });
    let export = accepted.await.expect("writing works again");
    receiver.next().await;
    world.until_status(&northwind.recruiter, &export, "delivered").await;
    assert_eq!(world.anonymous.get("/readyz").await.status, 200);
}
