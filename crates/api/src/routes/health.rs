//! Whether the process is up, and whether it can work.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::{Kind, Problem};
use crate::state::State;

/// Seconds after which to look again.
const RETRY_S: u64 = 2;

/// It is well.
#[derive(Serialize, ToSchema)]
pub struct ServiceHealth {
    /// Always `ok`: what is not well answers with a problem.
    #[schema(example = "ok")]
    pub status: &'static str,
}

/// Is the process up?
///
/// Answers without looking at the database.
#[utoipa::path(
    tag = "operation", security(()),
    responses((status = 200, description = "It is", body = ServiceHealth))
)]
#[get("/healthz")]
pub(crate) async fn get_health() -> web::Json<ServiceHealth> {
    web::Json(ServiceHealth { status: "ok" })
}

/// Can it work?
///
/// The database is reachable and takes writes, all migrations of this version have run, and the
/// identity provider's keys are known.
#[utoipa::path(
    tag = "operation", security(()),
    responses((status = 200, description = "It can", body = ServiceHealth))
)]
#[get("/readyz")]
pub(crate) async fn get_readiness(
    state: web::Data<State>,
) -> Result<web::Json<ServiceHealth>, Problem> {
    let unready = |detail: &str| Problem::new(Kind::Unavailable, detail).with_retry_after(RETRY_S);
    if !state.db.can_write().await? {
        return Err(unready(
            "The database takes no writes just now: it is a standby, or read-only.",
        ));
    }
    if !state.db.run(store::migrate::is_current).await? {
        return Err(unready("The database lacks migrations: run talentats migrate."));
    }
    if !state.verifier.keys.are_known().await {
        return Err(unready("The identity provider's keys (AUTH_JWKS) cannot be read just now."));
    }
    Ok(web::Json(ServiceHealth { status: "ok" }))
}
