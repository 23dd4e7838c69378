//! What an export is made into while it is read: its people come one by one, are looked at, and end in
//! the payload; nobody is kept.

use domain::actor::Actor;
use domain::export::ExportType;
use domain::id::ApplicationId;
use domain::payload::{PayloadContext, TooLarge};
use uuid::Uuid;

use super::create::{CreateRefusal, Limits, NewExport, check_enabled};
use super::freeze::{Freezing, Frozen};
use super::look::Purpose;
use super::noticed::{Noticed, Tally};
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

/// The people of an export while they come, in the order of the payload.
pub(super) struct Gathering<'a> {
    ids: &'a [ApplicationId],
    limits: Limits,
    purpose: Purpose,
    roll: Roll,
    tally: Tally,
    freezing: Freezing,
}

/// Who is to come, in their order.
pub(super) struct Expected<'a> {
    pub(super) ids: &'a [ApplicationId],
    /// All of these go, or none.
    pub(super) all_go: bool,
    /// With those who are known not to go.
    pub(super) roll: Roll,
}

/// Everybody has come: what there is of the export, and who may not go.
pub(super) struct Looked {
    pub(super) frozen: Frozen,
    pub(super) roll: Roll,
    pub(super) noticed: Noticed,
}

impl<'a> Making<'a> {
    pub(super) fn of(
        new: &NewExport,
        people: Expected<'a>,
        purpose: Purpose,
        actor: &Actor,
        prepared: Prepared,
    ) -> Self {
        if let Some(remembered) = prepared.remembered {
            return Self::Made(remembered);
        }
        let (target, vacancy) = match (prepared.target, prepared.vacancy) {
            (Some(target), Some(vacancy)) => (target, vacancy),
            (target, vacancy) => {
                return Self::Unknown { vacancy: vacancy.is_none(), webhook: target.is_none() };
            }
        };
        let tally = Tally::new(&target, prepared.vacancy_status, prepared.at);
        let context = PayloadContext {
            // The id of what is only looked at is nobody's.
            export_id: if purpose.creates() { prepared.id } else { Uuid::nil().into() },
            export_type: ExportType::Candidates,
            requested_at: prepared.at,
            requester: actor.requester(),
            organisation: prepared.organisation,
            vacancy,
            include: target.include,
            resent_from: None,
        };
        let Expected { ids, all_go, roll } = people;
        let limits = new.limits;
        // Where some may be left out, it is told afterwards how many go.
        let expected = if all_go { ids.len() } else { 0 };
        let mut freezing = Freezing::new(context, target, expected, limits.max_payload_bytes);
        if new.selection_digest.is_some() || !purpose.creates() {
            freezing = freezing.digesting();
        }
        if let Purpose::Preview { sample } = purpose {
            freezing = freezing.sampling(sample);
        }
        Self::Gathering(Box::new(Gathering { ids, limits, purpose, roll, tally, freezing }))
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
        let nothing_goes = self.purpose.creates() && self.roll.total > 0;
        if let Some(person) = person.filter(|_| may_go && !nothing_goes) {
            self.freezing.add(&person.record);
            self.tally.count(&person.record, person.earlier);
        }
    }

    /// What there is of it, unless it is too large. They may be too many bytes to be read to their end.
    pub(super) fn finish(self, too_many_bytes: Option<u64>) -> Result<Looked, CreateRefusal> {
        let limit = self.limits.max_payload_bytes;
        let too_large = |actual| CreateRefusal::PayloadTooLarge { limit, actual };
        if let Some(bytes) = too_many_bytes {
            return Err(too_large(usize::try_from(bytes).unwrap_or(usize::MAX)));
        }
        let Self { roll, tally, freezing, purpose, .. } = self;
        if purpose.creates() && roll.total > 0 {
            let (refused, total) = (roll.refused, roll.total);
            return Err(CreateRefusal::Applications { refused, total });
        }
        let frozen = freezing.finish(roll.left_out, roll.absent());
        let frozen = frozen.map_err(|TooLarge { actual }| too_large(actual))?;
        let noticed = tally.noticed(&frozen);
        Ok(Looked { frozen, roll, noticed })
    }
}

impl Looked {
    /// The export to be written, if it is what was seen before (where that has to be), and anybody is in
    /// it, and its webhook takes it.
    pub(super) fn accepted(
        self,
        seen: Option<[u8; 32]>,
    ) -> Result<(Frozen, Noticed), CreateRefusal> {
        let Self { frozen, noticed, .. } = self;
        if seen.is_some() && frozen.selection != seen {
            return Err(CreateRefusal::SelectionChanged);
        }
        if frozen.candidate_count == 0 {
            return Err(CreateRefusal::NobodyToSend { left_out: frozen.left_out });
        }
        check_enabled(frozen.target.disabled)?;
        Ok((frozen, noticed))
    }
}
