//! Lines of an import: what is read, and what is refused with which words.

mod numbers;
mod texts;

use domain::import::{ApplicationStatus, LINE_BYTES, Line, Patch, parse_line};
use serde_json::{Value, json};

/// The lines of the documentation.
const EXAMPLE: &str = include_str!("../import-example.ndjson");

fn example(kind: &str) -> Value {
    let lines = EXAMPLE.lines().map(|line| serde_json::from_str(line).expect("JSON"));
    lines.into_iter().find(|line: &Value| line["kind"] == kind).expect("in the example")
}

fn parse(line: &Value) -> Result<Line, (String, String)> {
    let bytes = serde_json::to_vec(line).expect("JSON");
    parse_line(&bytes).map_err(|error| (error.pointer, error.detail))
}

/// The example of a kind with one value replaced.
fn with(kind: &str, pointer: &str, value: Value) -> Value {
    let mut line = example(kind);
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    match line.pointer_mut(parent).expect("in the example") {
        Value::Object(object) => drop(object.insert(key.to_owned(), value)),
        Value::Array(items) => items[key.parse::<usize>().expect("an index")] = value,
        _ => panic!("{parent} holds nothing"),
    }
    line
}

#[test]
fn the_documented_lines_are_read() {
    let lines: Vec<_> =
        EXAMPLE.lines().map(|line| parse_line(line.as_bytes()).expect("valid")).collect();
    let [Line::Vacancy(vacancy), Line::Candidate(candidate), Line::Application(application)] =
        lines.as_slice()
    else {
        panic!("three lines, one of a kind");
    };
    assert_eq!(vacancy.stages.len(), 5);
    assert_eq!(vacancy.url, Patch::Null);
    assert_eq!(candidate.full_name(), "Ada Example");
    assert_eq!(candidate.contact.value().map(|contact| contact.emails.len()), Some(1));
    assert_eq!(application.status, Patch::Value(ApplicationStatus::Active));
    assert_eq!(
        application.rating.value().map(|rating| rating.value.to_string()).as_deref(),
        Some("4.5")
    );
    let score = application.assessments.value().and_then(|items| items[0].score.clone());
    assert_eq!(score.map(|score| score.to_string()).as_deref(), Some("87"));
}

#[test]
fn what_is_absent_stays_and_what_is_null_is_cleared() {
    let line =
        json!({"kind": "candidate", "reference": "C-1", "full_name": " 山田太郎 ", "email": null});
    let Ok(Line::Candidate(candidate)) = parse(&line) else { panic!("a candidate") };
    assert_eq!((candidate.email.clone(), candidate.phone.clone()), (Patch::Null, Patch::Absent));
    assert_eq!(candidate.full_name(), "山田太郎");
    let stored = || Some("old@example.com".to_owned());
    assert_eq!(candidate.email.apply(stored()), None);
    assert_eq!(candidate.phone.apply(stored()), stored());
    assert_eq!(
        Patch::Value("new@example.com".to_owned()).apply(stored()).as_deref(),
        Some("new@example.com")
    );
}

/// Names of people come in the form of all names; what changes how one is written stays.
#[test]
fn names_of_people_have_one_form() {
    let named = |names: Value| {
        let mut line = json!({"kind": "candidate", "reference": "C-1"});
        let members = names.as_object().expect("an object").clone();
        line.as_object_mut().expect("an object").extend(members);
        parse(&line).map(|line| match line {
            Line::Candidate(candidate) => (candidate.full_name(), candidate.last_name.clone()),
            _ => panic!("a candidate"),
        })
    };
    let cases = [
        (json!({"full_name": " Ada\u{200b}  \u{202e}Example\n"}), "Ada Example", None),
        (json!({"full_name": "Zoe\u{308}"}), "Zoë", None),
        (json!({"full_name": "علی\u{200c}رضا"}), "علی\u{200c}رضا", None),
        (
            json!({"full_name": "\u{200b}", "first_name": "Ada", "last_name": " B "}),
            "Ada B",
            Some("B"),
        ),
        (json!({"first_name": "Ada", "last_name": "\u{feff}"}), "Ada", None),
    ];
    for (names, full, last) in cases {
        assert_eq!(named(names).ok(), Some((full.to_owned(), last.map(str::to_owned))));
    }
    let (pointer, detail) = named(json!({"full_name": "Ada\u{1b}[2J"})).expect_err("a terminal's");
    assert_eq!((&*pointer, detail.contains("U+001B")), ("/full_name", true));
    assert!(named(json!({"full_name": "\u{200b} "})).is_err(), "nobody");
}

#[test]
fn unusual_but_legal_values_are_read() {
    let cases = [
        ("candidate", "/last_name", Value::Null),
        ("candidate", "/first_name", json!("Nguyễn Thị Minh Khai 🦀")),
        ("candidate", "/email", json!("o'brien+jobs@例え.example")),
        ("candidate", "/phone", json!("ask for Ada, ext. 5")),
        ("candidate", "/contact", json!({})),
        ("candidate", "/contact/address", Value::Null),
        ("candidate", "/contact/emails", Value::Null),
        ("candidate", "/contact/address/lines", Value::Null),
        ("candidate", "/qualifications/0", json!({})),
        ("candidate", "/experience/0/end_date", json!("2024-02-29")),
        ("candidate", "/skills", json!(vec!["a"; 200])),
        ("candidate", "/consent_expires_at", json!("2026-11-23T10:14:59.123456+01:00")),
        ("application", "/rating", Value::Null),
        ("application", "/rating/value", json!(1)),
        ("application", "/assessments/0/scale_min", Value::Null),
        ("application", "/assessments/0", json!({"name": "Essay"})),
        ("application", "/cover_letter", json!("é".repeat(20_000))),
        ("vacancy", "/status", Value::Null),
        ("vacancy", "/reference", json!("é".repeat(100))),
    ];
    for (kind, pointer, value) in cases {
        assert!(parse(&with(kind, pointer, value.clone())).is_ok(), "{kind} {pointer} {value}");
    }
}

/// Kind, place, the JSON that stands there instead, and what is said about it.
const WRONG: [(&str, &str, &str, &str); 24] = [
    ("vacancy", "/reference", r#""""#, "must not be empty"),
    ("vacancy", "/title", r#"" \t""#, "must not be empty"),
    ("vacancy", "/title", "null", "expected a string"),
    ("vacancy", "/status", r#""Zelda""#, "expected one of `open`, `closed`, `archived`"),
    ("vacancy", "/stages", "[]", "must name at least one stage"),
    ("vacancy", "/stages", r#""Zelda""#, "expected a list"),
    ("vacancy", "/stages/4", r#""Applied""#, "names the same stage again"),
    ("vacancy", "/url", r#""javascript:Zelda""#, WEB),
    ("candidate", "/first_name", "7", "expected a string"),
    (
        "candidate",
        "/last_name",
        r#""Zel\u0000da""#,
        "contains a NUL character (\\u0000): remove it",
    ),
    ("candidate", "/email", r#""Zelda""#, EMAIL),
    ("candidate", "/email", r#""a b@example.com""#, EMAIL),
    ("candidate", "/contact", r#""Zelda""#, "expected an object"),
    ("candidate", "/contact/emails/0/value", r#""@""#, EMAIL),
    ("candidate", "/contact/emails/0/primary", r#""Zelda""#, "expected a boolean"),
    ("candidate", "/contact/links/0/url", r#""Zelda""#, WEB),
    ("candidate", "/qualifications/0/start_date", r#""2016""#, DATE),
    ("candidate", "/attachments/0/size_bytes", "-1", "expected a whole number, 0 or more"),
    ("candidate", "/consent_expires_at", r#""Zelda""#, INSTANT),
    ("application", "/stage", "null", "expected a string"),
    ("application", "/applied_at", r#""2026-11-02""#, INSTANT),
    ("application", "/rating/value", "5.5", "must lie within its scale"),
    ("application", "/rating/scale_max", "1", "must be above scale_min"),
    ("application", "/assessments/0/score", "-1", "must lie within its scale"),
];

const WEB: &str = "must be a URL that starts with https:// or http://";
const EMAIL: &str = "must be one e-mail address: name@host";
const DATE: &str = "must be a date of the calendar, written YYYY-MM or YYYY-MM-DD";
const INSTANT: &str = "must be an instant of RFC 3339 such as 2026-11-23T10:14:59Z";

#[test]
fn each_error_points_at_its_value_and_does_not_repeat_it() {
    for (kind, pointer, json, expected) in WRONG {
        let value = serde_json::from_str(json).expect("JSON");
        let (at, detail) = parse(&with(kind, pointer, value)).expect_err(pointer);
        assert_eq!((at.as_str(), detail.as_str()), (pointer, expected), "{kind} {json}");
        assert!(!detail.contains("Zelda"), "{detail}");
    }
}

#[test]
fn what_is_too_long_or_too_deep_is_refused() {
    let cases = [
        ("vacancy", "/reference", json!("é".repeat(101)), "may have 100 characters at most"),
        ("candidate", "/first_name", json!("é".repeat(201)), "may have 200 characters at most"),
        (
            "candidate",
            "/experience/0/description",
            json!("x".repeat(20_001)),
            "may have 20,000 characters at most",
        ),
        ("candidate", "/skills", json!(vec!["a"; 201]), "may have 200 items at most"),
        ("application", "/answers", json!([[[[[[[[[]]]]]]]]]), "nested too deeply"),
    ];
    for (kind, pointer, value, expected) in cases {
        let (at, detail) = parse(&with(kind, pointer, value)).expect_err(pointer);
        assert_eq!(detail, expected, "{kind} {pointer}");
        assert!(at.starts_with(pointer), "{at} is not in {pointer}");
    }
}

#[test]
fn unknown_fields_are_refused_wherever_they_are() {
    for pointer in ["/salary", "/contact/fax", "/qualifications/0/ects", "/attachments/0/bytes"] {
        let (at, detail) = parse(&with("candidate", pointer, json!("Zelda"))).expect_err(pointer);
        assert_eq!(at, pointer);
        assert!(detail.starts_with("no such field here; expected "), "{detail}");
    }
}

#[test]
fn what_must_be_there_is_missed() {
    let required = [
        ("vacancy", vec!["reference", "title", "stages"]),
        ("candidate", vec!["reference"]),
        ("application", vec!["reference", "vacancy", "candidate", "stage", "applied_at"]),
    ];
    for (kind, fields) in required {
        for field in fields {
            let mut line = example(kind);
            line.as_object_mut().expect("an object").remove(field);
            let expected = (format!("/{field}"), "required".to_owned());
            assert_eq!(parse(&line).expect_err(field), expected);
        }
    }
    let (at, _) = parse(&json!({"kind": "candidate", "reference": "C-1", "first_name": " "}))
        .expect_err("without a name");
    assert_eq!(at, "/full_name");
}

#[test]
fn what_is_not_one_json_object_is_told_apart() {
    let deep = "[".repeat(5_000);
    let long = format!("{{\"kind\": \"{}\"}}", "x".repeat(LINE_BYTES));
    let cases: [(&[u8], &str); 9] = [
        (b"", "the line ends in the middle of a JSON object"),
        (b"{\"kind\": \"vacancy\"", "the line ends in the middle of a JSON object"),
        (b"[]", "expected one JSON object per line"),
        (b"{} {}", "expected one JSON object (UTF-8) per line; column 4 is not"),
        (b"{\"a\": \"\xff\"}", "expected one JSON object (UTF-8) per line"),
        (b"{\"kind\": \"vacancy\", \"n\": NaN}", "column 26 is no value of JSON"),
        (b"{}", "must be vacancy, candidate or application"),
        (deep.as_bytes(), "expected one JSON object per line"),
        (long.as_bytes(), "a line may have 1 MiB at most"),
    ];
    for (line, expected) in cases {
        let error = parse_line(line).expect_err("refused");
        assert!(error.detail.starts_with(expected), "{}", error.detail);
    }
}

#[test]
fn lines_never_print_what_they_hold() {
    for line in EXAMPLE.lines() {
        let printed = format!("{:?}", parse_line(line.as_bytes()).expect("valid"));
        assert_eq!(printed, "Line");
    }
}
