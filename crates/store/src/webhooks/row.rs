//! The row of a live webhook, and the webhook that it tells.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::export::DisabledReason;
use domain::id::WebhookId;
use domain::include::Include;
use domain::requester::Requester;
use uuid::Uuid;

use super::{Health, Webhook};
use crate::error::StoreError;
use crate::row::{requester, word};
use crate::statement::row;

row!(
    pub(super) struct Row {
        organisation_id: SqlUuid => Uuid,
        id: SqlUuid => Uuid,
        name: Text => String,
        purpose: Nullable<Text> => Option<String>,
        host: Text => String,
        url_sealed: Bytea => Vec<u8>,
        include: Array<Text> => Vec<String>,
        replaces: Nullable<SqlUuid> => Option<Uuid>,
        created_at: Timestamptz => DateTime<Utc>,
        created_by_type: Text => String,
        created_by_id: Text => String,
        created_by_name: Text => String,
        created_by_email: Text => String,
        failing_since: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        last_delivered_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        disabled_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        disabled_reason: Nullable<Text> => Option<String>,
        last_attempt_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        ended: BigInt => i64,
        accepted: BigInt => i64,
        owner: Nullable<Text> => Option<String>,
        review_by: Timestamptz => DateTime<Utc>,
        review_due: Bool => bool,
        stale: Bool => bool,
        reviewed_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        reviewed_by_type: Nullable<Text> => Option<String>,
        reviewed_by_id: Nullable<Text> => Option<String>,
        reviewed_by_name: Nullable<Text> => Option<String>,
        reviewed_by_email: Nullable<Text> => Option<String>,
        rotation_ends_at: Nullable<Timestamptz> => Option<DateTime<Utc>>,
    }
);

impl Row {
    pub(super) fn webhook(self) -> Result<Webhook, StoreError> {
        let include = Include::from_names(&self.include)
            .map_err(|_| StoreError::Unreadable("unknown field group".to_owned()))?;
        let health = self.health()?;
        let by = [
            self.reviewed_by_type,
            self.reviewed_by_id,
            self.reviewed_by_name,
            self.reviewed_by_email,
        ];
        let reviewed = reviewed(self.reviewed_at, by)?;
        let created_by = requester(
            &self.created_by_type,
            self.created_by_id,
            self.created_by_name,
            self.created_by_email,
        )?;
        Ok(Webhook {
            owner: self.owner.unwrap_or_else(|| by_default(&created_by)),
            organisation_id: self.organisation_id.into(),
            organisation_name: None,
            id: self.id.into(),
            name: self.name,
            purpose: self.purpose,
            host: self.host,
            url_sealed: self.url_sealed,
            include,
            replaces: self.replaces.map(WebhookId::from),
            created_at: self.created_at,
            created_by,
            health,
            last_delivered_at: self.last_delivered_at,
            last_attempt_at: self.last_attempt_at,
            stale: self.stale,
            success_rate: share(self.accepted, self.ended),
            review_by: self.review_by,
            review_due: self.review_due,
            reviewed,
            rotation_ends_at: self.rotation_ends_at,
        })
    }

    fn health(&self) -> Result<Health, StoreError> {
        let disabled = self.disabled_at.zip(self.disabled_reason.as_deref());
        health(disabled, self.failing_since, self.last_delivered_at)
    }
}

/// The last review, by type, id, name and e-mail of who made it.
pub(super) fn reviewed(
    at: Option<DateTime<Utc>>,
    by: [Option<String>; 4],
) -> Result<Option<(DateTime<Utc>, Requester)>, StoreError> {
    match (at, by) {
        (None, _) => Ok(None),
        (Some(at), [Some(kind), Some(id), Some(name), Some(email)]) => {
            Ok(Some((at, requester(&kind, id, name, email)?)))
        }
        _ => Err(StoreError::Unreadable("half a review".to_owned())),
    }
}

#[expect(clippy::cast_precision_loss, reason = "both are at most 200")]
fn share(accepted: i64, ended: i64) -> Option<f64> {
    (ended > 0).then(|| accepted as f64 / ended as f64)
}

/// Who answers for what they registered, as they are reached best.
pub(super) fn by_default(created_by: &Requester) -> String {
    let Requester { id, name, email, .. } = created_by;
    email.as_ref().or(name.as_ref()).unwrap_or(id).clone()
}

/// What a lane says.
pub(super) fn health(
    disabled: Option<(DateTime<Utc>, &str)>,
    failing_since: Option<DateTime<Utc>>,
    last_delivered_at: Option<DateTime<Utc>>,
) -> Result<Health, StoreError> {
    if let Some((at, reason)) = disabled {
        return Ok(Health::Disabled { at, reason: word(DisabledReason::parse, reason)? });
    }
    Ok(match (failing_since, last_delivered_at) {
        (Some(since), _) => Health::Failing { since },
        (None, Some(_)) => Health::Healthy,
        (None, None) => Health::Untested,
    })
}
