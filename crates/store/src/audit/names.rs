//! Names of what events are about, so that people can read them.

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use serde_json::Value;
use uuid::Uuid;

use super::AuditEvent;
use crate::db::Conn;
use crate::statement::statement;

statement!(FindNames = "names.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    ids: Array<SqlUuid> => Vec<Uuid>,
) -> (SqlUuid, Text));

/// Adds the names that the sentences of these events need.
pub(super) fn add(conn: &mut Conn, events: &mut [AuditEvent]) -> QueryResult<()> {
    let asked: BTreeSet<(Uuid, Uuid)> = events
        .iter()
        .filter_map(|event| Some((Uuid::from(event.organisation_id?), event)))
        .flat_map(|(owner, event)| mentioned(event).map(move |id| (owner, id)))
        .collect();
    if asked.is_empty() {
        return Ok(());
    }
    let (organisations, ids) = asked.into_iter().unzip();
    let found = FindNames { organisations, ids, lifetime: PhantomData };
    let names: BTreeMap<Uuid, String> = found.load::<(Uuid, String)>(conn)?.into_iter().collect();
    for event in events {
        let known = mentioned(event).filter_map(|id| Some((id, names.get(&id)?.clone())));
        event.names = known.collect();
    }
    Ok(())
}

/// The things whose names would help.
fn mentioned(event: &AuditEvent) -> impl Iterator<Item = Uuid> {
    let named = matches!(event.object_type.as_str(), "webhook" | "api_key" | "organisation");
    let of_details = ["webhook_id", "by", "to", "replaces"].into_iter().filter_map(|member| {
        event.details.get(member).and_then(Value::as_str).and_then(|id| id.parse().ok())
    });
    event.object_id.filter(|_| named).into_iter().chain(of_details)
}
