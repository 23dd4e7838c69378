//! What the audit is told: each change once, in the transaction of the change, and never content.

mod changes;
mod ends;
mod list;
mod looks;
mod refusals;

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use domain::audit::{Action, ObjectType};
use domain::id::OrganisationId;
use serde_json::Value;
use store::Conn;
use store::audit::Object;
use uuid::Uuid;

/// What the people, customers, vacancies and URLs of these tests are called, as far as no id or word
/// of ours contains it.
const CONTENT: [&str; 14] = [
    "Ada",
    "Rosa",
    "Sam",
    "auth0",
    "@",
    "example.com",
    "https:",
    "Northwind",
    "Contoso",
    "Webhook 1",
    "Heir",
    "Title of",
    "V-1",
    "C-1",
];

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Told {
    pub(crate) organisation: Option<OrganisationId>,
    /// Type and id of the actor.
    pub(crate) by: (String, String),
    pub(crate) action: Action,
    pub(crate) object: Object,
    pub(crate) details: Value,
    /// The transaction that wrote it.
    transaction: String,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    organisation_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    actor_type: String,
    #[diesel(sql_type = Text)]
    actor_id: String,
    #[diesel(sql_type = Text)]
    action: String,
    #[diesel(sql_type = Text)]
    object_type: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    object_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    details: String,
    #[diesel(sql_type = Text)]
    transaction: String,
}

/// What was told since this was last asked, in the order in which it was told. The login role of
/// these tests may delete it.
pub(crate) fn told(conn: &mut Conn) -> Vec<Told> {
    let query = "SELECT organisation_id, actor_type, actor_id, action, object_type, object_id,
                        details::text AS details, xmin::text AS transaction
                 FROM audit_events ORDER BY id";
    let rows: Vec<Row> = diesel::sql_query(query).load(conn).expect("events");
    diesel::sql_query("DELETE FROM audit_events").execute(conn).expect("deleted");
    rows.into_iter().map(Row::told).collect()
}

impl Row {
    fn told(self) -> Told {
        let Self { details, actor_type, actor_id, .. } = self;
        for content in CONTENT {
            assert!(!details.contains(content), "{}: content in {details}", self.action);
        }
        let kind = ObjectType::parse(&self.object_type).expect("a type of domain's");
        Told {
            organisation: self.organisation_id.map(OrganisationId::from),
            by: (actor_type, actor_id),
            action: Action::parse(&self.action).expect("an action of domain's"),
            object: Object { kind, id: self.object_id },
            details: serde_json::from_str(&details).expect("JSON"),
            transaction: self.transaction,
        }
    }
}

/// What was told, without the actor and the organisation.
pub(crate) fn briefly(told: &[Told]) -> Vec<(Action, Object, Value)> {
    told.iter().map(|told| (told.action, told.object, told.details.clone())).collect()
}
