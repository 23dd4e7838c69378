//! Acceptance of an export in three moves: one look at what it is made of, building its bytes without
//! a connection, and one write that looks again at what can have changed.

use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::export::{DisabledReason, ExportType};
use domain::id::{ApplicationId, VacancyId, WebhookId};
use domain::payload::{PayloadContext, TooLarge};

use super::accept::accept;
use super::freeze::Frozen;
use super::prepare::{self, Asked, People, Prepared};
use super::read::{self, Export};
use super::unexportable::{Refused, all_may_go};
use crate::db::{Connect, persevere};
use crate::error::StoreError;
use crate::idempotency_keys::IdempotencyKey;

/// How often it is begun again because something has changed between look and write.
pub(super) const BEGIN_AGAIN: u32 = 10;

/// What is stored of people may be larger than what goes out, but not that much.
const STORED_TO_SENT: usize = 2;

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
    /// What it may be at most.
    pub limits: Limits,
    /// The key of the request, if it has one.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// An export that is in the queue, now or since an earlier request under the same key.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// As it stands. Its lane is to be notified after the commit, unless replayed.
    pub export: Export,
    /// An earlier request under the same key made it; this one changed nothing.
    pub replayed: bool,
}

/// Why an export was not accepted. Nothing was queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreateRefusal {
    /// The actor's organisation is not here.
    OrganisationUnknown,
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
        /// Bytes that it would have, at least.
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
        /// [`super::TESTS_PER_HOUR`].
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
    db: &mut impl Connect,
    actor: &Actor,
    new: &NewExport,
) -> Result<Result<Accepted, CreateRefusal>, StoreError> {
    let key = new.idempotency_key.as_ref();
    for _ in 0..BEGIN_AGAIN {
        let prepared = db.with(|conn| prepare::read(conn, actor, &new.asked()))??;
        let prepared = match first_of_its_key(db, actor, prepared, key)? {
            Ok(prepared) => prepared,
            Err(answer) => return Ok(answer),
        };
        let frozen = match new.frozen(actor, prepared) {
            Ok(frozen) => frozen,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let written =
            db.with(|conn| persevere(conn, |conn| accept(conn, actor, &frozen, key)))??;
        if let Some(export) = written {
            return Ok(Ok(Accepted { export, replayed: false }));
        }
    }
    Err(begun_too_often())
}

/// What is here for a request that is the first under its key; else what there is to answer.
pub(super) fn first_of_its_key(
    db: &mut impl Connect,
    actor: &Actor,
    prepared: Option<Prepared>,
    key: Option<&IdempotencyKey>,
) -> Result<Result<Prepared, Result<Accepted, CreateRefusal>>, StoreError> {
    let Some(prepared) = prepared else {
        return Ok(Err(Err(CreateRefusal::OrganisationUnknown)));
    };
    let (Some(remembered), Some(key)) = (&prepared.remembered, key) else {
        return Ok(Ok(prepared));
    };
    if !key.is_of(remembered) {
        return Ok(Err(Err(CreateRefusal::KeyReused)));
    }
    let export = db.with(|conn| read::get(conn, actor, remembered.resource.into()))??;
    let export = export.ok_or_else(|| StoreError::Unreadable("a key of no export".to_owned()))?;
    Ok(Err(Ok(Accepted { export, replayed: true })))
}

/// Deletions and other requests under the same key came in between, time and again.
pub(super) fn begun_too_often() -> StoreError {
    StoreError::Unavailable("an export was begun too often".to_owned())
}

impl NewExport {
    fn asked(&self) -> Asked<'_> {
        let too_many = self.application_ids.len() > self.limits.max_candidates;
        Asked {
            webhook: self.webhook_id,
            vacancy: Some(self.vacancy_id),
            applications: if too_many { &[] } else { &self.application_ids },
            key: self.idempotency_key.as_ref(),
            most_bytes: self.limits.max_payload_bytes.saturating_mul(STORED_TO_SENT),
        }
    }

    /// The export, unless a rule refuses it.
    fn frozen(&self, actor: &Actor, prepared: Prepared) -> Result<Frozen, CreateRefusal> {
        let Limits { max_candidates, max_payload_bytes: limit } = self.limits;
        let too_large = |actual| CreateRefusal::PayloadTooLarge { limit, actual };
        let (target, vacancy) = match (prepared.target, prepared.vacancy) {
            (Some(target), Some(vacancy)) => (target, vacancy),
            (target, vacancy) => {
                let (vacancy, webhook) = (vacancy.is_none(), target.is_none());
                return Err(CreateRefusal::Unknown { vacancy, webhook });
            }
        };
        check_count(self.application_ids.len(), max_candidates)?;
        let people = match prepared.people {
            People::Read(people) => all_may_go(&self.application_ids, people)
                .map_err(|(refused, total)| CreateRefusal::Applications { refused, total })?,
            People::TooLarge(bytes) => {
                return Err(too_large(usize::try_from(bytes).unwrap_or(usize::MAX)));
            }
        };
        let disabled = target.disabled;
        let context = PayloadContext {
            export_id: prepared.id,
            export_type: ExportType::Candidates,
            requested_at: prepared.at,
            requester: actor.requester(),
            organisation: prepared.organisation,
            vacancy,
            include: target.include,
            resent_from: None,
        };
        let frozen = Frozen::new(context, target, &people, limit)
            .map_err(|TooLarge { actual }| too_large(actual))?;
        check_enabled(disabled)?;
        Ok(frozen)
    }
}

fn check_count(actual: usize, limit: usize) -> Result<(), CreateRefusal> {
    match actual {
        0 => Err(CreateRefusal::NoCandidates),
        actual if actual > limit => Err(CreateRefusal::TooManyCandidates { limit, actual }),
        _ => Ok(()),
    }
}

pub(super) fn check_enabled(
    disabled: Option<(DateTime<Utc>, DisabledReason)>,
) -> Result<(), CreateRefusal> {
    match disabled {
        Some((at, reason)) => Err(CreateRefusal::Disabled { at, reason }),
        None => Ok(()),
    }
}
