//! One run of a bulk resend, which is many transactions: what failed before it began is its own, and the audit
//! is told of it under an id that its idempotency key names from the beginning. So a repetition, also at
//! the same time, and one after a run that broke off, sends nothing again that the first one sent.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::actor::Actor;
use domain::audit::Action;
use domain::export::EndState;
use domain::id::{ExportId, WebhookId};
use uuid::Uuid;

use super::{ResendFailedRefusal, Resent};
use crate::audit;
use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::exports::elsewhere;
use crate::idempotency_keys::{self, IdempotencyKey, Once, once};
use crate::owner::organisation_of;
use crate::refusal::Abort;
use crate::row::{clock_timestamp, uuid_v7};
use crate::schema::{exports, idempotency_keys as keys};

/// What one call does.
pub(super) struct Run {
    /// The event that tells of it.
    event: Uuid,
    /// When it, or the run whose rest it does, began: by the database's clock.
    began: DateTime<Utc>,
}

/// What was sent, and whether an earlier request did it; or why nothing was.
pub(super) type Answer = Result<(Resent, bool), ResendFailedRefusal>;

/// What an earlier request under the key answers, if it was one and came to its end.
pub(super) fn answered(
    conn: &mut Conn,
    actor: &Actor,
    key: Option<&IdempotencyKey>,
) -> Result<Option<Answer>, StoreError> {
    let Some(key) = key else { return Ok(None) };
    Ok(match idempotency_keys::look::<()>(conn, actor, key)? {
        Some(Once::Replayed { resource }) => {
            told(conn, actor, resource)?.map(|resent| Ok((resent, true)))
        }
        Some(Once::KeyReused) => Some(Err(ResendFailedRefusal::KeyReused)),
        Some(Once::Done(())) | None => None,
    })
}

impl Run {
    /// Begins, or goes on with what an earlier request under the key began; none where the key stands for
    /// another request.
    pub(super) fn begin(
        conn: &mut Conn,
        actor: &Actor,
        key: Option<&IdempotencyKey>,
    ) -> Result<Option<Self>, StoreError> {
        let begun = once(conn, actor, key, |conn| {
            let (event, began) =
                diesel::select((uuid_v7(clock_timestamp()), clock_timestamp())).get_result(conn)?;
            Ok::<_, Abort<std::convert::Infallible>>((Self { event, began }, event))
        })?;
        match begun {
            Ok(Once::Done(run)) => Ok(Some(run)),
            Ok(Once::Replayed { resource }) => Self::again(conn, actor, key, resource).map(Some),
            Ok(Once::KeyReused) => Ok(None),
            Err(never) => match never {},
        }
    }

    fn again(
        conn: &mut Conn,
        actor: &Actor,
        key: Option<&IdempotencyKey>,
        event: Uuid,
    ) -> Result<Self, StoreError> {
        let organisation = Uuid::from(organisation_of(actor)?);
        let began = match key {
            Some(key) => keys::table
                .find((organisation, &key.caller, &key.operation, &key.key))
                .select(keys::created_at)
                .first(conn)?,
            None => Utc::now(),
        };
        Ok(Self { event, began })
    }

    /// Locks those of these exports that failed before the run began and still have: what failed since was
    /// sent by it, and what was sent by hand meanwhile is left alone. The webhook is locked before them, as
    /// everywhere.
    pub(super) fn lock_its_own(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        webhook: WebhookId,
        exports: &[Uuid],
    ) -> Result<Vec<Uuid>, StoreError> {
        let organisation = Uuid::from(organisation_of(actor)?);
        if exports.is_empty()
            || elsewhere::lock_target(conn, (organisation, webhook.into()))?.is_none()
        {
            return Ok(Vec::new());
        }
        let own = exports::table
            .filter(exports::organisation_id.eq(organisation))
            .filter(exports::id.eq_any(exports))
            .filter(exports::end_state.eq(EndState::Failed.as_str()))
            .filter(exports::first_accepted_at.is_null())
            .filter(exports::finished_at.lt(self.began))
            .select(exports::id)
            .order(exports::id)
            .for_no_key_update()
            .load(conn)?;
        Ok(own)
    }

    /// The same of one that is locked already.
    pub(super) fn is_its_own(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        export: ExportId,
    ) -> Result<bool, StoreError> {
        let key = (Uuid::from(organisation_of(actor)?), Uuid::from(export));
        let (end_state, accepted, finished): (Option<String>, bool, Option<DateTime<Utc>>) =
            exports::table
                .find(key)
                .select((
                    exports::end_state,
                    exports::first_accepted_at.is_not_null(),
                    exports::finished_at,
                ))
                .first(conn)?;
        let failed = end_state.as_deref() == Some(EndState::Failed.as_str());
        Ok(failed && !accepted && finished.is_some_and(|at| at < self.began))
    }

    /// Tells the audit of it, and answers its counts; those of the earlier request where that came to its
    /// end meanwhile.
    pub(super) fn end(
        self,
        conn: &mut Conn,
        actor: &Actor,
        webhook: WebhookId,
        to: Option<WebhookId>,
        resent: Resent,
    ) -> Result<(Resent, bool), StoreError> {
        let unreadable = |error: serde_json::Error| StoreError::Unreadable(error.to_string());
        let mut details = serde_json::to_value(resent).map_err(unreadable)?;
        if let (Some(to), Some(members)) = (to, details.as_object_mut()) {
            members.insert("to".to_owned(), serde_json::json!(to));
        }
        let action = Action::WebhookExportsResent;
        let first = transaction(conn, |conn| {
            audit::did_under(conn, actor, self.event, action, webhook, details.clone())
        })?;
        if first {
            return Ok((resent, false));
        }
        let earlier = told(conn, actor, self.event)?;
        Ok(earlier.map_or((resent, false), |earlier| (earlier, true)))
    }
}

/// The counts that the audit was told of a run.
fn told(conn: &mut Conn, actor: &Actor, event: Uuid) -> Result<Option<Resent>, StoreError> {
    audit::told(conn, actor, event, Action::WebhookExportsResent)
}
