//! Acceptance of an export in two moves: one look at what it is made of, whose bytes are built as its
//! people come, and one write that looks again at what can have changed.

use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::export::{DisabledReason, LeaveOut, LeftOut};
use domain::id::{ApplicationId, VacancyId, WebhookId};

use super::accept::{Order, Together, by_itself};
use super::freeze::Frozen;
use super::look::{Look, look};
use super::noticed::Noticed;
use super::read::{self, Export};
use super::unexportable::Refused;
use crate::applications::{ApplicationFilter, FilterRefusal};
use crate::db::Connect;
use crate::error::StoreError;
use crate::idempotency_keys::{IdempotencyKey, Remembered, begun_too_often};

/// How often it is begun again because something has changed between look and write.
pub(super) const BEGIN_AGAIN: u32 = 10;

/// What an export may be at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Applications.
    pub max_candidates: usize,
    /// Bytes of the payload.
    pub max_payload_bytes: usize,
}

/// Whom an export is asked for.
#[derive(Debug, Clone)]
pub enum Picked {
    /// These, in the order of the payload.
    Ids(Vec<ApplicationId>),
    /// All whom this filter means, by time of application, then id.
    Select(ApplicationFilter),
}

/// An export to accept.
#[derive(Debug, Clone)]
pub struct NewExport {
    /// The vacancy that all people applied for.
    pub vacancy_id: VacancyId,
    /// Where to.
    pub webhook_id: WebhookId,
    /// Whom.
    pub picked: Picked,
    /// What becomes of it when some of them may not be sent.
    pub leave_out: LeaveOut,
    /// The digest of a preview that has to hold still.
    pub selection_digest: Option<[u8; 32]>,
    /// What it may be at most.
    pub limits: Limits,
    /// Seconds for which it is held back, so that it can be taken back; 0 for none.
    pub hold_s: u32,
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
    /// Nobody is left to be sent: nobody was found, or all who were asked for are left out.
    NobodyToSend {
        /// Who was.
        left_out: LeftOut,
    },
    /// The filter cannot be used.
    Select(FilterRefusal),
    /// What would go out is not what was seen before.
    SelectionChanged,
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

/// What became of a request: the export, and what was noticed while it was made (nothing of what an earlier
/// request made); or why there is none.
pub type Created = Result<(Accepted, Option<Noticed>), CreateRefusal>;

/// Accepts an export of applications.
///
/// # Errors
/// [`StoreError`]; inside, [`CreateRefusal`].
pub fn create(
    db: &mut impl Connect,
    actor: &Actor,
    new: &NewExport,
) -> Result<Created, StoreError> {
    create_by(db, actor, new, |db, order| by_itself(db, &order))
}

/// The same, written in one transaction with those that others ask for meanwhile.
///
/// # Errors
/// [`StoreError`]; inside, [`CreateRefusal`].
pub fn create_together(
    db: &mut impl Connect,
    actor: &Actor,
    new: &NewExport,
    others: &Together,
) -> Result<Created, StoreError> {
    create_by(db, actor, new, |db, order| others.write(db, order))
}

fn create_by<D: Connect>(
    db: &mut D,
    actor: &Actor,
    new: &NewExport,
    write: impl Fn(&mut D, Order) -> Result<Option<Export>, StoreError>,
) -> Result<Created, StoreError> {
    let key = new.idempotency_key.as_ref();
    for _ in 0..BEGIN_AGAIN {
        let frozen = match db.with(|conn| look(conn, actor, new))?? {
            Look::OrganisationUnknown => return Ok(Err(CreateRefusal::OrganisationUnknown)),
            Look::Made(remembered) => {
                let replayed = replay(db, actor, &remembered, key)?;
                return Ok(replayed.map(|replayed| (replayed, None)));
            }
            Look::Refused(refusal) => return Ok(Err(refusal)),
            Look::Looked(looked) => looked.accepted(new.selection_digest),
        };
        let (frozen, noticed) = match frozen {
            Ok((frozen, noticed)) => (Frozen { hold_s: new.hold_s, ..frozen }, noticed),
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let Some(export) = write(db, Order { actor: actor.clone(), frozen, key: key.cloned() })?
        {
            return Ok(Ok((Accepted { export, replayed: false }, Some(noticed))));
        }
    }
    Err(begun_too_often())
}

/// What an earlier request under the key made, unless that was another request.
pub(super) fn replay(
    db: &mut impl Connect,
    actor: &Actor,
    remembered: &Remembered,
    key: Option<&IdempotencyKey>,
) -> Result<Result<Accepted, CreateRefusal>, StoreError> {
    if !key.is_some_and(|key| key.is_of(remembered)) {
        return Ok(Err(CreateRefusal::KeyReused));
    }
    let export = db.with(|conn| read::get(conn, actor, remembered.resource.into()))??;
    let export = export.ok_or_else(|| StoreError::Unreadable("a key of no export".to_owned()))?;
    Ok(Ok(Accepted { export, replayed: true }))
}

pub(super) fn check_enabled(
    disabled: Option<(DateTime<Utc>, DisabledReason)>,
) -> Result<(), CreateRefusal> {
    match disabled {
        Some((at, reason)) => Err(CreateRefusal::Disabled { at, reason }),
        None => Ok(()),
    }
}
