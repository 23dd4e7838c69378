//! Whether a request is signed with one of the secrets that the receiver knows.

use std::path::PathBuf;

use actix_web::HttpRequest;
use serde::Serialize;
use standardwebhooks::Webhook;

/// The secrets of the webhooks that point here.
pub(super) struct Secrets {
    /// From the command line.
    pub(super) given: Vec<String>,
    /// A file with more, one a line; it grows while the receiver runs.
    pub(super) file: Option<PathBuf>,
}

/// What came of the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Signature {
    /// Signed with a secret that is known, not long ago.
    Ok,
    /// Not signed, or with none of them, or long ago.
    Bad,
    /// No secret is known.
    Unchecked,
}

impl Signature {
    /// As it is printed.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Bad => "BAD",
            Self::Unchecked => "unchecked (no secret)",
        }
    }
}

impl Secrets {
    /// Checks a request with the official library.
    pub(super) fn verify(&self, request: &HttpRequest, body: &[u8]) -> Signature {
        let secrets = self.all();
        if secrets.is_empty() {
            return Signature::Unchecked;
        }
        let headers = headers(request);
        let known = |secret: &String| {
            Webhook::new(secret).is_ok_and(|webhook| webhook.verify(body, &headers).is_ok())
        };
        if secrets.iter().any(known) { Signature::Ok } else { Signature::Bad }
    }

    fn all(&self) -> Vec<String> {
        let text = self.file.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
        let lines = text.iter().flat_map(|text| text.lines()).map(str::trim);
        let lines = lines.filter(|line| !line.is_empty()).map(str::to_owned);
        self.given.iter().cloned().chain(lines).collect()
    }
}

/// The library speaks another version of the `http` crate than the server.
fn headers(request: &HttpRequest) -> http::HeaderMap {
    let pairs = request.headers().iter().filter_map(|(name, value)| {
        let name = http::HeaderName::from_bytes(name.as_str().as_bytes()).ok()?;
        Some((name, http::HeaderValue::from_bytes(value.as_bytes()).ok()?))
    });
    pairs.collect()
}
