//! The rows as they are: no word is parsed, so that what no version of ours writes shows up too.

use chrono::{DateTime, Utc};
use diesel::sql_types::{
    BigInt, Binary, Bool, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use uuid::Uuid;

use crate::statement::row;

row!(
    /// A row of `export_jobs`.
    #[derive(Debug, Clone)]
    #[expect(missing_docs, reason = "the columns, which the migration comments on")]
    pub struct JobRow {
        organisation_id: SqlUuid => Uuid,
        export_id: SqlUuid => Uuid,
        webhook_id: SqlUuid => Uuid,
        run_at: Timestamptz => DateTime<Utc>,
        attempt_number: Integer => i32,
        attempt_id: Nullable<SqlUuid> => Option<Uuid>,
        started_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        lease_until: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        worker: Nullable<Text> => Option<String>,
    }
);

row!(
    /// A row of `lanes`.
    #[derive(Debug, Clone)]
    #[expect(missing_docs, reason = "the columns, which the migration comments on")]
    pub struct LaneRow {
        organisation_id: SqlUuid => Uuid,
        webhook_id: SqlUuid => Uuid,
        in_flight: Integer => i32,
    }
);

row!(
    /// A row of `exports`.
    #[derive(Debug, Clone)]
    #[expect(missing_docs, reason = "the columns, which the migration comments on")]
    pub struct ExportRow {
        organisation_id: SqlUuid => Uuid,
        id: SqlUuid => Uuid,
        webhook_id: SqlUuid => Uuid,
        end_state: Nullable<Text> => Option<String>,
        outcome: Nullable<Text> => Option<String>,
        ambiguous: Bool => bool,
        attempt_count: Integer => i32,
        payload_sha256: Binary => Vec<u8>,
        finished_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
    }
);

row!(
    /// A row of `attempts`.
    #[derive(Debug, Clone)]
    #[expect(missing_docs, reason = "the columns, which the migration comments on")]
    pub struct AttemptRow {
        organisation_id: SqlUuid => Uuid,
        id: SqlUuid => Uuid,
        export_id: SqlUuid => Uuid,
        webhook_id: SqlUuid => Uuid,
        attempt_number: Integer => i32,
        outcome: Text => String,
        ambiguous: Bool => bool,
        http_status: Nullable<SmallInt> => Option<i16>,
        started_at: Timestamptz => DateTime<Utc>,
        duration_ms: Integer => i32,
        next_attempt_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        late_outcome: Nullable<Text> => Option<String>,
        late_http_status: Nullable<SmallInt> => Option<i16>,
        /// Of every column but `late_*`.
        fingerprint: BigInt => i64,
    }
);
