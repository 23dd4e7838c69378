//! What people read where the outcome alone says too little: the facts refine the words.

use domain::attempt::{Difference, Facts, TlsFault, USER_AGENT};
use domain::explanation::{ActBy, Contacts, Explanation, Subject, explain_attempt};
use domain::outcome::Outcome;

const ID: &str = "019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11";

fn contacts() -> Contacts {
    Contacts { support_url: None, egress_ips: vec!["198.51.100.7".into(), "198.51.100.8".into()] }
}

/// The last try of an export to hooks.acme.com.
fn subject<'a>(outcome: Outcome, facts: &'a Facts) -> Subject<'a> {
    Subject { http_status: None, at: None, ..crate::subject(outcome, facts) }
}

fn checked(place: &str, told: &Explanation) {
    for text in [&told.explanation, &told.advice] {
        assert!(!text.contains(['{', '}']) && !text.contains("  "), "{place}: {text}");
        assert!(text.starts_with(char::is_alphanumeric), "{place}: {text}");
    }
    if told.act_by == ActBy::Receiver {
        assert!(told.advice.contains(ID), "{place}: nothing to quote: {}", told.advice);
    }
}

/// A redirect to the same host says what differs, and shows nothing of it.
#[test]
fn redirects_to_the_same_host_say_what_differs() {
    use Difference::{Http, Https, Nothing, Path, Port, Query, Slash};
    let cases: [(&[Difference], &str); 9] = [
        (&[Slash], "another path on the same host (a slash at its end, perhaps)"),
        (&[Path], "another path on the same host"),
        (&[Query], "another query on the same host"),
        (&[Https], "https on the same host"),
        (&[Http], "http on the same host"),
        (&[Port], "another port on the same host"),
        (
            &[Https, Port, Slash],
            "https, another port and another path on the same host (a slash at its end, perhaps)",
        ),
        (&[Nothing], "the same address again"),
        // Logged before differences were.
        (&[], "another address on the same host"),
    ];
    for (differs, expected) in cases {
        let facts = Facts {
            redirect_host: Some("hooks.acme.com".into()),
            redirect_differs: differs.to_vec(),
            ..Facts::default()
        };
        let told = explain_attempt(&subject(Outcome::RedirectRefused, &facts), &contacts());
        let expected =
            format!("hooks.acme.com sent us on to {expected}; for safety we don't follow.");
        assert_eq!(told.explanation, expected);
        checked(&expected, &told);
    }
}

/// Where nothing says what the final URL is, nobody is told to register it.
#[test]
fn redirects_that_lead_nowhere_send_nobody_on() {
    let elsewhere = || Facts { redirect_host: Some("login.acme.com".into()), ..Facts::default() };
    let cases = [
        (Some(302), Facts::default(), "sent us on (302), but to no address"),
        (Some(301), Facts::default(), "sent us on (301), but to no address"),
        (None, Facts::default(), "sent us on, but to no address"),
        (Some(304), Facts::default(), "answered that nothing has changed (304)"),
        (Some(304), elsewhere(), "answered that nothing has changed (304)"),
    ];
    for (http_status, facts, expected) in cases {
        let redirect = Subject { http_status, ..subject(Outcome::RedirectRefused, &facts) };
        let told = explain_attempt(&redirect, &contacts());
        assert!(told.explanation.contains(expected), "{}", told.explanation);
        assert!(!told.advice.contains("final URL"), "{}", told.advice);
        assert!(told.advice.contains("create one with that URL"), "nothing to resend to");
        assert_eq!(told.act_by, ActBy::Receiver);
        checked(expected, &told);
    }
    let facts = elsewhere();
    let told = explain_attempt(&subject(Outcome::RedirectRefused, &facts), &contacts());
    assert!(told.advice.contains("final URL"), "{}", told.advice);
}

/// Whatever the status, bot protection is named with what it should let pass.
#[test]
fn bot_protection_is_named() {
    let facts = Facts { taken_for_bot: true, ..Facts::default() };
    for (outcome, status) in
        [(Outcome::Http4xx, 403), (Outcome::Http5xx, 503), (Outcome::Throttled, 429)]
    {
        let refused = Subject { http_status: Some(status), ..subject(outcome, &facts) };
        let told = explain_attempt(&refused, &contacts());
        let expected = "Something that guards hooks.acme.com against bots refused us.";
        assert_eq!((told.explanation.as_str(), told.act_by), (expected, ActBy::Receiver));
        let ours = format!("let our requests pass (198.51.100.7, 198.51.100.8, {USER_AGENT}).");
        assert!(told.advice.contains(&ours), "{}", told.advice);
        checked("bot protection", &told);
    }
    // A challenge that calls itself an acceptance.
    let told = explain_attempt(&subject(Outcome::Delivered, &facts), &contacts());
    assert!(told.advice.contains("may have answered in its place"), "{}", told.advice);
    let told = explain_attempt(&subject(Outcome::Http4xx, &facts), &Contacts::default());
    assert!(told.advice.contains(&format!("pass ({USER_AGENT}).")), "{}", told.advice);
}

/// What is wrong with certificate and handshake is told apart, and that nothing was sent.
#[test]
fn faults_of_tls_are_told_apart() {
    let cases = [
        (
            Outcome::TlsUntrusted,
            TlsFault::IncompleteChain,
            "the intermediate certificate is missing",
        ),
        (Outcome::TlsUntrusted, TlsFault::IncompleteChain, "an issuer that we don't know, or"),
        (Outcome::TlsUntrusted, TlsFault::SelfSigned, "signed by itself"),
        (Outcome::TlsUntrusted, TlsFault::WrongUse, "may not be used for this"),
        (Outcome::TlsCertExpired, TlsFault::OfIssuer, "A certificate of an issuer"),
        (Outcome::TlsCertNotYetValid, TlsFault::OfIssuer, "A certificate of an issuer"),
        (Outcome::TlsUntrusted, TlsFault::UnverifiableKey, "that we cannot verify"),
        (Outcome::TlsHandshake, TlsFault::OldVersion, "too old"),
        (Outcome::TlsHandshake, TlsFault::NoCipherInCommon, "outdated cipher suites"),
        (Outcome::TlsHandshake, TlsFault::NotTls, "does not speak TLS"),
    ];
    for (outcome, fault, expected) in cases {
        let facts = Facts { tls: Some(fault), ..Facts::default() };
        let told = explain_attempt(&subject(outcome, &facts), &contacts());
        assert!(told.explanation.contains(expected), "{}", told.explanation);
        assert!(told.explanation.ends_with(" Nothing was sent."), "{}", told.explanation);
        assert!(!told.explanation.contains("unknown issuer"), "{}", told.explanation);
        checked(expected, &told);
    }
}

/// What may be the certificate's fault is not only told: the advice names it, too.
#[test]
fn advice_names_all_that_may_be_missing() {
    let facts = Facts { tls: Some(TlsFault::NoCipherInCommon), ..Facts::default() };
    let told = explain_attempt(&subject(Outcome::TlsHandshake, &facts), &contacts());
    for named in ["TLS 1.3", "AES-GCM", "X25519", "a certificate with an RSA key", "P-384."] {
        assert!(told.advice.contains(named), "{}", told.advice);
    }
    // Of the issuer's certificate, not of the receiver's.
    let facts =
        Facts { tls: Some(TlsFault::OfIssuer), certificate_at: Some(crate::at(0)), ..facts };
    let told = explain_attempt(&subject(Outcome::TlsCertExpired, &facts), &contacts());
    let expected = "A certificate of an issuer, which hooks.acme.com sent along, expired on ";
    assert!(told.explanation.starts_with(expected), "{}", told.explanation);
}

#[test]
fn google_scripts_are_known_to_redirect_after_they_ran() {
    let facts = Facts { redirect_host: Some("login.acme.com".into()), ..Facts::default() };
    let subject =
        Subject { host: "script.google.com", ..subject(Outcome::RedirectRefused, &facts) };
    let told = explain_attempt(&subject, &contacts());
    assert!(told.explanation.ends_with("the data has probably arrived."), "{}", told.explanation);
}
