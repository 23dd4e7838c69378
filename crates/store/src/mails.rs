//! Mails to members: made of the notifications that wait, claimed for a while, and sent while nothing of
//! the database is held. All workers do it; a claim passes by what another one is at.

use std::marker::PhantomData;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Double, Integer, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::{Actor, ActorKind, Scope};
use domain::id::OrganisationId;
use domain::notification::NotificationKind;
use domain::role::Role;
use uuid::Uuid;

use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::members::MAILED_FOR;
use crate::notifications::{Notification, of_mail};
use crate::row::word;
use crate::statement::{row, statement};

/// Members whose mails one call makes at most.
const MEMBERS: i64 = 100;

/// Notifications that a mail tells one by one.
pub const LINES: usize = 20;

/// A mail that is ours to send for a while.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The same on each try.
    pub id: Uuid,
    /// Whose member it goes to.
    pub organisation: OrganisationId,
    /// Whom it goes to, as they are known now.
    pub member: Actor,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Which try this is, from 1.
    pub tries: u32,
    /// The first of what it tells, oldest first.
    pub notifications: Vec<Notification>,
    /// How many it tells in all.
    pub total: u64,
    /// Kinds of all of them, each once.
    pub kinds: Vec<NotificationKind>,
}

/// A mail that holds what this version cannot read: another one made it, and may send it.
#[derive(Debug, Clone)]
pub struct Unreadable {
    /// The mail.
    pub id: Uuid,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Which try this is, from 1.
    pub tries: u32,
    /// What cannot be read, without anybody's data.
    pub reason: String,
}

row!(
    /// What there is to do.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Found {
        /// Notifications wait to become mails: [`make`].
        to_make: Bool => bool,
        /// Mails wait to be sent: [`claim`].
        to_send: Bool => bool,
    }
);

row!(
    struct Due {
        organisation_id: SqlUuid => Uuid,
        id: Text => String,
    }
);

row!(
    struct Claimed {
        id: SqlUuid => Uuid,
        organisation_id: SqlUuid => Uuid,
        member_id: Text => String,
        name: Text => String,
        email: Text => String,
        role: Text => String,
        made_at: Timestamptz => DateTime<Utc>,
        tries: Integer => i32,
        total: BigInt => i64,
        kinds: Array<Text> => Vec<String>,
    }
);

statement!(Look = "mails/look.sql", () -> named Found);
statement!(uncached LockDue = "mails/lock_due.sql", (members: BigInt => i64) -> named Due);
statement!(uncached Make = "mails/make.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    members: Array<Text> => Vec<String>,
    fresh_s: Double => f64,
) -> ());
statement!(uncached Claim = "mails/claim.sql", (
    mails: BigInt => i64,
    lease_s: Double => f64,
    mailed_s: Double => f64,
) -> named Claimed);
statement!(MarkSent = "mails/sent.sql", (id: SqlUuid => Uuid) -> ());
statement!(Postpone = "mails/postpone.sql", (
    id: SqlUuid => Uuid,
    tries: Integer => i32,
    delay_s: Double => f64,
) -> ());
statement!(GiveUp = "mails/give_up.sql", (id: SqlUuid => Uuid, tries: Integer => i32) -> ());
statement!(uncached CountWaiting = "mails/waiting.sql", () -> BigInt);

/// Says what there is to do. At rest it reads nothing.
///
/// # Errors
/// [`StoreError`].
pub fn look(conn: &mut Conn) -> Result<Found, StoreError> {
    Ok(Look { lifetime: PhantomData }.get_result(conn)?)
}

/// Makes mails of what waits for some members and is not older than `fresh`: of the rest nobody is mailed
/// any more. What was seen meanwhile is left out. Whether any were due.
///
/// # Errors
/// [`StoreError`].
pub fn make(conn: &mut Conn, fresh: Duration) -> Result<bool, StoreError> {
    transaction(conn, |conn| {
        // In statements of their own: the second sees all that came before the locks.
        let due: Vec<Due> = LockDue { members: MEMBERS, lifetime: PhantomData }.load(conn)?;
        if due.is_empty() {
            return Ok(false);
        }
        let (organisations, members) =
            due.into_iter().map(|due| (due.organisation_id, due.id)).unzip();
        let (fresh_s, lifetime) = (fresh.as_secs_f64(), PhantomData);
        Make { organisations, members, fresh_s, lifetime }.execute(conn)?;
        Ok(true)
    })
}

/// Takes mails that are due, for `lease`: after it they are due again, unless it is said what came of them.
/// One that cannot be read is in nobody's way. Those to members who were not seen for [`MAILED_FOR`] are
/// given up.
///
/// # Errors
/// [`StoreError`].
pub fn claim(
    conn: &mut Conn,
    most: usize,
    lease: Duration,
) -> Result<Vec<Result<Mail, Unreadable>>, StoreError> {
    let (mails, lease_s) = (i64::try_from(most).unwrap_or(i64::MAX), lease.as_secs_f64());
    let mailed_s = MAILED_FOR.as_secs_f64();
    let claimed: Vec<Claimed> = transaction(conn, |conn| {
        Ok::<_, StoreError>(Claim { mails, lease_s, mailed_s, lifetime: PhantomData }.load(conn)?)
    })?;
    claimed.into_iter().map(|row| row.read(conn)).collect()
}

/// The server has taken it.
///
/// # Errors
/// [`StoreError`].
pub fn sent(conn: &mut Conn, mail: Uuid) -> Result<(), StoreError> {
    MarkSent { id: mail, lifetime: PhantomData }.execute(conn)?;
    Ok(())
}

/// This try failed: it is tried again after the delay, or, without one, no more. Nothing where somebody
/// else tries it by now.
///
/// # Errors
/// [`StoreError`].
pub fn failed(
    conn: &mut Conn,
    mail: Uuid,
    tries: u32,
    delay: Option<Duration>,
) -> Result<(), StoreError> {
    let (tries, lifetime) = (i32::try_from(tries).unwrap_or(i32::MAX), PhantomData);
    match delay.map(|delay| delay.as_secs_f64()) {
        Some(delay_s) => Postpone { id: mail, tries, delay_s, lifetime }.execute(conn)?,
        None => GiveUp { id: mail, tries, lifetime }.execute(conn)?,
    };
    Ok(())
}

/// How many mails wait to be sent.
///
/// # Errors
/// [`StoreError`].
pub fn waiting(conn: &mut Conn) -> Result<u64, StoreError> {
    let waiting: i64 = CountWaiting { lifetime: PhantomData }.get_result(conn)?;
    Ok(waiting.unsigned_abs())
}

impl Claimed {
    fn read(self, conn: &mut Conn) -> Result<Result<Mail, Unreadable>, StoreError> {
        let (id, made_at, tries) = (self.id, self.made_at, self.tries.unsigned_abs());
        match self.mail(conn) {
            Ok(mail) => Ok(Ok(mail)),
            Err(StoreError::Unreadable(reason)) => {
                Ok(Err(Unreadable { id, made_at, tries, reason }))
            }
            Err(error) => Err(error),
        }
    }

    fn mail(self, conn: &mut Conn) -> Result<Mail, StoreError> {
        let organisation = OrganisationId::from(self.organisation_id);
        let role = word(Role::parse, &self.role)?;
        let shared = |text: String| (!text.is_empty()).then_some(text);
        let member = Actor {
            kind: ActorKind::Member,
            id: self.member_id,
            name: shared(self.name),
            email: shared(self.email),
            role: Some(role),
            scope: Scope::of_role(role, organisation),
            request_id: None,
        };
        let lines = i64::try_from(LINES).unwrap_or(i64::MAX);
        let kinds = self.kinds.iter().map(|kind| word(NotificationKind::parse, kind));
        Ok(Mail {
            notifications: of_mail(conn, &member, self.id, lines)?,
            id: self.id,
            organisation,
            made_at: self.made_at,
            tries: self.tries.unsigned_abs(),
            total: self.total.unsigned_abs(),
            kinds: kinds.collect::<Result<_, _>>()?,
            member,
        })
    }
}
