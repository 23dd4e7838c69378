//! What came: a line for the terminal, and the last requests for `GET /`.

use std::collections::VecDeque;

use actix_web::HttpRequest;
use chrono::{SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use super::verify::Signature;

/// How many requests are remembered.
const REMEMBERED: usize = 100;
/// How many people of a request are shown.
const SHOWN: usize = 25;

/// The last requests.
#[derive(Default)]
pub(super) struct Log(VecDeque<Seen>);

/// A request.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Seen {
    received_at: String,
    path: String,
    webhook_id: Option<String>,
    webhook_attempt_id: Option<String>,
    /// `webhook-attempt-number`.
    pub(super) attempt_number: Option<u32>,
    signature: Signature,
    /// What it was, or will be, answered; null: never.
    pub(super) answered: Option<u16>,
    body_bytes: usize,
    test: bool,
    vacancy: Option<String>,
    candidate_count: usize,
    first_candidates: Vec<String>,
}

/// As much of a payload as is shown.
#[derive(Default, Deserialize)]
struct Body {
    #[serde(default)]
    test: bool,
    vacancy: Option<Vacancy>,
    #[serde(default)]
    candidates: Vec<Candidate>,
}

#[derive(Deserialize)]
struct Vacancy {
    title: Option<String>,
}

#[derive(Deserialize)]
struct Candidate {
    full_name: Option<String>,
}

impl Log {
    /// Remembers a request.
    pub(super) fn push(&mut self, seen: Seen) {
        self.0.truncate(REMEMBERED - 1);
        self.0.push_front(seen);
    }

    /// All that are remembered.
    pub(super) fn newest_first(&self) -> &VecDeque<Seen> {
        &self.0
    }
}

impl Seen {
    /// Reads a request; one that is no export is told as well.
    pub(super) fn of(request: &HttpRequest, body: &[u8], signature: Signature) -> Self {
        let payload: Body = serde_json::from_slice(body).unwrap_or_default();
        let names = payload.candidates.iter().filter_map(|candidate| candidate.full_name.clone());
        let header = |name: &str| {
            let value = request.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        Self {
            received_at: Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true),
            path: request.path().to_owned(),
            webhook_id: header("webhook-id"),
            webhook_attempt_id: header("webhook-attempt-id"),
            attempt_number: header("webhook-attempt-number").and_then(|number| number.parse().ok()),
            signature,
            answered: None,
            body_bytes: body.len(),
            test: payload.test,
            vacancy: payload.vacancy.and_then(|vacancy| vacancy.title),
            candidate_count: payload.candidates.len(),
            first_candidates: names.take(SHOWN).collect(),
        }
    }

    /// One line for the terminal; numbers and ids, no people.
    pub(super) fn line(&self) -> String {
        let number = self.attempt_number.map_or("?".to_owned(), |number| number.to_string());
        let people = match self.candidate_count {
            1 => "1 candidate".to_owned(),
            several => format!("{several} candidates"),
        };
        let answered = self.answered.map_or("nothing".to_owned(), |status| status.to_string());
        format!(
            "{} webhook-id {} · attempt {number} · {people} · {} · answered {answered}",
            self.received_at,
            self.webhook_id.as_deref().unwrap_or("missing"),
            self.signature.as_str(),
        )
    }
}
