//! What is known of members is kept no longer than it serves: what they were told, what is usual for them,
//! and who they are.

use std::marker::PhantomData;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double};

use super::BATCH;
use crate::db::Conn;
use crate::error::StoreError;
use crate::statement::statement;

/// How long notifications are kept, and mails.
const NOTIFICATIONS_KEPT: Duration = Duration::from_hours(90 * 24);
/// How long a member is known who calls no more.
const MEMBERS_KEPT: Duration = Duration::from_hours(400 * 24);

statement!(uncached DropUsual = "members/drop_usual.sql", (rows: BigInt => i64) -> BigInt);

statement!(uncached DropNotifications = "members/drop_notifications.sql", (
    kept_s: Double => f64,
    most: BigInt => i64,
) -> ());

statement!(uncached ForgetMembers = "members/forget_members.sql", (
    kept_s: Double => f64,
    members: BigInt => i64,
) -> ());

statement!(uncached ForgetRequesters = "members/forget_requesters.sql", (
    kept_s: Double => f64,
    rows: BigInt => i64,
) -> ());

/// Forgets a batch of those who asked for exports of which none is left, and answers how many.
///
/// # Errors
/// [`StoreError`].
pub fn forget_requesters(conn: &mut Conn, log_retention: Duration) -> Result<usize, StoreError> {
    let kept_s = log_retention.as_secs_f64();
    Ok(ForgetRequesters { kept_s, rows: BATCH, lifetime: PhantomData }.execute(conn)?)
}

/// Forgets a batch of what was usual longer ago than anybody asks for, and answers how many rows.
///
/// # Errors
/// [`StoreError`].
pub fn drop_usual(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(DropUsual { rows: BATCH, lifetime: PhantomData }.get_result(conn)?)
}

/// Deletes a batch of notifications, and of mails, after 90 days; answers how many notifications.
///
/// # Errors
/// [`StoreError`].
pub fn drop_notifications(conn: &mut Conn) -> Result<usize, StoreError> {
    let kept_s = NOTIFICATIONS_KEPT.as_secs_f64();
    Ok(DropNotifications { kept_s, most: BATCH, lifetime: PhantomData }.execute(conn)?)
}

/// Forgets a batch of members who have not called for 400 days, with what they were told, and answers
/// how many.
///
/// # Errors
/// [`StoreError`].
pub fn forget_members(conn: &mut Conn) -> Result<usize, StoreError> {
    let kept_s = MEMBERS_KEPT.as_secs_f64();
    Ok(ForgetMembers { kept_s, members: BATCH, lifetime: PhantomData }.execute(conn)?)
}
