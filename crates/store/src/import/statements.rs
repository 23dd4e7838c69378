//! The statements of an import. None is kept with its plan: tables grow by orders while one runs.

use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Uuid as SqlUuid};
use uuid::Uuid;

use crate::db::Conn;
use crate::statement::{row, statement};

row!(
    /// What was created or changed.
    pub(super) struct Written {
        reference: Text => String,
        created: Bool => bool,
        merged: Bool => bool,
        may_not_go: Bool => bool,
    }
);

statement!(uncached WriteVacancies = "vacancies.sql", (
    organisation: SqlUuid => Uuid,
    documents: Array<Text> => Vec<&'a str>,
) -> named Written);

statement!(uncached WriteCandidates = "candidates.sql", (
    organisation: SqlUuid => Uuid,
    documents: Array<Text> => Vec<&'a str>,
) -> named Written);

statement!(uncached WriteApplications = "applications.sql", (
    organisation: SqlUuid => Uuid,
    documents: Array<Text> => Vec<&'a str>,
) -> named Written);

/// Merges documents into what an organisation has.
pub(super) type Write = fn(&mut Conn, Uuid, Vec<&str>) -> QueryResult<Vec<Written>>;

pub(super) fn write_vacancies(
    conn: &mut Conn,
    organisation: Uuid,
    documents: Vec<&str>,
) -> QueryResult<Vec<Written>> {
    WriteVacancies { organisation, documents, lifetime: PhantomData }.load(conn)
}

pub(super) fn write_candidates(
    conn: &mut Conn,
    organisation: Uuid,
    documents: Vec<&str>,
) -> QueryResult<Vec<Written>> {
    WriteCandidates { organisation, documents, lifetime: PhantomData }.load(conn)
}

pub(super) fn write_applications(
    conn: &mut Conn,
    organisation: Uuid,
    documents: Vec<&str>,
) -> QueryResult<Vec<Written>> {
    WriteApplications { organisation, documents, lifetime: PhantomData }.load(conn)
}

statement!(uncached StopExports = "stop_exports.sql", (
    organisation: SqlUuid => Uuid,
    candidates: Array<Text> => &'a [String],
    applications: Array<Text> => &'a [String],
) -> ());

/// Has the exports in progress derived anew that carry people who may not go any more.
pub(super) fn stop_exports(
    conn: &mut Conn,
    organisation: Uuid,
    candidates: &[String],
    applications: &[String],
) -> QueryResult<()> {
    StopExports { organisation, candidates, applications, lifetime: PhantomData }
        .execute(conn)
        .map(drop)
}

row!(
    /// An application that does not fit what is stored; or, without a problem, that does not count.
    pub(super) struct Checked {
        position: BigInt => i64,
        pointer: Nullable<Text> => Option<String>,
        detail: Nullable<Text> => Option<String>,
    }
);

statement!(uncached CheckApplications = "check_applications.sql", (
    organisation: SqlUuid => Uuid,
    documents: Array<Text> => Vec<&'a str>,
) -> named Checked);

pub(super) fn check_applications(
    conn: &mut Conn,
    organisation: Uuid,
    documents: Vec<&str>,
) -> QueryResult<Vec<Checked>> {
    CheckApplications { organisation, documents, lifetime: PhantomData }.load(conn)
}

statement!(uncached Demote = "demote.sql", (organisation: SqlUuid => Uuid) -> ());

statement!(uncached Promote = "promote.sql", (organisation: SqlUuid => Uuid) -> ());

/// Says which of several applications of a person for a vacancy counts.
pub(super) fn settle(conn: &mut Conn, organisation: Uuid) -> QueryResult<()> {
    // One after the other: never do two of them count.
    if (Demote { organisation, lifetime: PhantomData }).execute(conn)? > 0 {
        Promote { organisation, lifetime: PhantomData }.execute(conn)?;
    }
    Ok(())
}

statement!(uncached Follow = "follow.sql", (organisation: SqlUuid => Uuid) -> ());

/// Moves applications that do not count from stages which their vacancy no longer has.
pub(super) fn follow(conn: &mut Conn, organisation: Uuid) -> QueryResult<usize> {
    Follow { organisation, lifetime: PhantomData }.execute(conn)
}

row!(
    /// Applications that stand at a stage which their vacancy no longer has.
    pub(super) struct Orphaned {
        line: BigInt => i64,
        applications: BigInt => i64,
    }
);

statement!(uncached FindOrphaned = "orphaned.sql", (
    organisation: SqlUuid => Uuid,
    references: Array<Text> => Vec<&'a str>,
    lines: Array<BigInt> => Vec<i64>,
) -> named Orphaned);

/// Asks about vacancies by their references, each with its line.
pub(super) fn orphaned(
    conn: &mut Conn,
    organisation: Uuid,
    (references, lines): (Vec<&str>, Vec<i64>),
) -> QueryResult<Vec<Orphaned>> {
    FindOrphaned { organisation, references, lines, lifetime: PhantomData }.load(conn)
}
