//! Acceptance of an export: everything that it is made of in one transaction, or nothing.

use chrono::{DateTime, Utc};
use domain::export::{DisabledReason, ExportType};
use domain::id::{ApplicationId, ExportId, OrganisationId, VacancyId, WebhookId};
use domain::payload::{PayloadContext, VacancyRecord, test_people, test_vacancy};
use domain::requester::Requester;

use super::freeze::{self, Frozen};
use super::load::{self, Refused};
use super::target::{self, Strength, Target};
use crate::db::Conn;
use crate::error::StoreError;
use crate::idempotency_keys::{self, Claim, IdempotencyKey};
use crate::refusal::{Halt, refusable};

/// Test exports that a webhook takes within an hour.
pub const TESTS_PER_HOUR: u32 = 10;

/// What an export may be at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Applications.
    pub max_candidates: usize,
    /// Bytes of the payload.
    pub max_payload_bytes: usize,
}

/// An export to accept.
#[derive(Debug, Clone)]
pub struct NewExport {
    /// The vacancy that all people applied for.
    pub vacancy_id: VacancyId,
    /// Where to.
    pub webhook_id: WebhookId,
    /// Whom, in the order of the payload.
    pub application_ids: Vec<ApplicationId>,
    /// Who asks.
    pub requested_by: Requester,
    /// What it may be at most.
    pub limits: Limits,
    /// The key of the request, if it has one.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// An export that is in the queue, now or since an earlier request under the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Its id.
    pub id: ExportId,
    /// Its webhook: whose lane to wake after the commit, unless replayed.
    pub webhook_id: WebhookId,
    /// An earlier request under the same key made it; this one changed nothing.
    pub replayed: bool,
}

/// Why an export was not accepted. Nothing was queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreateRefusal {
    /// What the export would be about is not here.
    Unknown {
        /// The vacancy.
        vacancy: bool,
        /// The webhook.
        webhook: bool,
    },
    /// No application was named.
    NoCandidates,
    /// More applications than one export takes.
    TooManyCandidates {
        /// How many it takes.
        limit: usize,
        /// How many were named.
        actual: usize,
    },
    /// Some applications may not go.
    Applications {
        /// The first hundred.
        refused: Vec<Refused>,
        /// How many there are.
        total: usize,
    },
    /// The payload is larger than what one export takes.
    PayloadTooLarge {
        /// Bytes that it takes.
        limit: usize,
        /// Bytes that it would have.
        actual: usize,
    },
    /// Delivery to the webhook was switched off.
    Disabled {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        reason: DisabledReason,
    },
    /// The idempotency key stands for another request.
    KeyReused,
    /// The webhook was tested often enough for now.
    TooManyTests {
        /// [`TESTS_PER_HOUR`].
        limit: u32,
        /// Seconds until the next one is taken.
        retry_after_s: u32,
    },
}

/// Accepts an export of applications.
///
/// # Errors
/// [`StoreError`]; inside, [`CreateRefusal`].
pub fn create(
    conn: &mut Conn,
    organisation: OrganisationId,
    new: &NewExport,
) -> Result<Result<Accepted, CreateRefusal>, StoreError> {
    refusable(conn, |conn| {
        let minted = freeze::mint(conn)?;
        if let Some(earlier) =
            claim_key(conn, organisation, new.idempotency_key.as_ref(), minted.id)?
        {
            return Ok(earlier);
        }
        let target = target::lock(conn, organisation, new.webhook_id, Strength::Share)?;
        let vacancy = target::vacancy(conn, organisation, new.vacancy_id)?;
        let (Some(target), Some(vacancy)) = (&target, &vacancy) else {
            let (vacancy, webhook) = (vacancy.is_none(), target.is_none());
            return Err(Halt::Refused(CreateRefusal::Unknown { vacancy, webhook }));
        };
        check_count(new)?;
        let people = load::applications(conn, organisation, new.vacancy_id, &new.application_ids)?;
        let context = context(ExportType::Candidates, &minted, &new.requested_by, target, vacancy);
        let frozen = Frozen::new(&context, target, &people);
        check_size(frozen.body.len(), new.limits)?;
        check_enabled(target)?;
        frozen.insert(conn)?;
        Ok(Accepted { id: minted.id, webhook_id: target.id, replayed: false })
    })
}

/// Accepts an export of two made-up people, to try a webhook: same queue, same log.
///
/// # Errors
/// [`StoreError`]; inside, [`CreateRefusal`].
pub fn create_test(
    conn: &mut Conn,
    organisation: OrganisationId,
    webhook: WebhookId,
    requested_by: &Requester,
    idempotency_key: Option<&IdempotencyKey>,
) -> Result<Result<Accepted, CreateRefusal>, StoreError> {
    refusable(conn, |conn| {
        let minted = freeze::mint(conn)?;
        if let Some(earlier) = claim_key(conn, organisation, idempotency_key, minted.id)? {
            return Ok(earlier);
        }
        // One test at a time: two would both count one too few.
        let target = target::lock(conn, organisation, webhook, Strength::Exclusive)?;
        let Some(target) = &target else {
            return Err(Halt::Refused(CreateRefusal::Unknown { vacancy: false, webhook: true }));
        };
        check_enabled(target)?;
        check_tests(conn, target)?;
        let people = test_people(minted.at);
        let vacancy = test_vacancy();
        let context = context(ExportType::Test, &minted, requested_by, target, &vacancy);
        Frozen::new(&context, target, &people).insert(conn)?;
        Ok(Accepted { id: minted.id, webhook_id: target.id, replayed: false })
    })
}

fn context(
    export_type: ExportType,
    minted: &freeze::Minted,
    requester: &Requester,
    target: &Target,
    vacancy: &VacancyRecord,
) -> PayloadContext {
    PayloadContext {
        export_id: minted.id,
        export_type,
        requested_at: minted.at,
        requester: requester.clone(),
        organisation: target.organisation.clone(),
        vacancy: vacancy.clone(),
        include: target.include,
        resent_from: None,
    }
}

/// Claims the key of a request; answers what an earlier one under it made.
fn claim_key(
    conn: &mut Conn,
    organisation: OrganisationId,
    key: Option<&IdempotencyKey>,
    id: ExportId,
) -> Result<Option<Accepted>, Halt<CreateRefusal>> {
    let Some(key) = key else { return Ok(None) };
    match idempotency_keys::claim(conn, organisation, key, id.into())? {
        Claim::First => Ok(None),
        Claim::Reused => Err(Halt::Refused(CreateRefusal::KeyReused)),
        Claim::Replay(made) => {
            let webhook_id = target::of_export(conn, organisation, made.into())?;
            Ok(Some(Accepted { id: made.into(), webhook_id, replayed: true }))
        }
    }
}

fn check_count(new: &NewExport) -> Result<(), Halt<CreateRefusal>> {
    let (actual, limit) = (new.application_ids.len(), new.limits.max_candidates);
    if actual == 0 {
        return Err(Halt::Refused(CreateRefusal::NoCandidates));
    }
    if actual > limit {
        return Err(Halt::Refused(CreateRefusal::TooManyCandidates { limit, actual }));
    }
    Ok(())
}

fn check_size(actual: usize, limits: Limits) -> Result<(), Halt<CreateRefusal>> {
    let limit = limits.max_payload_bytes;
    if actual > limit {
        return Err(Halt::Refused(CreateRefusal::PayloadTooLarge { limit, actual }));
    }
    Ok(())
}

fn check_enabled(target: &Target) -> Result<(), Halt<CreateRefusal>> {
    match target.disabled {
        Some((at, reason)) => Err(Halt::Refused(CreateRefusal::Disabled { at, reason })),
        None => Ok(()),
    }
}

fn check_tests(conn: &mut Conn, target: &Target) -> Result<(), Halt<CreateRefusal>> {
    match target::tests_exhausted(conn, target, TESTS_PER_HOUR)? {
        Some(retry_after_s) => {
            Err(Halt::Refused(CreateRefusal::TooManyTests { limit: TESTS_PER_HOUR, retry_after_s }))
        }
        None => Ok(()),
    }
}
