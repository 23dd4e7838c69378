//! What an export is made into while it is read: its people come one by one, are looked at, and end in
//! the payload; nobody is kept.

use domain::actor::Actor;
use domain::export::ExportType;
use domain::id::ApplicationId;
use domain::payload::{PayloadContext, TooLarge};

use super::create::{CreateRefusal, Limits, NewExport, check_enabled};
use super::freeze::{Freezing, Frozen};
use super::prepare::{Person, Prepared};
use super::unexportable::Roll;
use crate::idempotency_keys::Remembered;

/// An export that is being made.
pub(super) enum Making<'a> {
    /// An earlier request under the same key made it.
    Made(Remembered),
    /// What it would be about is not here.
    Unknown {
        /// The vacancy.
        vacancy: bool,
        /// The webhook.
        webhook: bool,
    },
    /// Its people are coming.
    Gathering(Box<Gathering<'a>>),
}

/// The people of an export while they come, in the order of the request.
pub(super) struct Gathering<'a> {
    ids: &'a [ApplicationId],
    limits: Limits,
    roll: Roll,
    freezing: Freezing,
}

impl<'a> Making<'a> {
    pub(super) fn of(new: &'a NewExport, actor: &Actor, prepared: Prepared) -> Self {
        if let Some(remembered) = prepared.remembered {
            return Self::Made(remembered);
        }
        let (target, vacancy) = match (prepared.target, prepared.vacancy) {
            (Some(target), Some(vacancy)) => (target, vacancy),
            (target, vacancy) => {
                return Self::Unknown { vacancy: vacancy.is_none(), webhook: target.is_none() };
            }
        };
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
        let (ids, limits) = (&new.application_ids[..], new.limits);
        let count = ids.len().min(limits.max_candidates);
        let freezing = Freezing::new(context, target, count, limits.max_payload_bytes);
        Self::Gathering(Box::new(Gathering { ids, limits, roll: Roll::default(), freezing }))
    }

    /// Takes the next person; none where there is no such application.
    pub(super) fn take(&mut self, person: Option<Person>) {
        if let Self::Gathering(gathering) = self {
            gathering.take(person);
        }
    }
}

impl Gathering<'_> {
    fn take(&mut self, person: Option<Person>) {
        let Some((id, ids)) = self.ids.split_first() else { return };
        self.ids = ids;
        let may_go = self.roll.call(*id, person.as_ref());
        // Where somebody is refused nothing goes out: the rest is only called.
        if let Some(person) = person.filter(|_| may_go && self.roll.total == 0) {
            self.freezing.add(&person.record);
        }
    }

    /// The export, unless a rule refuses it. They may be too many bytes to be read to their end.
    pub(super) fn finish(
        self,
        named: usize,
        too_many_bytes: Option<u64>,
    ) -> Result<Frozen, CreateRefusal> {
        let Limits { max_candidates, max_payload_bytes: limit } = self.limits;
        let too_large = |actual| CreateRefusal::PayloadTooLarge { limit, actual };
        check_count(named, max_candidates)?;
        if let Some(bytes) = too_many_bytes {
            return Err(too_large(usize::try_from(bytes).unwrap_or(usize::MAX)));
        }
        let Roll { refused, total, .. } = self.roll;
        if total > 0 {
            return Err(CreateRefusal::Applications { refused, total });
        }
        let frozen = self.freezing.finish().map_err(|TooLarge { actual }| too_large(actual))?;
        check_enabled(frozen.target.disabled)?;
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
