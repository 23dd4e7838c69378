//! `GET /v1/me`: who am I, and what holds for me here.

use actix_web::{get, web};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::id::OrganisationId;
use domain::requester::Requester;
use domain::role::Role;
use serde::Serialize;
use store::Conn;
use store::organisations::Organisation;
use utoipa::ToSchema;

use crate::authorized::{Authorized, BeAnyone, Caller};
use crate::extract::{LARGEST_BODY, NoParameters, Query};
use crate::page::LARGEST_LIMIT;
use crate::problem::Problem;
use crate::spool;
use crate::state::State;
use crate::watcher::STREAMS_EACH;

/// Who calls, and the limits of this installation.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// The caller: a person, or an API key.
    pub member: Requester,
    /// When the API key that calls stops working; null for a person.
    pub api_key_expires_at: Option<DateTime<Utc>>,
    /// Their role.
    pub role: Role,
    /// Their organisation; null for support.
    pub organisation: Option<MyOrganisation>,
    /// What requests may not exceed.
    pub limits: Limits,
    /// Addresses that deliveries come from, for firewalls; empty if the operator names none.
    pub egress_addresses: Vec<String>,
    /// How long the data of an export is kept after its end.
    pub retention: Retention,
    /// Where help is; null if the operator names no place.
    pub support_url: Option<String>,
}

/// An organisation.
#[derive(Serialize, ToSchema)]
pub struct MyOrganisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its name, as receivers see it.
    #[schema(example = "Northwind")]
    pub name: String,
}

/// What requests may not exceed.
#[derive(Serialize, ToSchema)]
pub struct Limits {
    /// Candidates in one export.
    #[schema(example = 10_000)]
    pub max_candidates: u32,
    /// Bytes of one payload.
    #[schema(example = 33_554_432)]
    pub max_payload_bytes: u32,
    /// Live webhooks of an organisation.
    #[schema(example = 50)]
    pub max_webhooks: usize,
    /// Tests of one webhook in an hour.
    #[schema(example = 10)]
    pub max_tests_per_hour: u32,
    /// Items of a page.
    #[schema(example = 200)]
    pub max_page: usize,
    /// Requests a second of one caller, of which ten seconds' worth may come at once; null: no limit.
    #[schema(example = 50)]
    pub caller_requests_per_s: Option<u32>,
    /// Requests a second of an organisation, of which ten seconds' worth may come at once; null: no
    /// limit, and for support, which belongs to none.
    #[schema(example = 200)]
    pub organisation_requests_per_s: Option<u32>,
    /// Live streams of one member at once.
    #[schema(example = 10)]
    pub max_streams: usize,
    /// Bytes of a JSON body.
    #[schema(example = 1_048_576)]
    pub max_body_bytes: usize,
    /// Bytes of an import.
    #[schema(example = 1_073_741_824)]
    pub max_import_bytes: u64,
    /// Lines of an import.
    #[schema(example = 1_000_000)]
    pub max_import_lines: u64,
}

/// How long the data of an export is kept after its end, in seconds.
#[derive(Serialize, ToSchema)]
pub struct Retention {
    /// After a failure.
    #[schema(example = 604_800)]
    pub failed_s: u64,
    /// After a delivery.
    #[schema(example = 259_200)]
    pub delivered_s: u64,
    /// After a cancel.
    #[schema(example = 86_400)]
    pub cancelled_s: u64,
}

/// Who am I?
///
/// The caller as the token or the API key tells, with the limits, egress addresses and retention that hold.
#[utoipa::path(tag = "me", responses((status = 200, description = "The caller", body = Me)))]
#[get("/v1/me")]
pub(crate) async fn get_me(
    state: web::Data<State>,
    call: Authorized<BeAnyone, Query<NoParameters>>,
) -> Result<web::Json<Me>, Problem> {
    let look = |conn: &mut Conn, actor: &Actor| {
        let organisation = store::organisations::of(conn, actor)?;
        Ok((organisation, store::api_keys::expires_at(conn, actor)?))
    };
    let (organisation, expires_at) = call.caller.run(&state, look).await?;
    Ok(web::Json(Me::new(&state, &call.caller, organisation, expires_at)))
}

impl Me {
    fn new(
        state: &State,
        caller: &Caller,
        organisation: Option<Organisation>,
        api_key_expires_at: Option<DateTime<Utc>>,
    ) -> Self {
        Self {
            member: caller.actor.requester(),
            api_key_expires_at,
            role: caller.role,
            organisation: organisation.map(|organisation| MyOrganisation {
                id: organisation.id,
                name: organisation.name,
            }),
            limits: Limits {
                max_candidates: state.max_candidates,
                max_payload_bytes: state.max_payload_bytes,
                max_webhooks: store::webhooks::LIVE_LIMIT,
                max_tests_per_hour: store::exports::TESTS_PER_HOUR,
                max_page: LARGEST_LIMIT,
                caller_requests_per_s: state.limits.of_caller(),
                organisation_requests_per_s: state.limits.of_organisation(&caller.actor),
                max_streams: STREAMS_EACH,
                max_body_bytes: LARGEST_BODY,
                max_import_bytes: spool::LARGEST_IMPORT,
                max_import_lines: spool::MOST_LINES,
            },
            egress_addresses: state.contacts.egress_ips.clone(),
            retention: Retention {
                failed_s: state.payload_retention.as_secs(),
                delivered_s: state.payload_retention_delivered.as_secs(),
                cancelled_s: store::maintenance::PayloadRetention::CANCELLED.as_secs(),
            },
            support_url: state.contacts.support_url.clone(),
        }
    }
}
