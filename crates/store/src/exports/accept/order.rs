//! An export that is to be written, and what is written of it: one element of each array of `write.sql`.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{
    Array, BigInt, Binary, Bool, Double, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::actor::Actor;
use domain::audit::Action;
use domain::export::ExportType;
use domain::payload::{PayloadContext, VacancyRecord};
use domain::role::Role;
use serde_json::json;
use uuid::Uuid;

use super::parts;
use crate::audit::Object;
use crate::db::Conn;
use crate::error::StoreError;
use crate::exports::freeze::Frozen;
use crate::exports::row::Due;
use crate::idempotency_keys::IdempotencyKey;
use crate::row::signed;
use crate::statement::{row, statement};

statement!(Accept = "write.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    exports: Array<SqlUuid> => Vec<Uuid>,
    webhooks: Array<SqlUuid> => Vec<Uuid>,
    types: Array<Text> => Vec<&'a str>,
    vacancies: Array<Nullable<SqlUuid>> => Vec<Option<Uuid>>,
    vacancy_titles: Array<Nullable<Text>> => Vec<Option<&'a str>>,
    requester_types: Array<Text> => Vec<&'a str>,
    requester_ids: Array<Text> => Vec<&'a str>,
    requester_names: Array<Nullable<Text>> => Vec<Option<&'a str>>,
    requester_emails: Array<Nullable<Text>> => Vec<Option<&'a str>>,
    requested_at: Array<Timestamptz> => Vec<DateTime<Utc>>,
    candidate_counts: Array<Integer> => Vec<i32>,
    payload_bytes: Array<Integer> => Vec<i32>,
    payload_sha256: Array<Binary> => Vec<&'a [u8]>,
    last_parts: Array<Binary> => Vec<&'a [u8]>,
    have_parts: Array<Bool> => Vec<bool>,
    callers: Array<Nullable<Text>> => Vec<Option<&'a str>>,
    operations: Array<Nullable<Text>> => Vec<Option<&'a str>>,
    keys: Array<Nullable<Text>> => Vec<Option<&'a str>>,
    requests_sha256: Array<Nullable<Binary>> => Vec<Option<&'a [u8]>>,
    actor_types: Array<Text> => Vec<&'a str>,
    actor_roles: Array<Nullable<Text>> => Vec<Option<&'a str>>,
    actions: Array<Text> => Vec<&'a str>,
    object_types: Array<Text> => Vec<&'a str>,
    object_ids: Array<Nullable<SqlUuid>> => Vec<Option<Uuid>>,
    details: Array<Text> => Vec<String>,
    request_ids: Array<Nullable<SqlUuid>> => Vec<Option<Uuid>>,
    hold_s: Array<Double> => Vec<f64>,
    withdrawn: Array<Integer> => Vec<i32>,
    restricted: Array<Integer> => Vec<i32>,
    people_of: Array<BigInt> => Vec<i64>,
    sequences: Array<Integer> => Vec<i32>,
    applications: Array<SqlUuid> => Vec<Uuid>,
    candidates: Array<SqlUuid> => Vec<Uuid>,
    patience: Nullable<Text> => Option<&'a str>,
) -> named Written);

row!(
    /// One of several that is written.
    struct Written {
        /// Which, from 1.
        position: BigInt => i64,
        run_at: Timestamptz => DateTime<Utc>,
        paused_until: Nullable<Timestamptz> => Option<DateTime<Utc>>,
        asked_to_wait: Nullable<Bool> => Option<bool>,
    }
);

/// An export that is to be written.
pub(in crate::exports) struct Order {
    /// Who asked for it.
    pub(in crate::exports) actor: Actor,
    /// It.
    pub(in crate::exports) frozen: Frozen,
    /// The key of the request, if it has one.
    pub(in crate::exports) key: Option<IdempotencyKey>,
}

/// Writes those that nobody stands in the way of, in one statement. When they go out, in the order of the
/// orders; none of one that is not written. A lock is waited for as long as `patience` says, as Postgres
/// writes it, or as the session has it.
pub(super) fn several(
    conn: &mut Conn,
    orders: &[&Order],
    patience: Option<&str>,
) -> Result<Vec<Option<Due>>, StoreError> {
    let mut due: Vec<Option<Due>> = orders.iter().map(|_| None).collect();
    for written in statement(orders, patience)?.load::<Written>(conn)? {
        let Written { position, run_at, paused_until, asked_to_wait } = written;
        let place = usize::try_from(position - 1).ok().and_then(|place| due.get_mut(place));
        let place = place.ok_or_else(|| StoreError::Unreadable("one too many".to_owned()))?;
        *place = Some(Due { run_at, paused_until, asked_to_wait });
    }
    Ok(due)
}

fn statement<'a>(
    orders: &[&'a Order],
    patience: Option<&'a str>,
) -> Result<Accept<'a>, StoreError> {
    let (people_of, sequences, applications, candidates) = people(orders);
    Ok(Accept {
        organisations: each(orders, |it| it.frozen.context.organisation.id.into()),
        exports: each(orders, |it| it.frozen.context.export_id.into()),
        webhooks: each(orders, |it| it.frozen.target.id.into()),
        types: each(orders, |it| it.frozen.context.export_type.as_str()),
        vacancies: each(orders, |it| vacancy(it).map(|vacancy| vacancy.id.into())),
        vacancy_titles: each(orders, |it| vacancy(it).map(|vacancy| vacancy.title.as_str())),
        requester_types: each(orders, |it| it.frozen.context.requester.kind.as_str()),
        requester_ids: each(orders, |it| it.actor.id.as_str()),
        requester_names: each(orders, |it| it.actor.name.as_deref()),
        requester_emails: each(orders, |it| it.actor.email.as_deref()),
        requested_at: each(orders, |it| it.frozen.context.requested_at),
        candidate_counts: all(orders, |it| number(it.frozen.candidate_count))?,
        payload_bytes: all(orders, |it| number(it.frozen.payload_bytes))?,
        payload_sha256: each(orders, |it| &it.frozen.sha256[..]),
        last_parts: each(orders, |it| parts::last(&it.frozen)),
        have_parts: each(orders, |it| parts::are_several(&it.frozen)),
        callers: of_key(orders, |key| key.caller.as_str()),
        operations: of_key(orders, |key| key.operation.as_str()),
        keys: of_key(orders, |key| key.key.as_str()),
        requests_sha256: of_key(orders, |key| &key.request_sha256[..]),
        actor_types: each(orders, |it| it.actor.kind.as_str()),
        actor_roles: each(orders, |it| it.actor.role.map(Role::as_str)),
        actions: each(orders, |it| event(it).0.as_str()),
        object_types: each(orders, |it| event(it).1.kind.as_str()),
        object_ids: each(orders, |it| event(it).1.id),
        details: each(orders, |it| details(it).to_string()),
        request_ids: each(orders, |it| it.actor.request_id),
        hold_s: each(orders, |it| it.frozen.hold_s.into()),
        withdrawn: all(orders, |it| signed(it.frozen.left_out.withdrawn))?,
        restricted: all(orders, |it| signed(it.frozen.left_out.restricted))?,
        people_of,
        sequences,
        applications,
        candidates,
        patience,
        lifetime: PhantomData,
    })
}

/// All people: whose export, where in it, application and candidate.
fn people(orders: &[&Order]) -> (Vec<i64>, Vec<i32>, Vec<Uuid>, Vec<Uuid>) {
    let mut all = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (number, order) in (1..).zip(orders) {
        for (sequence, (application, candidate)) in (1..).zip(&order.frozen.people) {
            all.0.push(number);
            all.1.push(sequence);
            all.2.push(*application);
            all.3.push(*candidate);
        }
    }
    all
}

fn each<'a, T>(orders: &[&'a Order], of: impl Fn(&'a Order) -> T) -> Vec<T> {
    orders.iter().map(|order| of(order)).collect()
}

fn all<'a, T>(
    orders: &[&'a Order],
    of: impl Fn(&'a Order) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    orders.iter().map(|order| of(order)).collect()
}

fn of_key<'a, T>(orders: &[&'a Order], of: impl Fn(&'a IdempotencyKey) -> T) -> Vec<Option<T>> {
    each(orders, |order| order.key.as_ref().map(&of))
}

/// None of ours for a test: its vacancy is made up.
pub(super) fn vacancy(order: &Order) -> Option<&VacancyRecord> {
    let PayloadContext { export_type, vacancy, .. } = &order.frozen.context;
    (*export_type == ExportType::Candidates).then_some(vacancy)
}

/// A test is told of its webhook, everything else of the export.
fn event(order: &Order) -> (Action, Object) {
    let Frozen { context, target, .. } = &order.frozen;
    match context.export_type {
        ExportType::Candidates => (Action::ExportRequested, context.export_id.into()),
        ExportType::Test => (Action::WebhookTested, target.id.into()),
    }
}

fn details(order: &Order) -> serde_json::Value {
    json!({
        "export_id": order.frozen.context.export_id,
        "webhook_id": order.frozen.target.id,
        "vacancy_id": vacancy(order).map(|vacancy| vacancy.id),
        "candidates": order.frozen.candidate_count,
        "payload_bytes": order.frozen.payload_bytes,
    })
}

fn number(count: usize) -> Result<i32, StoreError> {
    i32::try_from(count).map_err(|_| StoreError::Unreadable("a payload above 2 GiB".to_owned()))
}
