//! Webhooks by id and name, and hosts by a part of them, as the actor reads them: a label that is masked
//! for them is found by nobody's guess.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::id::OrganisationId;
use domain::name;
use uuid::Uuid;

use super::deliveries::deliveries;
use super::{Delivery, FoundHost, FoundWebhook, Hit, HitKind, Looking, MOST, Results, What};
use crate::db::Conn;
use crate::error::StoreError;
use crate::filter::exact::{as_read, hosts_with, pattern};
use crate::organisations::names;
use crate::owner::filter_by;
use crate::statement::composed::{Composed, Where};
use crate::statement::row;

/// Characters of the shortest part of a host that is looked for.
const SHORTEST: usize = 3;

row!(
    /// A webhook with its health.
    pub(super) struct Row {
        organisation_id: SqlUuid => Uuid,
        id: SqlUuid => Uuid,
        name: Text => String,
        host: Text => String,
        deleted_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        failing_since: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        last_delivered_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        last_claimed_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        disabled_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        disabled_reason: Nullable<Text> => Option<String>,
    }
);

/// The webhook of that id.
pub(super) fn by_id(
    conn: &mut Conn,
    looking: Looking<'_>,
    id: Uuid,
) -> Result<Option<FoundWebhook>, StoreError> {
    let wanted = within(looking).and_with::<SqlUuid, _>("w.id = $1", id);
    let rows: Vec<Row> = statement(wanted, "", 1).load(conn)?;
    Ok(webhooks(conn, looking, rows)?.pop())
}

/// Webhooks whose name has the text, and hosts that have it.
pub(super) fn find(
    conn: &mut Conn,
    looking: Looking<'_>,
    text: &str,
    host: Option<&str>,
) -> Result<Results, StoreError> {
    let key = name::key(text);
    let named = within(looking)
        .and_with::<Text, _>("coalesce(w.name_key, lower(w.name)) LIKE $1", pattern(&key));
    let rows: Vec<Row> = statement(named, &key, MOST + 1).load(conn)?;
    let more = rows.len() > MOST;
    let rows = rows.into_iter().take(MOST).collect();
    let hits = webhooks(conn, looking, rows)?.into_iter().map(|found| Hit {
        exact: name::key(&found.name) == key,
        what: What::Webhook(Box::new(found)),
    });
    let more = if more { vec![HitKind::Webhook] } else { Vec::new() };
    let mut results = hosts(conn, looking, host)?;
    results.add(Results { hits: hits.collect(), more });
    Ok(results)
}

/// All hosts that the actor reads so in whole or in part, each with all of its webhooks.
fn hosts(conn: &mut Conn, looking: Looking<'_>, part: Option<&str>) -> Result<Results, StoreError> {
    let Some(part) = part.filter(|part| part.len() >= SHORTEST) else {
        return Ok(Results::default());
    };
    let known = hosts_with(conn, looking.actor, part)?;
    let shown = as_read(looking.actor, part);
    let more = known.len() > MOST;
    let mut known: Vec<(String, Vec<String>)> = known.into_iter().collect();
    known.sort_by_key(|(host, _)| (*host != shown, host.len()));
    known.truncate(MOST);
    let groups = of_hosts(conn, looking, &known)?;
    let deliveries = deliveries(conn, looking, groups.iter().map(|(_, rows)| &rows[..]))?;
    let mut found = Vec::new();
    for ((host, rows), delivery) in groups.into_iter().zip(deliveries) {
        let owners: BTreeSet<OrganisationId> =
            rows.iter().map(|row| row.organisation_id.into()).collect();
        found.push(FoundHost {
            host,
            organisations: owners.into_iter().collect(),
            organisation_name: None,
            delivery,
        });
    }
    name_hosts(conn, looking, &mut found)?;
    let hits = found
        .into_iter()
        .map(|found| Hit { exact: found.host == shown, what: What::Host(Box::new(found)) });
    Ok(Results { hits: hits.collect(), more: if more { vec![HitKind::Host] } else { vec![] } })
}

/// The webhooks of each host.
fn of_hosts(
    conn: &mut Conn,
    looking: Looking<'_>,
    known: &[(String, Vec<String>)],
) -> QueryResult<Vec<(String, Vec<Row>)>> {
    let hosts: Vec<&str> = known.iter().flat_map(|(_, hosts)| hosts).map(String::as_str).collect();
    if hosts.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = within(looking).and_with::<Array<Text>, _>("w.host = ANY($1)", hosts);
    let rows: Vec<Row> = statement(wanted, "", usize::MAX).load(conn)?;
    let mut by_host: HashMap<String, Vec<Row>> = HashMap::new();
    for row in rows {
        by_host.entry(as_read(looking.actor, &row.host)).or_default().push(row);
    }
    let with_rows =
        |(host, _): &(String, Vec<String>)| by_host.remove(host).map(|rows| (host.clone(), rows));
    Ok(known.iter().filter_map(with_rows).collect())
}

/// Tells of whom a host is, where it is one organisation's.
fn name_hosts(conn: &mut Conn, looking: Looking<'_>, hosts: &mut [FoundHost]) -> QueryResult<()> {
    if looking.actor.organisation().is_some() {
        return Ok(());
    }
    let names = names::of(conn, hosts.iter().filter_map(FoundHost::organisation).copied())?;
    for host in hosts {
        host.organisation_name = host.organisation().and_then(|owner| names.get(owner).cloned());
    }
    Ok(())
}

/// These webhooks with how they do.
fn webhooks(
    conn: &mut Conn,
    looking: Looking<'_>,
    rows: Vec<Row>,
) -> Result<Vec<FoundWebhook>, StoreError> {
    let deliveries = deliveries(conn, looking, rows.iter().map(std::slice::from_ref))?;
    let found = |(row, delivery): (Row, Delivery)| FoundWebhook {
        organisation_id: row.organisation_id.into(),
        organisation_name: None,
        id: row.id.into(),
        name: row.name,
        host: row.host,
        deleted_at: row.deleted_at,
        delivery,
    };
    let mut webhooks: Vec<_> = rows.into_iter().zip(deliveries).map(found).collect();
    names::tell(conn, looking.actor, &mut webhooks)?;
    Ok(webhooks)
}

fn within(looking: Looking<'_>) -> Where<'static> {
    Where::default().and_if::<SqlUuid, _>("w.organisation_id = $1", filter_by(looking.actor))
}

/// The webhooks that are wanted: what is called just so first, then the live ones, the newest first.
pub(super) fn statement<'a>(wanted: Where<'a>, name_key: &'a str, rows: usize) -> Composed<'a> {
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    // Sorted and cut before each is looked up in the lanes.
    Composed::default()
        .sql(include_str!("webhooks.sql"))
        .with::<Text, _>("FROM (SELECT w.*, w.name_key IS NOT DISTINCT FROM $1", name_key)
        .sql("AS is_called_so FROM webhooks w")
        .then(wanted)
        .sql("ORDER BY is_called_so DESC, w.deleted_at IS NOT NULL, w.id DESC")
        .with::<BigInt, _>("LIMIT $1) w", rows)
        .sql(include_str!("lanes.sql"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_look_is_a_statement() {
        use crate::search::candidates;
        let wanted = || {
            Where::default()
                .and_with::<SqlUuid, _>("w.organisation_id = $1", Uuid::nil())
                .and_with::<Array<Text>, _>("w.host = ANY($1)", vec!["a.example.com"])
        };
        let hooks = [
            ("webhooks", statement(wanted(), "zapier", 11)),
            ("webhooks of all", statement(Where::default(), "zapier", 11)),
        ];
        crate::statement::check::composed(hooks.into_iter().map(own), Row::columns);
        let words =
            candidates::of(Uuid::nil()).and_with::<Text, _>("lower(c.email) = lower($1)", "a");
        let people = [
            ("candidates by e-mail", candidates::statement(words)),
            ("candidates", candidates::statement(candidates::of(Uuid::nil()))),
        ];
        crate::statement::check::composed(people.into_iter().map(own), candidates::Row::columns);
    }

    fn own<'a>((what, statement): (&str, Composed<'a>)) -> (String, Composed<'a>) {
        (what.to_owned(), statement)
    }
}
