//! At rest the sweeps read next to nothing, however much is parked.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use store::maintenance::PayloadRetention;
use store::queue::{Found, end_expired, look, oldest_due};
use store::{Conn, StoreError, maintenance};

use crate::database::Database;

const LANES: u32 = 2_000;
const PARKED: u32 = 100_000;

/// Retries of the days to come, each with its payload. Half of the lanes are disabled, and were swept.
fn parked() -> Database {
    let mut db = Database::with_webhooks(1);
    db.sql(&format!(
        "INSERT INTO webhooks (organisation_id, name, host, url_sealed, url_hmac, include,
                               created_by_type, created_by_id, created_by_name, created_by_email)
         SELECT organisation_id, 'more ' || n, host, url_sealed, decode(md5(n::text), 'hex'), include,
                created_by_type, created_by_id, created_by_name, created_by_email
         FROM webhooks, generate_series(2, {LANES}) n;
         INSERT INTO lanes (organisation_id, webhook_id)
         SELECT organisation_id, id FROM webhooks WHERE name LIKE 'more %'"
    ));
    let each = PARKED / LANES;
    db.sql(&format!(
        "WITH made AS (
             INSERT INTO exports (organisation_id, type, webhook_id, webhook_name, host,
                 requested_by_type, requested_by_id, requested_by_name, requested_by_email,
                 candidate_count, payload_bytes, payload_sha256)
             SELECT organisation_id, 'candidates', webhook_id, 'hook', 'hooks.example.com', 'member',
                    'rosa', 'Rosa', 'rosa@example.com', 1, 2, '\\x00'
             FROM (SELECT * FROM lanes ORDER BY webhook_id LIMIT {LANES} / 2) l,
                  generate_series(1, 2 * {each}) RETURNING *),
         paid AS (INSERT INTO export_payloads SELECT organisation_id, id, '\\x7b7d' FROM made)
         INSERT INTO export_jobs (organisation_id, export_id, webhook_id, run_at, payload_bytes,
                                  attempt_number, schedule_position)
         SELECT organisation_id, id, webhook_id, now() + interval '5 hours', 2, 4, 4 FROM made;
         UPDATE lanes SET next_run_at = now() + interval '5 hours'
         WHERE webhook_id IN (SELECT webhook_id FROM export_jobs);
         UPDATE lanes SET disabled_at = now(), disabled_reason = 'gone', next_run_at = 'infinity'
         WHERE webhook_id NOT IN (SELECT webhook_id FROM export_jobs)"
    ));
    // Postgres does so by itself within a minute.
    db.sql("ANALYZE");
    db
}

/// Rows that `work` makes Postgres read, on a connection whose counters are still at zero.
fn rows_read(db: &Database, work: impl FnOnce(&mut Conn)) -> i64 {
    #[derive(QueryableByName)]
    struct Read {
        #[diesel(sql_type = BigInt)]
        rows: i64,
    }
    let tables = "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint AS rows
                  FROM pg_stat_xact_user_tables";
    let indexes = "SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid))::bigint AS rows
                   FROM pg_stat_user_indexes";
    let mut conn = db.another();
    conn.batch_execute("SET jit = off").expect("a setting");
    conn.transaction(|conn| {
        work(conn);
        let read = |conn: &mut Conn, of| diesel::sql_query(of).get_result::<Read>(conn);
        Ok::<_, StoreError>(read(conn, tables)?.rows + read(conn, indexes)?.rows)
    })
    .expect("Postgres")
}

#[test]
fn a_second_reads_a_few_rows_whatever_is_parked() {
    let db = parked();
    let second = rows_read(&db, |conn| {
        let nothing = Found {
            lost: false,
            parked: false,
            disabled: false,
            deleted: false,
            restricted: false,
            carried: false,
            erased: false,
            news: false,
        };
        assert_eq!(look(conn).expect("Postgres"), nothing);
        assert_eq!(oldest_due(conn).expect("Postgres"), None);
    });
    assert!(second < 20, "{second} rows");
    let minute = rows_read(&db, |conn| {
        let (deadline, kept) = (Duration::from_hours(72), PayloadRetention::default());
        assert_eq!(end_expired(conn, deadline, kept).expect("Postgres"), 0);
        assert_eq!(maintenance::drop_payloads(conn).expect("Postgres"), 0);
        assert_eq!(maintenance::destroy_sealed(conn).expect("Postgres"), 0);
        assert_eq!(maintenance::drop_secrets(conn).expect("Postgres"), 0);
    });
    assert!(minute < 50, "{minute} rows");
}
