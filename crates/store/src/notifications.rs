//! What members are told: read, marked as seen, and how they wish to be told. Each sees their own alone.

mod explained;
mod read;

use std::convert::Infallible;
use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::audit::{Action, ObjectType};
use domain::id::{NotificationId, OrganisationId};
use domain::notification::Preferences;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::idempotency_keys::{IdempotencyKey, Once, once};
use crate::owner::organisation_of;
use crate::row::Typed;
use crate::schema::members;
use crate::statement::statement;
use crate::{audit, members as people};

pub(crate) use read::of_mail;
pub use read::{Notification, list, unseen};

/// Which ones a member has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// These; what is not theirs is nothing.
    Ids(Vec<NotificationId>),
    /// This one and all before it.
    UpTo(NotificationId),
}

statement!(MarkSeen = "notifications/seen.sql", (
    organisation: SqlUuid => Uuid,
    member: Text => &'a str,
    ids: Nullable<Array<SqlUuid>> => Option<Vec<Uuid>>,
    up_to: Nullable<SqlUuid> => Option<Uuid>,
) -> BigInt);

/// Marks as seen what was not yet.
///
/// # Errors
/// [`StoreError`].
pub fn see(
    conn: &mut Conn,
    actor: &Actor,
    seen: &Seen,
    key: Option<&IdempotencyKey>,
) -> Result<Once<()>, StoreError> {
    let organisation = organisation_of(actor)?;
    let (ids, up_to) = match seen {
        Seen::Ids(ids) => (Some(ids.iter().map(|id| Uuid::from(*id)).collect()), None),
        Seen::UpTo(id) => (None, Some(Uuid::from(*id))),
    };
    let once = once(conn, actor, key, |conn| {
        let (organisation, ids) = (organisation.into(), ids.clone());
        let mark = MarkSeen { organisation, member: &actor.id, ids, up_to, lifetime: PhantomData };
        let marked: i64 = mark.get_result(conn)?;
        if marked > 0 {
            let details = json!({ "seen": marked });
            audit::did(conn, actor, Action::MemberNotificationsSeen, ObjectType::Member, details)?;
        }
        Ok(((), organisation))
    });
    Ok(never_refused(once?))
}

/// How a member wishes to be told.
///
/// # Errors
/// [`StoreError`].
pub fn preferences(conn: &mut Conn, actor: &Actor) -> Result<Preferences, StoreError> {
    let own: Option<Typed<Value>> = members::table
        .find((Uuid::from(organisation_of(actor)?), &actor.id))
        .select(members::preferences)
        .first(conn)
        .optional()?;
    let Some(Typed { value: Value::Object(own), .. }) = own else {
        return Ok(Preferences::default());
    };
    // Of a kind that is newer than their wishes they are told as everybody is.
    let mut all = json!(Preferences::default());
    if let Some(all) = all.as_object_mut() {
        let known: Vec<_> = own.into_iter().filter(|(kind, _)| all.contains_key(kind)).collect();
        all.extend(known);
    }
    serde_json::from_value(all).map_err(|error| StoreError::Unreadable(error.to_string()))
}

/// Keeps how a member wishes to be told from now on.
///
/// # Errors
/// [`StoreError`].
pub fn prefer(
    conn: &mut Conn,
    actor: &Actor,
    wishes: &Preferences,
    key: Option<&IdempotencyKey>,
) -> Result<Once<()>, StoreError> {
    let organisation: OrganisationId = organisation_of(actor)?;
    let once = once(conn, actor, key, |conn| {
        // Their first call may not have been noted yet.
        people::note(conn, actor)?;
        diesel::update(members::table.find((Uuid::from(organisation), &actor.id)))
            .set(members::preferences.eq(json!(wishes).into_sql::<Jsonb>()))
            .execute(conn)?;
        let (action, details) = (Action::MemberPreferencesChanged, json!(wishes));
        audit::did(conn, actor, action, ObjectType::Member, details)?;
        Ok(((), organisation.into()))
    });
    Ok(never_refused(once?))
}

/// None of these is ever refused.
fn never_refused<T>(once: Result<Once<T>, Infallible>) -> Once<T> {
    match once {
        Ok(once) => once,
        Err(never) => match never {},
    }
}
