//! Numbers of a line: kept to the last digit, refused beyond what everybody can read.

use domain::import::{Line, parse_line};
use proptest::prelude::*;

const LIMITS: &str = "may have 15 digits before the decimal point and 40 behind it at most";
const WHOLE: &str = "expected a whole number, 0 or more";

fn line(rest: &str) -> String {
    format!(
        r#"{{"kind":"application","reference":"A-1","vacancy":"V-1","candidate":"C-1","stage":"Applied","applied_at":"2026-11-02T08:00:00Z",{rest}}}"#
    )
}

fn score(number: &str) -> String {
    line(&format!(r#""assessments":[{{"name":"Essay","score":{number}}}]"#))
}

/// What a score is read as, in the form in which it is stored and sent.
fn read(number: &str) -> Result<String, (String, String)> {
    match parse_line(score(number).as_bytes()) {
        Ok(Line::Application(line)) => {
            let items = line.assessments.into_value().expect("assessments");
            Ok(serde_json::to_string(&items[0].score).expect("JSON"))
        }
        Ok(_) => panic!("an application"),
        Err(error) => Err((error.pointer, error.detail)),
    }
}

#[test]
fn a_score_keeps_its_value_and_its_form() {
    let cases = [
        ("87", "87"),
        ("87.0", "87.0"),
        ("87.50", "87.50"),
        ("1.8181818181818181", "1.8181818181818181"),
        ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
        ("999999999999999.9", "999999999999999.9"),
        ("4.8e4", "48000"),
        ("5.551115123125783e-17", "0.00000000000000005551115123125783"),
        ("-12.5", "-12.5"),
        ("-0", "0"),
        ("-0.0", "0.0"),
        ("0e300", "0"),
        ("null", "null"),
    ];
    for (number, expected) in cases {
        assert_eq!(read(number).as_deref(), Ok(expected), "{number}");
    }
}

#[test]
fn a_score_beyond_the_limits_is_refused_at_its_place() {
    let beyond =
        ["1.7976931348623157e308", "-1e15", "1e400", "-1e999999", "1e-320", "5e-324", "1e-99999"];
    // Zeros are digits, too, whatever their number.
    let zeros =
        [41, 16_384, 65_534, 65_535, 300_000].map(|count| format!("1.{}", "0".repeat(count)));
    for number in beyond.into_iter().chain(["0e-400"]).chain(zeros.iter().map(String::as_str)) {
        let expected = ("/assessments/0/score".to_owned(), LIMITS.to_owned());
        assert_eq!(read(number), Err(expected), "{number}");
    }
    let nothing =
        ["True", "NaN", "Infinity", "-Infinity", "+1", ".5", "1.", "0x10", "1,5", "01", "--1"];
    for number in nothing {
        let (pointer, detail) = read(number).expect_err(number);
        assert!(pointer.starts_with("/assessments/0"), "{number}: {pointer}");
        if !matches!(number, "0x10" | "1,5") {
            assert!(detail.contains("a number has no plus, no zero"), "{number}: {detail}");
        }
    }
    for text in ["\"87\"", "true", "[87]", "{}"] {
        let expected = ("/assessments/0/score".to_owned(), "expected a number".to_owned());
        assert_eq!(read(text), Err(expected), "{text}");
    }
}

#[test]
fn each_number_of_a_line_has_its_limits() {
    let huge = "1.7976931348623157e308";
    let many = format!("1.{}", "0".repeat(70_000));
    let rating = |value: &str, min: &str, max: &str, count: &str| {
        line(&format!(
            r#""rating":{{"value":{value},"scale_min":{min},"scale_max":{max},"count":{count}}}"#
        ))
    };
    let cases = [
        (rating(huge, "0", "5", "1"), "/rating/value", LIMITS),
        (rating("1", "-1e300", "5", "1"), "/rating/scale_min", LIMITS),
        (rating("1", "0", huge, "1"), "/rating/scale_max", LIMITS),
        (rating("1", "0", "5", "2147483648"), "/rating/count", "may be 2147483647 at most"),
        (rating("1", "0", "5", "1e18"), "/rating/count", WHOLE),
        (rating("1", "0", "5", "1.5"), "/rating/count", WHOLE),
        (rating("1", "0", "5", "-1"), "/rating/count", WHOLE),
        (rating(&many, "0", "5", "1"), "/rating/value", LIMITS),
        (rating("1", "0", "5", &many), "/rating/count", LIMITS),
        (rating("5.00000000000000000001", "0", "5", "1"), "/rating/value", WITHIN),
        (rating("0.1", "0.10", "0.100", "1"), "/rating/scale_max", "must be above scale_min"),
    ];
    for (line, pointer, detail) in cases {
        let error = parse_line(line.as_bytes()).expect_err(pointer);
        assert_eq!((error.pointer.as_str(), error.detail.as_str()), (pointer, detail), "{line}");
    }
}

const WITHIN: &str = "must lie within its scale";

#[test]
fn whole_numbers_may_be_written_as_decimals() {
    let file = r#"{"kind":"candidate","reference":"C-1","full_name":"A","attachments":[{"filename":"cv","url":"https://example.com/","size_bytes":SIZE}]}"#;
    let size = |text: &str| match parse_line(file.replace("SIZE", text).as_bytes()) {
        Ok(Line::Candidate(line)) => {
            Ok(line.attachments.into_value().expect("attachments")[0].size_bytes)
        }
        Ok(_) => panic!("a candidate"),
        Err(error) => Err((error.pointer, error.detail)),
    };
    for (text, expected) in [
        ("2", Some(2)),
        ("2.0", Some(2)),
        ("4.8e4", Some(48_000)),
        ("4800E-2", Some(48)),
        ("-0.0", Some(0)),
        ("9007199254740991", Some(9_007_199_254_740_991)),
        ("null", None),
    ] {
        assert_eq!(size(text), Ok(expected), "{text}");
    }
    for text in ["2.5", "-2", "1e-3", "1e30", "true", "\"2\""] {
        let (pointer, _) = size(text).expect_err(text);
        assert_eq!(pointer, "/attachments/0/size_bytes", "{text}");
    }
    for zeros in [41, 16_384, 65_535, 300_000] {
        let size = size(&format!("2.{}", "0".repeat(zeros)));
        let expected = ("/attachments/0/size_bytes".to_owned(), LIMITS.to_owned());
        assert_eq!(size, Err(expected), "{zeros} zeros");
    }
    let (_, detail) = size("9007199254740992").expect_err("beyond 2^53");
    assert_eq!(detail, "may be 9007199254740991 at most");
}

/// A decimal number as JSON writes it, within the limits.
fn number() -> impl Strategy<Value = String> {
    (any::<bool>(), 0..10_u64.pow(15), "[0-9]{0,40}").prop_map(|(negative, whole, fraction)| {
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{}{whole}{point}{fraction}", if negative { "-" } else { "" })
    })
}

proptest! {
    #[test]
    fn every_decimal_number_leaves_as_it_came(number in number()) {
        let zero = !number.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
        let expected = if zero { number.trim_start_matches('-') } else { &number };
        prop_assert_eq!(read(&number), Ok(expected.to_owned()));
    }

    #[test]
    fn every_double_is_kept_or_refused(number in any::<f64>().prop_filter("JSON", |it| it.is_finite())) {
        let Ok(read) = read(&serde_json::to_string(&number).expect("JSON")) else {
            let usual = (1e-20..1e15).contains(&number.abs());
            prop_assert!(!usual, "{number} is refused");
            return Ok(());
        };
        prop_assert_eq!(read.parse::<f64>(), Ok(number));
    }
}
