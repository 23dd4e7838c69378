//! The look at what an export is made of: in one view who is meant, and what there is of them.

use domain::actor::Actor;

use super::create::{CreateRefusal, NewExport, Picked};
use super::making::{Expected, Looked, Making};
use super::prepare::{self, Asked};
use super::selection::Selection;
use crate::db::Conn;
use crate::error::StoreError;
use crate::idempotency_keys::Remembered;

/// What is stored of people may be larger than what goes out, but not that much.
const STORED_TO_SENT: usize = 2;

/// What one looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To write it.
    Create,
    /// To show it, with that many people.
    Preview {
        /// How many.
        sample: usize,
    },
}

impl Purpose {
    pub(super) fn creates(self) -> bool {
        self == Self::Create
    }
}

/// What was seen.
pub(super) enum Look {
    /// The actor's organisation is not here.
    OrganisationUnknown,
    /// An earlier request under the same key made it.
    Made(Remembered),
    /// By a rule that leaves nothing to see.
    Refused(CreateRefusal),
    /// It.
    Looked(Box<Looked>),
}

/// Looks for what is to be written. Who is named is read in one statement, who is selected is found and
/// read with one view of the database: nobody changes in between.
pub(super) fn look(conn: &mut Conn, actor: &Actor, new: &NewExport) -> Result<Look, StoreError> {
    match &new.picked {
        Picked::Ids(_) => see(conn, actor, new, Purpose::Create),
        Picked::Select(_) => in_one_view(conn, |conn| see(conn, actor, new, Purpose::Create)),
    }
}

/// Looks, in a transaction with one view where anybody is selected.
pub(super) fn see(
    conn: &mut Conn,
    actor: &Actor,
    new: &NewExport,
    purpose: Purpose,
) -> Result<Look, StoreError> {
    let selection = match &new.picked {
        Picked::Ids(ids) => Selection::of_ids(ids, new),
        Picked::Select(filter) => Selection::find(conn, actor, new, filter)?,
    };
    read(conn, actor, new, purpose, selection)
}

/// Runs a call in a transaction whose statements all see the same.
pub(super) fn in_one_view<T>(
    conn: &mut Conn,
    call: impl FnOnce(&mut Conn) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    conn.build_transaction().repeatable_read().run(call)
}

fn read(
    conn: &mut Conn,
    actor: &Actor,
    new: &NewExport,
    purpose: Purpose,
    selection: Selection,
) -> Result<Look, StoreError> {
    let Selection { ids, all_go, roll, refusal } = selection;
    // Whoever is meant, there may be an export under the key, or no such webhook.
    let ids = if refusal.is_some() { Vec::new() } else { ids };
    let asked = Asked {
        webhook: new.webhook_id,
        vacancy: Some(new.vacancy_id),
        applications: &ids,
        key: new.idempotency_key.as_ref(),
        most_bytes: new.limits.max_payload_bytes.saturating_mul(STORED_TO_SENT),
    };
    let people = Expected { ids: &ids, all_go, roll };
    let begin = |prepared| Making::of(new, people, purpose, actor, prepared);
    let Some((making, too_many_bytes)) = prepare::read(conn, actor, &asked, begin, Making::take)?
    else {
        return Ok(Look::OrganisationUnknown);
    };
    let looked = match making {
        Making::Made(remembered) => return Ok(Look::Made(remembered)),
        Making::Unknown { vacancy, webhook } => {
            return Ok(Look::Refused(CreateRefusal::Unknown { vacancy, webhook }));
        }
        Making::Gathering(people) => match refusal {
            Some(refusal) => return Ok(Look::Refused(refusal)),
            None => people.finish(too_many_bytes),
        },
    };
    let mut looked = match looked {
        Ok(looked) => looked,
        Err(refusal) => return Ok(Look::Refused(refusal)),
    };
    looked.noticed.complete(conn, actor)?;
    Ok(Look::Looked(Box::new(looked)))
}
