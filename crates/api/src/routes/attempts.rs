//! The log: one item for each try to POST an export.

pub(crate) mod download;
pub mod summary;

use std::collections::BTreeMap;

use actix_web::{get, web};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::explanation::{ActBy, Contacts};
use domain::id::{AttemptId, ExportId, OrganisationId, WebhookId};
use domain::outcome::Outcome;
use domain::role::Role;
use serde::{Deserialize, Serialize};
use store::Conn;
use store::attempts::AttemptFilter;
use utoipa::ToSchema;
use validator::Validate;

use crate::authorized::{Authorized, SeeExports};
use crate::extract::{Query, instant, several};
use crate::page::{DEFAULT_LIMIT, LARGEST_LIMIT, List, Listing, filter};
use crate::problem::Problem;
use crate::receiver_text;
use crate::redaction;
use crate::state::State;

/// One try to POST an export.
#[derive(Serialize, ToSchema)]
pub struct Attempt {
    /// Its id: the `webhook-attempt-id` that the receiver sees.
    pub id: AttemptId,
    /// The export.
    pub export_id: ExportId,
    /// The webhook.
    pub webhook_id: WebhookId,
    /// Name of the webhook.
    #[schema(example = "Zapier: new hires")]
    pub webhook_name: String,
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// What it is called, for support; null for others.
    #[schema(example = "Northwind")]
    pub organisation_name: Option<String>,
    /// Host of the webhook.
    #[schema(example = "hooks.zapier.com")]
    pub host: String,
    /// Its number within the export, from 1.
    #[schema(example = 1)]
    pub attempt_number: u32,
    /// What came of it; null while it is under way.
    pub outcome: Option<Outcome>,
    /// It was not accepted, and the receiver may have the data: all was sent and no answer came, or
    /// a gateway gave up waiting.
    pub ambiguous: bool,
    /// HTTP status of the answer.
    #[schema(example = 200)]
    pub http_status: Option<u16>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// How long it took.
    #[schema(example = 184)]
    pub duration_ms: Option<u32>,
    /// How long its phases took.
    pub phases_ms: Phases,
    /// SHA-256 of the payload, hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub payload_sha256: String,
    /// Bytes of the payload.
    #[schema(example = 48_213)]
    pub payload_bytes: u64,
    /// Bytes of it that were handed to the connection.
    #[schema(example = 48_213)]
    pub request_bytes_sent: u64,
    /// Some headers of the answer, `location` as host only; null for recruiters.
    pub response_headers: Option<BTreeMap<String, String>>,
    /// The first 4 KiB of the answer as text, in the charset that it declares; control characters
    /// and invisible ones escaped; a compressed one is said to be. Admins only, while the payload
    /// is kept.
    pub response_body: Option<String>,
    /// The answer was longer than what is kept.
    pub response_truncated: bool,
    /// The answer was longer than what is read.
    pub response_too_large: bool,
    /// The address that was connected to; support only.
    pub resolved_address: Option<String>,
    /// When the next try was planned; null when this was the last.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// What a worker saw that had been given up for lost.
    pub late: Option<Late>,
    /// What happened, in plain words.
    #[schema(
        example = "hooks.zapier.com accepted all 25 candidates at 14:05 UTC, 23 Nov (try 1)."
    )]
    pub explanation: String,
    /// What to do about it.
    pub advice: String,
    /// Who has to do it.
    pub act_by: ActBy,
}

/// How long the phases of an attempt took, in milliseconds; null where there was none.
#[derive(Serialize, ToSchema)]
pub struct Phases {
    /// Resolution of the name.
    #[schema(example = 12)]
    pub dns: Option<u32>,
    /// TCP and TLS; null on a reused connection.
    #[schema(example = 48)]
    pub connect: Option<u32>,
    /// From the start until the head of the answer.
    #[schema(example = 180)]
    pub first_byte: Option<u32>,
}

/// What a worker saw after its attempt had been given up for lost.
#[derive(Serialize, ToSchema)]
pub struct Late {
    /// What came of it after all.
    pub outcome: Outcome,
    /// HTTP status of the answer.
    pub http_status: Option<u16>,
    /// When that became known.
    pub recorded_at: DateTime<Utc>,
}

/// Parameters of the log.
#[derive(Deserialize, Serialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AttemptsQuery {
    /// Only those of this export.
    export_id: Option<ExportId>,
    /// Only those to this webhook, live or deleted.
    webhook_id: Option<WebhookId>,
    /// Only those with one of these outcomes, separated by commas; in whatever case.
    #[serde(default, deserialize_with = "several::words")]
    #[param(style = Form, explode = false, min_items = 1)]
    outcome: Vec<Outcome>,
    /// Only those answered with this HTTP status.
    #[validate(range(min = 100, max = 999, message = "100 to 999"))]
    #[param(minimum = 100, maximum = 999)]
    http_status: Option<u16>,
    /// Only those to this host (`hooks.example.com`), in whatever spelling; a URL of the host will do. One that no
    /// webhook has or had: 422.
    #[serde(default, deserialize_with = "filter::host")]
    #[param(min_length = 1)]
    host: Option<String>,
    /// Only what this names: an id of an export (the `webhook-id` that a receiver quotes), of an attempt (the
    /// `webhook-attempt-id`) or of a webhook, the e-mail address of who asked, or a whole host, each as it
    /// was pasted: in quotation marks, with the name of a header, with a name before the address. What is
    /// there for nobody or not for you: an empty list. Of no such kind: 422.
    #[validate(length(max = 400, message = "at most 400 characters"))]
    #[param(min_length = 1, max_length = 400)]
    q: Option<String>,
    /// Only those of exports that this member or API key asked for: an id, or an e-mail address.
    /// Where nobody of it has asked for an export: 422.
    requested_by: Option<String>,
    /// Only those begun at or after this instant (`2026-11-23T10:14:59Z`); a date without a time is a whole UTC day. By
    /// default, without `export_id`, 31 days before `to`, or before now.
    #[serde(default, deserialize_with = "instant::from")]
    from: Option<DateTime<Utc>>,
    /// Only those begun before this instant; a date without a time is a whole UTC day, and those
    /// begun on it are meant, too.
    #[serde(default, deserialize_with = "instant::to")]
    to: Option<DateTime<Utc>>,
    /// Support only: those of this organisation.
    organisation_id: Option<OrganisationId>,
    /// Items of a page.
    #[validate(range(min = 1, max = LARGEST_LIMIT, message = "1 to 200"))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

/// List attempts
///
/// The log, newest first. Recruiters see those of their own exports, support all.
#[utoipa::path(
    tag = "attempts",
    params(AttemptsQuery),
    responses((status = 200, description = "A page of attempts", body = List<Attempt>))
)]
#[get("/v1/attempts")]
pub(crate) async fn list_attempts(
    state: web::Data<State>,
    call: Authorized<SeeExports, Query<AttemptsQuery>>,
) -> Result<web::Json<List<Attempt>>, Problem> {
    let Query(query) = call.input;
    let listing = Listing::new("attempts", &call.caller, &query)?;
    let after = listing.position(query.cursor.as_deref())?;
    let caller = call.caller.within(query.organisation_id)?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let wanted = query.filter()?;
    let list = move |conn: &mut Conn, actor: &Actor| {
        store::attempts::list(conn, actor, &wanted, after, limit)
    };
    let page = caller.run(&state, list).await?.map_err(filter::unknown)?;
    let role = caller.role;
    Ok(web::Json(listing.page(page, |row| Attempt::new(row, role, &state.contacts))))
}

impl AttemptsQuery {
    fn filter(self) -> Result<AttemptFilter, Problem> {
        filter::check_window(self.from, self.to)?;
        Ok(AttemptFilter {
            export_id: self.export_id,
            webhook_id: self.webhook_id,
            outcomes: self.outcome,
            http_status: self.http_status,
            q: filter::exact(self.q.as_deref())?,
            host: self.host,
            from: self.from,
            to: self.to,
            requested_by: self.requested_by,
        })
    }
}

impl Attempt {
    /// An attempt as this role sees it.
    pub(crate) fn new(row: store::attempts::Attempt, role: Role, contacts: &Contacts) -> Self {
        let host = redaction::host(role, &row.host);
        let words = redaction::explain_attempt(&row, role, &host, contacts);
        let (headers, cut) = (&row.response_headers, row.response_truncated);
        let body = row.response_body.as_deref();
        let response_body = body.map(|body| receiver_text::body(headers, body, cut));
        Self {
            id: row.id,
            export_id: row.export_id,
            webhook_id: row.webhook_id,
            webhook_name: row.webhook_name,
            organisation_id: row.organisation_id,
            organisation_name: row.organisation_name,
            host,
            attempt_number: row.attempt_number,
            outcome: row.outcome,
            ambiguous: row.ambiguous,
            http_status: row.http_status,
            started_at: row.started_at,
            duration_ms: row.duration_ms,
            phases_ms: Phases {
                dns: row.dns_ms,
                connect: row.connect_ms,
                first_byte: row.first_byte_ms,
            },
            payload_sha256: redaction::hexadecimal(&row.payload_sha256),
            payload_bytes: row.payload_bytes,
            request_bytes_sent: row.request_bytes_sent,
            response_headers: redaction::headers(role, row.response_headers),
            response_body,
            response_truncated: row.response_truncated,
            response_too_large: row.response_too_large,
            resolved_address: row.resolved_address.filter(|_| role == Role::Support),
            next_attempt_at: row.next_attempt_at,
            late: row.late.map(Late::from),
            explanation: words.explanation,
            advice: words.advice,
            act_by: words.act_by,
        }
    }
}

impl From<store::attempts::Late> for Late {
    fn from(row: store::attempts::Late) -> Self {
        Self { outcome: row.outcome, http_status: row.http_status, recorded_at: row.recorded_at }
    }
}
