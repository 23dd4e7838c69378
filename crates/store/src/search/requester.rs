//! Who asked for exports, by their e-mail address, with the newest of them.

use domain::explanation::Traffic;

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
    let Looking { actor, window } = looking;
    let ids = filter::requesters(conn, actor, email)?;
    if ids.is_empty() {
        return Ok(Results::default());
    }
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
    let requester = found(email, named, traffic);
    let mut hits = vec![Hit { exact: true, what: What::Requester(Box::new(requester)) }];
    let exports = newest.into_iter().map(|export| What::Export(Box::new(export)));
    hits.extend(exports.map(|what| Hit { exact: true, what }));
    Ok(Results { hits, more: Vec::new() })
}

fn found(email: &str, newest: Export, traffic: Traffic) -> FoundRequester {
    FoundRequester {
        email: newest.requested_by.email.unwrap_or_else(|| email.to_owned()),
        name: newest.requested_by.name,
        organisation_id: newest.organisation_id,
        organisation_name: newest.organisation_name,
        traffic,
    }
}
