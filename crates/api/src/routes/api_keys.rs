//! API keys for programs of third parties: made, listed and revoked by admins in person.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, delete, get, post, web};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::api_key::ApiKeySecret;
use domain::id::ApiKeyId;
use domain::requester::Requester;
use domain::role::Role;
use serde::{Deserialize, Serialize};
use store::Conn;
use store::api_keys::{CreateRefusal, NewApiKey};
use store::idempotency_keys::Once;
use utoipa::ToSchema;
use validator::Validate;

use super::webhooks::create::asked_name;
use crate::authorized::{Authorized, ManageApiKeys};
use crate::extract::{IdempotencyKey, Json, NoBody, NoParameters, PathId, Query};
use crate::page::{DEFAULT_LIMIT, LARGEST_LIMIT, List, Listing};
use crate::problem::{Extras, Kind, Problem};
use crate::replay;
use crate::state::State;

/// Days that a key works when nobody says otherwise.
const DEFAULT_DAYS: u16 = 90;

/// What a key may do: as a member of that role, but for what takes a person.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyRole {
    /// Manages webhooks, imports, exports, and sees all exports of the organisation.
    OrgAdmin,
    /// Exports candidates and sees the exports that it asked for.
    Recruiter,
}

/// What makes a key.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Onboarding tool", "role": "recruiter", "expires_in_days": 90 }))]
pub struct CreateApiKey {
    /// Unique among your live keys, without regard to case; shown where a person's name would be. Kept
    /// as the name of a webhook is.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What it may do.
    role: ApiKeyRole,
    /// Days until it expires.
    #[serde(default = "default_days")]
    #[validate(range(min = 1, max = 366, message = "1 to 366"))]
    #[schema(minimum = 1, maximum = 366, default = 90)]
    expires_in_days: u16,
}

fn default_days() -> u16 {
    DEFAULT_DAYS
}

/// An API key, without the secret.
#[derive(Serialize, ToSchema)]
pub struct ApiKey {
    /// Its id; `requested_by.id` of what is asked for with it.
    pub id: ApiKeyId,
    /// Unique among the live keys of the organisation, without regard to case.
    #[schema(example = "Onboarding tool")]
    pub name: String,
    /// What it may do.
    pub role: ApiKeyRole,
    /// The admin who made it.
    pub created_by: Requester,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stops working by itself.
    pub expires_at: DateTime<Utc>,
    /// About when it was last used, to the minute; null before the first time.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked; null where it was not.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A key just made, with what is shown only now.
#[derive(Serialize, ToSchema)]
pub struct CreatedApiKey {
    /// The key itself (`tak_…`): keep it, it is never shown again. Null when an earlier request under
    /// the same `Idempotency-Key` made it: revoke it then, and make another under a new one.
    #[schema(example = "tak_EXAMPLE-of-a-key")]
    pub secret: Option<String>,
    /// The key, without the secret.
    #[serde(flatten)]
    pub api_key: ApiKey,
}

/// Parameters of the list.
#[derive(Deserialize, Serialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApiKeysQuery {
    /// Items of a page.
    #[validate(range(min = 1, max = LARGEST_LIMIT, message = "1 to 200"))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

/// List API keys
///
/// The keys of the organisation, newest first, revoked and expired ones included; never a secret.
/// Only for an admin in person: a key cannot see the others.
#[utoipa::path(
    tag = "api-keys",
    params(ApiKeysQuery),
    security(("bearer" = [])),
    responses((status = 200, description = "A page of keys", body = List<ApiKey>))
)]
#[get("/v1/api-keys")]
pub(crate) async fn list_api_keys(
    state: web::Data<State>,
    call: Authorized<ManageApiKeys, Query<ApiKeysQuery>>,
) -> Result<web::Json<List<ApiKey>>, Problem> {
    let Query(query) = call.input;
    let listing = Listing::new("api_keys", &call.caller, &query)?;
    let after = listing.position(query.cursor.as_deref())?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let list =
        move |conn: &mut Conn, actor: &Actor| store::api_keys::list(conn, actor, after, limit);
    let page = call.caller.run(&state, list).await?;
    Ok(web::Json(listing.page(page, ApiKey::from)))
}

/// Create an API key
///
/// For a program of a third party. The answer is the only one that shows the key. Only for an admin in
/// person: a key makes no other.
#[utoipa::path(
    tag = "api-keys",
    request_body = CreateApiKey,
    security(("bearer" = [])),
    responses((status = 201, description = "Made", body = CreatedApiKey))
)]
#[post("/v1/api-keys")]
pub(crate) async fn create_api_key(
    state: web::Data<State>,
    call: Authorized<ManageApiKeys, (Query<NoParameters>, IdempotencyKey, Json<CreateApiKey>)>,
) -> Result<HttpResponse, Problem> {
    let (_, key, Json(body)) = call.input;
    let key = key.scoped(&call.caller, "create_api_key", &body)?;
    let secret = ApiKeySecret::from_random(rand::random());
    let new = NewApiKey {
        name: asked_name(&body.name)?,
        role: body.role.into(),
        secret_sha256: secret.sha256(),
        expires_in_days: body.expires_in_days,
    };
    let create = move |conn: &mut Conn, actor: &Actor| {
        let once = store::api_keys::create(conn, actor, &new, key.as_ref())?;
        let Ok(Once::Replayed { resource }) = once else {
            return Ok(once.map(|once| (once, None)));
        };
        let made = store::api_keys::get(conn, actor, resource.into())?;
        Ok(Ok((Once::Replayed { resource }, made)))
    };
    let (once, earlier) = call.caller.run(&state, create).await?.map_err(refused)?;
    let replayed = replay::is_replay(&once)?;
    let (made, secret) = match once {
        Once::Done(made) => (Some(made), Some(secret.reveal().to_owned())),
        _ => (earlier, None),
    };
    let api_key = made.map(ApiKey::from).ok_or_else(replay::gone)?;
    Ok(replay::answer(StatusCode::CREATED, replayed).json(CreatedApiKey { secret, api_key }))
}

/// Revoke an API key
///
/// From now on nothing takes it; exports that it asked for go on. It stays in the list. One that was
/// revoked stays so. Only for an admin in person.
#[utoipa::path(
    tag = "api-keys",
    params(("id" = ApiKeyId, Path, description = "Id of the key")),
    security(("bearer" = [])),
    responses((status = 204, description = "Revoked"))
)]
#[delete("/v1/api-keys/{id}")]
pub(crate) async fn revoke_api_key(
    state: web::Data<State>,
    call: Authorized<
        ManageApiKeys,
        (PathId<ApiKeyId>, Query<NoParameters>, IdempotencyKey, NoBody),
    >,
) -> Result<HttpResponse, Problem> {
    let (PathId(id), _, key, _) = call.input;
    let key = key.scoped(&call.caller, "revoke_api_key", &id)?;
    let revoke = move |conn: &mut Conn, actor: &Actor| {
        store::api_keys::revoke(conn, actor, id, key.as_ref())
    };
    let revoked = call.caller.run(&state, revoke).await?;
    let once = revoked.map_err(|store::api_keys::Unknown| Problem::not_found())?;
    Ok(replay::answer(StatusCode::NO_CONTENT, replay::is_replay(&once)?).finish())
}

fn refused(refusal: CreateRefusal) -> Problem {
    match refusal {
        CreateRefusal::NameTaken => Problem::new(
            Kind::ApiKeyNameTaken,
            "Another live API key has this name, perhaps in another case; choose another.",
        ),
        CreateRefusal::TooMany { limit } => {
            let detail = format!("Your organisation has {limit} live API keys; revoke one first.");
            let extras = Extras { limit: u64::try_from(limit).ok(), ..Extras::default() };
            Problem::new(Kind::TooManyApiKeys, detail).with_extras(extras)
        }
    }
}

impl From<ApiKeyRole> for Role {
    fn from(role: ApiKeyRole) -> Self {
        match role {
            ApiKeyRole::OrgAdmin => Self::OrgAdmin,
            ApiKeyRole::Recruiter => Self::Recruiter,
        }
    }
}

impl From<store::api_keys::ApiKey> for ApiKey {
    fn from(row: store::api_keys::ApiKey) -> Self {
        let admins = row.role == Role::OrgAdmin;
        Self {
            id: row.id,
            name: row.name,
            role: if admins { ApiKeyRole::OrgAdmin } else { ApiKeyRole::Recruiter },
            created_by: row.created_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
        }
    }
}
