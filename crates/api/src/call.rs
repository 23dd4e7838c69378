//! The one extractor of handlers under `/v1`. It keeps the order of checks: 401, then 403 of
//! the role (before any look-up), and only then the input (400, 413, 415, 422). What comes
//! after, 404 and 409 of the object, is the handler's. 404 and 405 of the route came before.

use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{Error, FromRequest, HttpRequest, web};
use domain::id::OrganisationId;
use domain::role::{Action, Role};
use futures_util::future::LocalBoxFuture;
use store::Scope;
use store::organisations::Organisation;

use crate::auth::{Member, Refusal};
use crate::problem::{Kind, Problem};
use crate::state::State;

/// A request whose caller may do `A`, with its input `I` (a tuple of extractors, or nothing).
pub struct Call<A, I = ()> {
    /// Who calls.
    pub caller: Caller,
    /// What they sent.
    pub input: I,
    action: PhantomData<A>,
}

/// Who calls, checked.
pub struct Caller {
    /// As the token says.
    pub member: Member,
    /// Their organisation; none for support.
    pub organisation: Option<Organisation>,
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
}

impl<A: Permission, I: FromRequest + 'static> FromRequest for Call<A, I> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let caller = Caller::of(&request, A::ACTION).await?;
            let input = I::from_request(&request, &mut payload).await.map_err(Into::into)?;
            Ok(Self { caller, input, action: PhantomData })
        })
    }
}

impl Caller {
    async fn of(request: &HttpRequest, action: Option<Action>) -> Result<Self, Problem> {
        let state: &web::Data<State> = request
            .app_data()
            .ok_or_else(|| Problem::internal(anyhow::anyhow!("the app was built without state")))?;
        let token = bearer(request)?;
        let member = state.verifier.verify(token).await?;
        if action.is_some_and(|action| !member.role.may(action)) {
            let detail = format!("The role {} may not do this.", member.role);
            return Err(Problem::new(Kind::Forbidden, detail));
        }
        let organisation = match member.organisation {
            Some(id) => Some(organisation(state, id).await?),
            None => None,
        };
        Ok(Self { member, organisation })
    }

    /// The caller's organisation.
    ///
    /// # Errors
    /// 403 for support, which belongs to none.
    pub fn organisation(&self) -> Result<OrganisationId, Problem> {
        self.member.organisation.ok_or_else(|| {
            Problem::new(Kind::Forbidden, "Only members of an organisation may do this.")
        })
    }

    /// Whose rows the caller may see.
    pub fn scope(&self) -> Scope {
        self.member.organisation.map_or(Scope::All, Scope::Organisation)
    }

    /// The same, narrowed to one organisation, which only support may ask for.
    ///
    /// # Errors
    /// 422 for members: their organisation is in their token.
    pub fn scope_of(&self, organisation: Option<OrganisationId>) -> Result<Scope, Problem> {
        match (organisation, self.role()) {
            (None, _) => Ok(self.scope()),
            (Some(organisation), Role::Support) => Ok(Scope::Organisation(organisation)),
            (Some(_), _) => Err(Problem::invalid_value("/organisation_id", "for support only")),
        }
    }

    /// The requester that the caller's view of exports is narrowed to: recruiters see their own.
    pub fn own(&self) -> Option<String> {
        (self.member.role == Role::Recruiter).then(|| self.member.subject.clone())
    }

    /// The caller's role.
    pub fn role(&self) -> Role {
        self.member.role
    }
}

async fn organisation(state: &State, id: OrganisationId) -> Result<Organisation, Problem> {
    let found = state.db.run(move |conn| store::organisations::find(conn, id)).await?;
    let detail = "The organisation of your token is not known here.";
    found.ok_or_else(|| Problem::new(Kind::OrganisationUnknown, detail))
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
        Self::new(Kind::Unauthenticated, refusal.to_string())
    }
}
