//! Lines of an import: no line breaks the reader, no refusal repeats what was in the line, and
//! only what a line says decides how it is read.

use domain::import::{Line, LineError, parse_line};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

/// Stands for a person's data: it must not come back in a refusal.
const SECRET: &str = "Zq7SecretZq7";

/// The lines of the documentation.
fn example() -> impl Strategy<Value = Value> {
    let lines: Vec<Value> = include_str!("../import-example.ndjson")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    prop::sample::select(lines)
}

/// Any JSON, its texts full of what must not come back.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(|text| json!(format!("{SECRET}{text}"))),
        Just(json!(SECRET.repeat(2_000))),
        Just(json!(format!("{SECRET}\0"))),
    ];
    leaf.prop_recursive(10, 64, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// All places of a document.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => (0..).zip(items).for_each(|(index, item): (usize, _)| {
            places(item, &format!("{at}/{index}"), found);
        }),
        Value::Object(members) => members.iter().for_each(|(key, member)| {
            let key = key.replace('~', "~0").replace('/', "~1");
            places(member, &format!("{at}/{key}"), found);
        }),
        _ => {}
    }
}

/// A line of the documentation with something else at one of its places.
fn changed() -> impl Strategy<Value = Value> {
    (example(), any::<Index>(), value()).prop_map(|(mut line, place, value)| {
        let mut all = Vec::new();
        places(&line, "", &mut all);
        let place = &all[place.index(all.len())];
        *line.pointer_mut(place).expect("one of its places") = value;
        line
    })
}

fn parse(line: &Value) -> Result<Line, LineError> {
    parse_line(&serde_json::to_vec(line).expect("JSON"))
}

/// The same members in the opposite order, everywhere.
fn reversed(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            format!(" [ {} ] ", items.iter().map(reversed).collect::<Vec<_>>().join(" , "))
        }
        Value::Object(members) => {
            let member =
                |(key, member): (&String, &Value)| format!("{}:{}", json!(key), reversed(member));
            format!("{{{}}}", members.iter().rev().map(member).collect::<Vec<_>>().join("\t,\r"))
        }
        other => other.to_string(),
    }
}

fn assert_decent(error: &LineError) -> Result<(), TestCaseError> {
    let printable = |text: &str| !text.chars().any(char::is_control);
    prop_assert!(!error.detail.is_empty() && printable(&error.detail), "{:?}", error.detail);
    prop_assert!(error.pointer.is_empty() || error.pointer.starts_with('/'), "{}", error.pointer);
    prop_assert!(printable(&error.pointer));
    Ok(())
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes in any::<Vec<u8>>(), text in any::<String>()) {
        for bytes in [&bytes[..], text.as_bytes()] {
            if let Err(error) = parse_line(bytes) {
                assert_decent(&error)?;
            }
        }
    }

    #[test]
    fn no_changed_byte_breaks_the_reader(line in example(), at in any::<Index>(), byte in any::<u8>()) {
        let mut bytes = serde_json::to_vec(&line).expect("JSON");
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Err(error) = parse_line(&bytes) {
            assert_decent(&error)?;
        }
    }

    #[test]
    fn a_refusal_names_the_place_and_never_the_value(line in changed()) {
        let Err(error) = parse(&line) else { return Ok(()) };
        assert_decent(&error)?;
        prop_assert!(!error.detail.contains("Zq7"), "{}", error.detail);
        let parent = error.pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        let odd = |key: &String| key.chars().count() > 64 || key.chars().any(char::is_control);
        let mut keys = Vec::new();
        all_keys(&line, &mut keys);
        prop_assert!(keys.iter().any(odd) || line.pointer(parent).is_some(), "{} of {}", error.pointer, line);
    }

    #[test]
    fn the_order_of_members_and_white_space_decide_nothing(line in changed()) {
        let (one, other) = (parse(&line), parse_line(reversed(&line).as_bytes()));
        prop_assert_eq!(one.is_ok(), other.is_ok());
        if let (Ok(one), Ok(other)) = (one, other) {
            prop_assert!(one == other);
        }
    }

    #[test]
    fn an_unknown_member_is_refused_and_named(line in example(), name in "[a-z]{1,12}") {
        let mut line = line;
        let members: &mut Map<_, _> = line.as_object_mut().expect("an object");
        prop_assume!(!members.contains_key(&name));
        members.insert(format!("x_{name}"), json!(SECRET));
        let error = parse(&line).expect_err("unknown");
        prop_assert_eq!(error.pointer, format!("/x_{name}"));
        prop_assert!(!error.detail.contains("Zq7"));
    }
}

fn all_keys(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| all_keys(item, found)),
        Value::Object(members) => members.iter().for_each(|(key, member)| {
            found.push(key.clone());
            all_keys(member, found);
        }),
        _ => {}
    }
}
