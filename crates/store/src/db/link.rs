//! One link to Postgres: how it is made, what each session is set to, and whether it still stands.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, ManageConnection};
use diesel::result::ConnectionError;

use super::DbConfig;
use super::failover::{Generations, is_read_only};
use crate::error::StoreError;

/// Where it may: a superuser may, the owner that made the role, and whoever was granted it.
const TAKE_ROLE: &str = "
    DO $$ BEGIN
        -- A schema that is named like the login role would not be found by another.
        PERFORM set_config('search_path', quote_ident(current_schema()), false);
        PERFORM set_config('role', 'talentats_app', false);
    EXCEPTION WHEN insufficient_privilege OR invalid_parameter_value OR undefined_object THEN NULL;
    END $$;";

/// How long a link that can only read may wait for its first use: meanwhile the server may take
/// writes again, which the connection need not notice.
const READ_ONLY_FOR: Duration = Duration::from_secs(1);

/// A link, and what its pool has to know about it.
pub(super) struct Link {
    pub(super) conn: PgConnection,
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
        self.read_only = is_read_only(&mut self.conn)?.then(Instant::now);
        Ok(self.read_only.is_none())
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
}

impl Links {
    pub(super) fn new(url: &str) -> Result<Self, StoreError> {
        let manager = ConnectionManager::new(with_link_timeouts(url)?);
        Ok(Self { manager, generations: Generations::default() })
    }
}

impl ManageConnection for Links {
    type Connection = Link;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Link, diesel::r2d2::Error> {
        // Before connecting: a failover meanwhile makes it one of the old.
        let generation = self.generations.current();
        let mut conn = self.manager.connect()?;
        conn.set_instrumentation(self.generations.watch(generation));
        Ok(Link { conn, generations: self.generations.clone(), generation, read_only: None })
    }

    /// Takes what the server has sent meanwhile: its farewell, or the end of the stream, when it
    /// has closed the link. A farewell is no error by itself: the second look finds the end behind it.
    fn is_valid(&self, link: &mut Link) -> Result<(), diesel::r2d2::Error> {
        let old = link.generation != self.generations.current();
        if old || link.read_only.is_some_and(|since| since.elapsed() > READ_ONLY_FOR) {
            let reason = "nothing can be written on it".to_owned();
            let error = ConnectionError::BadConnection(reason);
            return Err(diesel::r2d2::Error::ConnectionError(error));
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

/// Settings of each new session, as SQL.
#[derive(Debug)]
pub(super) struct Session(String);

impl Session {
    pub(super) fn new(config: &DbConfig) -> Self {
        Self(format!(
            "SET timezone = 'UTC'; SET lc_messages = 'C'; SET jit = off; SET statement_timeout = {};
             SET idle_in_transaction_session_timeout = {}; SET lock_timeout = {};{}",
            config.statement_timeout.as_millis(),
            config.idle_in_transaction_timeout.as_millis(),
            config.lock_timeout.as_millis(),
            if config.application_role { TAKE_ROLE } else { "" },
        ))
    }
}

impl CustomizeConnection<Link, diesel::r2d2::Error> for Session {
    fn on_acquire(&self, link: &mut Link) -> Result<(), diesel::r2d2::Error> {
        match link.conn.batch_execute(&self.0) {
            // Only a superuser may set lc_messages; where it stays localised, errors of the
            // link are still told by libpq's own texts.
            Err(_) => link.conn.batch_execute(&self.0.replace("SET lc_messages = 'C';", "")),
            done => done,
        }
        .and_then(|()| link.can_write().map(drop))
        .map_err(diesel::r2d2::Error::QueryError)
    }
}

/// Whether libpq could read this address.
///
/// # Errors
/// A sentence that says what to write.
pub fn check_url(url: &str) -> Result<(), &'static str> {
    let readable = is_uri(url) || url.contains('=');
    if readable { Ok(()) } else { Err("write postgres://user:password@host:5432/database") }
}

fn is_uri(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// Of several hosts the one that takes writes is meant, unless the operator says otherwise: a
/// standby that answers first would be of no use.
const WRITER: (&str, &str) = ("target_session_attrs", "read-write");

/// Whether the address names several hosts, as libpq writes it: `a,b` before the database, or in
/// `host` or `hostaddr`; blanks may stand around `=`, and a URI may write the comma as `%2C`.
fn has_several_hosts(url: &str) -> bool {
    let after_scheme = url.split_once("://").filter(|_| is_uri(url)).map(|(_, rest)| rest);
    let Some(rest) = after_scheme else { return names_several(url) };
    let several = |hosts: &str| hosts.contains(',') || hosts.to_ascii_lowercase().contains("%2c");
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let query = rest.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let mut named = query.split('&').filter_map(|part| part.split_once('='));
    several(authority.rsplit('@').next().unwrap_or_default())
        || named.any(|(name, hosts)| matches!(name, "host" | "hostaddr") && several(hosts))
}

/// The same of `name = value` pairs, whose values may be quoted.
fn names_several(pairs: &str) -> bool {
    let mut rest = pairs;
    while let Some((name, value)) = rest.split_once('=') {
        let value = value.trim_start();
        let quoted = value.strip_prefix('\'');
        let (body, is_end): (_, fn(char) -> bool) = match quoted {
            Some(body) => (body, |char| char == '\''),
            None => (value, char::is_whitespace),
        };
        let mut escaped = false;
        let end = body.find(|char| {
            let ends = !escaped && is_end(char);
            escaped = !escaped && char == '\\';
            ends
        });
        let end = end.unwrap_or(body.len());
        if matches!(name.trim(), "host" | "hostaddr") && body[..end].contains(',') {
            return true;
        }
        rest = body[end..].trim_start_matches('\'');
    }
    false
}

/// A synchronous libpq hangs in a black hole unless the link's own limits are set. What the
/// operator wrote in the address wins, since libpq takes the last of equal parameters.
pub(crate) fn with_link_timeouts(url: &str) -> Result<String, StoreError> {
    const LIMITS: [(&str, &str); 6] = [
        ("connect_timeout", "4"),
        ("tcp_user_timeout", "10000"),
        ("keepalives_idle", "10"),
        ("keepalives_interval", "3"),
        ("keepalives_count", "3"),
        ("application_name", "talentats"),
    ];
    check_url(url).map_err(|form| {
        StoreError::Unavailable(format!("DATABASE_URL is not a connection string: {form}"))
    })?;
    let writer = has_several_hosts(url).then_some(&WRITER);
    let missing = LIMITS.iter().chain(writer).filter(|(name, _)| !url.contains(name));
    if is_uri(url) {
        let parameters: Vec<_> = missing.map(|(name, value)| format!("{name}={value}")).collect();
        let separator = if url.contains('?') { '&' } else { '?' };
        Ok(format!("{url}{separator}{}", parameters.join("&")))
    } else {
        Ok(missing.fold(url.to_owned(), |url, (name, value)| format!("{url} {name}={value}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_hosts_the_one_that_writes_is_asked_for() {
        let table = [
            ("postgres://app:a,b@one.example:5432/talentats", false),
            ("postgres://app@one.example,two.example:5433/talentats", true),
            ("postgresql:///talentats?host=one.example,two.example", true),
            ("host=one.example dbname=talentats password=a,b", false),
            ("host=one.example,two.example dbname=talentats", true),
            ("host = one.example,two.example dbname = talentats", true),
            ("dbname=talentats hostaddr ='192.0.2.1, 192.0.2.2'", true),
            ("host=one.example password='a host=b,c'", false),
            ("host=one.example password='it\\'s host=b,c' user = app", false),
            ("host=one.example password=a\\ host=b,c", false),
            ("postgres://app@one.example%2Ctwo.example/talentats", true),
            ("postgres:///talentats?host=one.example%2ctwo.example", true),
            ("postgres://app:a%2Cb@one.example/talentats", false),
            ("postgres://one,two/talentats?target_session_attrs=any", false),
        ];
        for (url, expected) in table {
            let full = with_link_timeouts(url).expect("an address");
            assert_eq!(full.contains("target_session_attrs=read-write"), expected, "{url}");
            assert!(full.contains("connect_timeout=4"), "{full}");
        }
    }
}
