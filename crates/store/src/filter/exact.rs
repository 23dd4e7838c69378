//! `q` of a list: one thing, named by what it is unique by. What is not there is found nowhere: who
//! searches learns that by an empty list, other than who filters.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::id::{AttemptId, ExportId, OrganisationId, WebhookId};
use domain::role::Role;
use domain::search::Exact;
use domain::webhook_url::mask_host;
use uuid::Uuid;

use super::{Named, hosts, is_webhook, requesters};
use crate::db::Conn;
use crate::error::StoreError;
use crate::exports;
use crate::owner::filter_by;
use crate::schema::webhooks;
use crate::statement::statement;

/// What is called so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// An export, or an id that only the log may know.
    Export(ExportId),
    /// An attempt, and the export that it belongs to.
    Attempt(ExportId, AttemptId),
    /// A webhook, live or deleted.
    Webhook(WebhookId),
    /// Who asked.
    Requesters(Vec<String>),
    /// Hosts.
    Hosts(Vec<String>),
}

/// An attempt, and whose it is.
pub(crate) type FoundAttempt = (OrganisationId, ExportId);

statement!(FindAttempt = "find_attempt.sql", (
    organisation: Nullable<SqlUuid> => Option<Uuid>,
    own: Nullable<Text> => Option<&'a str>,
    attempt: SqlUuid => Uuid,
) -> (SqlUuid, SqlUuid));

/// The organisation and the export of an attempt that the actor may see, in the log or under way.
pub(crate) fn attempt(
    conn: &mut Conn,
    actor: &Actor,
    id: Uuid,
) -> QueryResult<Option<FoundAttempt>> {
    let statement = FindAttempt {
        organisation: filter_by(actor),
        own: actor.own(),
        attempt: id,
        lifetime: PhantomData,
    };
    let found: Option<(Uuid, Uuid)> = statement.get_result(conn).optional()?;
    Ok(found.map(|(organisation, export)| (organisation.into(), export.into())))
}

/// A host as the actor reads it: whoever does not read all of it asks for all that look alike, and
/// learns nothing of what is masked.
pub(crate) fn as_read(actor: &Actor, host: &str) -> String {
    if reads_whole_hosts(actor) { host.to_owned() } else { mask_host(host) }
}

/// The hosts of webhooks, live or deleted, that have this part as the actor reads them, and what stands
/// behind each: several, where a label is masked. Nobody finds what they cannot read.
pub(crate) fn hosts_with(
    conn: &mut Conn,
    actor: &Actor,
    part: &str,
) -> QueryResult<BTreeMap<String, Vec<String>>> {
    let shown = as_read(actor, part);
    // Of `***.ngrok.app` the rest stands in the hosts; what is masked is compared below.
    let stands = pattern(shown.trim_start_matches(['*', '.']));
    let mut query = webhooks::table
        .filter(webhooks::host.like(stands))
        .select(webhooks::host)
        .distinct()
        .into_boxed();
    if let Some(organisation) = filter_by(actor) {
        query = query.filter(webhooks::organisation_id.eq(organisation));
    }
    let hosts: Vec<String> = query.load(conn)?;
    let mut read: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for host in hosts {
        let as_read = as_read(actor, &host);
        // Who reads whole hosts may have read a masked one somewhere.
        if as_read.contains(&shown) || mask_host(&host) == shown {
            read.entry(as_read).or_default().push(host);
        }
    }
    Ok(read)
}

/// What has this text in it, for LIKE.
pub(crate) fn pattern(text: &str) -> String {
    let escaped = text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    format!("%{escaped}%")
}

/// Whether the actor reads hosts unmasked.
pub(crate) fn reads_whole_hosts(actor: &Actor) -> bool {
    !matches!(actor.role, Some(Role::Recruiter | Role::Support))
}

/// What the actor has that is called so.
fn find(conn: &mut Conn, actor: &Actor, q: &Exact) -> Result<Found, StoreError> {
    Ok(match q {
        Exact::Email(email) => Found::Requesters(requesters(conn, actor, email)?),
        Exact::Host(host) => Found::Hosts(hosts(conn, actor, &as_read(actor, host))?),
        Exact::Id(id) => {
            if exports::owner(conn, actor, ExportId::from(*id))?.is_some() {
                return Ok(Found::Export(ExportId::from(*id)));
            }
            if is_webhook(conn, actor, WebhookId::from(*id))? {
                return Ok(Found::Webhook(WebhookId::from(*id)));
            }
            match attempt(conn, actor, *id)? {
                Some((_, export)) => Found::Attempt(export, AttemptId::from(*id)),
                None => Found::Export(ExportId::from(*id)),
            }
        }
    })
}

impl Named {
    /// The same, narrowed to what `q` finds, beside the webhook that is asked for; none where nothing
    /// can be both.
    pub(crate) fn narrowed(
        mut self,
        conn: &mut Conn,
        actor: &Actor,
        webhook: &mut Option<WebhookId>,
        q: Option<&Exact>,
    ) -> Result<Option<Self>, StoreError> {
        let Some(q) = q else { return Ok(Some(self)) };
        let is_both = match find(conn, actor, q)? {
            Found::Export(id) => both(&mut self.export, id),
            Found::Attempt(export, id) => {
                self.attempt = Some(id);
                both(&mut self.export, export)
            }
            Found::Webhook(id) => both(webhook, id),
            Found::Requesters(ids) => both_of(&mut self.requesters, ids),
            Found::Hosts(hosts) => both_of(&mut self.hosts, hosts),
        };
        Ok(is_both.then_some(self))
    }
}

fn both<T: PartialEq>(asked: &mut Option<T>, found: T) -> bool {
    match asked {
        Some(asked) => *asked == found,
        None => {
            *asked = Some(found);
            true
        }
    }
}

fn both_of(asked: &mut Option<Vec<String>>, found: Vec<String>) -> bool {
    let both = match asked.take() {
        Some(asked) => asked.into_iter().filter(|one| found.contains(one)).collect(),
        None => found,
    };
    let some = !both.is_empty();
    *asked = Some(both);
    some
}
