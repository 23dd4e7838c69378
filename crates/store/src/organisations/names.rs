//! What customers are called, for those who look into more than one: the support desk.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use domain::actor::{Actor, ActorKind};
use domain::id::OrganisationId;
use uuid::Uuid;

use crate::db::Conn;
use crate::schema::organisations;

/// A row of an organisation, which may be told what it is called.
pub(crate) trait Owned {
    /// Whose it is.
    fn owner(&self) -> OrganisationId;
    /// Where the name goes.
    fn name(&mut self) -> &mut Option<String>;
}

/// Tells each row what its organisation is called, where support reads it: one look for the few
/// organisations of a page. Members know their own.
pub(crate) fn tell<T: Owned>(conn: &mut Conn, actor: &Actor, rows: &mut [T]) -> QueryResult<()> {
    if actor.kind != ActorKind::Support || rows.is_empty() {
        return Ok(());
    }
    let names = of(conn, rows.iter().map(Owned::owner))?;
    for row in rows {
        *row.name() = names.get(&row.owner()).cloned();
    }
    Ok(())
}

/// The names of organisations.
pub(crate) fn of(
    conn: &mut Conn,
    ids: impl Iterator<Item = OrganisationId>,
) -> QueryResult<HashMap<OrganisationId, String>> {
    let ids: BTreeSet<Uuid> = ids.map(Uuid::from).collect();
    let names: Vec<(Uuid, String)> = organisations::table
        .filter(organisations::id.eq_any(ids))
        .select((organisations::id, organisations::name))
        .load(conn)?;
    Ok(names.into_iter().map(|(id, name)| (id.into(), name)).collect())
}

/// Says where a type keeps its organisation and the name of it.
macro_rules! owned {
    ($($row:ty),+ $(,)?) => {
        $(impl Owned for $row {
            fn owner(&self) -> OrganisationId {
                self.organisation_id
            }

            fn name(&mut self) -> &mut Option<String> {
                &mut self.organisation_name
            }
        })+
    };
}

owned!(
    crate::exports::Export,
    crate::attempts::Attempt,
    crate::webhooks::Webhook,
    crate::webhooks::Registered,
    crate::search::FoundWebhook,
);
