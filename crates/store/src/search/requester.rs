//! Who asked for exports, by their e-mail address, with the newest of them.

use std::collections::BTreeSet;

use domain::actor::{Actor, Scope};
use domain::explanation::Traffic;
use domain::id::OrganisationId;

use super::{FoundRequester, Hit, Looking, MOST_EXPORTS, Results, What, traffic};
use crate::db::Conn;
use crate::error::StoreError;
use crate::exports::{self, Export, ExportFilter};
use crate::filter;

pub(super) fn find(
    conn: &mut Conn,
    looking: Looking<'_>,
    email: &str,
) -> Result<Results, StoreError> {
    let Asked { ids, owners, within } = who(conn, looking.actor, email)?;
    if ids.is_empty() {
        return Ok(Results::default());
    }
    let looking = Looking { actor: &within, ..looking };
    let Looking { actor, window } = looking;
    let on_the_day = window.day.then_some(window);
    let wanted = ExportFilter {
        from: on_the_day.map(|day| day.from),
        to: on_the_day.map(|day| day.to),
        ..ExportFilter::default()
    };
    let newest = exports::newest_of(conn, actor, &wanted, &ids, MOST_EXPORTS)?;
    let named = match newest.first() {
        Some(first) => first.clone(),
        // Nothing on that day: who it is, is told all the same.
        None => {
            let any = ExportFilter::default();
            let Some(last) = exports::newest_of(conn, actor, &any, &ids, 1)?.pop() else {
                return Ok(Results::default());
            };
            last
        }
    };
    let traffic = traffic::of_requesters(conn, looking, &ids)?;
    let requester = found(email, named, owners, traffic);
    let mut hits = vec![Hit { exact: true, what: What::Requester(Box::new(requester)) }];
    let exports = newest.into_iter().map(|export| What::Export(Box::new(export)));
    hits.extend(exports.map(|what| Hit { exact: true, what }));
    Ok(Results { hits, more: Vec::new() })
}

/// Whom an address names.
struct Asked {
    /// Subjects.
    ids: Vec<String>,
    /// Where they asked.
    owners: Vec<OrganisationId>,
    /// The actor who looks where they are alone: mostly that is one organisation.
    within: Actor,
}

fn who(conn: &mut Conn, actor: &Actor, email: &str) -> Result<Asked, StoreError> {
    if actor.scope != Scope::All {
        let ids = filter::requesters(conn, actor, email)?;
        let owners = actor.organisation().into_iter().collect();
        return Ok(Asked { ids, owners, within: actor.clone() });
    }
    let found = filter::owners_of_email(conn, actor, email)?;
    let owners: BTreeSet<OrganisationId> = found.iter().map(|(_, it)| (*it).into()).collect();
    let owners: Vec<_> = owners.into_iter().collect();
    let within = if let [only] = owners[..] { actor.within(only) } else { actor.clone() };
    let ids: BTreeSet<String> = found.into_iter().map(|(id, _)| id).collect();
    Ok(Asked { ids: ids.into_iter().collect(), owners, within })
}

fn found(
    email: &str,
    newest: Export,
    organisations: Vec<OrganisationId>,
    traffic: Traffic,
) -> FoundRequester {
    let is_one = organisations.len() == 1;
    FoundRequester {
        email: newest.requested_by.email.unwrap_or_else(|| email.to_owned()),
        name: newest.requested_by.name,
        organisations,
        organisation_name: newest.organisation_name.filter(|_| is_one),
        traffic,
    }
}
