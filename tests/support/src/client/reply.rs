//! What the API answered; an error that is not a problem document (RFC 9457) fails the test.

use bytes::Bytes;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// One answer of the API, read whole.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Bytes,
    operation: String,
}

impl Reply {
    pub(super) async fn read(operation: String, response: reqwest::Response, unread: bool) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = if unread && status < 400 {
            Bytes::new()
        } else {
            response.bytes().await.unwrap_or_else(|error| panic!("{operation}: {error}"))
        };
        let reply = Self { status, headers, body, operation };
        if status >= 400 {
            reply.assert_is_problem();
        }
        reply
    }

    /// The body as JSON, after checking the status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{} answered {}", self.operation, self.text());
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The problem document, after checking status and slug.
    #[track_caller]
    pub fn problem(&self, status: u16, slug: &str) -> Value {
        let problem = self.expect(status);
        let kind = problem["type"].as_str().unwrap_or_default();
        assert_eq!(kind.rsplit('/').next(), Some(slug), "{}: {}", self.operation, self.text());
        problem
    }

    /// The `items` of a list, after checking for 200.
    #[track_caller]
    pub fn items(&self) -> Vec<Value> {
        let list = self.expect(200);
        assert!(list.get("next_cursor").is_some(), "a list has a next_cursor: {list}");
        list["items"].as_array().unwrap_or_else(|| panic!("no items: {list}")).clone()
    }

    /// A header as text, if there.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("visible characters"))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Status and body with the request's id blanked: what two answers that must not be told
    /// apart have to share.
    pub fn without_instance(&self) -> (u16, String) {
        let mut body: Value = serde_json::from_slice(&self.body).expect("a JSON body");
        body["instance"] = Value::Null;
        (self.status, body.to_string())
    }

    fn assert_is_problem(&self) {
        let whole = format!("{} answered {} {}", self.operation, self.status, self.text());
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{whole}");
        let problem: Value = serde_json::from_slice(&self.body).expect("a JSON problem");
        assert_eq!(problem["status"], self.status, "{whole}");
        assert!(
            problem["type"].as_str().is_some_and(|kind| kind.contains("/problems/")),
            "{whole}"
        );
        for member in ["title", "detail", "instance"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{whole}");
        }
        for error in problem["errors"].as_array().into_iter().flatten() {
            assert!(error["pointer"].is_string() && error["detail"].is_string(), "{whole}");
        }
    }
}
