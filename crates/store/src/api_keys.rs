//! API keys of organisations: made, listed and revoked by admins. Who calls with one is found in
//! `find`.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::now;
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use domain::actor::Actor;
use domain::audit::Action;
use domain::id::{ApiKeyId, OrganisationId};
use domain::name;
use domain::requester::{Requester, RequesterType};
use domain::role::Role;
use serde_json::json;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::StoreError;
use crate::idempotency_keys::{IdempotencyKey, Once, once};
use crate::owner::organisation_of;
use crate::page::{Page, in_order};
use crate::refusal::Abort;
use crate::row::{page_rows, requester, word};
use crate::schema::api_keys;
use crate::{audit, organisations};

mod find;

pub use find::{Found, expires_at, find, is_live, used};

/// Most live keys of an organisation.
pub const LIVE_LIMIT: usize = 50;

/// A key, as everybody sees it who may: without its secret, which is kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// Unique among the live keys of its organisation, without regard to case.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The admin who made it.
    pub created_by: Requester,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stops working by itself.
    pub expires_at: DateTime<Utc>,
    /// About when it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A key to make.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// Its name, in the form that `domain::name::clean` makes.
    pub name: String,
    /// `OrgAdmin` or `Recruiter`.
    pub role: Role,
    /// SHA-256 of the whole key.
    pub secret_sha256: [u8; 32],
    /// Days until it expires: 1 to 366.
    pub expires_in_days: u16,
}

/// Why no key was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreateRefusal {
    /// A live key of the organisation has that name, in whatever case.
    NameTaken,
    /// The organisation has as many as it may.
    TooMany {
        /// [`LIVE_LIMIT`].
        limit: usize,
    },
}

/// Why none was revoked: there is none of that id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown;

/// Makes a key.
///
/// # Errors
/// [`StoreError`]; inside, [`CreateRefusal`].
pub fn create(
    conn: &mut Conn,
    actor: &Actor,
    new: &NewApiKey,
    key: Option<&IdempotencyKey>,
) -> Result<Result<Once<ApiKey>, CreateRefusal>, StoreError> {
    let organisation = organisation_of(actor)?;
    once(conn, actor, key, |conn| {
        let taken = live_names(conn, organisation)?;
        if taken.contains(&name::key(&new.name)) {
            return Err(Abort::Refused(CreateRefusal::NameTaken));
        }
        if taken.len() >= LIVE_LIMIT {
            return Err(Abort::Refused(CreateRefusal::TooMany { limit: LIVE_LIMIT }));
        }
        let made = insert(conn, actor, organisation, new)?.api_key()?;
        let details = json!({ "role": new.role, "expires_in_days": new.expires_in_days });
        audit::did(conn, actor, Action::ApiKeyCreated, made.id, details)?;
        let id = made.id.into();
        Ok((made, id))
    })
}

/// The names of the live keys, as they are compared, under a lock of the organisation: two keys made
/// at once would otherwise both see a free name, and a free place under the limit.
fn live_names(conn: &mut Conn, organisation: OrganisationId) -> QueryResult<Vec<String>> {
    organisations::lock(conn, organisation)?;
    let organisation = Uuid::from(organisation);
    let names: Vec<String> = api_keys::table
        .filter(api_keys::organisation_id.eq(organisation))
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::expires_at.gt(now))
        .select(api_keys::name)
        .load(conn)?;
    Ok(names.iter().map(|name| name::key(name)).collect())
}

fn insert(
    conn: &mut Conn,
    actor: &Actor,
    organisation: OrganisationId,
    new: &NewApiKey,
) -> QueryResult<Row> {
    let at: DateTime<Utc> = diesel::select(now.into_sql::<Timestamptz>()).get_result(conn)?;
    let by = actor.requester();
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::organisation_id.eq(Uuid::from(organisation)),
            (api_keys::name.eq(&new.name), api_keys::role.eq(new.role.as_str())),
            api_keys::secret_sha256.eq(&new.secret_sha256[..]),
            api_keys::created_by_id.eq(by.id),
            api_keys::created_by_name.eq(by.name.unwrap_or_default()),
            api_keys::created_by_email.eq(by.email.unwrap_or_default()),
            api_keys::expires_at.eq(at + TimeDelta::days(new.expires_in_days.into())),
        ))
        .returning(Row::as_returning())
        .get_result(conn)
}

/// Revokes a key: no process takes it from the commit on. One that was revoked stays as it is.
///
/// # Errors
/// [`StoreError`]; inside, [`Unknown`].
pub fn revoke(
    conn: &mut Conn,
    actor: &Actor,
    id: ApiKeyId,
    key: Option<&IdempotencyKey>,
) -> Result<Result<Once<()>, Unknown>, StoreError> {
    let row = (Uuid::from(organisation_of(actor)?), Uuid::from(id));
    once(conn, actor, key, |conn| {
        let revoked_at: Option<DateTime<Utc>> = api_keys::table
            .find(row)
            .select(api_keys::revoked_at)
            .for_no_key_update()
            .first(conn)
            .optional()?
            .ok_or(Abort::Refused(Unknown))?;
        if revoked_at.is_none() {
            diesel::update(api_keys::table.find(row))
                .set(api_keys::revoked_at.eq(now))
                .execute(conn)?;
            audit::did(conn, actor, Action::ApiKeyRevoked, id, json!({}))?;
        }
        Ok(((), id.into()))
    })
}

/// The keys of an organisation, newest first, revoked and expired ones included.
///
/// # Errors
/// [`StoreError`].
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    after: Option<ApiKeyId>,
    limit: usize,
) -> Result<Page<ApiKey, ApiKeyId>, StoreError> {
    let mut query = api_keys::table
        .filter(api_keys::organisation_id.eq(Uuid::from(organisation_of(actor)?)))
        .select(Row::as_select())
        .order(api_keys::id.desc())
        .limit(page_rows(limit))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(api_keys::id.lt(Uuid::from(after)));
    }
    let rows: Vec<Row> = in_order(conn, |conn| query.load(conn))?;
    let keys = rows.into_iter().map(Row::api_key).collect::<Result<_, _>>()?;
    Ok(Page::from_rows(keys, limit, |key: &ApiKey| key.id))
}

/// A key.
///
/// # Errors
/// [`StoreError`].
pub fn get(conn: &mut Conn, actor: &Actor, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
    let row = api_keys::table
        .find((Uuid::from(organisation_of(actor)?), Uuid::from(id)))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Row::api_key).transpose()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys)]
struct Row {
    id: Uuid,
    name: String,
    role: String,
    created_by_id: String,
    created_by_name: String,
    created_by_email: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

impl Row {
    fn api_key(self) -> Result<ApiKey, StoreError> {
        let by = (self.created_by_id, self.created_by_name, self.created_by_email);
        Ok(ApiKey {
            id: self.id.into(),
            name: self.name,
            role: word(Role::parse, &self.role)?,
            created_by: requester(RequesterType::Member.as_str(), by.0, by.1, by.2)?,
            created_at: self.created_at,
            expires_at: self.expires_at,
            last_used_at: self.last_used_at,
            revoked_at: self.revoked_at,
        })
    }
}
