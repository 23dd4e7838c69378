//! A migrated database with queued exports, and the questions that the benchmark asks it.

use std::fmt::Write;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use domain::id::{OrganisationId, WebhookId};
use domain::sealing::{Context, Field, SealingKeys};
use domain::signature::SigningSecret;
use localpg::Cluster;
use uuid::Uuid;

/// Organisations.
pub const ORGANISATIONS: u32 = 4;
/// Webhooks, spread over the organisations.
pub const WEBHOOKS: u32 = 200;
/// Sealing key of the benchmark.
pub const SECRET_KEYS: &str = "bench:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// The payload: about 2 KB.
pub fn body() -> Vec<u8> {
    include_bytes!("payload.json").to_vec()
}

/// A new database with that many queued exports; its name.
pub fn fresh_database(cluster: &Cluster, receiver: String, exports: u32) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let database = format!("bench_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    cluster.ensure_database(&database).expect("a database");
    store::migrate::run(&cluster.url(&database)).expect("migrations");
    psql(cluster, &database, &tenants(&receiver));
    psql(cluster, &database, &queue(exports));
    psql(cluster, &database, "VACUUM ANALYZE");
    psql(cluster, &database, "CHECKPOINT");
    database
}

fn tenants(receiver: &str) -> String {
    let keys = SealingKeys::parse(SECRET_KEYS).expect("keys");
    let secret = SigningSecret::from_random([7; 32]).reveal();
    let mut sql = String::new();
    for number in 0..ORGANISATIONS {
        let id = organisation(number);
        writeln!(sql, "INSERT INTO organisations (id, name) VALUES ('{id}', 'Bench {number}');")
            .expect("a string");
    }
    for number in 0..WEBHOOKS {
        let (organisation, webhook) = (organisation(number % ORGANISATIONS), webhook(number));
        let seal = |field, value: &str| {
            let context = Context { organisation, webhook, field };
            hex(&keys.seal(context, [1; 24], value))
        };
        let url = format!("{receiver}/hook/{number}");
        let (url_sealed, secret_sealed) = (seal(Field::Url, &url), seal(Field::Secret, &secret));
        writeln!(sql,
            "INSERT INTO webhooks (organisation_id, id, name, host, url_sealed, url_hmac, include, created_by_type, created_by_id, created_by_name, created_by_email)
             VALUES ('{organisation}', '{webhook}', 'hook {number}', '127.0.0.1', '{url_sealed}', '\\x{number:08x}', '{{}}', 'member', 'ada', 'Ada', 'ada@example.com');
             INSERT INTO webhook_secrets (organisation_id, webhook_id, secret_sealed) VALUES ('{organisation}', '{webhook}', '{secret_sealed}');
             INSERT INTO lanes (organisation_id, webhook_id, next_run_at) VALUES ('{organisation}', '{webhook}', now());").expect("a string");
    }
    sql
}

fn queue(exports: u32) -> String {
    let body = hex(&body());
    let bytes = self::body().len();
    format!(
        "INSERT INTO exports (organisation_id, id, type, webhook_id, webhook_name, host, requested_by_type, requested_by_id,
             requested_by_name, requested_by_email, candidate_count, payload_bytes, payload_sha256)
         SELECT w.organisation_id, uuid_v7(), 'candidates', w.id, w.name, w.host, 'member', 'ada', 'Ada', 'ada@example.com',
             1, {bytes}, sha256('{body}')
         FROM generate_series(1, {exports} / {WEBHOOKS}) n, webhooks w ORDER BY n, w.id;
         INSERT INTO export_applications SELECT organisation_id, id, 1, id, id FROM exports;
         INSERT INTO export_payloads SELECT organisation_id, id, '{body}' FROM exports;
         INSERT INTO export_jobs (organisation_id, export_id, webhook_id, run_at, payload_bytes)
         SELECT organisation_id, id, webhook_id, now(), payload_bytes FROM exports;"
    )
}

/// Waits, inside Postgres, until no export has work to do; fails after five minutes.
pub fn wait_until_finished(cluster: &Cluster, database: &str) {
    let wait = "DO $$ BEGIN
        FOR look IN 1..6000 LOOP
            EXIT WHEN NOT EXISTS (SELECT FROM export_jobs);
            PERFORM pg_sleep(0.05);
            COMMIT;
        END LOOP;
        ASSERT NOT EXISTS (SELECT FROM export_jobs), 'the worker does not finish';
    END $$";
    psql(cluster, database, wait);
}

/// Exports that were delivered.
pub fn delivered(cluster: &Cluster, database: &str) -> u32 {
    number(cluster, database, "SELECT count(*) FROM exports WHERE end_state = 'delivered'") as u32
}

/// From the first claim to the last recorded end, by the database's clock.
pub fn span_seconds(cluster: &Cluster, database: &str) -> f64 {
    let query = "SELECT extract(epoch FROM (SELECT max(finished_at) FROM exports) - (SELECT min(started_at) FROM attempts))";
    number(cluster, database, query)
}

fn number(cluster: &Cluster, database: &str, query: &str) -> f64 {
    psql(cluster, database, query).trim().parse().expect("a number")
}

/// Runs SQL; what it printed.
pub fn psql(cluster: &Cluster, database: &str, sql: &str) -> String {
    let mut psql = Command::new("psql")
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", &cluster.url(database)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("psql is installed");
    psql.stdin.take().expect("a pipe").write_all(sql.as_bytes()).expect("psql reads");
    let output = psql.wait_with_output().expect("psql ends");
    assert!(output.status.success(), "psql failed");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn organisation(number: u32) -> OrganisationId {
    Uuid::from_u128(0x7000_8000_0000_0000_0000 + u128::from(number)).into()
}

fn webhook(number: u32) -> WebhookId {
    Uuid::from_u128(0x1_7000_8000_0000_0000_0000 + u128::from(number)).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("\\x".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}
