//! Who calls: tokens of the operator's identity provider (RFC 7519, RFC 9068 in spirit).
//! Exactly RS256, ES256 and EdDSA with Ed25519; the key decides the algorithm, never the token.

mod claims;
mod keys;
#[cfg(test)]
mod tests;
mod token;

use std::sync::Arc;
use std::time::Duration;

use domain::actor::{Actor, ActorKind, Scope};
use domain::id::OrganisationId;
use domain::role::Role;
use uuid::Uuid;

pub use keys::KeySource;
use token::Token;

/// How far clocks may differ, in seconds.
const LEEWAY_S: u64 = 30;

/// Checks tokens.
pub struct Verifier {
    /// What `iss` must be.
    pub issuer: String,
    /// What `aud` must contain.
    pub audience: String,
    /// Longest time from `iat` to `exp`.
    pub max_lifetime: Duration,
    /// The identity provider's keys.
    pub keys: Arc<KeySource>,
}

/// Who a token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
    /// `name`, if the token has it.
    pub name: Option<String>,
    /// `email`, if the token has it.
    pub email: Option<String>,
    /// `role`.
    pub role: Role,
    /// `org`; none for the support desk, which belongs to no organisation.
    pub organisation: Option<OrganisationId>,
}

/// Why a token is not accepted. Says nothing of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is none.
    #[error("Send a token or an API key: Authorization: Bearer followed by it.")]
    Missing,
    /// Not a JWT, or one with header members that we must understand and don't.
    #[error("The token is not a signed JWT that can be read.")]
    Malformed,
    /// Signed in another way.
    #[error(
        "The token is signed in a way that is not accepted: use RS256, ES256 or EdDSA (Ed25519)."
    )]
    Algorithm,
    /// No key was ever read, or none that can be used, or not for too long: nobody can say whose token
    /// it is.
    #[error("The identity provider's keys cannot be read just now; try again in a few seconds.")]
    NoKeys,
    /// Signed by a key that the identity provider does not publish.
    #[error("The token is signed by a key that the identity provider does not publish.")]
    UnknownKey,
    /// Not signed by that key.
    #[error("The token's signature is not valid.")]
    Signature,
    /// Past `exp`.
    #[error("The token has expired; get a new one.")]
    Expired,
    /// Before `nbf` or `iat`.
    #[error("The token is not valid yet; check the clocks.")]
    NotYetValid,
    /// Another `iss`.
    #[error("The token comes from another issuer.")]
    Issuer,
    /// Another `aud`.
    #[error("The token is meant for another audience.")]
    Audience,
    /// Lives longer than is allowed.
    #[error("The token is valid for longer than is allowed here; get a short-lived one.")]
    Lifetime,
    /// `exp` before `iat`.
    #[error("The token expires before it was issued: exp must come after iat.")]
    Backwards,
    /// Claims missing or of the wrong type.
    #[error(
        "The token lacks claims or has wrong ones: iss, aud, sub, iat, exp and role (org_admin, \
         recruiter or support, as one string) are needed."
    )]
    Claims,
    /// `org` missing for a member, or present for support.
    #[error(
        "org must be the UUID of an organisation for org_admin and recruiter, and absent for support."
    )]
    Organisation,
    /// An API key that is mistyped, was revoked or never was one: nobody learns which.
    #[error("The API key is not valid.")]
    ApiKey,
    /// An API key past its time.
    #[error("The API key has expired: an organisation admin makes a new one.")]
    ApiKeyExpired,
}

impl Verifier {
    /// Checks a token and says who it speaks for.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn verify(&self, token: &str) -> Result<Member, Refusal> {
        let token = Token::parse(token)?;
        let payload = match token.signed_by(&self.keys.find(&token).await?) {
            Err(Refusal::Signature) => token.signed_by(&self.keys.find_anew(&token).await?)?,
            signed => signed?,
        };
        claims::check(self, &payload)
    }
}

impl Member {
    /// Who acts, by this token: recruiters see their own exports, admins their organisation's,
    /// support everybody's.
    pub fn into_actor(self, request_id: Option<Uuid>) -> Actor {
        let of_role = |organisation| Scope::of_role(self.role, organisation);
        let scope = self.organisation.map_or(Scope::All, of_role);
        let support = self.role == Role::Support;
        Actor {
            kind: if support { ActorKind::Support } else { ActorKind::Member },
            id: self.subject,
            name: self.name,
            email: self.email,
            role: Some(self.role),
            scope,
            request_id,
        }
    }

    /// What an `Idempotency-Key` belongs to.
    pub fn idempotency_scope(&self) -> String {
        format!("{} {}", self.issuer, self.subject)
    }
}
