//! One box: whatever somebody has at hand, found within what they may see. Each look is by an index or
//! in a small table (webhooks, organisations), and finds a few of each kind.

mod candidates;
mod deliveries;
mod hooks;
mod ids;
mod requester;
mod traffic;

use std::slice::from_ref;

use chrono::{DateTime, Utc};
use domain::actor::{Actor, Scope};
use domain::audit::{Action as Told, ObjectType};
use domain::explanation::{Standing, Traffic};
use domain::id::{CandidateId, OrganisationId, WebhookId};
use domain::role::Action;
use domain::search::{Search, Sought, Window};
use serde_json::json;

use crate::attempts::Attempt;
use crate::audit;
use crate::db::Conn;
use crate::error::StoreError;
use crate::exports::Export;
use crate::organisations::{self, FoundOrganisation};

/// Most hits of a kind.
pub const MOST: usize = 10;
/// Most exports of somebody that is found.
pub const MOST_EXPORTS: usize = 5;

/// What was found, the best hits first.
#[derive(Debug, Default)]
pub struct Results {
    /// The hits.
    pub hits: Vec<Hit>,
    /// Kinds of which there are more.
    pub more: Vec<HitKind>,
}

/// One thing that was found.
#[derive(Debug)]
pub struct Hit {
    /// It is called just so.
    pub exact: bool,
    /// What it is.
    pub what: What,
}

/// What kind of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HitKind {
    /// An attempt.
    Attempt,
    /// An export.
    Export,
    /// A webhook.
    Webhook,
    /// A host.
    Host,
    /// Who asked for exports.
    Requester,
    /// An organisation.
    Organisation,
    /// A candidate.
    Candidate,
}

/// What was found.
#[derive(Debug)]
pub enum What {
    /// An attempt.
    Attempt(Box<Attempt>),
    /// An export.
    Export(Box<Export>),
    /// A webhook, live or deleted.
    Webhook(Box<FoundWebhook>),
    /// A host of webhooks.
    Host(Box<FoundHost>),
    /// Who asked for exports; the newest of them follow.
    Requester(Box<FoundRequester>),
    /// A customer.
    Organisation(Box<FoundOrganisation>),
    /// A person.
    Candidate(Box<FoundCandidate>),
}

/// How a webhook or a host does.
#[derive(Debug, Clone, Default)]
pub struct Delivery {
    /// How it stands now.
    pub standing: Standing,
    /// What became of its exports.
    pub traffic: Traffic,
    /// The last attempt that failed.
    pub last_failure: Option<Box<Attempt>>,
}

/// A webhook, live or deleted.
#[derive(Debug, Clone)]
pub struct FoundWebhook {
    /// Its owner.
    pub organisation_id: OrganisationId,
    /// What the owner is called, where support reads it.
    pub organisation_name: Option<String>,
    /// Its id.
    pub id: WebhookId,
    /// Its name.
    pub name: String,
    /// Its host.
    pub host: String,
    /// When it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
    /// How it does.
    pub delivery: Delivery,
}

/// A host, as the actor reads it.
#[derive(Debug, Clone)]
pub struct FoundHost {
    /// The host; masked for those who read it so: then several that look alike.
    pub host: String,
    /// Whose webhooks it has.
    pub organisations: Vec<OrganisationId>,
    /// What the one organisation is called, where it is one and support reads it.
    pub organisation_name: Option<String>,
    /// How it does.
    pub delivery: Delivery,
}

/// Who asked for exports.
#[derive(Debug, Clone)]
pub struct FoundRequester {
    /// Their address, as the newest export has it; else as it was searched for.
    pub email: String,
    /// Their name, as the newest export has it.
    pub name: Option<String>,
    /// Where they asked; all of it is added up.
    pub organisations: Vec<OrganisationId>,
    /// What the one organisation is called, where it is one and support reads it.
    pub organisation_name: Option<String>,
    /// What became of what they asked for.
    pub traffic: Traffic,
}

/// A person of the actor's own organisation.
#[derive(Clone)]
pub struct FoundCandidate {
    /// Their organisation.
    pub organisation_id: OrganisationId,
    /// Their id.
    pub id: CandidateId,
    /// The organisation's own key of them.
    pub reference: String,
    /// Their name.
    pub full_name: String,
    /// In how many exports they are.
    pub exports: u32,
}

/// A person is nobody's business in a log.
impl std::fmt::Debug for FoundCandidate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FoundCandidate").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Who looks, for what, in which time.
#[derive(Clone, Copy)]
struct Looking<'a> {
    actor: &'a Actor,
    window: Window,
}

/// Finds what is meant. Whatever support is shown is told its organisations.
///
/// # Errors
/// [`StoreError`].
pub fn find(
    conn: &mut Conn,
    actor: &Actor,
    search: &Search,
    now: DateTime<Utc>,
) -> Result<Results, StoreError> {
    let looking = Looking { actor, window: search.window(now) };
    let mut results = match &search.what {
        Sought::Id(id) => ids::find(conn, looking, *id)?,
        Sought::Email(email) => {
            let mut found = requester::find(conn, looking, email)?;
            found.add(candidates::by_email(conn, actor, email)?);
            found
        }
        Sought::Words { text, host } => {
            let mut found = hooks::find(conn, looking, text, host.as_deref())?;
            found.add(named_organisations(conn, actor, text)?);
            found.add(candidates::by_words(conn, actor, text)?);
            found
        }
    };
    results.hits.sort_by_key(|hit| !hit.exact);
    tell(conn, actor, &results)?;
    Ok(results)
}

/// Customers are the support desk's to find.
fn named_organisations(conn: &mut Conn, actor: &Actor, text: &str) -> Result<Results, StoreError> {
    if !actor.may(Action::FindOrganisations) || actor.scope != Scope::All {
        return Ok(Results::default());
    }
    let found = organisations::called(conn, text, MOST + 1)?;
    let hits = found.into_iter().map(|found| Hit {
        exact: domain::name::key(&found.name) == domain::name::key(text),
        what: What::Organisation(Box::new(found)),
    });
    Ok(Results::of(hits.collect(), HitKind::Organisation))
}

impl Results {
    /// Hits of one kind, of which one may be too many.
    fn of(mut hits: Vec<Hit>, kind: HitKind) -> Self {
        let more = if hits.len() > MOST { vec![kind] } else { Vec::new() };
        hits.truncate(MOST);
        Self { hits, more }
    }

    fn add(&mut self, other: Self) {
        self.hits.extend(other.hits);
        self.more.extend(other.more);
    }
}

/// Tells the audit that people were shown, and whose things support was shown, by kind. Where several
/// organisations are added up and none is named, none is told, but for those of a person.
fn tell(conn: &mut Conn, actor: &Actor, results: &Results) -> Result<(), StoreError> {
    let is_candidate = |hit: &&Hit| matches!(hit.what, What::Candidate(_));
    let people = results.hits.iter().filter(is_candidate).count();
    if people > 0 {
        let details = json!({ "shown": people });
        audit::did(conn, actor, Told::CandidatesSearched, ObjectType::Candidate, details)?;
    }
    let all =
        [ObjectType::Export, ObjectType::Attempt, ObjectType::Webhook, ObjectType::Organisation];
    for kind in all {
        let shown = results.hits.iter().filter_map(|hit| hit.what.shown(kind));
        let mut shown: Vec<OrganisationId> = shown.flatten().copied().collect();
        if kind == ObjectType::Export {
            // Of whose exports none is shown.
            let asked = results.hits.iter().flat_map(|hit| hit.what.asked_in());
            let others: Vec<_> = asked.filter(|it| !shown.contains(it)).copied().collect();
            shown.extend(others);
        }
        audit::looked(conn, actor, kind, shown.into_iter())?;
    }
    Ok(())
}

impl What {
    /// The organisations of which it shows something of that kind.
    fn shown(&self, kind: ObjectType) -> Option<&[OrganisationId]> {
        let (is, owners) = match self {
            Self::Attempt(it) => (ObjectType::Attempt, from_ref(&it.organisation_id)),
            Self::Export(it) => (ObjectType::Export, from_ref(&it.organisation_id)),
            Self::Webhook(it) => (ObjectType::Webhook, from_ref(&it.organisation_id)),
            Self::Host(it) => (ObjectType::Webhook, it.organisation().map_or(&[][..], from_ref)),
            Self::Organisation(it) => (ObjectType::Organisation, from_ref(&it.id)),
            // The exports that follow tell of them; a candidate is shown to their own alone.
            Self::Requester(_) | Self::Candidate(_) => return None,
        };
        (is == kind).then_some(owners)
    }

    /// The organisations in which somebody who is shown asked for exports.
    fn asked_in(&self) -> &[OrganisationId] {
        if let Self::Requester(it) = self { &it.organisations } else { &[] }
    }
}

impl FoundHost {
    /// Whose it is, where it is one organisation's.
    pub fn organisation(&self) -> Option<&OrganisationId> {
        only(&self.organisations)
    }
}

impl FoundRequester {
    /// Where they asked, where that is one organisation.
    pub fn organisation(&self) -> Option<&OrganisationId> {
        only(&self.organisations)
    }
}

fn only(organisations: &[OrganisationId]) -> Option<&OrganisationId> {
    if let [only] = organisations { Some(only) } else { None }
}
