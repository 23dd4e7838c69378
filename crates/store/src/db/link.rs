//! One link to Postgres: how it is made, and whether it still stands.

use std::time::{Duration, Instant};

use diesel::connection::InstrumentationEvent;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, ManageConnection};
use diesel::result::ConnectionError;

use super::address::with_link_timeouts;
use super::failover::{Generations, is_read_only};
use super::gate::Gate;
use super::look::Unsuitable;
use super::session::{FoundSession, Session};
use crate::error::StoreError;

/// How long a link that can only read may wait for its first use: meanwhile the server may take
/// writes again, which the connection need not notice.
const READ_ONLY_FOR: Duration = Duration::from_secs(1);

/// A link, and what its pool has to know about it.
pub(crate) struct Link {
    pub(crate) conn: PgConnection,
    pub(super) found: FoundSession,
    generations: Generations,
    generation: u64,
    /// When it was found that nothing can be written on it. It still reads, once.
    read_only: Option<Instant>,
}

impl Link {
    /// Whether it can be written on, asked of the server.
    ///
    /// # Errors
    /// Those of the question.
    pub(super) fn can_write(&mut self) -> QueryResult<bool> {
        let read_only = is_read_only(&mut self.conn)?;
        self.set_read_only(read_only);
        Ok(!read_only)
    }

    pub(super) fn set_read_only(&mut self, read_only: bool) {
        self.read_only = read_only.then(Instant::now);
    }

    pub(super) fn is_read_only(&self) -> bool {
        self.read_only.is_some()
    }

    /// Throws away, when they are given back or asked for next, this link and all that are as old.
    pub(super) fn give_up(&self) {
        self.generations.end(self.generation);
    }
}

/// Makes links and judges them. Whether one still stands is seen by a look at its socket: no
/// question is sent at each check-out, and nothing was sent on a link that is found broken.
#[derive(Debug)]
pub(super) struct Links {
    manager: ConnectionManager<PgConnection>,
    generations: Generations,
    /// Who is told what links are told; nobody, where the caller is.
    gate: Option<Gate>,
}

impl Links {
    /// # Errors
    /// When the address is not one that libpq reads.
    pub(super) fn new(url: &str, gate: Option<Gate>) -> Result<Self, StoreError> {
        let manager = ConnectionManager::new(with_link_timeouts(url)?);
        Ok(Self { manager, generations: Generations::default(), gate })
    }

    /// A link of its own, with its session begun.
    ///
    /// # Errors
    /// Those of the link.
    pub(super) fn open(&self, session: &Session) -> Result<Link, diesel::r2d2::Error> {
        let mut link = self.connect()?;
        session.begin(&mut link).map_err(diesel::r2d2::Error::QueryError)?;
        Ok(link)
    }

    /// Hears what a link is told, whoever uses it.
    fn listen(&self, conn: &mut PgConnection, generation: u64) {
        let (generations, gate) = (self.generations.clone(), self.gate.clone());
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            let InstrumentationEvent::FinishQuery { error, .. } = event else { return };
            if let Some(error) = error {
                generations.heard(generation, error);
                if Unsuitable::of(error).is_some() {
                    generations.end(generation);
                }
            }
            if let Some(gate) = &gate {
                gate.heard(error);
            }
        });
    }
}

impl ManageConnection for Links {
    type Connection = Link;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Link, diesel::r2d2::Error> {
        // Before connecting: a failover meanwhile makes it one of the old.
        let generation = self.generations.current();
        let connected = self.manager.connect();
        if let (Err(error), Some(gate)) = (&connected, &self.gate) {
            gate.refused(&error.to_string());
        }
        let mut conn = connected?;
        self.listen(&mut conn, generation);
        let (found, generations) = (FoundSession::default(), self.generations.clone());
        Ok(Link { conn, found, generations, generation, read_only: None })
    }

    /// Takes what the server has sent meanwhile: its farewell, or the end of the stream, when it
    /// has closed the link. A farewell is no error by itself: the second look finds the end behind it.
    fn is_valid(&self, link: &mut Link) -> Result<(), diesel::r2d2::Error> {
        let old = link.generation != self.generations.current();
        if old || link.read_only.is_some_and(|since| since.elapsed() > READ_ONLY_FOR) {
            return Err(bad("nothing can be written on it".to_owned()));
        }
        let heard = (0..2).find_map(|_| link.conn.notifications_iter().find_map(Result::err));
        heard.map_or(Ok(()), |error| Err(diesel::r2d2::Error::QueryError(error)))
    }

    fn has_broken(&self, link: &mut Link) -> bool {
        self.manager.has_broken(&mut link.conn)
            || link.read_only.is_some()
            || self.is_valid(link).is_err()
    }
}

/// A link that is not to be used.
pub(super) fn bad(reason: String) -> diesel::r2d2::Error {
    diesel::r2d2::Error::ConnectionError(ConnectionError::BadConnection(reason))
}
