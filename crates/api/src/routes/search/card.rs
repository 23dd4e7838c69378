//! The card of each kind of hit, in the words of whoever reads it.

use chrono::{DateTime, Utc};
use domain::explanation::{Called, Contacts, Counted, Explanation, Health};
use domain::search::Window;
use store::organisations::FoundOrganisation;
use store::search::{Delivery, FoundCandidate, FoundHost, FoundRequester, FoundWebhook, Hit, What};
use store::{attempts, exports};

use super::links::{both, link, list, of_export, on_the_day};
use super::{Card, CardKind};
use crate::authorized::Caller;
use crate::redaction;

/// Who reads.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) caller: &'a Caller,
    pub(super) contacts: &'a Contacts,
    /// The time that is asked about.
    pub(super) window: Window,
    pub(super) now: DateTime<Utc>,
}

impl Reader<'_> {
    pub(super) fn card(&self, hit: Hit) -> Card {
        let card = match hit.what {
            What::Attempt(attempt) => self.attempt(&attempt),
            What::Export(export) => self.export(*export),
            What::Webhook(webhook) => self.webhook(*webhook),
            What::Host(host) => self.host(*host),
            What::Requester(requester) => self.requester(*requester),
            What::Organisation(organisation) => organisation_card(*organisation),
            What::Candidate(candidate) => candidate_card(*candidate),
        };
        Card { exact: hit.exact, ..card }
    }

    fn export(&self, row: exports::Export) -> Card {
        let role = self.caller.role;
        let host = redaction::host(role, &row.host);
        let words = row.explained(role, self.contacts, Utc::now());
        let what = match row.kind {
            domain::export::ExportType::Test => "Test".to_owned(),
            domain::export::ExportType::Candidates => {
                let s = if row.candidate_count == 1 { "" } else { "s" };
                format!("Export of {} candidate{s}", row.candidate_count)
            }
        };
        let by = row.requested_by.name.as_ref().or(row.requested_by.email.as_ref());
        let by = by.map_or_else(String::new, |by| format!(", asked for by {by}"));
        Card {
            title: format!("{what} to {host}{by}"),
            at: Some(row.requested_at),
            organisation_id: Some(row.organisation_id),
            organisation_name: row.organisation_name,
            next: of_export(&row.id, role),
            ..explained(CardKind::Export, row.id.to_string(), words)
        }
    }

    fn attempt(&self, row: &attempts::Attempt) -> Card {
        let role = self.caller.role;
        let host = redaction::host(role, &row.host);
        let words = redaction::explain_attempt(row, role, &host, self.contacts);
        Card {
            title: format!("Try {} to send an export to {host}", row.attempt_number),
            at: Some(row.started_at),
            organisation_id: Some(row.organisation_id),
            organisation_name: row.organisation_name.clone(),
            next: of_export(&row.export_id, role),
            ..explained(CardKind::Attempt, row.id.to_string(), words)
        }
    }

    fn webhook(&self, found: FoundWebhook) -> Card {
        let host = redaction::host(self.caller.role, &found.host);
        let mut next = Vec::new();
        if found.deleted_at.is_none() {
            next.push(link("The webhook", format!("/v1/webhooks/{}", found.id)));
        }
        next.extend(both(("webhook_id", &found.id), &self.window));
        let deleted = if found.deleted_at.is_some() { " (deleted)" } else { "" };
        Card {
            title: format!("Webhook {}, to {host}{deleted}", found.name),
            sentence: self.health(Called::Webhook(&found.name), &found.delivery),
            organisation_id: Some(found.organisation_id),
            organisation_name: found.organisation_name,
            exports: Some(found.delivery.traffic.into()),
            next,
            ..blank(CardKind::Webhook, found.id.to_string())
        }
    }

    fn host(&self, found: FoundHost) -> Card {
        let mut next = Vec::from(both(("host", &found.host), &self.window));
        let host: (_, &dyn std::fmt::Display) = ("host", &found.host);
        next.push(on_the_day("Counted by outcome", "/v1/attempts/summary", host, &self.window));
        if found.delivery.standing.live > 0 {
            next.insert(0, list("Its webhooks", "/v1/webhooks", &[("host", &found.host)]));
        }
        let day = self.window.from.format("%-d %b %Y");
        let on = if self.window.day { format!(" on {day}") } else { String::new() };
        Card {
            title: format!("Host {}{on}", found.host),
            sentence: self.health(Called::Host(&found.host), &found.delivery),
            organisation_id: found.organisation().copied(),
            organisation_name: found.organisation_name,
            exports: Some(found.delivery.traffic.into()),
            next,
            ..blank(CardKind::Host, found.host)
        }
    }

    fn requester(&self, found: FoundRequester) -> Card {
        let who = found
            .name
            .as_ref()
            .map_or_else(|| found.email.clone(), |name| format!("{name} ({})", found.email));
        let traffic = found.traffic.sentence(Counted::Theirs, &self.window);
        Card {
            sentence: format!("{who} asks for exports. {traffic}"),
            title: who,
            organisation_id: found.organisation().copied(),
            organisation_name: found.organisation_name,
            exports: Some(found.traffic.into()),
            next: both(("requested_by", &found.email), &self.window).into(),
            ..blank(CardKind::Requester, found.email)
        }
    }

    fn health(&self, called: Called<'_>, delivery: &Delivery) -> String {
        let role = self.caller.role;
        let failure = delivery.last_failure.as_ref().map(|attempt| {
            let host = redaction::host(role, &attempt.host);
            let words = redaction::explain_attempt(attempt, role, &host, self.contacts);
            (attempt.started_at, words.explanation)
        });
        let own = self.caller.actor.own().is_some();
        let counted = if own { Counted::Own } else { Counted::All };
        let health = Health {
            called,
            standing: delivery.standing,
            traffic: delivery.traffic,
            counted,
            window: self.window,
            last_failure: failure.as_ref().map(|(at, sentence)| (*at, sentence.as_str())),
            now: self.now,
        };
        health.sentence()
    }
}

fn organisation_card(found: FoundOrganisation) -> Card {
    let FoundOrganisation { live_webhooks, failing_webhooks, disabled_webhooks, .. } = found;
    let hooks = match live_webhooks {
        0 => "no webhook".to_owned(),
        1 => "1 webhook".to_owned(),
        several => format!("{several} webhooks"),
    };
    let state = match (failing_webhooks, disabled_webhooks) {
        (0, 0) => "none fails and none is switched off".to_owned(),
        (failing, 0) => format!("failing: {failing}"),
        (0, disabled) => format!("switched off: {disabled}"),
        (failing, disabled) => format!("failing: {failing}, switched off: {disabled}"),
    };
    let last = found.last_export_at.map_or_else(
        || "It has exported nothing yet.".to_owned(),
        |at| format!("Its last export was asked for at {}.", at.format("%H:%M UTC, %-d %b %Y")),
    );
    Card {
        sentence: format!("{} has {hooks} ({state}). {last}", found.name),
        title: format!("Organisation {}", found.name),
        at: Some(found.created_at),
        organisation_id: Some(found.id),
        next: vec![
            list("Its webhooks", "/v1/webhooks", &[("organisation_id", &found.id)]),
            list("Its exports, newest first", "/v1/exports", &[("organisation_id", &found.id)]),
            list("Each try to send them", "/v1/attempts", &[("organisation_id", &found.id)]),
        ],
        organisation_name: Some(found.name),
        ..blank(CardKind::Organisation, found.id.to_string())
    }
}

fn candidate_card(found: FoundCandidate) -> Card {
    let exports = match found.exports {
        0 => "nobody was sent their data".to_owned(),
        1 => "they are in 1 export".to_owned(),
        several => format!("they are in {several} exports"),
    };
    let id = found.id;
    Card {
        sentence: format!("{} ({}): {exports}.", found.full_name, found.reference),
        title: format!("Candidate {} ({})", found.full_name, found.reference),
        organisation_id: Some(found.organisation_id),
        next: vec![link("Where their data went", format!("/v1/candidates/{id}/exports"))],
        ..blank(CardKind::Candidate, id.to_string())
    }
}

fn explained(kind: CardKind, id: String, words: Explanation) -> Card {
    Card {
        sentence: words.explanation,
        advice: Some(words.advice),
        act_by: Some(words.act_by),
        ..blank(kind, id)
    }
}

fn blank(kind: CardKind, id: String) -> Card {
    Card {
        kind,
        id,
        exact: true,
        title: String::new(),
        sentence: String::new(),
        advice: None,
        act_by: None,
        at: None,
        organisation_id: None,
        organisation_name: None,
        exports: None,
        next: Vec::new(),
    }
}
