//! Whether a request is signed with one of the secrets that the receiver knows.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use actix_web::HttpRequest;
use serde::Serialize;
use standardwebhooks::Webhook;

/// The secrets of the webhooks that point here.
pub(super) struct Secrets {
    /// From the command line.
    pub(super) given: Vec<String>,
    /// A file with more, one a line; it grows while the receiver runs. Which webhook one of them
    /// belongs to is known once it fitted.
    pub(super) file: Option<PathBuf>,
    /// Paths whose secret is in the file, since one of it fitted there.
    pub(super) known_paths: Mutex<HashSet<String>>,
}

/// What came of the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Signature {
    /// Signed with a secret that is known, not long ago.
    Ok,
    /// Not signed, or not with the secret that is known for it, or long ago.
    Bad,
    /// Nobody said which secret it is signed with.
    Unchecked,
}

impl Signature {
    /// As it is printed.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "signature ok",
            Self::Bad => "signature BAD",
            Self::Unchecked => "signature not checked: no secret known",
        }
    }
}

impl Secrets {
    /// Checks a request with the official library.
    pub(super) fn verify(&self, request: &HttpRequest, body: &[u8]) -> Signature {
        let headers = headers(request);
        self.judge(request.path(), |secret| {
            Webhook::new(secret).is_ok_and(|webhook| webhook.verify(body, &headers).is_ok())
        })
    }

    /// A secret from the command line is meant for whatever comes; one from the file for some webhook.
    fn judge(&self, path: &str, fits: impl Fn(&str) -> bool) -> Signature {
        let mut known_paths = self.known_paths.lock().unwrap_or_else(PoisonError::into_inner);
        if self.given.iter().any(|secret| fits(secret)) {
            Signature::Ok
        } else if self.in_file().iter().any(|secret| fits(secret)) {
            known_paths.insert(path.to_owned());
            Signature::Ok
        } else if self.given.is_empty() && !known_paths.contains(path) {
            Signature::Unchecked
        } else {
            Signature::Bad
        }
    }

    fn in_file(&self) -> Vec<String> {
        let text = self.file.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
        let lines = text.iter().flat_map(|text| text.lines()).map(str::trim);
        lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn only_what_is_known_to_be_wrong_is_called_bad() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        writeln!(file, "whsec_a").expect("written");
        let secrets = |given: &[&str], file: Option<&tempfile::NamedTempFile>| Secrets {
            given: given.iter().map(|&secret| secret.to_owned()).collect(),
            file: file.map(|file| file.path().to_owned()),
            known_paths: Mutex::default(),
        };
        let signed = |by: &'static str| move |secret: &str| secret == by;
        let none = secrets(&[], None);
        assert_eq!(none.judge("/a", signed("whsec_a")), Signature::Unchecked);
        let given = secrets(&["whsec_a"], None);
        assert_eq!(given.judge("/a", signed("whsec_a")), Signature::Ok);
        assert_eq!(given.judge("/a", signed("whsec_b")), Signature::Bad);
        let filed = secrets(&[], Some(&file));
        let told = Signature::Unchecked.as_str();
        assert_eq!(told, "signature not checked: no secret known");
        assert_eq!(filed.judge("/b", signed("whsec_b")), Signature::Unchecked, "another webhook's");
        assert_eq!(filed.judge("/a", signed("whsec_a")), Signature::Ok);
        assert_eq!(filed.judge("/a", signed("whsec_b")), Signature::Bad, "it had another one");
        writeln!(file, "whsec_b").expect("written");
        assert_eq!(filed.judge("/b", signed("whsec_b")), Signature::Ok, "read again");
    }
}
