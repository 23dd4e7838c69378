//! The sentences of the design, word for word.

use domain::attempt::Facts;
use domain::explanation::{Contacts, Subject, explain, explain_attempt};
use domain::export::ExportStatus;
use domain::outcome::Outcome;

use crate::{at, facts, subject};

/// Outcome, HTTP status, and the sentence of the design.
const SENTENCES: [(Outcome, Option<u16>, &str); 19] = [
    (
        Outcome::Delivered,
        None,
        "hooks.acme.com accepted all 25 candidates at 14:05 UTC, 23 Nov (try 3).",
    ),
    (Outcome::Http5xx, Some(500), "hooks.acme.com had an internal error (500)."),
    (Outcome::Http5xx, Some(503), "hooks.acme.com is not available right now (503)."),
    (Outcome::Http5xx, Some(521), "hooks.acme.com is not available right now (521)."),
    (Outcome::Http5xx, Some(504), "A gateway in front of hooks.acme.com gave up waiting (504)."),
    (
        Outcome::Http4xx,
        Some(404),
        "hooks.acme.com answered, but nothing receives data at this address.",
    ),
    (
        Outcome::Http4xx,
        Some(401),
        "hooks.acme.com refused us (401): it wants a login, or it could not verify our signature.",
    ),
    (
        Outcome::Http4xx,
        Some(400),
        "hooks.acme.com received the request but would not take the data (400).",
    ),
    (Outcome::Throttled, Some(429), "hooks.acme.com is busy and asked us to wait."),
    (
        Outcome::Gone,
        Some(410),
        "hooks.acme.com says that this address is closed for good. The webhook is now disabled.",
    ),
    (
        Outcome::PayloadTooLarge,
        Some(413),
        "25 candidates (48 KB) are more than hooks.acme.com takes at once.",
    ),
    (
        Outcome::ResponseTimeout,
        None,
        "We sent the candidates, but hooks.acme.com did not confirm within 30 s. They may have arrived.",
    ),
    (Outcome::ConnectRefused, None, "We could not reach hooks.acme.com; nothing was sent."),
    (Outcome::DnsNotFound, None, "There is no system called hooks.acme.com on the internet."),
    (
        Outcome::TlsCertExpired,
        None,
        "The security certificate of hooks.acme.com expired on 22 Nov 2026. Nothing was sent.",
    ),
    (
        Outcome::TlsNameMismatch,
        None,
        "The security certificate of hooks.acme.com belongs to another name. Nothing was sent.",
    ),
    (
        Outcome::TlsUntrusted,
        None,
        "The security certificate of hooks.acme.com is from an unknown issuer. Nothing was sent.",
    ),
    (
        Outcome::RedirectRefused,
        Some(302),
        "hooks.acme.com sent us on to login.acme.com; for safety we don't follow.",
    ),
    (Outcome::BlockedAddress, None, "This address is not publicly accessible."),
];

#[test]
fn the_sentences_of_the_design_stand_word_for_word() {
    let facts = facts();
    let explanation = |outcome, status| {
        let subject = Subject { http_status: status, ..subject(outcome, &facts) };
        explain_attempt(&subject, &Contacts::default()).explanation
    };
    for (outcome, status, expected) in SENTENCES {
        assert_eq!(explanation(outcome, status), expected);
    }
    let lost = Subject { next_attempt_at: Some(at(60)), ..subject(Outcome::WorkerLost, &facts) };
    let told = explain_attempt(&lost, &Contacts::default());
    assert_eq!(
        told.explanation,
        "We were interrupted; it may have arrived. We try again at 14:06 UTC, 23 Nov at the earliest."
    );
    let gateway = Subject {
        http_status: Some(524),
        may_have_arrived: true,
        ..subject(Outcome::Http5xx, &facts)
    };
    assert_eq!(
        explain_attempt(&gateway, &Contacts::default()).explanation,
        "A gateway in front of hooks.acme.com gave up waiting (524). The candidates may have arrived."
    );
}

/// Each status from 500 on that a server, a gateway or Cloudflare is known to send: only one is an
/// internal error.
const SERVER_ERRORS: [(u16, &str); 24] = [
    (500, "hooks.acme.com had an internal error (500)."),
    (501, "hooks.acme.com does not do what a webhook needs: to take a POST (501)."),
    (502, "hooks.acme.com is not available right now (502)."),
    (503, "hooks.acme.com is not available right now (503)."),
    (504, "A gateway in front of hooks.acme.com gave up waiting (504)."),
    (505, "hooks.acme.com does not take requests over HTTP/1.1 (505)."),
    (506, "hooks.acme.com could not handle the request (506)."),
    (507, "hooks.acme.com has no room left to store what it gets (507)."),
    (508, "hooks.acme.com went round in circles with the request (508)."),
    (509, "hooks.acme.com has used up the traffic that it may have (509)."),
    (510, "hooks.acme.com could not handle the request (510)."),
    (511, "A network in front of hooks.acme.com wants a login before it lets us through (511)."),
    (520, "hooks.acme.com is not available right now (520)."),
    (521, "hooks.acme.com is not available right now (521)."),
    (522, "hooks.acme.com is not available right now (522)."),
    (523, "hooks.acme.com is not available right now (523)."),
    (524, "A gateway in front of hooks.acme.com gave up waiting (524)."),
    (525, "A gateway in front of hooks.acme.com could not set up a secure connection to it (525)."),
    (526, "A gateway in front of hooks.acme.com could not set up a secure connection to it (526)."),
    (527, "hooks.acme.com is not available right now (527)."),
    (529, "hooks.acme.com is overloaded (529)."),
    (530, "hooks.acme.com is not available right now (530)."),
    (561, "hooks.acme.com could not handle the request (561)."),
    (599, "hooks.acme.com could not handle the request (599)."),
];

#[test]
fn every_server_error_says_what_it_is() {
    let facts = facts();
    let told = |status| {
        let error = Subject { http_status: Some(status), ..subject(Outcome::Http5xx, &facts) };
        explain_attempt(&error, &Contacts::default())
    };
    for (status, expected) in SERVER_ERRORS {
        assert_eq!(told(status).explanation, expected);
    }
    for status in 500..=599 {
        let internal = told(status).explanation.contains("internal error");
        assert_eq!(internal, status == 500, "{status}");
    }
}

#[test]
fn a_time_is_the_earliest_one_and_what_is_past_is_not_promised() {
    let facts = facts();
    for outcome in Outcome::ALL.iter().copied().filter(|outcome| !outcome.is_final()) {
        for ambiguous in [false, true] {
            let failed =
                Subject { may_have_arrived: ambiguous, ambiguous, ..subject(outcome, &facts) };
            let told = |status, next_attempt_at| {
                let subject = Subject { status, next_attempt_at, ..failed };
                let told = match status {
                    ExportStatus::Retrying => explain(&subject, &Contacts::default()),
                    _ => explain_attempt(&subject, &Contacts::default()),
                };
                format!("{} {}", told.explanation, told.advice)
            };
            if outcome == Outcome::Delivered {
                continue;
            }
            let place = format!("{outcome}, {ambiguous}");
            for status in [ExportStatus::Retrying, ExportStatus::Failed] {
                let ahead = told(status, Some(at(300)));
                let earliest = "again at 14:10 UTC, 23 Nov at the earliest";
                assert_eq!(ahead.matches(earliest).count(), 1, "{place}: {ahead}");
            }
            for past in [at(0), at(-120)] {
                let waits = told(ExportStatus::Retrying, Some(past));
                assert!(waits.contains("again as soon as it is its turn"), "{place}: {waits}");
                let logged = told(ExportStatus::Failed, Some(past));
                assert!(!logged.contains("again at") && !logged.contains("again in"), "{logged}");
                assert!(logged.contains("he next try was due at 14:0"), "{place}: {logged}");
            }
        }
    }
}

#[test]
fn who_receives_learns_what_to_change() {
    let facts = facts();
    let wants_tls = Facts { wants_tls: true, ..Facts::default() };
    let told = |outcome, http_status, facts| {
        let subject = Subject { http_status, ..subject(outcome, facts) };
        let told = explain_attempt(&subject, &Contacts::default());
        format!("{} {}", told.explanation, told.advice)
    };
    let cases = [
        (Outcome::Http4xx, Some(401), &facts, &["signing secret", "byte for byte"][..]),
        (Outcome::Http4xx, Some(403), &facts, &["signing secret", "byte for byte", "Ignore Bots"]),
        (Outcome::Http4xx, Some(404), &facts, &["/webhook-test/", "120 s", "production URL"]),
        (Outcome::PayloadTooLarge, Some(413), &facts, &["smaller batch", "about 2 KB a person"]),
        (Outcome::ResponseTimeout, None, &facts, &["respond immediately"]),
        (Outcome::Http4xx, Some(400), &wants_tls, &["wants https on this port", "http (400)"]),
        (Outcome::ProtocolError, None, &wants_tls, &["speaks TLS", "URL with https"]),
    ];
    for (outcome, status, facts, expected) in cases {
        let told = told(outcome, status, facts);
        for part in expected {
            assert!(told.contains(part), "{outcome}, {status:?}: {told}");
        }
    }
}

/// What is kept no longer cannot be resent, however it ended.
#[test]
fn nobody_is_advised_to_resend_what_is_gone() {
    let facts = facts();
    let mut again = 0;
    for outcome in Outcome::ALL.iter().copied() {
        for status in [ExportStatus::Failed, ExportStatus::Cancelled] {
            let gone = Subject { status, payload_gone: true, ..subject(outcome, &facts) };
            let kept = Subject { payload_gone: false, ..gone };
            let told = [explain, explain_attempt].map(|explain| {
                [&gone, &kept].map(|subject| explain(subject, &Contacts::default()).advice)
            });
            for [gone, kept] in told {
                assert!(!gone.contains("resend"), "{outcome} {status}: {gone}");
                again += usize::from(kept.contains("resend"));
            }
        }
    }
    assert!(again > 10, "the advice while it is kept");
}
