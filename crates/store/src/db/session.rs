//! A session of Postgres: what it is found like, and what it is set to.

use std::marker::PhantomData;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{CustomizeConnection, Error as LinkError};
use diesel::sql_types::{Bool, Text};

use super::DbConfig;
use super::failover::is_read_only;
use super::gate::Gate;
use super::link::Link;
use super::look::Unsuitable;
use crate::statement::{row, statement};

/// Only a superuser may set it; where it stays localised, errors of the link are still told by libpq's
/// own texts.
const SPEAK_ENGLISH: &str = "
    DO $$ BEGIN
        PERFORM set_config('lc_messages', 'C', false);
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END $$;";

/// Where it may: a superuser may, the owner that made the role, and whoever was granted it.
const TAKE_ROLE: &str = "
    DO $$ BEGIN
        -- A schema that is named like the login role would not be found by another.
        PERFORM set_config('search_path', quote_ident(current_schema()), false);
        PERFORM set_config('role', 'talentats_app', false);
    EXCEPTION WHEN insufficient_privilege OR invalid_parameter_value OR undefined_object THEN NULL;
    END $$;";

row!(
    /// What was found in a session that should be new, and the mark that was left there.
    #[derive(Debug, Default)]
    pub(super) struct FoundSession {
        was_used: Bool => bool,
        statements_known: Bool => bool,
        mark: Text => String,
    }
);

statement!(uncached Mark = "mark.sql", () -> named FoundSession);

/// Settings of each new session, as SQL, and who is told what it is found like.
#[derive(Debug)]
pub(super) struct Session {
    settings: String,
    gate: Gate,
}

impl Session {
    pub(super) fn new(config: &DbConfig) -> Self {
        let settings = format!(
            "SET timezone = 'UTC'; SET jit = off; SET statement_timeout = {};
             SET idle_in_transaction_session_timeout = {}; SET lock_timeout = {};{SPEAK_ENGLISH}{}",
            config.statement_timeout.as_millis(),
            config.idle_in_transaction_timeout.as_millis(),
            config.lock_timeout.as_millis(),
            if config.application_role { TAKE_ROLE } else { "" },
        );
        Self { settings, gate: config.gate.clone() }
    }

    /// Begins the session of a new link: in one transaction, through which a pooler keeps it together.
    ///
    /// # Errors
    /// Those of the link.
    pub(super) fn begin(&self, link: &mut Link) -> QueryResult<()> {
        let (found, read_only) = link.conn.transaction(|conn| {
            let found = Mark { lifetime: PhantomData }.get_result(conn)?;
            conn.batch_execute(&self.settings)?;
            Ok::<_, diesel::result::Error>((found, is_read_only(conn)?))
        })?;
        link.found = found;
        link.set_read_only(read_only);
        Ok(())
    }
}

impl CustomizeConnection<Link, LinkError> for Session {
    fn on_acquire(&self, link: &mut Link) -> Result<(), LinkError> {
        self.begin(link).map_err(LinkError::QueryError)?;
        if link.found.statements_known {
            let unsuitable = Unsuitable::SharedStatements;
            self.gate.found(unsuitable);
            return Err(super::link::bad(unsuitable.to_string()));
        }
        self.gate.connected();
        self.gate.takes_writes(!link.is_read_only());
        Ok(())
    }
}
