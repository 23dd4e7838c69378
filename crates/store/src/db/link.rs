//! One link to Postgres: how it is made, what each session is set to, and whether it still stands.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, ManageConnection};

use super::DbConfig;
use crate::error::StoreError;

/// Where it may: a superuser may, the owner that made the role, and whoever was granted it.
const TAKE_ROLE: &str = "
    DO $$ BEGIN
        -- A schema that is named like the login role would not be found by another.
        PERFORM set_config('search_path', quote_ident(current_schema()), false);
        PERFORM set_config('role', 'talentats_app', false);
    EXCEPTION WHEN insufficient_privilege OR invalid_parameter_value OR undefined_object THEN NULL;
    END $$;";

/// Makes links and judges them. Whether one still stands is seen by a look at its socket: no
/// question is sent at each check-out, and nothing was sent on a link that is found broken.
#[derive(Debug)]
pub(super) struct Links(ConnectionManager<PgConnection>);

impl Links {
    pub(super) fn new(url: &str) -> Result<Self, StoreError> {
        Ok(Self(ConnectionManager::new(with_link_timeouts(url)?)))
    }
}

impl ManageConnection for Links {
    type Connection = PgConnection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<PgConnection, diesel::r2d2::Error> {
        self.0.connect()
    }

    /// Takes what the server has sent meanwhile: its farewell, or the end of the stream, when it
    /// has closed the link. A farewell is no error by itself: the second look finds the end behind it.
    fn is_valid(&self, conn: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        let heard = (0..2).find_map(|_| conn.notifications_iter().find_map(Result::err));
        heard.map_or(Ok(()), |error| Err(diesel::r2d2::Error::QueryError(error)))
    }

    fn has_broken(&self, conn: &mut PgConnection) -> bool {
        self.0.has_broken(conn) || self.is_valid(conn).is_err()
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

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for Session {
    fn on_acquire(&self, conn: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        match conn.batch_execute(&self.0) {
            // Only a superuser may set lc_messages; where it stays localised, errors of the
            // link are still told by libpq's own texts.
            Err(_) => conn.batch_execute(&self.0.replace("SET lc_messages = 'C';", "")),
            done => done,
        }
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
    let missing = LIMITS.iter().filter(|(name, _)| !url.contains(name));
    if is_uri(url) {
        let parameters: Vec<_> = missing.map(|(name, value)| format!("{name}={value}")).collect();
        let separator = if url.contains('?') { '&' } else { '?' };
        Ok(format!("{url}{separator}{}", parameters.join("&")))
    } else {
        Ok(missing.fold(url.to_owned(), |url, (name, value)| format!("{url} {name}={value}")))
    }
}
