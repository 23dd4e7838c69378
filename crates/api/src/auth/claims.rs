//! What a token says, once its key is known.

use chrono::Utc;
use domain::role::Role;
use domain::{email, name};
use serde::Deserialize;
use uuid::Uuid;

use super::{LEEWAY_S, Member, Refusal, Verifier, token};

/// Longest `sub`, `name` or `email` in characters: they are stored with each export.
const LONGEST_TEXT: usize = 200;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    sub: String,
    iat: f64,
    exp: f64,
    nbf: Option<f64>,
    name: Option<String>,
    email: Option<String>,
    org: Option<Uuid>,
    role: Role,
}

/// One, or several (RFC 7519, section 4.1.3).
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn has(&self, wanted: &str) -> bool {
        match self {
            Self::One(audience) => audience == wanted,
            Self::Several(audiences) => audiences.iter().any(|audience| audience == wanted),
        }
    }
}

/// Checks the claims of a token whose signature was found good.
pub(super) fn check(verifier: &Verifier, payload: &[u8]) -> Result<Member, Refusal> {
    let claims: Claims = token::object(payload).ok_or(Refusal::Claims)?;
    check_times(&claims, verifier.max_lifetime.as_secs_f64())?;
    if claims.iss != verifier.issuer {
        return Err(Refusal::Issuer);
    }
    if !claims.aud.has(&verifier.audience) {
        return Err(Refusal::Audience);
    }
    member(claims)
}

#[expect(clippy::cast_precision_loss, reason = "seconds of this era fit a double exactly")]
fn check_times(claims: &Claims, longest_s: f64) -> Result<(), Refusal> {
    let (now, leeway) = (Utc::now().timestamp() as f64, LEEWAY_S as f64);
    if claims.exp < now - leeway {
        return Err(Refusal::Expired);
    }
    if claims.iat.max(claims.nbf.unwrap_or(claims.iat)) > now + leeway {
        return Err(Refusal::NotYetValid);
    }
    let lifetime_s = claims.exp - claims.iat;
    if lifetime_s < 0.0 {
        return Err(Refusal::Backwards);
    }
    if lifetime_s <= longest_s { Ok(()) } else { Err(Refusal::Lifetime) }
}

fn member(claims: Claims) -> Result<Member, Refusal> {
    let length = claims.sub.chars().count();
    if !(1..=LONGEST_TEXT).contains(&length) || claims.sub.chars().any(char::is_control) {
        return Err(Refusal::Claims);
    }
    if (claims.role == Role::Support) == claims.org.is_some() {
        return Err(Refusal::Organisation);
    }
    Ok(Member {
        issuer: claims.iss,
        subject: claims.sub,
        name: claims.name.as_deref().and_then(shown),
        email: claims.email.as_deref().and_then(address),
        role: claims.role,
        organisation: claims.org.map(Into::into),
    })
}

/// A name as others read it and Postgres takes it. Nobody is kept out for the name that the identity
/// provider has: what a terminal obeys or nobody sees is left out; none where nothing is left.
fn shown(text: &str) -> Option<String> {
    let visible = |char: &char| char.is_whitespace() || !char.is_control();
    let clean = name::clean(&text.chars().filter(visible).collect::<String>()).ok()?;
    // Where it is cut, a blank may be last.
    name::clean(&clean.chars().take(LONGEST_TEXT).collect::<String>()).ok()
}

/// An e-mail address in the form that people's have; what is none stays, to be shown. A blank within it is
/// not left out: that would be somebody else's mailbox.
fn address(text: &str) -> Option<String> {
    let text = shown(text)?;
    Some(email::parse(&text).unwrap_or(text))
}
