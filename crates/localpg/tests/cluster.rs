//! Clusters on the Postgres that is installed here.

use std::path::PathBuf;
use std::process::Command;

use localpg::{Cluster, Error, Options};

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    localpg::remove(&folder.join("postgres")).expect("removable");
    folder
}

fn options(name: &str) -> Options {
    Options { durable: false, ..Options::new(folder(name).join("postgres")) }
}

fn psql(url: &str, sql: &str) -> String {
    let output = Command::new("psql").args(["-XAtq", url, "-c", sql]).output().expect("psql");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn data_outlive_a_restart_and_nobody_else_gets_in_meanwhile() {
    let options = options("restart");
    let cluster = Cluster::start(&options).expect("a cluster");
    cluster.ensure_database("app").expect("made");
    cluster.ensure_database("app").expect("there already");
    psql(&cluster.url("app"), "CREATE TABLE t AS SELECT 'Ωμέγα'::text AS word");
    let second = Cluster::start(&options).expect_err("in use");
    assert!(matches!(second, Error::InUse(_)), "{second}");
    cluster.stop();

    let cluster = Cluster::start(&options).expect("again");
    assert_eq!(psql(&cluster.url("app"), "SELECT lower(word) FROM t"), "ωμέγα");
    assert_eq!(psql(&cluster.url("app"), "SHOW listen_addresses"), "");
    let socket = cluster.socket_dir().join(".s.PGSQL.5432");
    assert!(cluster.is_running() && socket.exists());
    drop(cluster);
    assert!(!socket.exists());
}

#[test]
fn what_was_committed_outlives_a_crash() {
    let options = Options { durable: true, ..options("crash") };
    let cluster = Cluster::start(&options).expect("a cluster");
    psql(&cluster.url("postgres"), "CREATE TABLE t AS SELECT 7 AS n");
    cluster.stop_immediately();
    let cluster = Cluster::start(&options).expect("recovered");
    assert_eq!(psql(&cluster.url("postgres"), "SELECT n FROM t"), "7");
    let data = std::fs::canonicalize(&options.data_dir).expect("made");
    let log = std::fs::read_to_string(data.join("server.log")).expect("a log");
    assert!(log.contains("automatic recovery in progress"), "it was no crash: {log}");
}

#[test]
fn a_template_is_copied() {
    let cluster = Cluster::throwaway().expect("a cluster");
    cluster.ensure_database("template_app").expect("made");
    psql(&cluster.url("template_app"), "CREATE TABLE t AS SELECT 7 AS n");
    cluster.create_database("test_1", "template_app").expect("copied");
    assert_eq!(psql(&cluster.url("test_1"), "SELECT n FROM t"), "7");
    let again = cluster.create_database("test_1", "template_app").expect_err("exists");
    assert!(again.to_string().contains("already exists"), "{again}");
    let injected = cluster.ensure_database("x; DROP DATABASE app").expect_err("no name");
    assert!(matches!(injected, Error::Name(_)), "{injected}");
}

#[test]
fn two_clusters_run_side_by_side() {
    let [one, two] = [(); 2].map(|()| Cluster::throwaway().expect("a cluster"));
    assert_ne!(one.url("postgres"), two.url("postgres"));
    let [data_one, data_two] =
        [&one, &two].map(|cluster| psql(&cluster.url("postgres"), "SHOW data_directory"));
    assert_ne!(data_one, data_two);
    let root = one.socket_dir().to_owned();
    drop(one);
    assert!(!root.exists() && two.is_running());
}

#[test]
fn a_broken_off_initialisation_is_made_again() {
    let options = options("broken-off");
    Cluster::start(&options).expect("a cluster").stop();
    let data = std::fs::canonicalize(&options.data_dir).expect("made");
    std::fs::rename(data.join("cluster"), data.join("unfinished")).expect("renamed");
    let cluster = Cluster::start(&options).expect("made again");
    assert_eq!(psql(&cluster.url("postgres"), "SELECT 1"), "1");
}

#[test]
fn a_server_that_gives_up_tells_why() {
    let options = options("gives-up");
    Cluster::start(&options).expect("a cluster").stop();
    let data = std::fs::canonicalize(&options.data_dir).expect("made");
    std::fs::write(data.join("cluster/postgresql.conf"), "no_such_setting = 1\n").expect("written");
    let error = Cluster::start(&options).expect_err("gives up").to_string();
    assert!(error.contains("no_such_setting") || error.contains("configuration"), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
}

#[test]
fn threads_that_start_clusters_at_once_get_one_each() {
    let starting: Vec<_> = (0..3)
        .map(|_| std::thread::spawn(|| Cluster::throwaway().map(|it| it.url("postgres"))))
        .collect();
    let urls: std::collections::BTreeSet<_> =
        starting.into_iter().map(|it| it.join().expect("no panic").expect("a cluster")).collect();
    assert_eq!(urls.len(), 3);
}
