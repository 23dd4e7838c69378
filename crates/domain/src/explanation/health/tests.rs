//! What people read about a webhook or a host, however it stands.

use chrono::TimeDelta;

use super::*;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_442_700, 0).expect("a valid instant")
}

fn health(standing: Standing, traffic: Traffic) -> Health<'static> {
    let window =
        Window { from: now() - TimeDelta::days(7), to: now() + TimeDelta::days(1), day: false };
    let called = Called::Host("hooks.example.com");
    Health {
        called,
        standing,
        traffic,
        counted: Counted::All,
        window,
        last_failure: None,
        now: now(),
    }
}

#[test]
fn a_sentence_says_how_it_stands_and_since_when() {
    let hour = |hours| Some(now() - TimeDelta::hours(hours));
    let one = Standing { live: 1, ..Standing::default() };
    let failing = Standing { failing: 1, failing_since: hour(2), ..one };
    let off = |reason| Standing { switched_off: Some((now(), reason)), disabled: 1, ..one };
    let cases = [
        (one, "Nothing was delivered to hooks.example.com yet."),
        (
            Standing { last_delivered_at: hour(1), ..one },
            "hooks.example.com takes what is sent: it last accepted an export at 13:05 UTC, 23 Nov.",
        ),
        (
            failing,
            "hooks.example.com has not taken what is sent since 12:05 UTC, 23 Nov, and accepted nothing before.",
        ),
        (
            Standing { last_delivered_at: hour(3), ..failing },
            "hooks.example.com has not taken what is sent since 12:05 UTC, 23 Nov; it last accepted an export at 11:05 UTC, 23 Nov.",
        ),
        (
            off(DisabledReason::Gone),
            "Delivery to hooks.example.com was switched off at 14:05 UTC, 23 Nov: it said that its address is closed for good.",
        ),
        (
            off(DisabledReason::Failing),
            "Delivery to hooks.example.com was switched off at 14:05 UTC, 23 Nov: it had accepted nothing for 5 days.",
        ),
        (
            Standing { deleted_at: hour(1), ..Standing::default() },
            "The last webhook to hooks.example.com was deleted at 13:05 UTC, 23 Nov: nothing goes there any more.",
        ),
        (
            Standing { live: 5, failing: 2, disabled: 1, failing_since: hour(2), ..one },
            "hooks.example.com has 5 webhooks: 2 take what is sent, 2 do not (the first of them since 12:05 UTC, 23 Nov) and 1 is switched off.",
        ),
        (
            Standing { live: 2, failing: 1, untested: 1, last_delivered_at: hour(4), ..failing },
            "hooks.example.com has 2 webhooks: 1 does not (since 12:05 UTC, 23 Nov) and 1 was never used. It last accepted an export at 10:05 UTC, 23 Nov.",
        ),
    ];
    for (standing, expected) in cases {
        let told = health(standing, Traffic::default()).sentence();
        let nothing = " Nothing was exported there in the last 7 days.";
        assert_eq!(told, format!("{expected}{nothing}"));
    }
}

#[test]
fn a_sentence_says_what_became_of_exports() {
    let some = Traffic { accepted: 9, failed: 2, in_progress: 1, ..Traffic::default() };
    let cases = [
        (
            some,
            Counted::All,
            "Of 12 exports in the last 7 days, 9 were accepted, 2 failed and 1 is in progress.",
        ),
        (
            some,
            Counted::Own,
            "Of 12 exports of yours in the last 7 days, 9 were accepted, 2 failed and 1 is in progress.",
        ),
        (
            Traffic { cancelled: 1, ..Traffic::default() },
            Counted::All,
            "The only export in the last 7 days was cancelled.",
        ),
        (
            Traffic { failed: 1, ..Traffic::default() },
            Counted::Theirs,
            "The only export of theirs in the last 7 days failed.",
        ),
        (
            Traffic { accepted: 2, ..Traffic::default() },
            Counted::All,
            "Of 2 exports in the last 7 days, 2 were accepted.",
        ),
        (
            Traffic { accepted: 1_000, bounded: true, ..Traffic::default() },
            Counted::All,
            "Of the newest 1,000 exports in the last 7 days, 1,000 were accepted.",
        ),
        (Traffic::default(), Counted::Own, "You exported nothing there in the last 7 days."),
        (
            Traffic { bounded: true, ..Traffic::default() },
            Counted::Own,
            "None of your newest exports in the last 7 days went there.",
        ),
        (
            Traffic { failed: 1, bounded: true, ..Traffic::default() },
            Counted::Own,
            "Of the newest 1 export of yours in the last 7 days, 1 failed.",
        ),
    ];
    let window = health(Standing::default(), some).window;
    for (traffic, counted, expected) in cases {
        assert_eq!(traffic.sentence(counted, &window), expected);
    }
    let day = Window { day: true, ..window };
    assert!(some.sentence(Counted::All, &day).starts_with("Of 12 exports on 16 Nov 2026, "));
    let sentence = "It had an internal error (500).";
    let failed =
        Health { last_failure: Some((now(), sentence)), ..health(Standing::default(), some) };
    let end = "The last failure was at 14:05 UTC, 23 Nov: It had an internal error (500).";
    assert!(failed.sentence().ends_with(end), "{}", failed.sentence());
}

#[test]
fn a_deleted_webhook_is_called_by_its_name() {
    let standing = Standing { deleted_at: Some(now()), ..Standing::default() };
    let called = Called::Webhook("Zapier");
    let told = Health { called, ..health(standing, Traffic::default()) }.sentence();
    assert!(told.starts_with("Zapier was deleted at 14:05 UTC, 23 Nov: nothing goes"), "{told}");
}

/// Who sees their own exports alone is told how it does, and not when others' were accepted.
#[test]
fn others_exports_are_no_business_of_a_recruiter() {
    let last_delivered_at = Some(now());
    let one = Standing { live: 1, last_delivered_at, ..Standing::default() };
    let failing_since = Some(now());
    let cases = [
        (one, "hooks.example.com takes what is sent."),
        (
            Standing { failing: 1, failing_since, ..one },
            "hooks.example.com has not taken what is sent since 14:05 UTC, 23 Nov.",
        ),
        (
            Standing { untested: 1, last_delivered_at: None, ..one },
            "Nothing was delivered to hooks.example.com yet.",
        ),
        (
            Standing { live: 2, untested: 1, ..one },
            "hooks.example.com has 2 webhooks: 1 takes what is sent and 1 was never used.",
        ),
    ];
    for (standing, expected) in cases {
        let health = health(standing, Traffic::default());
        let told = Health { counted: Counted::Own, ..health }.sentence();
        let nothing = " You exported nothing there in the last 7 days.";
        assert_eq!(told, format!("{expected}{nothing}"));
    }
}
