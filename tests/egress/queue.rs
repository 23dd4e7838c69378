//! Exports queued by SQL, for webhooks whose URLs no API has judged, and what became of them.

use std::fmt::Write;
use std::io::Write as _;
use std::process::{Command, Stdio};

use domain::id::{OrganisationId, WebhookId};
use domain::sealing::{Context, Field, SealingKeys};
use domain::signature::SigningSecret;
use support::settings::SECRET_KEYS;
use uuid::Uuid;

use crate::cases::Case;

/// Organisations, over which the webhooks are spread.
const ORGANISATIONS: u32 = 4;

/// Queues the exports of all cases; each webhook is named after the number of its case.
pub fn fill(database_url: &str, cases: &[Case]) {
    let mut sql = String::new();
    for number in 0..ORGANISATIONS {
        let id = organisation(number);
        writeln!(sql, "INSERT INTO organisations (id, name) VALUES ('{id}', 'O {number}');")
            .expect("a string");
    }
    let keys = SealingKeys::parse(SECRET_KEYS).expect("keys");
    for (number, case) in (0..).zip(cases) {
        sql.push_str(&webhook(&keys, number, case));
    }
    sql.push_str(EXPORTS);
    psql(database_url, &sql);
}

const EXPORTS: &str = r#"
    INSERT INTO exports (organisation_id, id, type, webhook_id, webhook_name, host, requested_by_type, requested_by_id,
        requested_by_name, requested_by_email, candidate_count, payload_bytes, payload_sha256)
    SELECT organisation_id, uuid_v7(), 'test', id, name, host, 'member', 'ada', 'Ada', 'ada@example.com', 1, 2, sha256('{}')
    FROM webhooks, generate_series(1, purpose::int) ORDER BY random();
    INSERT INTO export_payloads SELECT organisation_id, id, '{}' FROM exports;
    INSERT INTO export_jobs (organisation_id, export_id, webhook_id, run_at, payload_bytes)
    SELECT organisation_id, id, webhook_id, now(), payload_bytes FROM exports;
    ANALYZE;"#;

fn webhook(keys: &SealingKeys, number: u32, case: &Case) -> String {
    let organisation = organisation(number % ORGANISATIONS);
    let webhook: WebhookId = Uuid::from_u128(0x8_0000_7000 << 92 | u128::from(number)).into();
    let seal = |field, value: &str| {
        let context = Context { organisation, webhook, field };
        hex(&keys.seal(context, [1; 24], value))
    };
    let secret = SigningSecret::from_random([7; 32]).reveal();
    let (url, secret) = (seal(Field::Url, &case.url), seal(Field::Secret, &secret));
    let exports = case.exports;
    format!(
        "INSERT INTO webhooks (organisation_id, id, name, purpose, host, url_sealed, url_hmac, include, created_by_type,
             created_by_id, created_by_name, created_by_email)
         VALUES ('{organisation}', '{webhook}', '{number}', '{exports}', 'host', '{url}', '\\x{number:08x}', '{{}}',
             'member', 'ada', 'Ada', 'ada@example.com');
         INSERT INTO webhook_secrets (organisation_id, webhook_id, secret_sealed) VALUES ('{organisation}', '{webhook}', '{secret}');
         INSERT INTO lanes (organisation_id, webhook_id, next_run_at) VALUES ('{organisation}', '{webhook}', now());\n"
    )
}

/// Waits, inside Postgres, until no export has work to do; fails after five minutes.
pub fn wait_until_finished(database_url: &str) {
    let wait = "DO $$ BEGIN
        FOR look IN 1..6000 LOOP
            EXIT WHEN NOT EXISTS (SELECT FROM export_jobs);
            PERFORM pg_sleep(0.05);
            COMMIT;
        END LOOP;
        ASSERT NOT EXISTS (SELECT FROM export_jobs), 'the workers do not finish';
    END $$";
    psql(database_url, wait);
}

/// How an export ended.
pub struct End {
    /// The number of its case.
    pub case: usize,
    /// Its end state.
    pub state: String,
    /// Its outcome.
    pub outcome: String,
}

/// The ends of all exports that were tried exactly once.
pub fn ends(database_url: &str) -> Vec<End> {
    let query = "SELECT webhook_name, end_state, outcome FROM exports WHERE attempt_count = 1";
    let rows = psql(database_url, query);
    let row = |row: &str| {
        let mut fields = row.split('|').map(str::to_owned);
        let case = fields.next()?.parse().ok()?;
        Some(End { case, state: fields.next()?, outcome: fields.next()? })
    };
    rows.lines().map(|line| row(line).expect("three fields")).collect()
}

/// Refused attempts whose log shows that there was an address, or a connection.
pub fn telling_refusals(database_url: &str) -> usize {
    let query = "SELECT count(*) FROM attempts WHERE outcome IN ('blocked_address', 'invalid_url')
        AND (resolved_address IS NOT NULL OR connect_ms IS NOT NULL OR first_byte_ms IS NOT NULL OR request_bytes_sent > 0)";
    psql(database_url, query).trim().parse().expect("a number")
}

fn psql(database_url: &str, sql: &str) -> String {
    let mut psql = Command::new("psql")
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", database_url])
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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("\\x".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}
