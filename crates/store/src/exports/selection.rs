//! Who is meant by an export, in the order of its payload, before anything is read of them.

use domain::actor::Actor;
use domain::export::LeaveOut;
use domain::id::ApplicationId;

use super::create::{CreateRefusal, NewExport};
use super::unexportable::Roll;
use crate::applications::select::{Selected, select};
use crate::applications::{ApplicationFilter, FilterRefusal};
use crate::db::Conn;
use crate::error::StoreError;

/// Who is meant.
pub(super) struct Selection {
    pub(super) ids: Vec<ApplicationId>,
    /// All of these go, or none.
    pub(super) all_go: bool,
    /// With those who were found and may not go.
    pub(super) roll: Roll,
    /// Why nobody is read.
    pub(super) refusal: Option<CreateRefusal>,
}

impl Selection {
    /// Those who are named.
    pub(super) fn of_ids(ids: &[ApplicationId], new: &NewExport) -> Self {
        let limit = new.limits.max_candidates;
        let refusal = match ids.len() {
            0 => Some(CreateRefusal::NoCandidates),
            actual if actual > limit => Some(CreateRefusal::TooManyCandidates { limit, actual }),
            _ => None,
        };
        let all_go = new.leave_out == LeaveOut::Refuse;
        Self { ids: ids.to_vec(), all_go, roll: Roll::new(new.leave_out), refusal }
    }

    /// Those whom a filter means.
    pub(super) fn find(
        conn: &mut Conn,
        actor: &Actor,
        new: &NewExport,
        filter: &ApplicationFilter,
    ) -> Result<Self, StoreError> {
        let limit = new.limits.max_candidates;
        let (mut ids, mut actual, mut roll) = (Vec::new(), 0, Roll::new(new.leave_out));
        let found = select(conn, actor, new.vacancy_id, filter, |Selected { id, left_out }| {
            if let Some((reason, full_name)) = left_out {
                return roll.leave_out(None, id, reason, Some(full_name));
            }
            actual += 1;
            if actual <= limit {
                ids.push(id);
            }
        })?;
        let left_out = roll.left_out;
        let refusal = match found {
            // It is told with the webhook, whether that is here.
            Err(FilterRefusal::Unknown) => None,
            Err(refusal) => Some(CreateRefusal::Select(refusal)),
            Ok(()) if actual > limit => Some(CreateRefusal::TooManyCandidates { limit, actual }),
            Ok(()) if actual == 0 && left_out.total() == 0 => {
                Some(CreateRefusal::NobodyToSend { left_out })
            }
            Ok(()) => None,
        };
        Ok(Self { ids, all_go: true, roll, refusal })
    }
}
