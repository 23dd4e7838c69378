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
        loop {
            let chunk = match answer.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => return true,
                Err(_) => return false,
            };
            read += chunk.len();
            keep(&mut response, &chunk);
            if read > BODY_READ_BYTES {
                response.too_large = true;
                return true;
            }
        }
    };
    let ended = tokio::time::timeout(BODY_TIME, reading).await.unwrap_or(false);
    response.truncated |= !ended;
    response
}

fn keep(response: &mut Response, chunk: &[u8]) {
    let room = BODY_KEPT_BYTES.saturating_sub(response.body.len());
    response.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
    response.truncated |= chunk.len() > room;
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

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::stream;
    use http::HeaderValue;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn answer(chunks: Vec<Result<Bytes, std::io::Error>>) -> reqwest::Response {
        let body = reqwest::Body::wrap_stream(stream::iter(chunks));
        reqwest::Response::from(http::Response::new(body))
    }

    fn captured(chunks: Vec<Result<Bytes, std::io::Error>>) -> Response {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let answer = answer(chunks);
        let head = head(&answer);
        runtime.expect("a runtime").block_on(body(answer, head))
    }

    /// Values as a parser of HTTP/1.1 lets them through, and some that are almost well-formed.
    fn value() -> impl Strategy<Value = HeaderValue> {
        let bytes =
            vec(any::<u8>().prop_filter("no control", |byte| !byte.is_ascii_control()), 0..600);
        let almost = "(https?:)?[/\\\\]{0,3}([a-zü.:@%\\[\\]#? ]|%[0-9a-f]{2}){0,300}";
        let bytes = prop_oneof![bytes, almost.prop_map(String::into_bytes)];
        bytes.prop_map(|bytes| HeaderValue::from_bytes(&bytes).expect("no control characters"))
    }

    proptest! {
        #[test]
        fn of_a_body_its_start_is_kept(
            sizes in vec(prop_oneof![0..10_usize, 0..9_000_usize, 60_000..70_000_usize], 0..12),
            breaks in any::<bool>(),
        ) {
            let chunk = |(at, size): (usize, &usize)| Ok(Bytes::from(vec![u8::try_from(at).unwrap_or(0); *size]));
            let mut chunks: Vec<_> = sizes.iter().enumerate().map(chunk).collect();
            let whole: Vec<u8> = chunks.iter().flatten().flatten().copied().collect();
            if breaks {
                chunks.push(Err(std::io::ErrorKind::ConnectionReset.into()));
            }
            let response = captured(chunks);
            prop_assert_eq!(&response.body, &whole[..whole.len().min(BODY_KEPT_BYTES)]);
            prop_assert_eq!(response.too_large, whole.len() > BODY_READ_BYTES);
            let all = whole.len() <= BODY_KEPT_BYTES && !breaks;
            prop_assert_eq!(response.truncated, !all);
        }

        #[test]
        fn of_headers_only_harmless_ones_are_kept(
            values in vec((0..KEPT.len() + 2, value()), 0..20),
        ) {
            let mut given = HeaderMap::new();
            let others = [header::SET_COOKIE, header::LOCATION];
            for (at, value) in values {
                given.append(KEPT.iter().chain(&others).nth(at).expect("one of them"), value);
            }
            let kept = headers(&given);
            prop_assert!(kept.len() <= KEPT.len());
            for (name, value) in kept {
                prop_assert!(KEPT.iter().any(|allowed| allowed.as_str() == name));
                prop_assert!(value.len() <= HEADER_CHARACTERS);
                prop_assert!(value.bytes().all(|byte| byte.is_ascii_graphic() || b" \t".contains(&byte)));
            }
        }

        #[test]
        fn of_a_redirect_only_the_host_is_kept(location in value()) {
            let given = HeaderMap::from_iter([(header::LOCATION, location)]);
            let base = url::Url::parse("https://hooks.example.com/secret?key=1").expect("a URL");
            if let Some(host) = redirect_host(&given, &base) {
                prop_assert!(host.len() <= HEADER_CHARACTERS);
                prop_assert!(host.bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert!(!host.contains(['/', '?', '#', '@', '\\']));
            }
        }
    }
}
