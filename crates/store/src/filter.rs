//! What the filters of lists name, and whether it is there for the actor: what is another
//! organisation's is not. So a filter that can match nothing is told from a list that is empty.

use std::marker::PhantomData;

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Text, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::email;
use domain::id::{AttemptId, ExportId, VacancyId, WebhookId};
use domain::webhook_url::mask_host;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::exports;
use crate::owner::filter_by;
use crate::page::in_order;
use crate::schema::{organisations, vacancies, webhooks};
use crate::statement::composed::Where;
use crate::statement::statement;

pub(crate) mod exact;

/// What a filter names and the actor has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownFilter {
    /// No such organisation.
    Organisation,
    /// No such webhook, live or deleted.
    Webhook,
    /// No such vacancy.
    Vacancy,
    /// No such export.
    Export,
    /// Nobody of that id or e-mail address has asked for an export.
    Requester,
    /// No webhook, live or deleted, has that host.
    Host,
    /// The audit tells of nobody of that id or e-mail address.
    Actor,
}

/// What several lists are filtered by, as it is asked.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    pub(crate) webhook: Option<WebhookId>,
    pub(crate) vacancy: Option<VacancyId>,
    pub(crate) export: Option<ExportId>,
    /// Subject, API key or e-mail address.
    pub(crate) requested_by: Option<&'a str>,
    /// Punycode, or masked as recruiters and support read it.
    pub(crate) host: Option<&'a str>,
}

/// What it stands for in the rows; none where it is not asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Named {
    /// Subjects and API keys.
    pub(crate) requesters: Option<Vec<String>>,
    /// Hosts.
    pub(crate) hosts: Option<Vec<String>>,
    /// An export.
    pub(crate) export: Option<ExportId>,
    /// An attempt of it.
    pub(crate) attempt: Option<AttemptId>,
}

impl Asked<'_> {
    /// What must be looked up before the list is read.
    pub(crate) fn named(
        self,
        conn: &mut Conn,
        actor: &Actor,
    ) -> Result<Result<Named, UnknownFilter>, StoreError> {
        let requesters = self.requested_by.map(|text| requesters(conn, actor, text)).transpose()?;
        if requesters.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Err(UnknownFilter::Requester));
        }
        let hosts =
            self.host.map(|host| hosts(conn, actor, &exact::as_read(actor, host))).transpose()?;
        if hosts.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Err(UnknownFilter::Host));
        }
        Ok(Ok(Named { requesters, hosts, export: self.export, attempt: None }))
    }

    /// What is not there: asked where a list turned out empty, since what it shows is there.
    pub(crate) fn unknown(
        self,
        conn: &mut Conn,
        actor: &Actor,
    ) -> Result<Option<UnknownFilter>, StoreError> {
        if let Some(organisation) = filter_by(actor)
            && !diesel::select(exists(organisations::table.find(organisation))).get_result(conn)?
        {
            return Ok(Some(UnknownFilter::Organisation));
        }
        if let Some(id) = self.webhook
            && !is_webhook(conn, actor, id)?
        {
            return Ok(Some(UnknownFilter::Webhook));
        }
        if let Some(id) = self.vacancy
            && !is_vacancy(conn, actor, id)?
        {
            return Ok(Some(UnknownFilter::Vacancy));
        }
        if let Some(id) = self.export
            && exports::owner(conn, actor, id)?.is_none()
        {
            return Ok(Some(UnknownFilter::Export));
        }
        Ok(None)
    }
}

/// Adds a condition on a text that is one of these: `one` with `= $1`, which an index answers in
/// the order of its rows, or `any` with `= ANY($1)`.
pub(crate) fn one_of<'a>(
    wanted: Where<'a>,
    one: &'static str,
    any: &'static str,
    values: Option<&'a [String]>,
) -> Where<'a> {
    match values {
        None => wanted,
        Some([value]) => wanted.and_with::<Text, _>(one, value.as_str()),
        Some(values) => wanted.and_with::<Array<Text>, _>(any, values),
    }
}

/// Whether the actor's organisation has such a webhook, live or deleted.
pub(crate) fn is_webhook(conn: &mut Conn, actor: &Actor, id: WebhookId) -> QueryResult<bool> {
    let mut query = webhooks::table.filter(webhooks::id.eq(Uuid::from(id))).into_boxed();
    if let Some(organisation) = filter_by(actor) {
        query = query.filter(webhooks::organisation_id.eq(organisation));
    }
    diesel::select(exists(query)).get_result(conn)
}

fn is_vacancy(conn: &mut Conn, actor: &Actor, id: VacancyId) -> QueryResult<bool> {
    let mut query = vacancies::table.filter(vacancies::id.eq(Uuid::from(id))).into_boxed();
    if let Some(organisation) = filter_by(actor) {
        query = query.filter(vacancies::organisation_id.eq(organisation));
    }
    diesel::select(exists(query)).get_result(conn)
}

/// Whom a text names that have asked for an export, and the actor themselves, who may not have yet.
/// Who sees only their own knows nobody else.
pub(crate) fn requesters(conn: &mut Conn, actor: &Actor, text: &str) -> QueryResult<Vec<String>> {
    let text = text.trim();
    let (address, own) = (email::key(text), actor.email.as_deref().and_then(email::key));
    if text == actor.id || (address.is_some() && address == own) {
        // By their e-mail address an earlier account of theirs may be meant, too.
        let mut ids = vec![actor.id.clone()];
        if actor.own().is_none() && text != actor.id {
            ids.extend(of_email(conn, actor, text)?.into_iter().filter(|id| *id != actor.id));
        }
        return Ok(ids);
    }
    if actor.own().is_some() {
        return Ok(Vec::new());
    }
    let found = if text.contains('@') { of_email(conn, actor, text)? } else { Vec::new() };
    if filter_by(actor).is_none() && !found.is_empty() && !may_be_id(conn, text)? {
        return Ok(found);
    }
    let by_id = IsRequester { organisation: filter_by(actor), id: text, lifetime: PhantomData };
    if by_id.get_result(conn)? {
        return Ok(vec![text.to_owned()]);
    }
    Ok(found)
}

/// Whether an id is to be looked for in each organisation, which an address mostly is not.
fn may_be_id(conn: &mut Conn, text: &str) -> QueryResult<bool> {
    in_order(conn, |conn| MayBeId { id: text, lifetime: PhantomData }.get_result(conn))
}

/// Who asked under an e-mail address, however it is written.
pub(crate) fn of_email(conn: &mut Conn, actor: &Actor, email: &str) -> QueryResult<Vec<String>> {
    let found = owners_of_email(conn, actor, email)?;
    let mut ids: Vec<String> = found.into_iter().map(|(id, _)| id).collect();
    ids.dedup();
    Ok(ids)
}

/// The same, and in which organisation.
pub(crate) fn owners_of_email(
    conn: &mut Conn,
    actor: &Actor,
    email: &str,
) -> QueryResult<Vec<(String, Uuid)>> {
    let Some(wanted) = email::key(email) else { return Ok(Vec::new()) };
    let organisation = filter_by(actor);
    let alike = FindRequesters { organisation, key: &wanted, lifetime: PhantomData };
    let mut found: Vec<(String, String, Uuid)> = in_order(conn, |conn| alike.load(conn))?;
    found.retain(|(_, email, _)| email::key(email).is_some_and(|key| key == wanted));
    Ok(found.into_iter().map(|(id, _, organisation)| (id, organisation)).collect())
}

statement!(uncached MayBeId = "filter/may_be_id.sql", (id: Text => &'a str) -> Bool);

statement!(uncached IsRequester = "filter/is_requester.sql", (
    organisation: Nullable<SqlUuid> => Option<Uuid>,
    id: Text => &'a str,
) -> Bool);

statement!(uncached FindRequesters = "filter/find_requesters.sql", (
    organisation: Nullable<SqlUuid> => Option<Uuid>,
    key: Text => &'a str,
) -> (Text, Text, SqlUuid));

/// The hosts of webhooks, live or deleted, that are this one, or look like it where it is masked.
fn hosts(conn: &mut Conn, actor: &Actor, host: &str) -> QueryResult<Vec<String>> {
    let mut query = webhooks::table.select(webhooks::host).distinct().into_boxed();
    if let Some(organisation) = filter_by(actor) {
        query = query.filter(webhooks::organisation_id.eq(organisation));
    }
    let Some(suffix) = host.strip_prefix("***.") else {
        return query.filter(webhooks::host.eq(host)).load(conn);
    };
    // No host has a character that LIKE takes for more than itself, but the underscore.
    let alike = format!("%.{}", suffix.replace('_', r"\_"));
    let mut hosts: Vec<String> = query.filter(webhooks::host.like(alike)).load(conn)?;
    hosts.retain(|known| mask_host(known) == host);
    Ok(hosts)
}
