//! A derived payload: the others of an export, under another id, and nothing else changed.

use domain::payload::{Derived, derive};
use serde_json::{Value, json};

const OLD: &str = "019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11";
const NEW: &str = "019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a12";

fn person(sequence: u32, application: &str) -> Value {
    json!({
        "sequence": sequence, "export_id": OLD, "application_id": application,
        "full_name": "Zoë \u{2028} Example", "score": 1.8181818181818181, "whole": 87,
        "large": 9_007_199_254_740_993_u64,
    })
}

fn applications() -> [String; 3] {
    [1, 2, 3].map(|number| format!("019aafc2-2222-7aaa-8bbb-00000000000{number}"))
}

fn body() -> Vec<u8> {
    let [a, b, c] = applications();
    let payload = json!({
        "type": "candidates.exported", "timestamp": "2026-11-23T10:14:59.812Z", "later": {"x": [1]},
        "export": {
            "id": OLD, "requested_at": "2026-11-23T10:14:59.812Z", "candidate_count": 3,
            "resent_from": null, "include": ["contact"],
        },
        "candidates": [person(1, &a), person(2, &b), person(3, &c)],
    });
    payload.to_string().into_bytes()
}

fn derived() -> Derived {
    Derived {
        id: NEW.parse().expect("an id"),
        requested_at: "2026-11-24T08:00:00.5Z".parse().expect("an instant"),
        resent_from: OLD.parse().expect("an id"),
        include: None,
    }
}

#[test]
fn the_others_go_on_unchanged() {
    let [a, _, c] = applications();
    let may_go = |id: domain::id::ApplicationId| [&a, &c].contains(&&id.to_string());
    let cut = derive(&body(), &derived(), may_go).expect("ours").expect("somebody is left");
    let cut: Value = serde_json::from_slice(&cut).expect("JSON");
    let mut expected: Value = serde_json::from_slice(&body()).expect("JSON");
    expected["timestamp"] = json!("2026-11-24T08:00:00.500Z");
    expected["export"]["id"] = json!(NEW);
    expected["export"]["requested_at"] = json!("2026-11-24T08:00:00.500Z");
    expected["export"]["candidate_count"] = json!(2);
    expected["export"]["resent_from"] = json!(OLD);
    let people = expected["candidates"].as_array_mut().expect("an array");
    people.remove(1);
    people[1]["sequence"] = json!(2);
    people.iter_mut().for_each(|person| person["export_id"] = json!(NEW));
    assert_eq!(cut, expected);
}

#[test]
fn members_keep_their_order_and_numbers_their_digits() {
    let text = format!(
        r#"{{"timestamp":"x","export":{{"z":1e2,"id":"{OLD}","requested_at":"x","candidate_count":1,"resent_from":null}},"candidates":[{{"sequence":7,"n":1.0,"m":18446744073709551616,"application_id":"{}","export_id":"{OLD}"}}]}}"#,
        applications()[0]
    );
    let cut = derive(text.as_bytes(), &derived(), |_| true).expect("ours").expect("one is left");
    let expected = text
        .replace(r#""x""#, r#""2026-11-24T08:00:00.500Z""#)
        .replace(OLD, NEW)
        .replace(r#""resent_from":null"#, &format!(r#""resent_from":"{OLD}""#))
        .replace(r#""sequence":7"#, r#""sequence":1"#);
    assert_eq!(String::from_utf8(cut).expect("UTF-8"), expected);
}

#[test]
fn nobody_left_is_no_payload_and_other_bytes_are_no_payload_of_ours() {
    assert!(derive(&body(), &derived(), |_| false).expect("ours").is_none());
    for other in [&b"{}"[..], b"[]", b"", b"{\"candidates\":[{}],\"export\":{}}"] {
        assert!(derive(other, &derived(), |_| true).is_err());
    }
}
