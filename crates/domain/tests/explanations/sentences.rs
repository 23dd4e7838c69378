//! The sentences of the design, word for word.

use domain::explanation::{Contacts, Subject, explain_attempt};
use domain::outcome::Outcome;

use crate::{at, facts, subject};

/// Outcome, HTTP status, and the sentence of the design.
const SENTENCES: [(Outcome, Option<u16>, &str); 20] = [
    (
        Outcome::Delivered,
        None,
        "hooks.acme.com accepted all 25 candidates at 14:05 UTC, 23 Nov (try 3).",
    ),
    (Outcome::Http5xx, Some(500), "hooks.acme.com had an internal error (500)."),
    (Outcome::Http5xx, Some(503), "hooks.acme.com is not available right now (503)."),
    (Outcome::Http5xx, Some(521), "hooks.acme.com is not available right now (521)."),
    (Outcome::Http5xx, Some(507), "hooks.acme.com could not handle the request (507)."),
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
        "We were interrupted; it may have arrived. We try again at 14:06 UTC, 23 Nov."
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
