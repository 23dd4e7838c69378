//! The rows as they are: no word is parsed, so that what no version of ours writes shows up too.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{
    BigInt, Binary, Bool, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use uuid::Uuid;

/// A row of `export_jobs`.
#[derive(Debug, Clone, QueryableByName)]
#[expect(missing_docs, reason = "the columns, which the migration comments on")]
pub struct JobRow {
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub export_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub webhook_id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    pub run_at: DateTime<Utc>,
    #[diesel(sql_type = Integer)]
    pub attempt_number: i32,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub attempt_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub started_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub lease_until: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    pub worker: Option<String>,
}

/// A row of `lanes`.
#[derive(Debug, Clone, QueryableByName)]
#[expect(missing_docs, reason = "the columns, which the migration comments on")]
pub struct LaneRow {
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub webhook_id: Uuid,
    #[diesel(sql_type = Integer)]
    pub in_flight: i32,
}

/// A row of `exports`.
#[derive(Debug, Clone, QueryableByName)]
#[expect(missing_docs, reason = "the columns, which the migration comments on")]
pub struct ExportRow {
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub webhook_id: Uuid,
    #[diesel(sql_type = Nullable<Text>)]
    pub end_state: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub outcome: Option<String>,
    #[diesel(sql_type = Integer)]
    pub attempt_count: i32,
    #[diesel(sql_type = Binary)]
    pub payload_sha256: Vec<u8>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub finished_at: Option<DateTime<Utc>>,
}

/// A row of `attempts`.
#[derive(Debug, Clone, QueryableByName)]
#[expect(missing_docs, reason = "the columns, which the migration comments on")]
pub struct AttemptRow {
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub export_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub webhook_id: Uuid,
    #[diesel(sql_type = Integer)]
    pub attempt_number: i32,
    #[diesel(sql_type = Text)]
    pub outcome: String,
    #[diesel(sql_type = Bool)]
    pub ambiguous: bool,
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub http_status: Option<i16>,
    #[diesel(sql_type = Timestamptz)]
    pub started_at: DateTime<Utc>,
    #[diesel(sql_type = Integer)]
    pub duration_ms: i32,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub next_attempt_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    pub late_outcome: Option<String>,
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub late_http_status: Option<i16>,
    /// Of every column but `late_*`.
    #[diesel(sql_type = BigInt)]
    pub fingerprint: i64,
}
