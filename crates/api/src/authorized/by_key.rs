//! Callers with an API key: found in the database at each request, so that nothing outlives its
//! revocation.

use std::sync::Arc;

use domain::actor::Actor;
use domain::api_key::ApiKeySecret;
use store::api_keys::{self, Found};
use uuid::Uuid;

use super::Caller;
use crate::auth::Refusal;
use crate::problem::Problem;
use crate::state::State;
use crate::wait::Patience;

/// Who calls with a key. What is mistyped never reaches the database,
/// and what does not work reaches it so often and no more.
pub(super) async fn caller(
    state: &State,
    credential: &str,
    request_id: Option<Uuid>,
    patience: Patience,
) -> Result<Caller, Problem> {
    let secret = ApiKeySecret::parse(credential).map_err(|_| Refusal::ApiKey)?;
    let sha256 = secret.sha256();
    state.limits.check_key(&sha256)?;
    let actor = match state.db.run(move |conn| api_keys::find(conn, &sha256)).await? {
        Some(Found::Live { actor, to_be_noted }) => {
            let actor = Arc::new(Actor { request_id, ..actor });
            if to_be_noted {
                state.key_uses.note(&actor);
            }
            actor
        }
        Some(Found::Expired) => {
            state.limits.charge_key(&sha256);
            return Err(Refusal::ApiKeyExpired.into());
        }
        None => {
            state.limits.charge_key(&sha256);
            return Err(Refusal::ApiKey.into());
        }
    };
    let role =
        actor.role.ok_or_else(|| Problem::internal(anyhow::anyhow!("a key without role")))?;
    Ok(Caller { role, idempotency_scope: format!("api_key {}", actor.id), patience, actor })
}
