//! Reviews: who answers for a webhook, whether it is still needed, and when that is asked again. The
//! row of the webhook itself never changes.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::audit::Action;
use domain::id::WebhookId;
use serde_json::json;
use uuid::Uuid;

use super::control::lock_live;
use crate::audit;
use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::schema::webhook_reviews;
use crate::statement::statement;

/// What a review says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Review {
    /// Who answers for the webhook from now on; none: whoever does.
    pub owner: Option<String>,
    /// When it is to be reviewed again; none: in a year.
    pub review_by: Option<DateTime<Utc>>,
}

statement!(WriteReview = "review/review.sql", (
    organisation: SqlUuid => Uuid,
    webhook: SqlUuid => Uuid,
    owner: Nullable<Text> => Option<&'a str>,
    review_by: Nullable<Timestamptz> => Option<DateTime<Utc>>,
    by_type: Text => &'a str,
    by_id: Text => &'a str,
    by_name: Text => &'a str,
    by_email: Text => &'a str,
) -> Timestamptz);

/// Notes that somebody looked at a webhook and found it needed. Answers whether there is such a one.
///
/// # Errors
/// [`StoreError`].
pub fn review(
    conn: &mut Conn,
    actor: &Actor,
    id: WebhookId,
    review: &Review,
) -> Result<bool, StoreError> {
    let organisation = organisation_of(actor)?;
    transaction(conn, |conn| {
        if !lock_live(conn, organisation, id)? {
            return Ok(false);
        }
        let by = actor.requester();
        let write = WriteReview {
            organisation: organisation.into(),
            webhook: id.into(),
            owner: review.owner.as_deref(),
            review_by: review.review_by,
            by_type: by.kind.as_str(),
            by_id: &by.id,
            by_name: by.name.as_deref().unwrap_or_default(),
            by_email: by.email.as_deref().unwrap_or_default(),
            lifetime: PhantomData,
        };
        let next: DateTime<Utc> = write.get_result(conn)?;
        let details = json!({ "review_by": next, "new_owner": review.owner.is_some() });
        audit::did(conn, actor, Action::WebhookReviewed, id, details)?;
        Ok(true)
    })
}

/// Names who answers for a webhook that is being registered.
pub(super) fn name_owner(
    conn: &mut Conn,
    (organisation, id): (Uuid, Uuid),
    owner: &str,
) -> QueryResult<()> {
    diesel::insert_into(webhook_reviews::table)
        .values((
            webhook_reviews::organisation_id.eq(organisation),
            webhook_reviews::webhook_id.eq(id),
            webhook_reviews::owner.eq(owner),
        ))
        .execute(conn)?;
    Ok(())
}
