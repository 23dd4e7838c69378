//! Receipts: what became of an export, signed, without a person, a title or a path in it. Whoever is
//! shown one can check it with a stock library of JOSE.

mod key;
mod page;
mod text;

use chrono::{DateTime, Utc};
use domain::explanation::Contacts;
use domain::export::{EndedBy, ExportStatus, ExportType};
use domain::id::{AttemptId, ExportId, OrganisationId, WebhookId};
use domain::outcome::Outcome;
use domain::role::Role;
use serde::Serialize;
use store::attempts::Attempt;
use store::exports::Evidence;
use utoipa::ToSchema;

pub use key::{Jwk, Jwks, ReceiptKey};
pub(crate) use page::{POLICY, STYLE, page};
pub(crate) use text::Text;

use crate::redaction;

/// Where the public keys are.
pub const KEYS_PATH: &str = "/.well-known/receipt-keys.json";
/// `iss` of a receipt.
const ISSUER: &str = "talentATS Webhooks";

/// What became of an export, as the log has it: the claims that are signed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// Who says so.
    #[schema(example = "talentATS Webhooks")]
    pub iss: &'static str,
    /// When, in seconds since 1970 (RFC 7519).
    #[schema(example = 1_795_615_200)]
    pub iat: i64,
    /// The export: the `webhook-id` that the receiver saw.
    pub export_id: ExportId,
    /// Whose it is.
    pub organisation: ReceiptOrganisation,
    /// The webhook.
    pub webhook_id: WebhookId,
    /// Host of the webhook.
    #[schema(example = "hooks.zapier.com")]
    pub host: String,
    /// What it carries.
    #[serde(rename = "type")]
    pub kind: ExportType,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// People in it.
    #[schema(example = 25)]
    pub candidate_count: u32,
    /// Bytes of the request's body.
    #[schema(example = 48_213)]
    pub payload_bytes: u64,
    /// SHA-256 of the request's body, hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub payload_sha256: String,
    /// Where it stands; while it is in progress, there is no end yet.
    pub status: ExportStatus,
    /// When it ended; null while it is in progress.
    pub finished_at: Option<DateTime<Utc>>,
    /// Who brought the end.
    pub ended_by: Option<EndedBy>,
    /// What came of the last attempt.
    pub outcome: Option<Outcome>,
    /// It was not accepted, and may have arrived all the same.
    pub ambiguous: bool,
    /// When the receiver first accepted it.
    pub first_accepted_at: Option<DateTime<Utc>>,
    /// What happened, in plain words.
    #[schema(
        example = "hooks.zapier.com accepted all 25 candidates at 14:05 UTC, 23 Nov (try 1)."
    )]
    pub explanation: String,
    /// The export that it was derived from.
    pub resent_from: Option<ExportId>,
    /// Attempts in all, that under way included.
    #[schema(example = 1)]
    pub attempt_count: u32,
    /// The attempts in their order, as far as the log still has them; 500 at most.
    pub attempts: Vec<ReceiptAttempt>,
}

/// Whose export it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptOrganisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its name.
    #[schema(example = "Northwind")]
    pub name: String,
}

/// One request.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptAttempt {
    /// Its id: the `webhook-attempt-id` that the receiver saw.
    pub id: AttemptId,
    /// Its number within the export, from 1.
    #[schema(example = 1)]
    pub attempt_number: u32,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// How long it took.
    #[schema(example = 184)]
    pub duration_ms: Option<u32>,
    /// What came of it; null while it is under way.
    pub outcome: Option<Outcome>,
    /// HTTP status of the answer.
    #[schema(example = 200)]
    pub http_status: Option<u16>,
    /// It was not accepted, and the receiver may have the data.
    pub ambiguous: bool,
    /// Bytes of the body that were handed to the connection.
    #[schema(example = 48_213)]
    pub request_bytes_sent: u64,
    /// What came of it after all, where the attempt had been given up for lost.
    pub late_outcome: Option<Outcome>,
}

/// A receipt, and the same signed.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedReceipt {
    /// What it says, to be read.
    pub receipt: Receipt,
    /// The same as a JWS in compact form (RFC 7515), signed with EdDSA (RFC 8037): what to keep and to
    /// show. Its payload is the JSON of `receipt`.
    #[schema(example = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZERTQSIsImtpZCI6IuKApiJ9.e30.c2ln")]
    pub jws: String,
    /// Where the keys are published that verify it (RFC 7517), also after a rotation.
    #[schema(example = "/.well-known/receipt-keys.json")]
    pub keys: &'static str,
}

impl Receipt {
    /// What is said to this role, now.
    pub fn new(evidence: Evidence, role: Role, contacts: &Contacts, now: DateTime<Utc>) -> Self {
        let Evidence { export, organisation_name, attempts } = evidence;
        let host = redaction::host(role, &export.host);
        let words = export.explained(role, contacts, now);
        let last = export.last_attempt.as_ref();
        Self {
            iss: ISSUER,
            iat: now.timestamp(),
            export_id: export.id,
            organisation: ReceiptOrganisation {
                id: export.organisation_id,
                name: organisation_name,
            },
            webhook_id: export.webhook_id,
            host,
            kind: export.kind,
            requested_at: export.requested_at,
            candidate_count: export.candidate_count,
            payload_bytes: export.payload_bytes,
            payload_sha256: redaction::hexadecimal(&export.payload_sha256),
            status: export.status,
            finished_at: export.finished_at,
            ended_by: export.ended_by,
            outcome: export.outcome.or(last.map(|last| last.outcome)),
            ambiguous: export.ambiguous,
            first_accepted_at: export.first_accepted_at,
            explanation: words.explanation,
            resent_from: export.resent_from,
            attempt_count: export.attempt_count,
            attempts: attempts.into_iter().map(ReceiptAttempt::from).collect(),
        }
    }
}

impl From<Attempt> for ReceiptAttempt {
    fn from(row: Attempt) -> Self {
        Self {
            id: row.id,
            attempt_number: row.attempt_number,
            started_at: row.started_at,
            duration_ms: row.duration_ms,
            outcome: row.outcome,
            http_status: row.http_status,
            ambiguous: row.ambiguous,
            request_bytes_sent: row.request_bytes_sent,
            late_outcome: row.late.map(|late| late.outcome),
        }
    }
}
