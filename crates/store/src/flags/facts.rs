//! What is known of exports that are judged: what they say, where they go, and how many people their
//! vacancies have.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::flag::{Facts, LARGE, Receiver, WHOLE_VACANCY};
use uuid::Uuid;

use super::by_place;
use super::usual::Usual;
use crate::db::Conn;
use crate::error::StoreError;
use crate::page::in_order;
use crate::row::{signed, unsigned};
use crate::statement::{row, statement};

row!(
    /// An export that is judged.
    pub(super) struct Exported {
        organisation_id: SqlUuid => Uuid,
        id: SqlUuid => Uuid,
        requested_by_id: Text => String,
        requested_at: Timestamptz => DateTime<Utc>,
        candidate_count: Integer => i32,
        webhook_id: SqlUuid => Uuid,
        host: Text => String,
        vacancy_id: Nullable<SqlUuid> => Option<Uuid>,
        derived: Bool => bool,
        registered_at: Timestamptz => DateTime<Utc>,
        shared: Bool => bool,
    }
);

statement!(uncached ReadExports = "exports.sql", (
    exports: Array<SqlUuid> => Vec<Uuid>,
) -> named Exported);
statement!(uncached ReadReceivers = "receivers.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    webhooks: Array<SqlUuid> => Vec<Uuid>,
    exports: Array<SqlUuid> => Vec<Uuid>,
    large: Integer => i32,
) -> (BigInt, Bool, Bool));
statement!(uncached CountPeople = "vacancies.sql", (
    organisations: Array<SqlUuid> => Vec<Uuid>,
    vacancies: Array<SqlUuid> => Vec<Uuid>,
    most: Array<BigInt> => Vec<i64>,
) -> (BigInt, BigInt));

/// The exports of these ids that have people in them.
pub(super) fn exports(conn: &mut Conn, ids: Vec<Uuid>) -> QueryResult<Vec<Exported>> {
    ReadExports { exports: ids, lifetime: PhantomData }.load(conn)
}

/// What is looked up for the large ones among them.
pub(super) struct Known {
    /// By export: whether its webhook accepted something before, and whether a large one went there;
    /// of those that may be the first large one.
    receivers: HashMap<Uuid, (bool, bool)>,
    /// By organisation and vacancy: people who may be exported, one more than an export has at most.
    vacancies: HashMap<(Uuid, Uuid), u32>,
}

impl Known {
    pub(super) fn of(conn: &mut Conn, exports: &[Exported]) -> Result<Self, StoreError> {
        Ok(Self { receivers: receivers(conn, exports)?, vacancies: vacancies(conn, exports)? })
    }

    /// What domain judges by.
    pub(super) fn facts<'a>(
        &self,
        export: &'a Exported,
        usual: &Usual,
    ) -> Result<Facts<'a>, StoreError> {
        let (accepted_before, large_before) =
            self.receivers.get(&export.id).copied().unwrap_or((true, true));
        let vacancy = export.vacancy_id.map(|vacancy| (export.organisation_id, vacancy));
        Ok(Facts {
            people: unsigned(export.candidate_count)?,
            requested_at: export.requested_at,
            derived: export.derived,
            volume: usual.volume(export),
            hours: usual.hours(export),
            vacancy_people: vacancy.and_then(|vacancy| self.vacancies.get(&vacancy).copied()),
            receiver: Receiver {
                host: &export.host,
                registered_at: export.registered_at,
                accepted_before,
                large_before,
                shared: export.shared,
            },
        })
    }
}

/// Of each webhook the first large one is looked up: those after it are not the first.
fn receivers(
    conn: &mut Conn,
    exports: &[Exported],
) -> Result<HashMap<Uuid, (bool, bool)>, StoreError> {
    let large = signed(LARGE)?;
    let mut met = HashSet::new();
    let is_first = |export: &&Exported| {
        export.candidate_count >= large && met.insert((export.organisation_id, export.webhook_id))
    };
    let asked: Vec<_> = exports.iter().filter(is_first).collect();
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let read = ReadReceivers {
        organisations: asked.iter().map(|export| export.organisation_id).collect(),
        webhooks: asked.iter().map(|export| export.webhook_id).collect(),
        exports: asked.iter().map(|export| export.id).collect(),
        large,
        lifetime: PhantomData,
    };
    let rows: Vec<(i64, bool, bool)> = in_order(conn, |conn| read.load(conn))?;
    let ids = asked.iter().map(|export| export.id).collect();
    Ok(by_place(ids, rows.into_iter().map(|(place, accepted, large)| (place, (accepted, large)))))
}

/// Each vacancy is counted once, for the largest of its exports.
fn vacancies(
    conn: &mut Conn,
    exports: &[Exported],
) -> Result<HashMap<(Uuid, Uuid), u32>, StoreError> {
    let least = signed(WHOLE_VACANCY)?;
    let mut asked: BTreeMap<(Uuid, Uuid), i64> = BTreeMap::new();
    for export in exports.iter().filter(|it| it.candidate_count >= least && !it.derived) {
        let Some(vacancy) = export.vacancy_id else { continue };
        let most = asked.entry((export.organisation_id, vacancy)).or_default();
        *most = (*most).max(i64::from(export.candidate_count) + 1);
    }
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let count = CountPeople {
        organisations: asked.keys().map(|(organisation, _)| *organisation).collect(),
        vacancies: asked.keys().map(|(_, vacancy)| *vacancy).collect(),
        most: asked.values().copied().collect(),
        lifetime: PhantomData,
    };
    let rows: Vec<(i64, i64)> = in_order(conn, |conn| count.load(conn))?;
    let people = rows.into_iter().map(|(place, people)| Ok((place, unsigned(people)?)));
    let people = people.collect::<Result<Vec<_>, StoreError>>()?;
    Ok(by_place(asked.into_keys().collect(), people))
}
