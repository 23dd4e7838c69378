//! What the audit was told, as it is.

use diesel::prelude::*;
use diesel::sql_types::{Jsonb, Nullable, Text, Uuid as SqlUuid};
use serde_json::Value;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::statement::{row, statement};

row!(
    /// A row of `audit_events`.
    #[derive(Debug, Clone)]
    #[expect(missing_docs, reason = "the columns, which the migration comments on")]
    pub struct AuditRow {
        organisation_id: Nullable<SqlUuid> => Option<Uuid>,
        actor_type: Text => String,
        actor_id: Text => String,
        actor_role: Nullable<Text> => Option<String>,
        action: Text => String,
        object_type: Text => String,
        object_id: Nullable<SqlUuid> => Option<Uuid>,
        details: Jsonb => Value,
        request_id: Nullable<SqlUuid> => Option<Uuid>,
    }
);

statement!(ReadAuditEvents = "audit_events.sql", () -> named AuditRow);

/// All of it, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn audit_events(conn: &mut Conn) -> Result<Vec<AuditRow>, StoreError> {
    Ok(ReadAuditEvents { lifetime: std::marker::PhantomData }.load(conn)?)
}
