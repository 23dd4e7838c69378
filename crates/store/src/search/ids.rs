//! An id: of an attempt, with its export; of an export; of a webhook; of a customer or a candidate.

use domain::id::{ExportId, OrganisationId};
use domain::role::Action;
use uuid::Uuid;

use super::{Hit, Looking, Results, What, candidates, hooks};
use crate::db::Conn;
use crate::error::StoreError;
use crate::filter::exact;
use crate::{attempts, exports, organisations};

pub(super) fn find(conn: &mut Conn, looking: Looking<'_>, id: Uuid) -> Result<Results, StoreError> {
    let actor = looking.actor;
    let mut found = Results::default();
    let mut add = |what| found.hits.push(Hit { exact: true, what });
    if let Some(export) = exports::read_one(conn, actor, ExportId::from(id))? {
        add(What::Export(Box::new(export)));
        return Ok(found);
    }
    if let Some(webhook) = hooks::by_id(conn, looking, id)? {
        add(What::Webhook(Box::new(webhook)));
        return Ok(found);
    }
    if let Some((owner, export)) = exact::attempt(conn, actor, id)? {
        let attempt = attempts::one(conn, actor, (owner, export), id.into())?;
        attempt.into_iter().for_each(|attempt| add(What::Attempt(Box::new(attempt))));
        let export = exports::read_one(conn, actor, export)?;
        export.into_iter().for_each(|export| add(What::Export(Box::new(export))));
        return Ok(found);
    }
    if actor.may(Action::FindOrganisations)
        && let Some(organisation) = organisations::found(conn, actor, OrganisationId::from(id))?
    {
        add(What::Organisation(Box::new(organisation)));
        return Ok(found);
    }
    found.add(candidates::by_id(conn, actor, id)?);
    Ok(found)
}
