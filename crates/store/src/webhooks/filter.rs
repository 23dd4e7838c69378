//! Which webhooks are listed: those of a host, or those that are called so.

use domain::actor::Actor;
use domain::name;
use domain::search::host_part;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::filter::exact::{hosts_with, pattern};
use crate::filter::{Asked, UnknownFilter};

/// Which live webhooks are listed; all conditions hold together.
#[derive(Debug, Clone, Default)]
pub struct WebhookFilter {
    /// Of this host, punycode; masked as the actor may read it.
    pub host: Option<String>,
    /// Whose name or host has this in it.
    pub q: Option<String>,
    /// Those that are stale, or those that are not.
    pub stale: Option<bool>,
    /// Those that are to be reviewed, or those that are not.
    pub review_due: Option<bool>,
}

/// What of the rows is asked for.
#[derive(Default)]
pub(super) struct Wanted {
    pub(super) id: Option<Uuid>,
    pub(super) hosts: Option<Vec<String>>,
    /// For LIKE.
    pub(super) named: Option<String>,
    pub(super) named_hosts: Option<Vec<String>>,
    pub(super) stale: Option<bool>,
    pub(super) review_due: Option<bool>,
}

impl WebhookFilter {
    pub(super) fn wanted(
        &self,
        conn: &mut Conn,
        actor: &Actor,
    ) -> Result<Result<Wanted, UnknownFilter>, StoreError> {
        let asked = Asked { host: self.host.as_deref(), ..Asked::default() };
        let hosts = match asked.named(conn, actor)? {
            Ok(named) => named.hosts,
            Err(unknown) => return Ok(Err(unknown)),
        };
        let part = self.q.as_deref().and_then(host_part);
        let named_hosts = part.map(|part| hosts_with(conn, actor, &part)).transpose()?;
        let named_hosts = named_hosts.map(|hosts| hosts.into_values().flatten().collect());
        let named = self.q.as_deref().map(|q| pattern(&name::key(q.trim())));
        let Self { stale, review_due, .. } = *self;
        Ok(Ok(Wanted { id: None, hosts, named, named_hosts, stale, review_due }))
    }
}
