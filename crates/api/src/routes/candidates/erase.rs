//! Forgetting a person, and the answer that says who has to be told.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, delete, web};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::id::{CandidateId, ExportId, WebhookId};
use domain::import::as_reference;
use domain::sealing::ReferenceKey;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use store::Conn;
use store::candidates::{EraseRefusal, Erased, Named, Secrets, Whereabouts};
use store::idempotency_keys::IdempotencyKey as StoredKey;
use utoipa::ToSchema;
use validator::Validate;

use super::exports::Certainty;
use crate::authorized::{Authorized, Caller, EraseCandidates};
use crate::extract::{IdempotencyKey, NoBody, NoParameters, PathId, Query, printable};
use crate::problem::{Kind, Problem};
use crate::replay;
use crate::state::State;

/// Seconds after which an import has probably ended.
const IMPORT_ENDS_S: u64 = 10;

/// What an erasure did, and who has to be told.
#[derive(Serialize, ToSchema)]
pub struct Erasure {
    /// Who was erased: nothing but this id is left.
    pub candidate_id: CandidateId,
    /// When.
    pub erased_at: DateTime<Utc>,
    /// Applications that were deleted with the person.
    #[schema(example = 2)]
    pub applications: u32,
    /// Waiting exports that the person was cut out of.
    pub cut: Vec<CutExport>,
    /// Exports that are still to be cut: on the wire, or soon. Nothing that has not left goes out with
    /// the person in it.
    #[schema(example = 0)]
    pub to_be_cut: u64,
    /// Receivers that have the data, or may have it, to be told (GDPR Art. 19).
    pub receivers: Vec<ReceiverToTell>,
    /// Exports that carry the person; the first thousand are told here, all by
    /// `GET /v1/candidates/{id}/exports`.
    #[schema(example = 3)]
    pub exports_total: u64,
    /// Other candidates who had the same e-mail address: probably the same person.
    pub same_email: Vec<SameEmail>,
}

/// A waiting export that ended, since somebody in it was erased.
#[derive(Serialize, ToSchema)]
pub struct CutExport {
    /// The export.
    pub export_id: ExportId,
    /// What goes on with the others; null where nobody is left.
    pub continued_as: Option<ExportId>,
}

/// A receiver that has the data, or may have it.
#[derive(Serialize, ToSchema)]
pub struct ReceiverToTell {
    /// The webhook.
    pub webhook_id: WebhookId,
    /// Its name.
    #[schema(example = "Zapier: new hires")]
    pub webhook_name: String,
    /// When it was deleted; null while it lives.
    pub webhook_deleted_at: Option<DateTime<Utc>>,
    /// Its host.
    #[schema(example = "hooks.zapier.com")]
    pub host: String,
    /// The field groups that it receives.
    #[schema(example = json!(["contact", "application"]))]
    pub include: Vec<String>,
    /// How sure it is, by the surest of its exports.
    pub certainty: Certainty,
    /// What it got.
    pub exports: Vec<SentExport>,
}

/// An export that a receiver got, or may have got.
#[derive(Serialize, ToSchema)]
pub struct SentExport {
    /// The export; the `webhook-id` that the receiver knows.
    pub export_id: ExportId,
    /// How sure it is.
    pub certainty: Certainty,
    /// Attempts by which some of it was sent.
    #[schema(example = 1)]
    pub attempts: u32,
    /// When the first of them began.
    pub first_at: Option<DateTime<Utc>>,
    /// When the last of them began.
    pub last_at: Option<DateTime<Utc>>,
}

/// Another candidate who had the same e-mail address.
#[derive(Serialize, ToSchema)]
pub struct SameEmail {
    /// The id.
    pub id: CandidateId,
    /// The organisation's own key; null where they are gone, too.
    #[schema(example = "C-1008")]
    pub reference: Option<String>,
}

/// Who is to be erased.
#[derive(Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EraseQuery {
    /// The organisation's own key of the person.
    #[validate(
        length(min = 1, max = 200, message = "1 to 200 characters"),
        custom(function = "printable")
    )]
    #[param(min_length = 1, max_length = 200)]
    reference: String,
}

/// Erase a candidate
///
/// Deletes the person and their applications, cuts them out of what is kept and of what waits, and
/// remembers the reference (as a keyed hash), so that an import skips it. What is on the wire finishes
/// first. It cannot be undone.
#[utoipa::path(
    tag = "candidates",
    security(("bearer" = [])),
    params(("id" = CandidateId, Path, description = "Id of the candidate")),
    responses((status = 200, description = "Erased", body = Erasure))
)]
#[delete("/v1/candidates/{id}")]
pub(crate) async fn erase_candidate(
    state: web::Data<State>,
    call: Authorized<
        EraseCandidates,
        (PathId<CandidateId>, Query<NoParameters>, IdempotencyKey, NoBody),
    >,
) -> Result<HttpResponse, Problem> {
    let (PathId(id), _, key, _) = call.input;
    let key = key.scoped(&call.caller, "erase_candidate", &id)?;
    erase(&state, &call.caller, Named::Id(id), key).await
}

/// Erase a candidate by reference
///
/// As by id, for whom the organisation knows by its own key.
#[utoipa::path(
    tag = "candidates",
    security(("bearer" = [])),
    params(EraseQuery),
    responses((status = 200, description = "Erased", body = Erasure))
)]
#[delete("/v1/candidates")]
pub(crate) async fn erase_candidate_by_reference(
    state: web::Data<State>,
    call: Authorized<EraseCandidates, (Query<EraseQuery>, IdempotencyKey, NoBody)>,
) -> Result<HttpResponse, Problem> {
    let (Query(query), key, _) = call.input;
    let reference = as_reference(&query.reference);
    // A plain hash of a reference could be guessed.
    let secret = *state.keys.derive("idempotency of erasures").expose_secret();
    let request = ReferenceKey::from_random(secret).hmac(&reference);
    let key = key.scoped(&call.caller, "erase_candidate_by_reference", &request)?;
    erase(&state, &call.caller, Named::Reference(reference), key).await
}

async fn erase(
    state: &web::Data<State>,
    caller: &Caller,
    named: Named,
    key: Option<StoredKey>,
) -> Result<HttpResponse, Problem> {
    let organisation = caller.organisation()?;
    let fresh = ReferenceKey::from_random(rand::random());
    let fresh = fresh.seal(&state.keys, organisation, rand::random());
    let process = state.clone();
    let work = move |conn: &mut Conn, actor: &Actor| {
        let secrets = Secrets { keys: &process.keys, fresh };
        store::candidates::erase(conn, actor, &named, &secrets, key.as_ref())
    };
    let (erased, replayed) = caller.run(state, work).await?.map_err(not_erased)?;
    if !replayed {
        state.ended();
    }
    Ok(replay::answer(StatusCode::OK, replayed).json(Erasure::from(erased)))
}

fn not_erased(refusal: EraseRefusal) -> Problem {
    match refusal {
        EraseRefusal::Unknown => Problem::not_found(),
        EraseRefusal::KeyReused => replay::key_reused(),
        EraseRefusal::ImportInProgress => {
            let detail = "An import of your organisation is running, which may be about to write this \
                          person: erase them once it has ended.";
            Problem::new(Kind::ImportInProgress, detail).with_retry_after(IMPORT_ENDS_S)
        }
    }
}

impl From<Erased> for Erasure {
    fn from(erased: Erased) -> Self {
        let cut = |(export_id, continued_as)| CutExport { export_id, continued_as };
        let same = |(id, reference)| SameEmail { id, reference };
        Self {
            candidate_id: erased.candidate_id,
            erased_at: erased.erased_at,
            applications: erased.applications,
            cut: erased.cut.into_iter().map(cut).collect(),
            to_be_cut: erased.to_be_cut,
            exports_total: erased.exports_total,
            same_email: erased.same_email.into_iter().map(same).collect(),
            receivers: receivers(erased.exports),
        }
    }
}

/// They come by webhook.
fn receivers(exports: Vec<Whereabouts>) -> Vec<ReceiverToTell> {
    use store::candidates::Certainty::{NotSent, Waiting};
    let has_it = |export: &Whereabouts| !matches!(export.certainty, NotSent | Waiting);
    let exports: Vec<_> = exports.into_iter().filter(has_it).collect();
    let by_receiver = exports.chunk_by(|one, next| one.receiver == next.receiver);
    let receiver = |exports: &[Whereabouts]| {
        let surest = exports.iter().max_by_key(|export| export.certainty)?;
        let receiver = surest.receiver.clone();
        Some(ReceiverToTell {
            webhook_id: receiver.webhook_id,
            webhook_name: receiver.webhook_name,
            webhook_deleted_at: receiver.webhook_deleted_at,
            host: receiver.host,
            include: receiver.include,
            certainty: surest.certainty.into(),
            exports: exports.iter().map(SentExport::from).collect(),
        })
    };
    by_receiver.filter_map(receiver).collect()
}

impl From<&Whereabouts> for SentExport {
    fn from(export: &Whereabouts) -> Self {
        Self {
            export_id: export.export_id,
            certainty: export.certainty.into(),
            attempts: export.attempts,
            first_at: export.first_at,
            last_at: export.last_at,
        }
    }
}
