//! Hosts that the actor does not read in full: those that look alike are one.

use diesel::prelude::*;
use domain::actor::Actor;
use domain::webhook_url::mask_host;
use uuid::Uuid;

use super::total::Groups;
use crate::db::Conn;
use crate::filter::exact::reads_whole_hosts;
use crate::owner::filter_by;
use crate::schema::webhooks;

/// Hosts, and how each is shown.
#[derive(Debug, Default)]
pub(super) struct Masked {
    pub(super) hosts: Vec<String>,
    pub(super) shown: Vec<String>,
}

/// Those of webhooks, live or deleted; none where hosts are not told, or are told in full.
pub(super) fn hosts(conn: &mut Conn, actor: &Actor, groups: Groups) -> QueryResult<Masked> {
    if !groups.host || reads_whole_hosts(actor) {
        return Ok(Masked::default());
    }
    let mut query = webhooks::table.select(webhooks::host).distinct().into_boxed();
    if let Some(organisation) = filter_by(actor) {
        query = query.filter(webhooks::organisation_id.eq::<Uuid>(organisation));
    }
    let hosts: Vec<String> = query.load(conn)?;
    let both = hosts.into_iter().map(|host| (mask_host(&host), host));
    let (shown, hosts) = both.filter(|(shown, host)| shown != host).unzip();
    Ok(Masked { hosts, shown })
}
