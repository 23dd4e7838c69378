//! The payload against its normative example.

mod derive;
mod elsewhere;
mod freeze;
mod include;
mod records;
mod schema;

use domain::export::ExportType;
use domain::import::{Answer, Figure};
use domain::payload::{PayloadContext, build, sample, test_people, test_vacancy};
use serde_json::{Value, json};

use freeze::freeze;
use records::{EXAMPLE, application, context, json_of};

/// JSON without white space between its tokens: the order of keys stays.
fn compact(text: &str) -> String {
    let mut compact = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for char in text.chars() {
        if quoted || !char.is_whitespace() {
            compact.push(char);
        }
        if char == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = quoted && char == '\\' && !escaped;
    }
    compact
}

#[test]
fn the_example_is_built_byte_for_byte_from_its_import() {
    let built = serde_json::to_string(&build(&context(), &[application()])).expect("JSON");
    assert_eq!(built, compact(EXAMPLE));
}

#[test]
fn every_key_is_there_for_everybody() {
    let payload = json_of(&sample());
    let [full, sparse] = payload["candidates"].as_array().expect("a list").as_slice() else {
        panic!("two people");
    };
    assert_same_keys("", full, sparse);
    assert_eq!(json_of(&build(&context(), &[]))["candidates"], json!([]));
}

fn assert_same_keys(place: &str, full: &Value, sparse: &Value) {
    if let Value::Object(members) = full {
        let other = sparse.as_object().unwrap_or_else(|| panic!("{place} is no object"));
        assert!(members.keys().eq(other.keys()), "{place} has other keys");
        for (key, member) in members {
            assert_same_keys(&format!("{place}/{key}"), member, &other[key]);
        }
    }
    assert_eq!(full.is_array(), sparse.is_array(), "{place}");
}

#[test]
fn sensitive_answers_never_leave() {
    let mut application = application();
    let answer = |question: &str, sensitive| Answer {
        question: question.into(),
        answer: Some("Zelda".into()),
        sensitive,
    };
    application.answers = vec![answer("Religion?", true), answer("Team?", false)];
    let payload = json_of(&build(&context(), &[application]));
    let expected = json!([{"question": "Team?", "answer": "Zelda"}]);
    assert_eq!(payload["candidates"][0]["answers"], expected);
    assert!(!payload.to_string().contains("Religion"));
}

#[test]
fn the_flat_address_is_the_persons_own_else_the_primary_else_the_first() {
    let emails = |marks: [bool; 2]| {
        json!([
            {"type": "work", "value": "first@example.com", "primary": marks[0]},
            {"type": null, "value": "second@example.com", "primary": marks[1]},
        ])
    };
    let cases = [
        (Some("own@example.com"), emails([true, false]), json!("own@example.com")),
        (None, emails([false, true]), json!("second@example.com")),
        (None, emails([false, false]), json!("first@example.com")),
        (None, json!([]), Value::Null),
    ];
    for (own, emails, expected) in cases {
        let mut application = application();
        application.person.email = own.map(str::to_owned);
        application.person.contact.emails = serde_json::from_value(emails).expect("emails");
        let payload = json_of(&build(&context(), &[application]));
        assert_eq!(payload["candidates"][0]["email"], expected);
    }
    let mut application = application();
    application.person.phone = None;
    let payload = json_of(&build(&context(), &[application]));
    assert_eq!(payload["candidates"][0]["phone"], "+441134960000");
}

#[test]
fn people_are_numbered_in_the_order_of_the_selection() {
    let somebody = application();
    let people: Vec<_> = (1..=10_000)
        .map(|number| {
            let mut application = somebody.clone();
            application.reference = format!("A-{number}");
            application
        })
        .collect();
    let payload = build(&context(), &people);
    assert_eq!(payload.export.candidate_count, 10_000);
    for (index, candidate) in payload.candidates.iter().enumerate() {
        assert_eq!(candidate.identity.sequence, index + 1);
        assert_eq!(candidate.identity.application_reference, format!("A-{}", index + 1));
    }
}

#[test]
fn a_stage_that_the_vacancy_no_longer_has_keeps_its_name() {
    let mut application = application();
    application.stage = "Assessment day".into();
    let payload = json_of(&build(&context(), &[application]));
    assert_eq!(payload["candidates"][0]["stage"]["name"], "Assessment day");
    assert_eq!(payload["candidates"][0]["stage_order"], Value::Null);
}

#[test]
fn a_test_carries_two_made_up_people_shaped_like_real_ones() {
    let context =
        PayloadContext { export_type: ExportType::Test, vacancy: test_vacancy(), ..context() };
    let payload = json_of(&build(&context, &test_people(context.requested_at)));
    assert_eq!(payload["test"], true);
    let [ada, zaneta] = payload["candidates"].as_array().expect("a list").as_slice() else {
        panic!("two people");
    };
    let real = json_of(&build(&self::context(), &[application()]));
    assert_same_shape(
        "",
        &json!({"candidates": [ada]}),
        &json!({"candidates": real["candidates"]}),
    );
    assert_same_shape("", &payload["vacancy"], &real["vacancy"]);
    assert_same_keys("", ada, zaneta);
    for key in ["candidate_id", "application_id", "candidate_reference", "application_reference"] {
        assert!(zaneta[key].is_string() && ada[key] != zaneta[key], "{key}");
    }
    for person in [ada, zaneta] {
        assert_eq!(
            (&person["test"], &person["vacancy_id"]),
            (&json!(true), &payload["vacancy"]["id"])
        );
        assert!(person["email"].as_str().expect("an address").ends_with("@example.com"));
    }
    let again = json_of(&build(&context, &test_people(context.requested_at)));
    assert_eq!(payload, again, "the same ids each time");
}

/// What has a value in a real export has one of the same type in a test.
fn assert_same_shape(place: &str, made_up: &Value, real: &Value) {
    match (made_up, real) {
        (_, Value::Null) => {}
        (Value::Object(members), Value::Object(others)) => {
            assert!(members.keys().eq(others.keys()), "{place}");
            for (key, member) in members {
                assert_same_shape(&format!("{place}/{key}"), member, &others[key]);
            }
        }
        (Value::Array(items), Value::Array(others)) => {
            assert_eq!(items.is_empty(), others.is_empty(), "{place}");
            for (item, other) in items.iter().zip(others) {
                assert_same_shape(&format!("{place}/0"), item, other);
            }
        }
        _ => assert_eq!(std::mem::discriminant(made_up), std::mem::discriminant(real), "{place}"),
    }
}

#[test]
fn numbers_leave_as_they_were_imported() {
    let mut application = application();
    let numbers =
        ["1.8181818181818181", "0.10", "48000", "-999999999999999.0000000000000000000001"];
    for number in numbers {
        let figure = Figure::parse(number).expect("a number");
        application.assessments[0].score = Some(figure.clone());
        application.rating.as_mut().expect("rated").value = figure;
        let bytes = freeze(&context(), &[application.clone()], usize::MAX).expect("no limit");
        let sent = String::from_utf8(bytes).expect("text");
        for key in ["rating", "value", "score"] {
            assert!(sent.contains(&format!("\"{key}\":{number},")), "{key} {number}");
        }
    }
}

#[test]
fn nothing_prints_a_person() {
    let context = context();
    let payload = build(&context, &[application()]);
    let printed = [
        format!("{payload:?}"),
        format!("{:?}", payload.candidates),
        format!("{:?}", payload.candidates[0].details.contact),
        format!("{context:?}{:?}", application()),
    ];
    for printed in printed {
        assert!(!printed.contains("Ada") && !printed.contains("Rosa"), "{printed}");
    }
}
