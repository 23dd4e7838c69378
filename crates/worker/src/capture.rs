//! What is kept of an answer: the status, a few harmless headers, and the start of the body.

use std::time::Duration;

use domain::attempt::{BODY_KEPT_BYTES, BODY_READ_BYTES, Response};
use http::header::{self, HeaderMap, HeaderName};

/// Longest time for the body of an answer, once its head has arrived.
const BODY_TIME: Duration = Duration::from_secs(2);

/// Headers that help support and cannot carry a secret of the receiver's users.
const KEPT: [HeaderName; 7] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::DATE,
    header::RETRY_AFTER,
    header::SERVER,
    header::VIA,
    header::ALLOW,
];

/// Characters of a header that are kept.
const HEADER_CHARACTERS: usize = 200;

/// The head of an answer: what counts.
pub(crate) fn head(answer: &reqwest::Response) -> Response {
    Response {
        status: answer.status().as_u16(),
        headers: headers(answer.headers()),
        body: Vec::new(),
        truncated: false,
        too_large: false,
    }
}

/// Reads the body for support, for 2 s and 64 KiB at most, and keeps its first 4 KiB. Whatever it
/// does, the head stands.
pub(crate) async fn body(mut answer: reqwest::Response, mut response: Response) -> Response {
    let mut read = 0;
    let reading = async {
        while let Ok(Some(chunk)) = answer.chunk().await {
            read += chunk.len();
            let room = BODY_KEPT_BYTES - response.body.len();
            response.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            response.truncated |= chunk.len() > room;
            if read > BODY_READ_BYTES {
                response.too_large = true;
                return true;
            }
        }
        true
    };
    let ended = tokio::time::timeout(BODY_TIME, reading).await.unwrap_or(false);
    response.truncated |= !ended;
    response
}

/// The host that a redirect points to, without the rest of its URL.
pub(crate) fn redirect_host(headers: &HeaderMap, base: &url::Url) -> Option<String> {
    let location = headers.get(header::LOCATION)?.to_str().ok()?;
    base.join(location).ok()?.host_str().map(|host| cut(host).to_owned())
}

fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let kept = |name: &HeaderName| {
        let value = headers.get(name)?.to_str().ok()?;
        Some((name.as_str().to_owned(), cut(value).to_owned()))
    };
    KEPT.iter().filter_map(kept).collect()
}

/// `to_str` has made sure that the text is ASCII: any index is a boundary.
fn cut(text: &str) -> &str {
    &text[..text.len().min(HEADER_CHARACTERS)]
}
