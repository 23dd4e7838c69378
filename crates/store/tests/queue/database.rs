//! A migrated database with one organisation, and short words for the tests.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::DateTime;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::attempt::{Attempt, Response};
use domain::id::{OrganisationId, WebhookId};
use domain::outcome::Outcome;
use domain::retry::RetryPolicy;
use localpg::Cluster;
use store::Conn;
use store::maintenance::PayloadRetention;
use store::queue::{ClaimLimits, Job, RecordPolicy, Saturated, Sent, claim};
use uuid::Uuid;

static CLUSTER: LazyLock<Cluster> = LazyLock::new(|| {
    let cluster = Cluster::throwaway().expect("a private Postgres");
    cluster.ensure_database("template").expect("a database");
    store::migrate::run(&cluster.url("template")).expect("migrations");
    cluster
});

pub struct Database {
    pub conn: Conn,
    pub url: String,
}

pub const ORGANISATION: u128 = 0x1_7000_8000_0000_0000_0000;

pub fn organisation() -> OrganisationId {
    Uuid::from_u128(ORGANISATION).into()
}

pub fn webhook(number: u128) -> WebhookId {
    Uuid::from_u128(0xa0_7000_8000_0000_0000_0000 + number).into()
}

impl Database {
    /// A database with so many webhooks of one organisation.
    pub fn with_webhooks(webhooks: u128) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("queue_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        CLUSTER.create_database(&name, "template").expect("a database");
        let url = CLUSTER.url(&name);
        let mut db = Self { conn: Conn::establish(&url).expect("a connection"), url };
        let organisation = organisation();
        db.sql(&format!(
            "INSERT INTO organisations (id, name) VALUES ('{organisation}', 'Northwind')"
        ));
        for number in 0..webhooks {
            let webhook = webhook(number);
            db.sql(&format!(
                "INSERT INTO webhooks (organisation_id, id, name, host, url_sealed, url_hmac, include, created_by_type, created_by_id, created_by_name, created_by_email)
                 VALUES ('{organisation}', '{webhook}', 'hook {number}', 'hooks.example.com', 'url', '\\x{number:04x}', '{{}}', 'member', 'ada', 'Ada', 'ada@example.com');
                 INSERT INTO webhook_secrets (organisation_id, webhook_id, secret_sealed) VALUES ('{organisation}', '{webhook}', 'secret');
                 INSERT INTO lanes (organisation_id, webhook_id) VALUES ('{organisation}', '{webhook}')"
            ));
        }
        db
    }

    /// Another connection to the same database.
    pub fn another(&self) -> Conn {
        Conn::establish(&self.url).expect("a connection")
    }

    pub fn sql(&mut self, sql: &str) {
        self.conn.batch_execute(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    /// Queues so many exports of `payload_bytes` each, and makes the lane due.
    pub fn enqueue(&mut self, number: u128, exports: u32, payload_bytes: usize) {
        let (organisation, webhook) = (organisation(), webhook(number));
        self.sql(&format!(
            "WITH made AS (
                INSERT INTO exports (organisation_id, id, type, webhook_id, webhook_name, host, requested_by_type, requested_by_id, requested_by_name, requested_by_email, candidate_count, payload_bytes, payload_sha256)
                SELECT '{organisation}', uuid_v7(), 'candidates', '{webhook}', 'hook', 'hooks.example.com', 'member', 'rosa', 'Rosa', 'rosa@example.com', 1, {payload_bytes}, '\\x00'
                FROM generate_series(1, {exports}) RETURNING *),
             paid AS (INSERT INTO export_payloads SELECT organisation_id, id, convert_to(repeat('x', {payload_bytes}), 'UTF8') FROM made)
             INSERT INTO export_jobs (organisation_id, export_id, webhook_id, run_at, payload_bytes)
             SELECT organisation_id, id, webhook_id, now(), payload_bytes FROM made"
        ));
        store::queue::notify(&mut self.conn, &[(organisation, webhook)]).expect("notified");
    }

    pub fn claim(&mut self, jobs: u32) -> Vec<Job> {
        claim(&mut self.conn, &limits(jobs)).expect("claimed")
    }

    /// One number from the database.
    pub fn count(&mut self, query: &str) -> i64 {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = BigInt)]
            count: i64,
        }
        let query = format!("SELECT ({query})::bigint AS count");
        diesel::sql_query(query).get_result::<Row>(&mut self.conn).expect("a number").count
    }

    /// One text from the database.
    pub fn text(&mut self, query: &str) -> Option<String> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Nullable<Text>)]
            text: Option<String>,
        }
        let query = format!("SELECT ({query})::text AS text");
        diesel::sql_query(query).get_result::<Row>(&mut self.conn).expect("a text").text
    }

    /// Lanes count what is leased, and nothing else (invariant I11).
    pub fn assert_lanes_count(&mut self) {
        let wrong = self.count(
            "SELECT count(*) FROM lanes l WHERE in_flight <> (SELECT count(*) FROM export_jobs j
             WHERE j.webhook_id = l.webhook_id AND j.attempt_id IS NOT NULL)",
        );
        assert_eq!(wrong, 0, "a lane miscounts its leases");
    }
}

pub fn limits(jobs: u32) -> ClaimLimits {
    ClaimLimits {
        jobs,
        payload_bytes: 64 * 1024 * 1024,
        oversized: true,
        lane_cap: 8,
        lease: Duration::from_secs(30),
        worker: "test".into(),
        due_since: DateTime::UNIX_EPOCH,
        saturated: Saturated::default(),
        unresponsive: None,
    }
}

pub fn policy() -> RecordPolicy {
    RecordPolicy {
        retry: RetryPolicy::default(),
        lane_cap: 8,
        retention: PayloadRetention::default(),
    }
}

pub fn finished(job: &Job, attempt: Attempt) -> Sent {
    Sent { lease: job.lease.clone(), attempt, elapsed: Duration::from_millis(20), jitter: 0.0 }
}

pub fn answered(status: u16) -> Attempt {
    let response = Response {
        status,
        headers: vec![("server".to_owned(), "test".to_owned())],
        body: b"a\0b\xff".to_vec(),
        truncated: false,
        too_large: false,
    };
    let outcome = Outcome::of_status(status);
    Attempt { response: Some(response), ..Attempt::without_request(outcome) }
}
