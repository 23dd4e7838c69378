//! Each warning, when it is given, what it says and which numbers are behind it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::import::VacancyStatus;
use domain::requester::{Requester, RequesterType};
use domain::warning::{AlreadySent, Facts, Receiver, Warning, WarningCode, warnings};
use serde_json::{Value, json};

const EXPORT: &str = "019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11";

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_442_700, 0).expect("a valid instant")
}

/// Nothing to warn of.
fn fine() -> Facts {
    Facts {
        candidate_count: 25,
        payload_bytes: 6_000_000,
        already_sent: None,
        may_not_be_contacted: 0,
        consent_expired: 0,
        rejected: 0,
        vacancy: VacancyStatus::Open,
        ever_accepted: true,
        failing_since: None,
        disabled_at: None,
        now: at(),
    }
}

const RECEIVER: Receiver<'_> =
    Receiver { host: "hook.eu1.make.com", largest_body: None, test_url: false };

fn ben(name: Option<&str>) -> Requester {
    let name = name.map(ToOwned::to_owned);
    Requester { kind: RequesterType::Member, id: "auth0|ben".into(), name, email: None }
}

fn sent(count: u32, by: Requester) -> Option<AlreadySent> {
    let export_id = EXPORT.parse().expect("an id");
    Some(AlreadySent { count, export_id, at: at() - TimeDelta::hours(24), by })
}

/// What is known, the code, the words, and the members that are not null.
fn table() -> Vec<(Facts, Receiver<'static>, WarningCode, &'static str, Value)> {
    let since = Some(at() - TimeDelta::hours(24));
    let shown = "2026-11-22T14:05:00Z";
    let told = |facts, code, words, members| (facts, RECEIVER, code, words, members);
    let by = json!({ "type": "member", "id": "auth0|ben", "name": "Ben Example", "email": null });
    let nameless = json!({ "type": "member", "id": "auth0|ben", "name": null, "email": null });
    vec![
        told(
            Facts { already_sent: sent(3, ben(Some("Ben Example"))), ..fine() },
            WarningCode::AlreadySent,
            "3 of these 25 candidates were sent to this webhook in the last 90 days, or are on the way there; last at 14:05 UTC, 22 Nov by Ben Example (export 019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11).",
            json!({ "candidate_count": 3, "export_id": EXPORT, "last_requested_at": shown, "last_requested_by": by }),
        ),
        told(
            Facts { already_sent: sent(1, ben(None)), candidate_count: 1, ..fine() },
            WarningCode::AlreadySent,
            "This candidate was sent to this webhook in the last 90 days, or is on the way there; last at 14:05 UTC, 22 Nov (export 019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11).",
            json!({ "candidate_count": 1, "export_id": EXPORT, "last_requested_at": shown, "last_requested_by": nameless }),
        ),
        told(
            Facts { may_not_be_contacted: 1, ..fine() },
            WarningCode::MayNotBeContacted,
            "1 of these 25 candidates may not be contacted.",
            json!({ "candidate_count": 1 }),
        ),
        told(
            Facts { consent_expired: 25, ..fine() },
            WarningCode::ConsentExpired,
            "The consent of all 25 candidates has expired.",
            json!({ "candidate_count": 25 }),
        ),
        told(
            Facts { rejected: 2, candidate_count: 2, ..fine() },
            WarningCode::Rejected,
            "Both candidates were rejected.",
            json!({ "candidate_count": 2 }),
        ),
        told(
            Facts { rejected: 1_200, candidate_count: 10_000, ..fine() },
            WarningCode::Rejected,
            "1,200 of these 10,000 candidates were rejected.",
            json!({ "candidate_count": 1_200 }),
        ),
        told(
            Facts { vacancy: VacancyStatus::Closed, ..fine() },
            WarningCode::VacancyClosed,
            "This vacancy is closed.",
            json!({}),
        ),
        told(
            Facts { vacancy: VacancyStatus::Archived, ..fine() },
            WarningCode::VacancyClosed,
            "This vacancy is archived.",
            json!({}),
        ),
        told(
            Facts { ever_accepted: false, ..fine() },
            WarningCode::WebhookUntested,
            "This webhook never accepted anything yet. An organisation admin can send it a test first.",
            json!({}),
        ),
        told(
            Facts { failing_since: since, ..fine() },
            WarningCode::WebhookFailing,
            "Nothing was accepted by hook.eu1.make.com since 14:05 UTC, 22 Nov. Exports are tried again for about a day.",
            json!({ "since": shown }),
        ),
        told(
            Facts { disabled_at: since, failing_since: since, ..fine() },
            WarningCode::WebhookDisabled,
            "This webhook is disabled since 14:05 UTC, 22 Nov: an export to it is refused. An organisation admin can test it, and enable it once the test is accepted.",
            json!({ "since": shown }),
        ),
        (
            fine(),
            Receiver { largest_body: Some(5_000_000), ..RECEIVER },
            WarningCode::LargerThanReceiverTakes,
            "The payload has 6.0 MB, and hook.eu1.make.com takes 5.0 MB at most: it will probably refuse it. Select fewer candidates.",
            json!({ "payload_bytes": 6_000_000, "limit_bytes": 5_000_000 }),
        ),
        (
            fine(),
            Receiver { test_url: true, ..RECEIVER },
            WarningCode::TestUrl,
            "This is a test URL: hook.eu1.make.com listens there for 120 seconds after somebody asked it to. Register its production URL.",
            json!({ "seconds": 120 }),
        ),
    ]
}

#[test]
fn each_warning_has_its_words_and_its_numbers() {
    for (facts, receiver, code, words, members) in table() {
        let given = warnings(&facts, &receiver);
        let [Warning { code: given_code, message, .. }] = &given[..] else { panic!("{given:#?}") };
        assert_eq!((*given_code, message.as_str()), (code, words));
        let mut told = serde_json::to_value(&given[0]).expect("JSON");
        let told = told.as_object_mut().expect("an object");
        assert_eq!(told.len(), 10, "each key is there");
        told.retain(|key, value| !value.is_null() && key != "code" && key != "message");
        assert_eq!(Value::Object(told.clone()), members, "{code}");
    }
}

#[test]
fn each_code_is_in_the_table_and_what_is_fine_has_none() {
    for code in WarningCode::ALL {
        assert!(table().iter().any(|row| row.2 == *code), "{code}");
    }
    let exactly = Receiver { largest_body: Some(6_000_000), ..RECEIVER };
    assert_eq!(warnings(&fine(), &exactly), []);
    let all = Facts { rejected: 1, ever_accepted: false, failing_since: Some(at()), ..fine() };
    let codes: Vec<_> = warnings(&all, &RECEIVER).iter().map(|one| one.code).collect();
    let expected =
        [WarningCode::Rejected, WarningCode::WebhookUntested, WarningCode::WebhookFailing];
    assert_eq!(codes, expected);
}
