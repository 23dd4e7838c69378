//! Webhooks: how they look to each role. A URL is a secret: whole only for an admin who asks
//! for that one webhook.

pub mod check;
pub mod control;
pub mod create;
pub mod read;
pub mod replace;
pub mod resend;
pub mod review;
mod sealed;

use chrono::{DateTime, Utc};
use domain::export::DisabledReason;
use domain::id::{OrganisationId, WebhookId};
use domain::include::Include;
use domain::requester::Requester;
use domain::role::Role;
use domain::sealing::{Context, Field, SealingKeys};
use domain::webhook_url::UrlRules;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::redaction;

/// A registered URL. Recruiters and support see id, name, host and health; the rest is null.
#[derive(Serialize, ToSchema)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Its organisation.
    pub organisation_id: OrganisationId,
    /// What it is called, for support; null for others.
    #[schema(example = "Northwind")]
    pub organisation_name: Option<String>,
    /// Unique among the live webhooks of the organisation, without regard to case.
    #[schema(example = "Zapier: new hires")]
    pub name: String,
    /// Why data goes there; null if not told, and for recruiters and support.
    pub purpose: Option<String>,
    /// The URL: whole for an admin who asks for this one webhook, shortened in lists, null for
    /// recruiters and support.
    #[schema(example = "https://hooks.zapier.com/…/a1b2")]
    pub url: Option<String>,
    /// Host of the URL; for recruiters and support masked where it is a secret itself.
    #[schema(example = "hooks.zapier.com")]
    pub host: String,
    /// Field groups of the payload.
    pub include: Option<Include>,
    /// The deleted webhook that this one took over from.
    pub replaces: Option<WebhookId>,
    /// How delivery to it goes.
    pub health: Health,
    /// Since when it fails without a break.
    pub failing_since: Option<DateTime<Utc>>,
    /// When delivery was switched off.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Why it was switched off.
    pub disabled_reason: Option<DisabledReason>,
    /// The receiver accepted nothing for 90 days, or never since the webhook was registered before that:
    /// is it still needed?
    pub stale: Option<bool>,
    /// Who answers for it, by name or e-mail address; unless told otherwise, who registered it.
    #[schema(example = "ada@northwind.example")]
    pub owner: Option<String>,
    /// By when an admin is to look whether it is still needed: unless told otherwise, a year after it was
    /// registered or last reviewed.
    pub review_by: Option<DateTime<Utc>>,
    /// That time is over. Nothing stops for it.
    pub review_due: Option<bool>,
    /// When an admin last found it still needed; null before the first review.
    pub reviewed_at: Option<DateTime<Utc>>,
    /// Who that was.
    pub reviewed_by: Option<Requester>,
    /// When it was registered.
    pub created_at: Option<DateTime<Utc>>,
    /// Who registered it.
    pub created_by: Option<Requester>,
    /// When the receiver last accepted an export.
    pub last_delivered_at: Option<DateTime<Utc>>,
    /// Of the exports of the last 30 days (the newest 200 at most) that have ended and were not
    /// cancelled, the share that was accepted, whichever try it took: 0 to 1; null where there is none.
    /// Tests count.
    #[schema(example = 0.98)]
    pub success_rate: Option<f64>,
    /// Until when the last earlier secret signs along; null when only the current one signs.
    pub rotation_ends_at: Option<DateTime<Utc>>,
}

/// How delivery to a webhook goes.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookHealth)]
pub enum Health {
    /// Nothing was sent there yet.
    Untested,
    /// The last answer was a 2xx.
    Healthy,
    /// It has failed since `failing_since`. After five failures in a row one request at a time tries
    /// it, after pauses that double from 5 seconds up to 5 minutes, until one is accepted.
    Failing,
    /// Switched off at `disabled_at` for `disabled_reason`.
    Disabled,
}

impl From<store::webhooks::Health> for Health {
    fn from(health: store::webhooks::Health) -> Self {
        match health {
            store::webhooks::Health::Untested => Self::Untested,
            store::webhooks::Health::Healthy => Self::Healthy,
            store::webhooks::Health::Failing { .. } => Self::Failing,
            store::webhooks::Health::Disabled { .. } => Self::Disabled,
        }
    }
}

/// How much of a URL an answer shows.
#[derive(Clone, Copy)]
enum UrlShown<'a> {
    Whole,
    Masked(&'a UrlRules),
}

impl Webhook {
    /// A webhook as this role sees it.
    fn new(
        row: store::webhooks::Webhook,
        role: Role,
        keys: &SealingKeys,
        url: UrlShown<'_>,
    ) -> Result<Self, Problem> {
        let (failing_since, disabled) = match row.health {
            store::webhooks::Health::Failing { since } => (Some(since), None),
            store::webhooks::Health::Disabled { at, reason } => (None, Some((at, reason))),
            _ => (None, None),
        };
        let admins = role == Role::OrgAdmin;
        let url = admins.then(|| open_url(&row, keys, url)).transpose()?;
        let (reviewed_at, reviewed_by) = row.reviewed.filter(|_| admins).unzip();
        Ok(Self {
            url,
            id: row.id,
            organisation_id: row.organisation_id,
            organisation_name: row.organisation_name,
            name: row.name,
            purpose: row.purpose.filter(|_| admins),
            host: redaction::host(role, &row.host),
            include: admins.then_some(row.include),
            replaces: row.replaces.filter(|_| admins),
            health: row.health.into(),
            failing_since,
            disabled_at: disabled.map(|(at, _)| at),
            disabled_reason: disabled.map(|(_, reason)| reason),
            stale: admins.then_some(row.stale),
            owner: admins.then_some(row.owner),
            review_by: admins.then_some(row.review_by),
            review_due: admins.then_some(row.review_due),
            reviewed_at,
            reviewed_by,
            created_at: admins.then_some(row.created_at),
            created_by: admins.then_some(row.created_by),
            last_delivered_at: row.last_delivered_at.filter(|_| admins),
            success_rate: row.success_rate.filter(|_| admins),
            rotation_ends_at: row.rotation_ends_at.filter(|_| admins),
        })
    }
}

fn open_url(
    row: &store::webhooks::Webhook,
    keys: &SealingKeys,
    shown: UrlShown<'_>,
) -> Result<String, Problem> {
    let context = Context { organisation: row.organisation_id, webhook: row.id, field: Field::Url };
    let url = keys.open(context, &row.url_sealed);
    Ok(match shown {
        UrlShown::Whole => url.map_err(Problem::internal)?,
        // The rules may have changed since, or a key be lost: one webhook must not hide the
        // others, so the host has to do.
        UrlShown::Masked(rules) => {
            let url = url.inspect_err(|error| tracing::error!(webhook.id = %row.id, "{error}"));
            let url = url.ok().and_then(|url| rules.check(&url).ok());
            url.map_or_else(|| format!("https://{}/…", row.host), |url| url.masked())
        }
    })
}

#[cfg(test)]
mod tests {
    use domain::requester::RequesterType;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_lost_key_hides_one_url_and_not_the_list() {
        let id = "auth0|ada".to_owned();
        let row = store::webhooks::Webhook {
            organisation_id: Uuid::nil().into(),
            organisation_name: None,
            id: Uuid::nil().into(),
            name: "Zapier".to_owned(),
            purpose: None,
            host: "hooks.zapier.com".to_owned(),
            url_sealed: vec![1, b'z'],
            include: Include::default(),
            replaces: None,
            created_at: DateTime::UNIX_EPOCH,
            created_by: Requester { kind: RequesterType::Member, id, name: None, email: None },
            health: store::webhooks::Health::Untested,
            last_delivered_at: None,
            last_attempt_at: None,
            stale: false,
            success_rate: None,
            owner: "auth0|ada".to_owned(),
            review_by: DateTime::UNIX_EPOCH,
            review_due: true,
            reviewed: None,
            rotation_ends_at: None,
        };
        let key = "a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        let keys = SealingKeys::parse(key).expect("a key");
        let listed = open_url(&row, &keys, UrlShown::Masked(&UrlRules::default()));
        assert_eq!(listed.expect("a host"), "https://hooks.zapier.com/…");
        let alone = open_url(&row, &keys, UrlShown::Whole).expect_err("not readable");
        assert_eq!(alone.kind(), crate::problem::Kind::Internal);
    }
}
