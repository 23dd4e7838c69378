//! What went before is told beside where an export stands.

use std::fmt::Write;

use domain::attempt::Facts;
use domain::explanation::{Contacts, Elsewhere, Pause, Subject, explain};
use domain::export::{EndedBy, ExportStatus};
use domain::outcome::Outcome;

use crate::{at, checked, facts, subject};

/// Where it stands, and the label and sentence of an export with a history.
fn histories<'a>(facts: &'a Facts, from: &'a Subject<'a>) -> Vec<(&'static str, Subject<'a>)> {
    let failed = subject(Outcome::Http5xx, facts);
    let failed = Subject { http_status: Some(500), ..failed };
    let accepted = Subject { first_accepted_at: Some(at(-3_600)), ..failed };
    let delivered = Subject { status: ExportStatus::Delivered, ..accepted };
    let queued = Subject { status: ExportStatus::Queued, outcome: None, ..failed };
    let arrived = Subject { ambiguous: true, anything_sent: true, arrivals: &[1], ..failed };
    let ended = ExportStatus::Cancelled;
    let restricted = Subject { status: ended, ended_by: Some(EndedBy::Restriction), ..failed };
    let derived = Subject { derived: Some((from.export_id, 0)), ..queued };
    let elsewhere =
        |host, accepted| Subject { elsewhere: Some(Elsewhere { host, accepted }), ..derived };
    vec![
        ("may have arrived at a try before", arrived),
        ("may have arrived at tries before", Subject { arrivals: &[1, 2], ..arrived }),
        ("may have arrived, and the log is gone", Subject { arrivals: &[], ..arrived }),
        (
            "delivered after it may have arrived",
            Subject {
                status: ExportStatus::Delivered,
                outcome: Some(Outcome::Delivered),
                arrivals: &[1],
                ..failed
            },
        ),
        ("accepted, then sent again without success", delivered),
        (
            "accepted, then sent again and stopped",
            Subject {
                ended_by: Some(EndedBy::Member),
                outcome: Some(Outcome::Delivered),
                ..delivered
            },
        ),
        (
            "accepted, and to be sent again",
            Subject { first_accepted_at: Some(at(-3_600)), ..queued },
        ),
        (
            "accepted, and tried again",
            Subject { status: ExportStatus::Retrying, next_attempt_at: Some(at(4)), ..accepted },
        ),
        (
            "waiting, and held back",
            Subject { next_attempt_at: Some(at(42)), held_until: Some(at(42)), ..queued },
        ),
        (
            "waiting, and asked to wait",
            Subject {
                next_attempt_at: Some(at(600)),
                pause: Some(Pause::Asked(at(600))),
                ..queued
            },
        ),
        (
            "waiting behind probes",
            Subject {
                next_attempt_at: Some(at(20)),
                pause: Some(Pause::Probing(at(20))),
                ..queued
            },
        ),
        (
            "waiting behind probes, its own time past",
            Subject {
                status: ExportStatus::Retrying,
                next_attempt_at: Some(at(-120)),
                pause: Some(Pause::Probing(at(-120))),
                ..failed
            },
        ),
        ("failed, sent on", Subject { continued_as: Some(from.export_id), ..failed }),
        (
            "cancelled with its webhook, sent on",
            Subject {
                status: ended,
                ended_by: Some(EndedBy::WebhookDeleted),
                outcome: None,
                continued_as: Some(from.export_id),
                ..failed
            },
        ),
        (
            "accepted, sent on",
            Subject {
                status: ExportStatus::Delivered,
                outcome: Some(Outcome::Delivered),
                first_accepted_at: Some(at(-60)),
                continued_as: Some(from.export_id),
                ..failed
            },
        ),
        (
            "cancelled after it may have arrived",
            Subject { status: ended, ended_by: Some(EndedBy::Member), ..arrived },
        ),
        (
            "restricted after it may have arrived",
            Subject { ambiguous: true, anything_sent: true, arrivals: &[1, 2], ..restricted },
        ),
        ("restricted", Subject { continued_as: Some(from.export_id), ..restricted }),
        ("restricted, nobody left", Subject { anything_sent: true, ..restricted }),
        (
            "restricted, nobody left, its tries no longer logged",
            Subject { anything_sent: true, ambiguous: true, ..restricted },
        ),
        (
            "erased",
            Subject {
                ended_by: Some(EndedBy::Erasure),
                continued_as: Some(from.export_id),
                ..restricted
            },
        ),
        (
            "erased, nobody left",
            Subject { ended_by: Some(EndedBy::Erasure), anything_sent: true, ..restricted },
        ),
        ("derived", Subject { derived: Some((from.export_id, 1)), ..queued }),
        ("derived without more", Subject { derived: Some((from.export_id, 3)), ..queued }),
        ("derived as it was", derived),
        ("derived, and another host may have it", elsewhere("crm.example.com", false)),
        ("derived, and another host accepted it", elsewhere("crm.example.com", true)),
        ("derived, and the same host may have it", elsewhere("hooks.acme.com", false)),
        (
            "derived and accepted, and the same host may have it",
            Subject {
                status: ExportStatus::Delivered,
                outcome: Some(Outcome::Delivered),
                ..elsewhere("hooks.acme.com", false)
            },
        ),
        (
            "derived and cancelled, and the same host may have it",
            Subject {
                status: ended,
                ended_by: Some(EndedBy::Member),
                ..elsewhere("hooks.acme.com", false)
            },
        ),
        (
            "derived without one, and the same host accepted it",
            Subject { derived: Some((from.export_id, 1)), ..elsewhere("hooks.acme.com", true) },
        ),
    ]
}

#[test]
fn what_went_before_is_told() {
    let facts = facts();
    let from = subject(Outcome::Delivered, &facts);
    let mut text = String::new();
    for (place, subject) in histories(&facts, &from) {
        let told = explain(&subject, &Contacts::default());
        checked(place, &told);
        writeln!(
            text,
            "## {place}\n{} | {} | {}\n",
            told.status_label, told.explanation, told.advice
        )
        .expect("to memory");
    }
    insta::assert_snapshot!("histories", text);
}
