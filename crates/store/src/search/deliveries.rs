//! How webhooks do, each alone or all of a host together: where they stand, what became of their exports,
//! and what failed last.

use std::collections::HashMap;

use domain::explanation::{Standing, Traffic};
use domain::export::DisabledReason;
use uuid::Uuid;

use super::hooks::Row;
use super::traffic::{self, Failure, Hooks};
use super::{Delivery, Looking};
use crate::attempts;
use crate::db::Conn;
use crate::error::StoreError;
use crate::row::optional_word;

/// Most webhooks of one host whose exports are counted: those that were used last.
const COUNTED: usize = 64;

/// How groups of webhooks do: one look at all their exports, and one at what failed.
pub(super) fn deliveries<'a>(
    conn: &mut Conn,
    looking: Looking<'_>,
    groups: impl Iterator<Item = &'a [Row]>,
) -> Result<Vec<Delivery>, StoreError> {
    let groups: Vec<&[Row]> = groups.collect();
    let counted: Vec<Vec<&Row>> = groups.iter().map(|rows| used_last(rows)).collect();
    let hooks: Hooks = counted.iter().flatten().map(|row| (row.organisation_id, row.id)).unzip();
    let traffic = traffic::of_hooks(conn, looking, &hooks)?;
    let failures = traffic::last_failures(conn, looking, &hooks)?;
    let mut deliveries = Vec::new();
    for (rows, counted) in groups.iter().zip(&counted) {
        let last = counted.iter().filter_map(|row| failures.get(&row.id)).max_by_key(|it| it.1);
        deliveries.push(Delivery {
            standing: standing(rows)?,
            traffic: sum(counted, rows.len(), &traffic),
            last_failure: last.map(|it| failed(conn, looking, *it)).transpose()?.flatten(),
        });
    }
    Ok(deliveries)
}

fn failed(
    conn: &mut Conn,
    looking: Looking<'_>,
    (export, attempt): Failure,
) -> Result<Option<Box<attempts::Attempt>>, StoreError> {
    Ok(attempts::one(conn, looking.actor, export, attempt)?.map(Box::new))
}

fn used_last(rows: &[Row]) -> Vec<&Row> {
    let mut rows: Vec<&Row> = rows.iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.last_claimed_at, row.deleted_at, row.id)));
    rows.truncate(COUNTED);
    rows
}

fn sum(counted: &[&Row], of: usize, traffic: &HashMap<Uuid, Traffic>) -> Traffic {
    let none = Traffic { bounded: of > counted.len(), ..Traffic::default() };
    let theirs = counted.iter().filter_map(|row| traffic.get(&row.id));
    theirs.fold(none, |all, one| Traffic {
        accepted: all.accepted + one.accepted,
        failed: all.failed + one.failed,
        cancelled: all.cancelled + one.cancelled,
        in_progress: all.in_progress + one.in_progress,
        bounded: all.bounded || one.bounded,
    })
}

fn standing(rows: &[Row]) -> Result<Standing, StoreError> {
    let mut all = Standing {
        deleted_at: rows.iter().filter_map(|row| row.deleted_at).max(),
        last_delivered_at: rows.iter().filter_map(|row| row.last_delivered_at).max(),
        ..Standing::default()
    };
    for row in rows.iter().filter(|row| row.deleted_at.is_none()) {
        let reason = optional_word(DisabledReason::parse, row.disabled_reason.as_deref())?;
        all.live += 1;
        if let (Some(at), Some(reason)) = (row.disabled_at, reason) {
            all.disabled += 1;
            if all.switched_off.is_none_or(|(last, _)| at > last) {
                all.switched_off = Some((at, reason));
            }
        } else if let Some(since) = row.failing_since {
            all.failing += 1;
            all.failing_since = Some(all.failing_since.map_or(since, |first| first.min(since)));
        } else if row.last_delivered_at.is_none() {
            all.untested += 1;
        }
    }
    Ok(all)
}
