//! The one extractor of handlers under `/v1`. It keeps the order of checks: 401, then 429 of
//! who asks too much, 403 of the role (before any look-up), and only then the input (400, 413, 415, 422). What comes
//! after, 404 and 409 of the object, is the handler's. 404 and 405 of the route came before.

mod by_key;

use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, web};
use domain::actor::{Actor, ActorKind};
use domain::api_key::ApiKeySecret;
use domain::id::OrganisationId;
use domain::role::{Action, Role};
use futures_util::future::LocalBoxFuture;
use store::{Conn, StoreError, organisations};
use tracing_actix_web::RequestId;

use crate::auth::Refusal;
use crate::problem::{Kind, Problem};
use crate::state::State;
use crate::wait::Patience;

/// Seconds after which a client may try again when the identity provider was away.
const KEYS_RETRY_S: u64 = 5;

/// A request whose caller may do what `P` asks for, with its input `I` (a tuple of extractors, or
/// nothing).
pub struct Authorized<P, I = ()> {
    /// Who calls.
    pub caller: Caller,
    /// What they sent.
    pub input: I,
    permission: PhantomData<P>,
}

/// Who calls.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who acts, and whose rows they may see and change.
    pub actor: Arc<Actor>,
    /// The caller's role.
    pub role: Role,
    /// What an `Idempotency-Key` of theirs belongs to.
    pub idempotency_scope: String,
    /// For how long they wait for an outcome.
    pub patience: Patience,
}

/// What a handler asks of the caller's role.
pub trait Permission: 'static {
    /// The action; none where any role will do.
    const ACTION: Option<Action>;
}

/// Defines a type for each action, to be named in a handler's signature.
macro_rules! permissions {
    ($($name:ident = $action:expr;)+) => {
        $(
            #[doc = concat!("Asks for `", stringify!($action), "`.")]
            pub struct $name;

            impl Permission for $name {
                const ACTION: Option<Action> = $action;
            }
        )+
    };
}

permissions! {
    BeAnyone = None;
    ManageWebhooks = Some(Action::ManageWebhooks);
    SeeWebhooks = Some(Action::SeeWebhooks);
    SeeVacancies = Some(Action::SeeVacancies);
    Import = Some(Action::Import);
    Export = Some(Action::Export);
    SeeExports = Some(Action::SeeExports);
    SeePayload = Some(Action::SeePayload);
    ManageApiKeys = Some(Action::ManageApiKeys);
    FindCandidates = Some(Action::FindCandidates);
    EraseCandidates = Some(Action::EraseCandidates);
    ReadAudit = Some(Action::ReadAudit);
    SeeRegister = Some(Action::SeeRegister);
    FindOrganisations = Some(Action::FindOrganisations);
    BeNotified = Some(Action::BeNotified);
}

impl<P: Permission, I: FromRequest + 'static> FromRequest for Authorized<P, I> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let state = state(&request)?;
            let caller = Caller::of(state, &request).await?;
            state.limits.charge(&request, &caller.actor)?;
            caller.check(P::ACTION)?;
            match I::from_request(&request, &mut payload).await {
                Ok(input) => Ok(Self { caller, input, permission: PhantomData }),
                Err(refusal) => {
                    // Whether their organisation is known comes first.
                    if caller.actor.organisation().is_some() {
                        caller.run(state, |_, _| Ok(())).await?;
                    }
                    Err(refusal.into())
                }
            }
        })
    }
}

/// What the app was built with.
pub(crate) fn state(request: &HttpRequest) -> Result<&web::Data<State>, Problem> {
    let state = request.app_data();
    state.ok_or_else(|| Problem::internal(anyhow::anyhow!("the app was built without state")))
}

impl Caller {
    /// Who sends a request.
    ///
    /// # Errors
    /// 401; 503 where the keys of the identity provider are away.
    pub(crate) async fn of(state: &State, request: &HttpRequest) -> Result<Self, Problem> {
        let credential = bearer(request)?;
        let request_id = request.extensions().get::<RequestId>().map(|id| **id);
        let patience = Patience::of(request);
        let caller = if ApiKeySecret::is_meant(credential) {
            by_key::caller(state, credential, request_id, patience).await?
        } else {
            let member = state.verifier.verify(credential).await?;
            let (role, idempotency_scope) = (member.role, member.idempotency_scope());
            let actor = Arc::new(member.into_actor(request_id));
            state.members.note(&actor);
            Self { role, idempotency_scope, patience, actor }
        };
        // For what is told of a refusal.
        request.extensions_mut().insert(Arc::clone(&caller.actor));
        Ok(caller)
    }

    fn check(&self, action: Option<Action>) -> Result<(), Problem> {
        match action {
            Some(action) if !self.role.may(action) => {
                let detail = format!("The role {} may not do this.", self.role);
                Err(Problem::new(Kind::Forbidden, detail))
            }
            Some(action) if !self.actor.may(action) => {
                let detail = "An API key may not do this, whatever its role: it takes a person.";
                Err(Problem::new(Kind::Forbidden, detail))
            }
            _ => Ok(()),
        }
    }

    /// Runs one call of the store for the caller, on a pooled connection.
    ///
    /// # Errors
    /// 403 when the caller's organisation is not known here, 401 when their key was revoked meanwhile;
    /// what the call says.
    pub async fn run<T, F>(&self, state: &State, call: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn, &Actor) -> Result<T, StoreError> + Send + 'static,
    {
        let actor = Arc::clone(&self.actor);
        let called = state.db.run(move |conn| {
            if !organisations::is_known(conn, &actor)? {
                return Ok(None);
            }
            call(conn, &actor).map(Some)
        });
        called.await?.ok_or_else(|| not_known(&self.actor))
    }

    /// The caller's organisation.
    ///
    /// # Errors
    /// 403 for support, which belongs to none.
    pub fn organisation(&self) -> Result<OrganisationId, Problem> {
        self.actor.organisation().ok_or_else(|| StoreError::NoOrganisation.into())
    }

    /// The same caller, looking into one organisation alone, which only support may ask for.
    ///
    /// # Errors
    /// 422 for members: their organisation is in their token.
    pub fn within(mut self, organisation: Option<OrganisationId>) -> Result<Self, Problem> {
        match (organisation, self.role) {
            (None, _) => Ok(self),
            (Some(organisation), Role::Support) => {
                self.actor = Arc::new(self.actor.within(organisation));
                Ok(self)
            }
            (Some(_), _) => Err(Problem::invalid_value("/organisation_id", "for support only")),
        }
    }
}

/// Who may not act at all: the organisation of a token is not here, or a key works no more.
pub(crate) fn not_known(actor: &Actor) -> Problem {
    if actor.kind == ActorKind::ApiKey { Refusal::ApiKey.into() } else { organisation_unknown() }
}

/// The caller's organisation is not here.
pub(crate) fn organisation_unknown() -> Problem {
    let detail = "The organisation of your token is not known here.";
    Problem::new(Kind::OrganisationUnknown, detail)
}

/// The token of exactly one `Authorization: Bearer …` (RFC 6750).
fn bearer(request: &HttpRequest) -> Result<&str, Refusal> {
    let mut values = request.headers().get_all(AUTHORIZATION);
    let value = values.next().ok_or(Refusal::Missing)?;
    if values.next().is_some() {
        return Err(Refusal::Malformed);
    }
    let (scheme, token) =
        value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Refusal::Missing)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(Refusal::Missing) }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Missing => Self::new(Kind::Unauthenticated, refusal.to_string()),
            Refusal::NoKeys => {
                Self::new(Kind::Unavailable, refusal.to_string()).with_retry_after(KEYS_RETRY_S)
            }
            _ => Self::new(Kind::Unauthenticated, refusal.to_string()).with_invalid_token(),
        }
    }
}
