//! Whom the filter `actor` means: an id, or everybody who acted under an e-mail address.

use std::collections::BTreeSet;
use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Uuid as SqlUuid};
use domain::actor::{Actor, ActorKind};
use domain::email;
use domain::search::Exact;
use uuid::Uuid;

use crate::db::Conn;
use crate::filter;
use crate::owner::filter_by;
use crate::schema::{api_keys, webhooks};
use crate::statement::statement;

statement!(uncached FindActors = "actors.sql", (organisation: SqlUuid => Uuid) -> (Text, Text));

statement!(uncached FindActorsOfAll = "actors_of_all.sql", () -> (Text, Text));

statement!(uncached HasActed = "has_acted.sql", (
    organisation: Nullable<SqlUuid> => Option<Uuid>,
    actor: Text => &'a str,
    foreign: Bool => bool,
) -> Bool);

statement!(uncached CountActs = "acts.sql", (
    organisation: SqlUuid => Uuid,
    actors: Array<Text> => &'a [String],
    most: BigInt => i64,
) -> BigInt);

/// So much may be looked through for one page.
const MUCH: i64 = 1_000;

/// Whether they did more than is looked through for one action among it; across all organisations that is
/// not counted.
pub(super) fn are_busy(conn: &mut Conn, actor: &Actor, ids: &[String]) -> QueryResult<bool> {
    let Some(organisation) = filter_by(actor) else { return Ok(true) };
    let acts = CountActs { organisation, actors: ids, most: MUCH, lifetime: PhantomData };
    Ok(acts.get_result::<i64>(conn)? >= MUCH)
}

/// The ids that a text stands for: itself, and those of the e-mail address in it. Across all organisations
/// an address is looked for among those who asked for exports, registered webhooks or made keys, the known
/// members, the support desk, and whoever acted in an organisation that is not here any more.
pub(super) fn of(conn: &mut Conn, actor: &Actor, text: &str) -> QueryResult<Vec<String>> {
    let text = text.trim();
    let mut ids = BTreeSet::from([text.to_owned()]);
    // An address may have a name before it.
    let address = match Exact::parse(text) {
        Ok(Exact::Email(address)) => address,
        _ => text.to_owned(),
    };
    if let Some(key) = email::key(&address) {
        let same = |address: &str| email::key(address).is_some_and(|it| it == key);
        if actor.email.as_deref().is_some_and(same) {
            ids.insert(actor.id.clone());
        }
        if let Some(organisation) = filter_by(actor) {
            let all = FindActors { organisation, lifetime: PhantomData };
            let all: Vec<(String, String)> = all.load(conn)?;
            ids.extend(all.into_iter().filter(|(_, address)| same(address)).map(|(id, _)| id));
        } else {
            ids.extend(filter::of_email(conn, actor, &address)?);
            let others: Vec<(String, String)> =
                FindActorsOfAll { lifetime: PhantomData }.load(conn)?;
            let all = makers(conn)?.into_iter().chain(others);
            ids.extend(all.filter(|(_, at)| same(at)).map(|(id, _)| id));
        }
    }
    Ok(ids.into_iter().collect())
}

/// Whether the audit tells of any of them at all.
pub(super) fn have_acted(conn: &mut Conn, actor: &Actor, ids: &[String]) -> QueryResult<bool> {
    let (organisation, foreign) = (filter_by(actor), actor.kind == ActorKind::Support);
    for id in ids {
        let acted = HasActed { organisation, actor: id, foreign, lifetime: PhantomData };
        if acted.get_result(conn)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Who registered webhooks and made keys, of all organisations, and their addresses.
fn makers(conn: &mut Conn) -> QueryResult<Vec<(String, String)>> {
    let of_webhooks = webhooks::table
        .select((webhooks::created_by_id, webhooks::created_by_email))
        .distinct()
        .load(conn)?;
    let of_keys: Vec<(String, String)> = api_keys::table
        .select((api_keys::created_by_id, api_keys::created_by_email))
        .distinct()
        .load(conn)?;
    Ok([of_webhooks, of_keys].concat())
}
