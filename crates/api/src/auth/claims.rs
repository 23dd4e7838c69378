//! What a token says, once its key is known.

use chrono::Utc;
use domain::role::Role;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Header, Validation};
use serde::Deserialize;
use uuid::Uuid;

use super::keys::VerifyingKey;
use super::{LEEWAY_S, Member, Refusal, Verifier};

/// Longest `sub`, `name` or `email` in characters: they are stored with each export.
const LONGEST_TEXT: usize = 200;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    iat: f64,
    exp: f64,
    name: Option<String>,
    email: Option<String>,
    org: Option<Uuid>,
    role: Role,
}

/// The header of a token, before anything in it is believed. `jku`, `x5u` and `jwk` are ignored.
pub(super) fn header(token: &str) -> Result<Header, Refusal> {
    let header = jsonwebtoken::decode_header(token).map_err(|error| match error.kind() {
        // `alg` is a closed set there, without `none`.
        ErrorKind::Json(_) | ErrorKind::InvalidAlgorithmName => Refusal::Algorithm,
        _ => Refusal::Malformed,
    })?;
    let extended = header.crit.is_some() || header.enc.is_some() || header.zip.is_some();
    if extended { Err(Refusal::Malformed) } else { Ok(header) }
}

/// Checks signature and claims.
pub(super) fn check(
    verifier: &Verifier,
    token: &str,
    key: &VerifyingKey,
) -> Result<Member, Refusal> {
    let mut validation = Validation::new(key.algorithm);
    validation.leeway = LEEWAY_S;
    validation.validate_nbf = true;
    validation.set_issuer(&[&verifier.issuer]);
    validation.set_audience(&[&verifier.audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    let data = jsonwebtoken::decode::<Claims>(token, &key.key, &validation)
        .map_err(|error| refusal(error.kind()))?;
    check_lifetime(&data.claims, verifier.max_lifetime.as_secs_f64())?;
    member(data.claims)
}

fn refusal(kind: &ErrorKind) -> Refusal {
    match kind {
        ErrorKind::InvalidSignature => Refusal::Signature,
        ErrorKind::ExpiredSignature => Refusal::Expired,
        ErrorKind::ImmatureSignature => Refusal::NotYetValid,
        ErrorKind::InvalidIssuer => Refusal::Issuer,
        ErrorKind::InvalidAudience => Refusal::Audience,
        ErrorKind::InvalidAlgorithm => Refusal::Algorithm,
        ErrorKind::MissingRequiredClaim(_)
        | ErrorKind::InvalidClaimFormat(_)
        | ErrorKind::Json(_) => Refusal::Claims,
        _ => Refusal::Malformed,
    }
}

fn check_lifetime(claims: &Claims, longest_s: f64) -> Result<(), Refusal> {
    #[expect(clippy::cast_precision_loss, reason = "seconds of this era fit a double exactly")]
    let latest_start = (Utc::now().timestamp() + LEEWAY_S.cast_signed()) as f64;
    if claims.iat > latest_start {
        return Err(Refusal::NotYetValid);
    }
    let lifetime_s = claims.exp - claims.iat;
    if (0.0..=longest_s).contains(&lifetime_s) { Ok(()) } else { Err(Refusal::Lifetime) }
}

fn member(claims: Claims) -> Result<Member, Refusal> {
    let length = claims.sub.chars().count();
    if !(1..=LONGEST_TEXT).contains(&length) || claims.sub.chars().any(char::is_control) {
        return Err(Refusal::Claims);
    }
    if (claims.role == Role::Support) == claims.org.is_some() {
        return Err(Refusal::Organisation);
    }
    // Shown to others and stored: no terminal obeys them, and Postgres takes them.
    let printable = |text: String| {
        text.chars().filter(|char| !char.is_control()).take(LONGEST_TEXT).collect::<String>()
    };
    Ok(Member {
        issuer: claims.iss,
        subject: claims.sub,
        name: claims.name.map(printable),
        email: claims.email.map(printable),
        role: claims.role,
        organisation: claims.org.map(Into::into),
    })
}
