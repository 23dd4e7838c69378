//! Members, as far as we know them: their tokens name them, and who called is noted now and then. Whom to
//! tell of what happens to an organisation is read from here.

use std::marker::PhantomData;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use domain::actor::{Actor, ActorKind};
use domain::role::Role;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::owner::organisation_of;
use crate::statement::statement;

/// How long who does not call any more is mailed: they may have left, and their address may be another
/// person's by then. What they are told waits in their list.
pub const MAILED_FOR: Duration = Duration::from_hours(30 * 24);

statement!(NoteMember = "members/note.sql", (
    organisation: SqlUuid => Uuid,
    id: Text => &'a str,
    name: Text => &'a str,
    email: Text => &'a str,
    role: Text => &'a str,
) -> ());

/// Notes a member as the token names them; what it does not say stays as another one said it. Keys, support and processes are nobody to be told.
///
/// # Errors
/// [`StoreError`]; a violated constraint where the organisation is not here.
pub fn note(conn: &mut Conn, actor: &Actor) -> Result<(), StoreError> {
    let (ActorKind::Member, Some(role)) = (actor.kind, actor.role) else { return Ok(()) };
    let note = NoteMember {
        organisation: organisation_of(actor)?.into(),
        id: &actor.id,
        name: actor.name.as_deref().unwrap_or_default(),
        email: actor.email.as_deref().unwrap_or_default(),
        role: Role::as_str(role),
        lifetime: PhantomData,
    };
    note.execute(conn)?;
    Ok(())
}
