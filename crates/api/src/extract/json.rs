//! JSON bodies: at most 1 MiB, at most 32 levels deep, no unknown members.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use domain::import::composed;
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use validator::Validate;

use super::object::Object;
use super::words;
use crate::problem::{FieldError, Kind, Problem};
use crate::uploads::{self, Upload};

/// Most bytes of a JSON body.
pub const LARGEST_BODY: usize = 1024 * 1024;
/// Longest time that a JSON body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);
/// Room that is made for a body before any of it came, in bytes at most.
const FIRST_ROOM: usize = 64 * 1024;
/// Deepest nesting of a JSON body.
const DEEPEST: usize = 32;

/// A JSON body that was read and validated.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            check_type(&request, "application/json")?;
            let Object::<T>(value) = parse(&receive(&request, payload).await?)?;
            value.validate().map_err(|errors| Problem::invalid(words::of_validation(&errors)))?;
            Ok(Self(value))
        })
    }
}

/// 415 unless the body is what it should be, and not compressed.
pub(crate) fn check_type(request: &HttpRequest, expected: &str) -> Result<(), Problem> {
    let essence = request.content_type();
    let encoding = request.headers().get(header::CONTENT_ENCODING);
    let plain =
        encoding.is_none_or(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if essence.eq_ignore_ascii_case(expected) && plain {
        return Ok(());
    }
    let detail = format!("Send the body as {expected}, not compressed.");
    Err(Problem::new(Kind::UnsupportedMediaType, detail))
}

/// The whole body, as long as it is not too large and not too slow.
pub(super) async fn receive(request: &HttpRequest, payload: Payload) -> Result<Vec<u8>, Problem> {
    let _turn = uploads::turn(request, Upload::Json)?;
    let body = tokio::time::timeout(PATIENCE, read(request, payload)).await;
    body.map_err(|_| Problem::new(Kind::Timeout, "The body did not arrive within 30 s."))?
}

async fn read(request: &HttpRequest, mut payload: Payload) -> Result<Vec<u8>, Problem> {
    let too_large = || Problem::new(Kind::BodyTooLarge, "A JSON body may have at most 1 MiB.");
    let announced = announced(request).unwrap_or(0);
    let length = usize::try_from(announced).ok().filter(|length| *length <= LARGEST_BODY);
    let mut body = Vec::with_capacity(length.ok_or_else(too_large)?.min(FIRST_ROOM));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::new(Kind::Unparsable, "The body broke off."))?;
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST_BODY {
            return Err(too_large());
        }
    }
    Ok(body)
}

/// The length in bytes that was announced for the body.
pub(crate) fn announced(request: &HttpRequest) -> Option<u64> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    if body.trim_ascii().is_empty() {
        return Err(Problem::new(Kind::Unparsable, "The body is empty."));
    }
    if depth(body) > DEEPEST {
        let detail = format!("The body is nested more than {DEEPEST} levels deep.");
        return Err(Problem::new(Kind::Unparsable, detail));
    }
    if holds_nul(body) {
        let detail = "a text with the character NUL (\\u0000), which no text here may have";
        return Err(Problem::invalid_value("", detail));
    }
    // Equal texts are equal in whatever form they came.
    let body = &*composed(body);
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = words::pointer(error.path());
        of_json(body, &path, error.inner())
    })?;
    reader.end().map_err(|error| of_json(body, "", &error))?;
    Ok(value)
}

/// Data errors of a body that is no JSON further on are syntax errors all the same: what is
/// unparsable is 400 wherever the fault is.
fn of_json(body: &[u8], path: &str, error: &serde_json::Error) -> Problem {
    let syntax = match serde_json::from_slice::<serde::de::IgnoredAny>(body) {
        Err(syntax) => syntax,
        Ok(_) => {
            let (pointer, detail) = words::of_serde(path, &error.to_string());
            return Problem::invalid(vec![FieldError::new(pointer, detail)]);
        }
    };
    let place = format!("line {}, column {}", syntax.line(), syntax.column());
    Problem::new(Kind::Unparsable, format!("The body is not JSON: see {place}."))
}

/// Whether a text of it has the character NUL, which Postgres keeps in none; JSON writes it escaped.
fn holds_nul(body: &[u8]) -> bool {
    let mut rest = body;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        if rest[at + 1..].starts_with(b"u0000") {
            return true;
        }
        // What follows a backslash is no backslash of its own.
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    false
}

/// Deepest nesting of brackets outside of strings.
fn depth(body: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        ids: Vec<u32>,
        #[serde(default)]
        name: Option<String>,
    }

    fn problem(body: &str) -> (Kind, String) {
        let problem = parse::<Object<Body>>(body.as_bytes()).err().expect("refused");
        let document = serde_json::to_value(crate::problem::ProblemDocument::from(&problem));
        let errors = document.expect("JSON")["errors"].to_string();
        (problem.kind(), errors)
    }

    #[test]
    fn what_cannot_be_read_is_400_and_what_may_not_be_is_422() {
        let deep = format!("{{\"ids\":{}{}}}", "[".repeat(32), "]".repeat(32));
        for unparsable in
            ["", "{", "{\"ids\":[1],}", "{\"ids\":[true,", "nul", "{\"ids\":[]} x", &deep]
        {
            assert_eq!(problem(unparsable).0, Kind::Unparsable, "{unparsable}");
        }
        let cases = [
            (r#"{"ids":[1,"zz"]}"#, "/ids/1", "expected a whole number"),
            (r#"{"ids":[],"nmae":"zz"}"#, "/nmae", "not a member"),
            (r#"{"name":"zz"}"#, "/ids", "required"),
            (r#"{"ids":[],"ids":[]}"#, "/ids", "given twice"),
            (r#"{"ids":[],"\u0069ds":[]}"#, "/ids", "given twice"),
            (r#""zz""#, "", "expected an object"),
            ("[]", "", "expected an object"),
            (r#"[[1],"zz"]"#, "", "expected an object"),
            (r#"{"ids":"zz"}"#, "/ids", "expected a list"),
            (r#"{"ids":[],"name":"a\u0000zz"}"#, "", "NUL"),
            (r#"{"ids":[],"name":"\\\u0000"}"#, "", "NUL"),
        ];
        for (body, pointer, detail) in cases {
            let (kind, errors) = problem(body);
            assert_eq!(kind, Kind::Invalid, "{body}");
            assert!(errors.contains(&format!("\"pointer\":\"{pointer}\"")), "{body}: {errors}");
            assert!(errors.contains(detail), "{body}: {errors}");
            assert!(!errors.contains("zz"), "{body}: {errors}");
        }
    }

    #[test]
    fn a_body_that_is_empty_is_told_as_that() {
        for (body, expected) in [
            ("", "The body is empty."),
            (" \r\n", "The body is empty."),
            ("{", "The body is not JSON"),
        ] {
            let told = parse::<Body>(body.as_bytes()).expect_err("refused").to_string();
            assert!(told.contains(expected), "{told}");
        }
    }

    #[test]
    fn texts_come_in_one_form() {
        let body = parse::<Body>("{\"ids\":[],\"name\":\"Zoe\u{308}\"}".as_bytes());
        assert_eq!(body.expect("read").name.as_deref(), Some("Zo\u{eb}"));
    }

    #[test]
    fn brackets_in_strings_do_not_nest() {
        assert_eq!(depth(br#"{"a":"[[[\"[[["}"#), 1);
        assert_eq!(depth(br#"[[{"a":[]}]]"#), 4);
        let brackets = format!(r#"{{"ids":[1],"name":"{}"}}"#, "[".repeat(99));
        assert!(parse::<Body>(brackets.as_bytes()).is_ok());
    }
    /// JSON of any depth, brackets and quotes in its texts too.
    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<i64>().prop_map(Value::from),
            "[\\[\\]{}\\\\\"a]*".prop_map(Value::from)
        ];
        leaf.prop_recursive(40, 60, 2, |inner| {
            let member = ("[\\[{\"\\\\]{0,3}", inner.clone());
            prop_oneof![
                prop::collection::vec(inner, 0..3).prop_map(Value::from),
                prop::collection::vec(member, 0..3)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    fn nesting(value: &Value) -> usize {
        match value {
            Value::Array(items) => 1 + items.iter().map(nesting).max().unwrap_or(0),
            Value::Object(members) => 1 + members.values().map(nesting).max().unwrap_or(0),
            _ => 0,
        }
    }

    proptest! {
        #[test]
        fn the_depth_is_that_of_the_value(value in value()) {
            let body = value.to_string();
            prop_assert_eq!(depth(body.as_bytes()), nesting(&value), "{}", body);
            let read = parse::<Value>(body.as_bytes());
            prop_assert_eq!(read.is_ok(), nesting(&value) <= DEEPEST);
        }

        #[test]
        fn no_bytes_break_the_reader(bytes in any::<Vec<u8>>(), text in any::<String>(), closed in any::<bool>()) {
            let marked = format!("{{\"ids\":[1,\"Zq7{text}\"]{}", if closed { "}" } else { "" });
            for body in [&bytes[..], text.as_bytes(), marked.as_bytes()] {
                let Err(problem) = parse::<Body>(body) else { continue };
                let document = crate::problem::ProblemDocument::from(&problem);
                let document = serde_json::to_string(&document).expect("JSON");
                prop_assert!(!document.contains("Zq7"), "{}", document);
                prop_assert!(matches!(problem.kind(), Kind::Invalid | Kind::Unparsable));
            }
        }
    }
}
