//! `Prefer: wait=N` (RFC 7240, section 4.3): an answer that comes with the outcome, or after N seconds.
//! Meanwhile nothing is held but a place among those whom the watcher tells.

use std::rc::Rc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use domain::export::ExportStatus;
use domain::id::ExportId;

use crate::connection::Body;
use crate::state::State;
use crate::watcher::{Listener, Subject};

/// Longest that an answer is waited for, in seconds: what is more counts as this.
const LONGEST_S: u64 = 30;

/// For how long somebody waits for an outcome.
#[derive(Debug, Clone, Default)]
pub struct Patience {
    /// None: not at all.
    wait_s: Option<u64>,
    connection: Option<Rc<Body>>,
}

/// Somebody who waits for the end of an export.
pub(crate) struct Waiting {
    listener: Listener,
    patience: Patience,
}

impl Patience {
    /// What a request prefers.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let wait_s = wait(request.headers());
        let connection = wait_s.and_then(|_| request.conn_data::<Rc<Body>>().cloned());
        Self { wait_s, connection }
    }

    /// The value of `Preference-Applied`; none where nothing was preferred.
    pub(crate) fn applied(&self) -> Option<String> {
        self.wait_s.map(|seconds| format!("wait={seconds}"))
    }

    /// Begins to wait for the end of an export, where that is preferred.
    pub(crate) fn begin(&self, state: &State, export: ExportId) -> Option<Waiting> {
        self.wait_s?;
        let listener = state.watcher.listen(Subject::Export(export));
        Some(Waiting { listener, patience: self.clone() })
    }

    fn longest(&self) -> Duration {
        Duration::from_secs(self.wait_s.unwrap_or_default())
    }

    async fn left(&self) {
        match &self.connection {
            Some(connection) => connection.left().await,
            None => std::future::pending().await,
        }
    }
}

impl Waiting {
    /// Waits for the end; for as long as was preferred, while the client is there and the process runs.
    pub(crate) async fn end(self, state: &State) {
        let end = async {
            while !self.listener.news().await.events.iter().any(|it| is_end(it.status)) {}
        };
        tokio::select! {
            () = end => {}
            () = tokio::time::sleep(self.patience.longest()) => {}
            () = self.patience.left() => {}
            () = state.watcher.stopping() => {}
        }
    }
}

fn is_end(status: ExportStatus) -> bool {
    !status.in_progress()
}

/// The seconds of the first preference `wait` that can be read. Of a preference that is given twice the
/// first counts, and what is malformed or unknown is ignored (RFC 7240, section 2).
fn wait(headers: &HeaderMap) -> Option<u64> {
    let values = headers.get_all("prefer").filter_map(|value| value.to_str().ok());
    let preferences = values.flat_map(|value| split(value, ','));
    let wait = preferences.map(|preference| {
        // Parameters follow after semicolons, and mean nothing here.
        let preference = split(preference, ';').into_iter().next().unwrap_or_default();
        let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
        (name.trim().to_ascii_lowercase(), unquoted(value.trim()))
    });
    let (_, value) = wait.into_iter().find(|(name, _)| name == "wait")?;
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    // Too many digits for a number are a long time.
    let seconds = is_number.then(|| value.parse().unwrap_or(u64::MAX))?;
    (seconds > 0).then(|| seconds.min(LONGEST_S))
}

/// The parts of a value; a separator inside of quotation marks is none.
fn split(value: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut begin) = (Vec::new(), 0);
    let (mut quoted, mut escaped) = (false, false);
    for (at, char) in value.char_indices() {
        match char {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if char == separator && !quoted => {
                parts.push(&value[begin..at]);
                begin = at + char.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&value[begin..]);
    parts
}

/// A token, or what is in a quoted string (RFC 9110, section 5.6.4).
fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) else {
        return value.to_owned();
    };
    let mut chars = inner.chars();
    let mut text = String::new();
    while let Some(char) = chars.next() {
        text.extend(if char == '\\' { chars.next() } else { Some(char) });
    }
    text
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn what_is_preferred() {
        let table: [(&[&str], Option<u64>); 20] = [
            (&[], None),
            (&["wait=10"], Some(10)),
            (&["Wait = 10"], Some(10)),
            (&["wait=\"7\""], Some(7)),
            (&["wait=\"\\7\""], Some(7)),
            (&["wait=31"], Some(30)),
            (&["wait=99999999999999999999999"], Some(30)),
            (&["wait=0"], None),
            (&["wait=-1"], None),
            (&["wait=1.5"], None),
            (&["wait=+5"], None),
            (&["wait="], None),
            (&["wait"], None),
            (&["respond-async, wait=5"], Some(5)),
            (&["respond-async", "handling=lenient; a=b", "wait=5; strict"], Some(5)),
            (&["wait=5, wait=20"], Some(5)),
            (&["note=\"a, wait=9\", wait=4"], Some(4)),
            (&["note=\"a\\\", wait=9\", wait=4"], Some(4)),
            (&["waiting=5"], None),
            (&["return=minimal; wait=5"], None),
        ];
        for (values, expected) in table {
            let mut headers = HeaderMap::new();
            for value in values {
                let value = HeaderValue::from_static(value);
                headers.append(HeaderName::from_static("prefer"), value);
            }
            assert_eq!(wait(&headers), expected, "{values:?}");
        }
    }
}
