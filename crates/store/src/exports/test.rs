//! Acceptance of a test: an export of two made-up people, limited per webhook and hour.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::now;
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use domain::actor::Actor;
use domain::export::{ExportType, LeftOut};
use domain::id::WebhookId;
use domain::payload::{PayloadContext, test_people, test_vacancy};
use uuid::Uuid;

use super::accept::{Order, alone};
use super::create::{Accepted, CreateRefusal, replay};
use super::freeze::{Freezing, Frozen};
use super::prepare::{self, Asked, Prepared, Target};
use super::read::Export;
use crate::db::{Conn, Connect};
use crate::error::StoreError;
use crate::idempotency_keys::{IdempotencyKey, begun_too_often};
use crate::owner::organisation_of;
use crate::refusal::{Abort, refusing_transaction};
use crate::row::uuid_v7_floor;
use crate::schema::{exports, lanes, webhooks};

/// Test exports that a webhook takes within an hour.
pub const TESTS_PER_HOUR: u32 = 10;

/// Accepts an export of two made-up people, to try a webhook: same queue, same log. A disabled webhook
/// is tried with a single request, which changes nothing about it.
///
/// # Errors
/// [`StoreError`]; inside, [`CreateRefusal`].
pub fn create_test(
    db: &mut impl Connect,
    actor: &Actor,
    webhook: WebhookId,
    key: Option<&IdempotencyKey>,
) -> Result<Result<Accepted, CreateRefusal>, StoreError> {
    let asked = Asked { webhook, vacancy: None, applications: &[], key, most_bytes: 0 };
    for _ in 0..super::create::BEGIN_AGAIN {
        let nobody = |_: &mut Prepared, _| {};
        let read = db.with(|conn| prepare::read(conn, actor, &asked, |here| here, nobody))??;
        let Some((prepared, _)) = read else {
            return Ok(Err(CreateRefusal::OrganisationUnknown));
        };
        if let Some(remembered) = &prepared.remembered {
            return replay(db, actor, remembered, key);
        }
        let Some(target) = &prepared.target else {
            return Ok(Err(CreateRefusal::Unknown { vacancy: false, webhook: true }));
        };
        match db.with(|conn| accept_in_turn(conn, actor, &prepared, target, key))?? {
            Ok(Some(export)) => return Ok(Ok(Accepted { export, replayed: false })),
            Ok(None) => {}
            Err(refusal) => return Ok(Err(refusal)),
        }
    }
    Err(begun_too_often())
}

fn frozen(actor: &Actor, prepared: &Prepared, target: &Target) -> Frozen {
    let people = test_people(prepared.at);
    let context = PayloadContext {
        export_id: prepared.id,
        export_type: ExportType::Test,
        requested_at: prepared.at,
        requester: actor.requester(),
        organisation: prepared.organisation.clone(),
        vacancy: test_vacancy(),
        include: target.include,
        resent_from: None,
    };
    let mut freezing = Freezing::new(context, target.clone(), people.len(), usize::MAX);
    people.iter().for_each(|person| freezing.add(person));
    freezing.finish(LeftOut::default(), [0; 32]).expect("two made-up people are not too large")
}

/// One test at a time: two would both count one too few. Real exports do not wait for the lock.
fn accept_in_turn(
    conn: &mut Conn,
    actor: &Actor,
    prepared: &Prepared,
    target: &Target,
    key: Option<&IdempotencyKey>,
) -> Result<Result<Option<Export>, CreateRefusal>, StoreError> {
    let organisation = Uuid::from(organisation_of(actor)?);
    let webhook = Uuid::from(target.id);
    let frozen = frozen(actor, prepared, target);
    let order = Order { actor: actor.clone(), frozen, key: key.cloned() };
    refusing_transaction(conn, |conn| {
        if target.disabled.is_some() {
            // Nothing else makes the lane of a disabled webhook due.
            diesel::update(lanes::table.find((organisation, webhook)))
                .set(lanes::next_run_at.eq(now))
                .execute(conn)?;
        }
        webhooks::table
            .find((organisation, webhook))
            .select(webhooks::id)
            .for_no_key_update()
            .first::<Uuid>(conn)?;
        let accepted = alone(conn, &order)?;
        // Its own is counted, too.
        match exhausted(conn, organisation, webhook)? {
            Some(retry_after_s) if accepted.is_some() => {
                let limit = TESTS_PER_HOUR;
                Err(Abort::Refused(CreateRefusal::TooManyTests { limit, retry_after_s }))
            }
            _ => Ok(accepted),
        }
    })
}

/// Seconds until a webhook may be tested again, once it was tested more often than it may be.
fn exhausted(conn: &mut Conn, organisation: Uuid, webhook: Uuid) -> QueryResult<Option<u32>> {
    let instant: DateTime<Utc> = diesel::select(now.into_sql::<Timestamptz>()).get_result(conn)?;
    let hour = TimeDelta::hours(1);
    let oldest_that_counts: Option<DateTime<Utc>> = exports::table
        .filter(exports::organisation_id.eq(organisation))
        .filter(exports::webhook_id.eq(webhook))
        .filter(exports::id.ge(uuid_v7_floor(instant - hour)))
        .filter(exports::type_.eq(ExportType::Test.as_str()))
        .select(exports::requested_at)
        .order(exports::id.desc())
        .offset(i64::from(TESTS_PER_HOUR))
        .first(conn)
        .optional()?;
    Ok(oldest_that_counts.map(|at| {
        let wait = (at + hour - instant).num_milliseconds().max(0);
        u32::try_from(wait / 1_000 + 1).unwrap_or(u32::MAX)
    }))
}
