//! Texts and keys of a line: nothing twice, no half characters, one form.

use domain::import::{Line, LineError, parse_line};

use crate::{example, with};

fn refused(line: &str) -> (String, String) {
    let LineError { pointer, detail } = parse_line(line.as_bytes()).expect_err(line);
    (pointer, detail)
}

/// A candidate with these members beside what must be there.
fn candidate(members: &str) -> String {
    format!(r#"{{"kind":"candidate","reference":"C-1","full_name":"A",{members}}}"#)
}

#[test]
fn a_key_that_is_given_twice_is_refused_wherever_it_is() {
    let cases = [
        (r#""restricted":true,"restricted":false"#, "/restricted"),
        (r#""restricted":true,"restricted":true"#, "/restricted"),
        (r#""restricted":true,"restri\u0063ted":false"#, "/restricted"),
        (r#""kind":"candidate""#, "/kind"),
        (r#""contact":{"emails":[],"phones":[],"emails":null}"#, "/contact/emails"),
        (r#""contact":{"address":{"city":"A","\u0063ity":"B"}}"#, "/contact/address/city"),
        (r#""skills":[],"skills":[]"#, "/skills"),
        (r#""experience":[{},{"title":"A","title":null}]"#, "/experience/1/title"),
        (r#""unknown":{"a/b":1,"a/b":2}"#, "/unknown/a~1b"),
    ];
    for (members, pointer) in cases {
        let expected = (pointer.to_owned(), "given twice".to_owned());
        assert_eq!(refused(&candidate(members)), expected, "{members}");
    }
    let twice = r#"{"kind":"candidate","kind":"vacancy"}"#;
    assert_eq!(refused(twice), ("/kind".to_owned(), "given twice".to_owned()));
    // The same key in two objects is none.
    let apart = candidate(r#""skills":["skills"],"experience":[{"title":"A"},{"title":"A"}]"#);
    assert!(parse_line(apart.as_bytes()).is_ok());
}

#[test]
fn a_broken_escape_is_named() {
    let pair = "contains half of a surrogate pair: ";
    let escape = "contains a \\ that begins no escape of JSON: ";
    let raw = "contains a raw control character: ";
    let cases = [
        (r#""last_name":"\ud83e""#, "/last_name", pair),
        (r#""last_name":"\udd80""#, "/last_name", pair),
        (r#""last_name":"\udd80\ud83e""#, "/last_name", pair),
        (r#""last_name":"\ud83e\u0041""#, "/last_name", pair),
        (r#""skills":["a","\ud83ex"]"#, "/skills/1", pair),
        (r#""last_name":"\u12g4""#, "/last_name", escape),
        (r#""last_name":"\u12""#, "/last_name", escape),
        (r#""last_name":"C:\Users""#, "/last_name", escape),
        (r#""\ud83e":1"#, "", pair),
        ("\"last_name\":\"a\tb\"", "/last_name", raw),
    ];
    for (members, pointer, start) in cases {
        let (at, detail) = refused(&candidate(members));
        assert_eq!(at, pointer, "{members}: {detail}");
        assert!(detail.starts_with(start), "{members}: {detail}");
    }
    let whole = candidate(r#""last_name":"\ud83e\udd80""#);
    assert!(parse_line(whole.as_bytes()).is_ok(), "a whole pair");
}

#[test]
fn equal_texts_are_equal_whatever_form_they_came_in() {
    let composed = r#"{"kind":"vacancy","reference":"V-Zoë","title":"Café","stages":["Évaluation","가"],"url":"https://example.com/%C3%A9"}"#;
    let decomposed = "{\"kind\":\"vacancy\",\"reference\":\"V-Zoe\u{308}\",\"title\":\"Cafe\\u0301\",\"stages\":[\"E\u{301}valuation\",\"\u{1100}\u{1161}\"],\"url\":\"https://example.com/%C3%A9\"}";
    let [one, other] =
        [composed, decomposed].map(|line| parse_line(line.as_bytes()).expect("read"));
    assert!(one == other);
    let Line::Vacancy(vacancy) = other else { panic!("a vacancy") };
    assert_eq!((vacancy.reference.as_str(), vacancy.stages[0].as_str()), ("V-Zoë", "Évaluation"));
    let twice = "{\"kind\":\"vacancy\",\"reference\":\"V\",\"title\":\"A\",\"stages\":[\"é\",\"e\u{301}\"]}";
    assert_eq!(refused(twice), ("/stages/1".to_owned(), "names the same stage again".to_owned()));
}

#[test]
fn the_address_of_a_file_keeps_its_bytes() {
    let line = with("candidate", "/attachments/0/url", "https://example.com/e\u{301}.pdf".into());
    let Ok(Line::Candidate(line)) = parse_line(line.to_string().as_bytes()) else {
        panic!("a candidate")
    };
    let attachments = line.attachments.into_value().expect("attachments");
    assert_eq!(attachments[0].url, "https://example.com/e%CC%81.pdf");
}

#[test]
fn addresses_are_stored_as_they_were_parsed_in_every_place() {
    let places = [
        ("vacancy", "/url", " HTTPS://Example.com/%7e", "https://example.com/%7e"),
        ("candidate", "/contact/links/0/url", "https://EXAMPLE.com", "https://example.com/"),
        ("candidate", "/attachments/0/url", "https://example.com/ü", "https://example.com/%C3%BC"),
        ("candidate", "/email", " Ada@Example.COM ", "Ada@example.com"),
        ("candidate", "/contact/emails/0/value", "a@bücher.example", "a@xn--bcher-kva.example"),
    ];
    for (kind, pointer, given, stored) in places {
        let line = parse_line(with(kind, pointer, given.into()).to_string().as_bytes());
        let expected = parse_line(with(kind, pointer, stored.into()).to_string().as_bytes());
        assert!(line.is_ok() && line == expected, "{pointer}");
        for wrong in
            ["", "Ada <ada@example.com>", "https://ada@example.com", "a@b.example, c@d.example"]
        {
            let line = with(kind, pointer, wrong.into());
            assert_eq!(refused(&line.to_string()).0, pointer, "{wrong}");
        }
    }
    assert!(example("candidate")["email"].is_string());
}

#[test]
fn references_titles_and_stages_differ_only_where_somebody_can_see_it() {
    let same = [
        ("vacancy", "/reference", " V-1\t", "V-1"),
        ("vacancy", "/title", "Head\u{200b} of \u{a0} Data ", "Head of Data"),
        ("vacancy", "/stages/0", "\u{feff}Trial\u{200b} ", "Trial"),
        ("candidate", "/reference", "T3-C1 \u{3000}", "T3-C1"),
        ("candidate", "/reference", "می\u{200c}روم ", "می\u{200c}روم"),
        ("application", "/reference", "\nA 1", "A 1"),
        ("application", "/vacancy", "V-1 ", "V-1"),
        ("application", "/candidate", " C-1", "C-1"),
        ("application", "/stage", "Offer\u{2060}", "Offer"),
    ];
    let read = |kind: &str, pointer: &str, text: &str| {
        parse_line(with(kind, pointer, text.into()).to_string().as_bytes())
    };
    for (kind, pointer, given, stored) in same {
        let line = read(kind, pointer, given);
        assert!(line.is_ok() && line == read(kind, pointer, stored), "{kind}{pointer} {given:?}");
    }
    let references =
        ["A\u{200b}1", "\u{feff}A", "A\u{202e}", "A\u{ad}1", "A\u{2800}1", "A\u{7}", "A\n1"];
    let unseen = "contains a character that cannot be seen: remove it";
    for (kind, pointer) in [
        ("vacancy", "/reference"),
        ("candidate", "/reference"),
        ("application", "/reference"),
        ("application", "/vacancy"),
        ("application", "/candidate"),
    ] {
        for text in references {
            let expected = (pointer.to_owned(), unseen.to_owned());
            assert_eq!(
                refused(&with(kind, pointer, text.into()).to_string()),
                expected,
                "{text:?}"
            );
        }
    }
    for (kind, pointer) in [
        ("vacancy", "/reference"),
        ("vacancy", "/title"),
        ("vacancy", "/stages/0"),
        ("candidate", "/skills/0"),
        ("candidate", "/phone"),
        ("application", "/candidate"),
        ("application", "/stage"),
    ] {
        for blank in ["", " ", "\u{200b}", " \u{2060}\u{feff}", "\u{2800}", "\u{3164}"] {
            let expected = (pointer.to_owned(), "must not be empty".to_owned());
            assert_eq!(
                refused(&with(kind, pointer, blank.into()).to_string()),
                expected,
                "{blank:?}"
            );
        }
    }
    for twin in ["offer", "OFFER ", "Of\u{200b}fer", "\u{ff2f}ffer", " Offer"] {
        let line = with("vacancy", "/stages", vec!["Applied", "Offer", twin].into());
        let expected = ("/stages/2".to_owned(), "names the same stage again".to_owned());
        assert_eq!(refused(&line.to_string()), expected, "{twin:?}");
    }
}
