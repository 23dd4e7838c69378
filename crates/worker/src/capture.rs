//! What is kept of an answer: the status, a few harmless headers, and the start of the body.

mod guard;
mod plain;
mod redirect;

use std::time::Duration;

use domain::attempt::{BODY_KEPT_BYTES, BODY_READ_BYTES, Response};
use http::header::HeaderMap;

pub(crate) use guard::{is_of_guard, is_page_of_guard};
pub(crate) use plain::wants_tls;
pub(crate) use redirect::redirect;

/// Longest time for the body of an answer, once its head has arrived.
const BODY_TIME: Duration = Duration::from_secs(2);

/// Headers that help support and cannot carry a secret of the receiver's users: what describes the
/// answer, who gave it, what guards the receiver, and under which id it keeps the request.
const KEPT: [&str; 39] = [
    "content-type",
    "content-encoding",
    "content-length",
    "date",
    "retry-after",
    "server",
    "via",
    "allow",
    // Guards against bots.
    "cf-mitigated",
    "x-amzn-waf-action",
    "x-vercel-mitigated",
    "x-datadome",
    "x-datadome-cid",
    "x-sucuri-block",
    "x-sucuri-id",
    "x-iinfo",
    "x-cdn",
    "akamai-grn",
    // Ids of the request.
    "x-request-id",
    "request-id",
    "x-correlation-id",
    "correlation-id",
    "x-trace-id",
    "x-amzn-requestid",
    "x-amzn-request-id",
    "x-amzn-trace-id",
    "x-amz-request-id",
    "x-amz-cf-id",
    "apigw-requestid",
    "x-azure-ref",
    "x-ms-request-id",
    "x-vercel-id",
    "x-cloud-trace-context",
    "traceparent",
    "cf-ray",
    "x-github-request-id",
    "x-nf-request-id",
    "fly-request-id",
    "x-ms-workflow-run-id",
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

/// Reads the body for support, for 2 s and 64 KiB at most, and keeps its first 4 KiB, up to the end
/// of a whole character if it is UTF-8. Whatever it does, the head stands.
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
    if response.truncated {
        end_at_a_character(&mut response.body);
    }
    response
}

/// Takes away the start of a character whose rest is missing. What is no UTF-8 stays as it is.
fn end_at_a_character(body: &mut Vec<u8>) {
    if let Err(error) = std::str::from_utf8(body)
        && error.error_len().is_none()
    {
        body.truncate(error.valid_up_to());
    }
}

fn keep(response: &mut Response, chunk: &[u8]) {
    let room = BODY_KEPT_BYTES.saturating_sub(response.body.len());
    response.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
    response.truncated |= chunk.len() > room;
}

fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let kept = |name: &&'static str| {
        let value = headers.get(*name)?.to_str().ok()?;
        Some(((*name).to_owned(), cut(value).to_owned()))
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
    use http::{HeaderName, HeaderValue, header};
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
    pub(super) fn value() -> impl Strategy<Value = HeaderValue> {
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
            let others = [header::SET_COOKIE.as_str(), header::LOCATION.as_str()];
            for (at, value) in values {
                let name = KEPT.iter().chain(&others).nth(at).expect("one of them");
                given.append(HeaderName::from_static(name), value);
            }
            let kept = headers(&given);
            prop_assert!(kept.len() <= KEPT.len());
            for (name, value) in kept {
                prop_assert!(KEPT.iter().any(|allowed| *allowed == name));
                prop_assert!(value.len() <= HEADER_CHARACTERS);
                prop_assert!(value.bytes().all(|byte| byte.is_ascii_graphic() || b" \t".contains(&byte)));
            }
        }
    }

    #[test]
    fn a_prefix_ends_at_a_whole_character() {
        let long = |character: &str| character.repeat(BODY_KEPT_BYTES);
        let cases = [("ü", 4_096), ("€", 4_095), ("😀", 4_096), ("aa😀", 4_094)];
        for (character, expected) in cases {
            let response = captured(vec![Ok(Bytes::from(long(character)))]);
            assert_eq!(response.body.len(), expected, "{character}");
            assert!(std::str::from_utf8(&response.body).is_ok(), "{character}");
        }
        let cut = captured(vec![Ok(Bytes::from("a€")), Err(std::io::ErrorKind::BrokenPipe.into())]);
        assert_eq!(cut.body, "a€".as_bytes());
        let cut =
            vec![Ok(Bytes::from(&b"a\xe2\x82"[..])), Err(std::io::ErrorKind::BrokenPipe.into())];
        assert_eq!(captured(cut).body, b"a");
        // Whole as it is, and no UTF-8 anyway: what came is kept.
        assert_eq!(captured(vec![Ok(Bytes::from(&b"a\xe2\x82"[..]))]).body, b"a\xe2\x82");
        let latin = vec![b'\xe9'; 5_000];
        assert_eq!(captured(vec![Ok(Bytes::from(latin))]).body.len(), BODY_KEPT_BYTES);
    }
}
