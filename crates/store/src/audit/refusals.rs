//! What was refused: an operation that the role may not do, and objects of other organisations.
//! Written after the answer, by whoever gives it: who asks learns nothing from the time it takes.

use std::marker::PhantomData;

use diesel::RunQueryDsl;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::audit::{Action, ObjectType};
use serde_json::json;
use uuid::Uuid;

use super::{Event, Object, write};
use crate::db::{Conn, transaction};
use crate::error::StoreError;
use crate::statement::statement;

/// A request that was refused.
#[derive(Debug, Clone)]
pub struct Refused {
    /// Method and route template.
    pub operation: String,
    /// The role may not do it at all.
    pub forbidden: bool,
    /// What was asked for and not found; each is looked for in every organisation.
    pub objects: Vec<Object>,
}

statement!(FindForeign = "foreign.sql", (
    organisation: SqlUuid => Uuid,
    kinds: Array<Text> => Vec<&'a str>,
    ids: Array<SqlUuid> => Vec<Uuid>,
) -> (Text, SqlUuid));

/// Writes that a request was refused. What does not exist at all is no event.
///
/// # Errors
/// [`StoreError`].
pub fn refused(conn: &mut Conn, actor: &Actor, refused: &Refused) -> Result<(), StoreError> {
    transaction(conn, |conn| {
        let foreign = foreign(conn, actor, &refused.objects)?;
        let mut objects: Vec<_> = foreign.into_iter().map(|object| (object, "foreign")).collect();
        if refused.forbidden {
            let named = refused.objects.first().copied();
            objects.push((named.unwrap_or(ObjectType::Operation.into()), "role"));
        }
        let event = |(object, why): (Object, &str)| Event {
            organisation: actor.organisation(),
            action: Action::AccessRefused,
            object,
            details: json!({ "operation": refused.operation, "why": why }),
        };
        write(conn, actor, &objects.into_iter().map(event).collect::<Vec<_>>())
    })
}

/// Which of these objects belong to another organisation.
fn foreign(conn: &mut Conn, actor: &Actor, objects: &[Object]) -> Result<Vec<Object>, StoreError> {
    let Some(organisation) = actor.organisation() else { return Ok(Vec::new()) };
    let asked = || objects.iter().filter_map(|object| Some((object.kind.as_str(), object.id?)));
    if asked().next().is_none() {
        return Ok(Vec::new());
    }
    let (kinds, ids) = asked().unzip();
    let organisation = organisation.into();
    let find = FindForeign { organisation, kinds, ids, lifetime: PhantomData };
    let found: Vec<(String, Uuid)> = find.load(conn)?;
    let object =
        |(kind, id): (String, Uuid)| Some(Object { kind: ObjectType::parse(&kind)?, id: Some(id) });
    Ok(found.into_iter().filter_map(object).collect())
}
