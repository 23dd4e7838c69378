//! An export in words, to whoever may read it: in answers, and in mails.

use chrono::{DateTime, Utc};
use domain::attempt::Facts;
use domain::explanation::{self, Contacts, Elsewhere, Explanation, Subject};
use domain::flag::{self, Flag};
use domain::outcome::Outcome;
use domain::role::Role;
use domain::webhook_url::host_for;

use super::read::Export;

impl Export {
    /// Explains where it stands, to a reader of that role.
    pub fn explained(&self, role: Role, contacts: &Contacts, now: DateTime<Utc>) -> Explanation {
        let last = self.last_attempt.as_ref();
        let facts = last.map_or(Facts::NONE, |last| last.facts.seen_by(role));
        // What ended as accepted tells of the attempt that was.
        let accepted = self.accepted_at_try.filter(|_| self.outcome == Some(Outcome::Delivered));
        let elsewhere =
            self.elsewhere.as_ref().map(|other| (host_for(role, &other.host), other.accepted));
        let elsewhere =
            elsewhere.as_ref().map(|(host, accepted)| Elsewhere { host, accepted: *accepted });
        let at = accepted.map(|accepted| accepted.at).or(self.finished_at);
        let subject = Subject {
            export_id: self.id,
            status: self.status,
            ended_by: self.ended_by,
            outcome: self.outcome.or(last.map(|last| last.outcome)),
            ambiguous: self.ambiguous,
            may_have_arrived: last.is_some_and(|last| last.ambiguous),
            arrivals: &self.arrivals,
            first_accepted_at: self.first_accepted_at,
            late: None,
            anything_sent: self.anything_sent,
            partly_sent: last.is_some_and(|last| last.request_bytes_sent > 0),
            stopping: self.stopping,
            http_status: last.and_then(|last| last.http_status),
            host: &host_for(role, &self.host),
            candidate_count: self.candidate_count,
            payload_bytes: self.payload_bytes,
            attempt_number: accepted.map_or(self.attempt_count, |accepted| accepted.attempt_number),
            at: at.or(last.map(|last| last.finished_at)),
            next_attempt_at: self.next_attempt_at,
            held_until: self.held_until,
            pause: self.pause,
            payload_gone: self.finished_at.is_some() && self.payload_kept_until.is_none(),
            continued_as: self.continued_as,
            derived: self.resent_from.map(|from| (from, self.left_out.total())),
            elsewhere,
            now,
            facts: &facts,
        };
        explanation::explain(&subject, contacts)
    }

    /// What is unusual about it, each with its sentence, to a reader who sees this host.
    pub fn unusual(&self, host: &str, now: DateTime<Utc>) -> Vec<(&Flag, String)> {
        let by = &self.requested_by;
        let who = by.name.as_ref().or(by.email.as_ref()).unwrap_or(&by.id);
        let subject = flag::Subject { who, host, requested_at: self.requested_at, now };
        self.flags.iter().map(|flag| (flag, flag::sentence(flag, &subject))).collect()
    }
}
