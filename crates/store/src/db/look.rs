//! A look at the database before it is used: whether it is there, what lies between, and whether it
//! is what this version needs.

use std::marker::PhantomData;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{Error as LinkError, ManageConnection};
use diesel::result::Error as DieselError;
use diesel::sql_types::{Bool, Integer, Text};

use super::failover::is_read_only;
use super::gate::Wait;
use super::link::{Link, Links};
use super::session::Session;
use super::{Conn, DbConfig, reason};
use crate::error::{Fault, StoreError};
use crate::migrate::{self, MigrateError};
use crate::statement::statement;

statement!(uncached IsMarked = "is_marked.sql", (mark: Text => &'a str) -> (Bool, Bool));
statement!(uncached ReadMaxConnections = "max_connections.sql", () -> Integer);
statement!(uncached OwnerPlaysRole = "owner_plays_role.sql", () -> Bool);

/// How often two links are looked at, each in turn: a pooler chooses the session anew each time.
const ROUNDS: usize = 5;

/// Why a way to Postgres cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsuitable {
    /// One session is for several clients, who prepare statements under the same names.
    #[error(
        "DATABASE_URL leads to a pooler that gives one connection to several clients and mixes up \
         their prepared statements: let it pool by session, or set max_prepared_statements \
         (PgBouncer 1.21 or later), or connect to Postgres itself"
    )]
    SharedStatements,
    /// Each statement is a transaction.
    #[error(
        "DATABASE_URL leads to a pooler that shares connections by statement and knows no \
         transactions: let it pool by session, or connect to Postgres itself"
    )]
    NoTransactions,
}

impl Unsuitable {
    /// What an error says about the way, if it does.
    pub(super) fn of(error: &DieselError) -> Option<Self> {
        let DieselError::DatabaseError(_, information) = error else { return None };
        if information.message().contains("statement pooling mode") {
            return Some(Self::NoTransactions);
        }
        (Fault::of(error) == Some(Fault::Shared)).then_some(Self::SharedStatements)
    }
}

/// What was found.
#[derive(Debug)]
pub(crate) struct Found {
    /// One session is for several clients, but nothing is mixed up.
    pub(crate) is_shared: bool,
    /// So is the role that one takes.
    pub(super) role_stays: bool,
    /// Connections that all clients may have together.
    pub(super) max_connections: u32,
}

/// Looks at all of it, on two links; `admit` has the last word.
///
/// # Errors
/// What has to be waited for; inside, what `admit` refuses.
pub(super) fn look<E>(
    config: &DbConfig,
    admit: impl Fn(&mut Conn) -> Result<Result<(), E>, StoreError>,
) -> Result<Result<Found, E>, Wait> {
    let (mut first, found) = look_at_way(config)?;
    let conn = &mut first.conn;
    if !migrate::is_current(conn).map_err(waiting)? {
        return Err(Wait::Migrations);
    }
    Ok(admit(conn).map_err(waiting)?.map(|()| found))
}

/// Looks at what lies between: a link, and what it and another one found.
///
/// # Errors
/// What has to be waited for.
pub(crate) fn look_at_way(config: &DbConfig) -> Result<(Link, Found), Wait> {
    let links = Links::new(&config.url, None).map_err(waiting)?;
    let session = Session::new(config);
    let open = || {
        links.open(&session).map_err(|error| match of_link(error) {
            Wait::Postgres(_) if ends_at_begin(&links) => Wait::Pooler(Unsuitable::NoTransactions),
            wait => wait,
        })
    };
    let mut pair = [open()?, open()?];
    if pair.iter().any(|link| link.found.statements_known) {
        return Err(Wait::Pooler(Unsuitable::SharedStatements));
    }
    let mut is_shared = pair.iter().any(|link| link.found.was_used);
    for _ in 0..ROUNDS {
        for link in &mut pair {
            is_shared |= !stays(link)?;
        }
    }
    let [mut first, _second] = pair;
    let conn = &mut first.conn;
    migrate::check_server(conn).map_err(|error| match error {
        MigrateError::TooOld(version) => Wait::Newer(version),
        error => Wait::Postgres(error.to_string()),
    })?;
    let asked = conn.transaction(|conn| {
        let max_connections = ReadMaxConnections { lifetime: PhantomData }.get_result(conn)?;
        let role_stays = is_shared && OwnerPlaysRole { lifetime: PhantomData }.get_result(conn)?;
        Ok::<(i32, bool), DieselError>((max_connections, role_stays))
    });
    let (max_connections, role_stays) = asked.map_err(of_query)?;
    let max_connections = u32::try_from(max_connections).unwrap_or_default();
    Ok((first, Found { is_shared, role_stays, max_connections }))
}

/// Whether a link has its session still, and what was prepared in it.
fn stays(link: &mut Link) -> Result<bool, Wait> {
    let mark = link.found.mark.clone();
    let (mut is_marked, mut statements_known) = (true, false);
    let asked = link.conn.transaction(|conn| {
        (is_marked, statements_known) =
            IsMarked { mark: &mark, lifetime: PhantomData }.get_result(conn)?;
        is_read_only(conn)
    });
    match asked {
        // It ran by luck: somebody else had prepared the same under that name.
        Ok(_) if !is_marked && statements_known => Err(Wait::Pooler(Unsuitable::SharedStatements)),
        Ok(_) => Ok(is_marked),
        // Whatever it says, and in which language: it was prepared, and is not there.
        Err(_) if !is_marked => Err(Wait::Pooler(Unsuitable::SharedStatements)),
        Err(error) => Err(of_query(error)),
    }
}

/// Whether links are made and answer, but end as soon as a transaction begins. libpq keeps the reason
/// to itself then.
fn ends_at_begin(links: &Links) -> bool {
    let answers = |sql: &str| {
        let link = links.connect();
        link.is_ok_and(|mut link| link.conn.batch_execute(sql).is_ok())
    };
    answers("SELECT 1") && !answers("BEGIN") && answers("SELECT 1")
}

fn of_link(error: LinkError) -> Wait {
    match error {
        LinkError::ConnectionError(error) => {
            Wait::Postgres(reason::in_one_line(&error.to_string()))
        }
        LinkError::QueryError(error) => of_query(error),
    }
}

fn of_query(error: DieselError) -> Wait {
    Unsuitable::of(&error).map_or_else(|| waiting(error.into()), Wait::Pooler)
}

/// What an error of a look leaves to wait for.
fn waiting(error: StoreError) -> Wait {
    match error {
        StoreError::Waiting(wait) => wait,
        StoreError::Away(told) => Wait::Postgres(reason::in_one_line(&told)),
        error => Wait::Postgres(error.to_string()),
    }
}
