//! What people read: every outcome has words, and reviewers can read them all in the snapshot.

mod histories;
mod refined;
mod sentences;

use std::fmt::Write;

use chrono::{DateTime, Utc};
use domain::attempt::Facts;
use domain::explanation::{
    ActBy, Contacts, EDIT_REFUSED, Explanation, Subject, explain, explain_attempt,
};
use domain::export::{EndedBy, ExportStatus};
use domain::outcome::Outcome;

const ID: &str = "019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11";

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_442_700 + seconds, 0).expect("a valid instant")
}

fn facts() -> Facts {
    Facts {
        certificate_at: Some(at(-86_400)),
        redirect_host: Some("login.acme.com".into()),
        url_rule: Some("port".into()),
        timeout_s: Some(30),
        ..Facts::default()
    }
}

fn contacts() -> Contacts {
    Contacts {
        support_url: Some("https://help.talentats.example/".into()),
        egress_ips: vec!["198.51.100.7".into(), "198.51.100.8".into()],
    }
}

fn subject<'a>(outcome: Outcome, facts: &'a Facts) -> Subject<'a> {
    Subject {
        export_id: ID.parse().expect("an id"),
        status: ExportStatus::Failed,
        ended_by: Some(EndedBy::GaveUp),
        outcome: Some(outcome),
        ambiguous: false,
        may_have_arrived: false,
        arrivals: &[],
        first_accepted_at: None,
        late: None,
        anything_sent: false,
        partly_sent: false,
        stopping: None,
        http_status: status_of(outcome),
        host: "hooks.acme.com",
        candidate_count: 25,
        payload_bytes: 48_213,
        attempt_number: 3,
        at: Some(at(0)),
        next_attempt_at: None,
        held_until: None,
        pause: None,
        payload_gone: false,
        continued_as: None,
        derived: None,
        elsewhere: None,
        now: at(0),
        facts,
    }
}

fn status_of(outcome: Outcome) -> Option<u16> {
    match outcome {
        Outcome::Delivered => Some(200),
        Outcome::Http4xx => Some(422),
        Outcome::Http5xx => Some(503),
        Outcome::Throttled => Some(429),
        Outcome::Gone => Some(410),
        Outcome::PayloadTooLarge => Some(413),
        Outcome::RedirectRefused => Some(302),
        Outcome::UnexpectedUpgrade => Some(101),
        _ => None,
    }
}

/// Every situation in which an outcome is explained.
fn situations(outcome: Outcome, facts: &Facts) -> Vec<(&'static str, Explanation)> {
    let last = subject(outcome, facts);
    let next = Subject { next_attempt_at: Some(at(300)), ..last };
    let ambiguous = |subject| Subject {
        ambiguous: true,
        may_have_arrived: true,
        anything_sent: true,
        ..subject
    };
    let mut situations = vec![];
    if outcome == Outcome::Delivered {
        let delivered = Subject { status: ExportStatus::Delivered, ..last };
        return vec![("end", explain(&delivered, &contacts()))];
    }
    if !outcome.is_final() {
        let retrying = Subject { status: ExportStatus::Retrying, ..next };
        situations.push(("retry", explain(&retrying, &contacts())));
        situations.push(("retry, ambiguous", explain(&ambiguous(retrying), &contacts())));
    }
    situations.push(("end", explain(&last, &contacts())));
    situations.push(("end, ambiguous", explain(&ambiguous(last), &contacts())));
    situations
}

fn checked(place: &str, told: &Explanation) {
    for text in [&told.status_label, &told.explanation, &told.advice] {
        assert!(!text.trim().is_empty(), "{place}: empty");
        assert!(!text.contains(['{', '}']) && !text.contains("  "), "{place}: {text}");
        assert!(text.starts_with(char::is_alphanumeric), "{place}: {text}");
    }
    assert!(told.explanation.ends_with('.'), "{place}: {}", told.explanation);
    if matches!(told.act_by, ActBy::Receiver | ActBy::Support) {
        assert!(told.advice.contains(ID), "{place}: nothing to quote: {}", told.advice);
    }
}

#[test]
fn every_outcome_is_explained_in_every_situation() {
    for outcome in Outcome::ALL.iter().copied() {
        for facts in [facts(), Facts::default()] {
            for (situation, told) in situations(outcome, &facts) {
                let place = format!("{outcome}, {situation}");
                checked(&place, &told);
                let text = format!("{} {}", told.explanation, told.advice);
                let again = text.matches("14:10 UTC, 23 Nov").count();
                let expected = usize::from(situation.starts_with("retry"));
                assert_eq!(again, expected, "{place}: {text}");
                let certain = told.explanation.ends_with("othing was sent.");
                assert!(!(certain && situation.ends_with("ambiguous")), "{place}");
            }
            let attempt = explain_attempt(&subject(outcome, &facts), &Contacts::default());
            checked(&format!("attempt {outcome}"), &attempt);
        }
    }
}

#[test]
fn the_words_can_be_read() {
    let mut text = String::new();
    let mut write = |place: &str, told: &Explanation| {
        let Explanation { status_label, explanation, advice, act_by } = told;
        writeln!(text, "## {place}\n{status_label} | {explanation} | {advice} | {act_by}\n")
            .expect("to memory");
    };
    let facts = facts();
    for outcome in Outcome::ALL.iter().copied() {
        for (situation, told) in situations(outcome, &facts) {
            write(&format!("{outcome}: {situation}"), &told);
        }
    }
    let base = subject(Outcome::Http4xx, &facts);
    for status in [401, 403, 404, 405, 408] {
        let told = explain(&Subject { http_status: Some(status), ..base }, &contacts());
        write(&format!("http_4xx {status}: end"), &told);
    }
    for status in [ExportStatus::Queued, ExportStatus::Delivering] {
        let told = explain(&Subject { status, outcome: None, ..base }, &contacts());
        write(status.as_str(), &told);
    }
    for ended_by in [EndedBy::Member, EndedBy::WebhookDeleted] {
        let status = ExportStatus::Delivering;
        let stopping = Subject { status, stopping: Some(ended_by), ..base };
        write(&format!("delivering, stopped, {ended_by:?}"), &explain(&stopping, &contacts()));
    }
    for ended_by in [EndedBy::Member, EndedBy::WebhookDeleted] {
        for anything_sent in [false, true] {
            let status = ExportStatus::Cancelled;
            let ended_by = Some(ended_by);
            let subject = Subject { status, ended_by, outcome: None, anything_sent, ..base };
            write(
                &format!("cancelled, {ended_by:?}, {anything_sent}"),
                &explain(&subject, &contacts()),
            );
        }
    }
    insta::assert_snapshot!("explanations", text);
}

#[test]
fn one_candidate_is_spoken_of_as_one() {
    let facts = facts();
    for outcome in Outcome::ALL.iter().copied() {
        let one = Subject { candidate_count: 1, ..subject(outcome, &facts) };
        let told = explain(&one, &contacts());
        let text = format!("{} {}", told.explanation, told.advice);
        for wrong in ["1 candidates", "all 1", "1 candidate (48 KB) are", "smaller batch"] {
            assert!(!text.contains(wrong), "{outcome}: {text}");
        }
    }
}

#[test]
fn an_attempt_says_by_itself_where_it_stands() {
    let facts = facts();
    let base = subject(Outcome::Http5xx, &facts);
    let cases = [
        (None, None, "Sending now"),
        (Some(Outcome::Delivered), None, "Accepted by hooks.acme.com"),
        (Some(Outcome::Http5xx), Some(at(60)), "Trying again"),
        (Some(Outcome::Http5xx), None, "Not delivered"),
    ];
    for (outcome, next_attempt_at, label) in cases {
        let attempt = Subject { outcome, next_attempt_at, ..base };
        assert_eq!(explain_attempt(&attempt, &contacts()).status_label, label);
    }
}

#[test]
fn what_operators_set_appears_and_nothing_stands_in_for_it() {
    let facts = facts();
    let refused = subject(Outcome::ConnectRefused, &facts);
    let advice = explain(&refused, &contacts()).advice;
    assert!(advice.contains("lets us in (198.51.100.7, 198.51.100.8)."), "{advice}");
    assert!(advice.contains("https://help.talentats.example/"), "{advice}");
    let advice = explain(&refused, &Contacts::default()).advice;
    assert!(advice.contains("lets us in."), "{advice}");
    assert!(!advice.contains("support"), "{advice}");
}

#[test]
fn editing_is_answered_with_the_steps_of_the_guide() {
    for step in
        ["1. Delete the existing webhook", "2. Create a new webhook", "3. Update any references"]
    {
        assert!(EDIT_REFUSED.contains(step), "{step}");
    }
}
