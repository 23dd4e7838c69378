//! A stream of server-sent events (WHATWG HTML, section 9.2), read as it comes.

use serde_json::Value;

use crate::receiver::DEADLINE;

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its name; empty for a comment.
    pub name: String,
    /// Its `id`.
    pub id: Option<String>,
    /// Its data, as JSON; null for a comment.
    pub data: Value,
}

/// A stream that is open.
#[derive(Debug)]
pub struct Stream {
    operation: String,
    response: reqwest::Response,
    read: String,
}

impl Stream {
    pub(super) fn open(operation: &str, response: reqwest::Response) -> Self {
        assert_eq!(response.status(), 200, "{operation}");
        let header = |name: &str| response.headers().get(name).and_then(|it| it.to_str().ok());
        assert_eq!(header("content-type"), Some("text/event-stream"), "{operation}");
        assert_eq!(header("content-encoding"), None, "{operation}");
        assert_eq!(header("x-accel-buffering"), Some("no"), "{operation}");
        assert_eq!(header("cache-control"), Some("no-store"), "{operation}");
        Self { operation: operation.to_owned(), response, read: String::new() }
    }

    /// The next event; none where the stream has ended. Comments are events without a name.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((frame, rest)) = self.read.split_once("\n\n") {
                let event = event(frame);
                self.read = rest.to_owned();
                return Some(event);
            }
            let chunk = tokio::time::timeout(DEADLINE, self.response.chunk()).await;
            let chunk = chunk.unwrap_or_else(|_| panic!("{}: nothing comes", self.operation));
            let chunk = chunk.unwrap_or_else(|error| panic!("{}: {error:?}", self.operation))?;
            self.read.push_str(std::str::from_utf8(&chunk).expect("UTF-8"));
        }
    }

    /// The next event that is no comment.
    pub async fn event(&mut self) -> Event {
        loop {
            let event = self.next().await;
            let event = event.unwrap_or_else(|| panic!("{} has ended", self.operation));
            if !event.name.is_empty() {
                return event;
            }
        }
    }

    /// Reads until an export has this status, and answers the statuses that came on the way.
    pub async fn until(&mut self, export: &str, status: &str) -> Vec<String> {
        let mut seen = Vec::new();
        let reached = tokio::time::timeout(DEADLINE, async {
            while seen.last().is_none_or(|last| last != status) {
                let event = self.event().await;
                if event.name == "status" && event.data["export_id"] == export {
                    seen.push(event.data["status"].as_str().expect("a status").to_owned());
                }
            }
        });
        let reached = reached.await.is_ok();
        assert!(reached, "{}: not {status}, but {seen:?}", self.operation);
        seen
    }

    /// Reads to the end, and answers its reason.
    pub async fn end(mut self) -> String {
        loop {
            let event = self.event().await;
            if event.name == "end" {
                assert_eq!(self.next().await, None, "{}: the end is the last", self.operation);
                return event.data["reason"].as_str().expect("a reason").to_owned();
            }
        }
    }
}

fn event(frame: &str) -> Event {
    let field = |name: &str| {
        let mut lines = frame.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(field, _)| *field == name).map(|(_, value)| value.to_owned())
    };
    let data = field("data").map_or(Value::Null, |data| {
        serde_json::from_str(&data).unwrap_or_else(|error| panic!("{data}: {error}"))
    });
    Event { name: field("event").unwrap_or_default(), id: field("id"), data }
}
