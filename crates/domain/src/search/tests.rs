//! What people paste, and what it is taken for.

use super::*;

const ID: &str = "019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11";

fn sought(text: &str) -> Result<String, SearchRefusal> {
    Search::parse(text).map(|search| {
        let what = match search.what {
            Sought::Id(id) => format!("id {id}"),
            Sought::Email(email) => format!("email {email}"),
            Sought::Words { text, host } => format!("words {text} ({})", host.unwrap_or_default()),
        };
        search.day.map_or(what.clone(), |day| format!("{what} on {day}"))
    })
}

fn exact(text: &str) -> Result<String, SearchRefusal> {
    Exact::parse(text).map(|exact| match exact {
        Exact::Id(id) => format!("id {id}"),
        Exact::Email(email) => format!("email {email}"),
        Exact::Host(host) => format!("host {host}"),
    })
}

#[test]
fn an_id_is_found_as_receivers_log_it() {
    let id = Ok(format!("id {ID}"));
    for text in [
        ID.to_owned(),
        ID.to_uppercase(),
        format!("  {ID}\r\n"),
        format!("\"{ID}\""),
        format!("\u{201c}{ID}\u{201d}"),
        format!("webhook-id: {ID}"),
        format!("webhook-id:{ID}"),
        format!("Webhook-Attempt-Id={ID}"),
        format!("msg_{ID}"),
        format!("{{\"webhook-id\":\"{ID}\"}}"),
        format!("Quote export {ID}."),
        format!("{ID} and again {ID}"),
        format!("https://api.example.com/v1/exports/{ID}/attempts?limit=1"),
        "019aafc6-3d9e-7c41-\u{200b}9d0b-6f2f6f0f2a11\u{feff}".to_owned(),
        "019aafc6-3d9e-7c41- 9d0b-6f2f\n6f0f2a11".to_owned(),
        "webhook-id 019aafc6-3d9e-7c41-\n  9d0b-6f2f6f0f2a11".to_owned(),
        "019aafc6\u{2011}3d9e\u{2013}7c41\u{2212}9d0b\u{2014}6f2f6f0f2a11".to_owned(),
        "019AAFC63D9E7C419D0B6F2F6F0F2A11".to_owned(),
        format!("urn:uuid:{ID}"),
        "\u{ff10}19aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11".to_owned(),
        format!("{ID} 2026-11-23"),
    ] {
        assert_eq!(sought(&text), id, "{text}");
        assert_eq!(exact(&text), id, "{text}");
    }
    let other = ID.replace("11", "12");
    assert_eq!(sought(&format!("{ID} {other}")), Err(SearchRefusal::SeveralIds));
    assert_eq!(exact(&format!("{ID},{other}")), Err(SearchRefusal::SeveralIds));
}

#[test]
fn an_address_is_found_as_mails_have_it() {
    for text in [
        "rosa@northwind.example",
        " rosa@northwind.example\n",
        "Rosa <rosa@northwind.example>",
        "Rosa Recruiter <rosa@northwind.example>,",
        "\"Recruiter, Rosa\" <rosa@northwind.example>",
        "Rosa<rosa@northwind.example>",
        "mailto:rosa@northwind.example",
        "From: rosa@northwind.example.",
        "(rosa@northwind.example)",
        "rosa@north\u{200b}wind.example",
        "rosa@northwind.example, where is my export?",
        "where is the export of rosa@northwind.example?",
        "'rosa@northwind.example' <Rosa@northwind.example>",
    ] {
        let email = Ok("email rosa@northwind.example".to_owned());
        assert_eq!((sought(text), exact(text)), (email.clone(), email), "{text}");
    }
    let day = sought("rosa@northwind.example 2026-11-23");
    assert_eq!(day.as_deref(), Ok("email rosa@northwind.example on 2026-11-23"));
    for between in [" ", ",", ", ", ";", "; ", "><", " and "] {
        let two = format!("rosa@northwind.example{between}ben+jobs@northwind.example");
        let refused = Err(SearchRefusal::SeveralEmails);
        assert_eq!((sought(&two), exact(&two)), (refused.clone(), refused), "{two}");
    }
}

#[test]
fn a_host_is_exact_and_words_are_words() {
    for (text, expected) in [
        ("hooks.example.com", "host hooks.example.com"),
        ("HTTPS://Hooks.Example.com:8443/x?y", "host hooks.example.com"),
        ("https://ada:pw@hooks.example.com/", "host hooks.example.com"),
        ("see https://hooks.example.com/x", "host hooks.example.com"),
        ("***.ngrok-free.app", "host ***.ngrok-free.app"),
        ("B\u{fc}cher.example", "host xn--bcher-kva.example"),
        ("n8n:5678", "host n8n"),
        ("2606:4700::1111", "host [2606:4700::1111]"),
        ("`hooks.example.com`,", "host hooks.example.com"),
    ] {
        assert_eq!(exact(text).as_deref(), Ok(expected), "{text}");
    }
    for text in ["", " ", "zapier", "rosa", "@", "two words", "two words.example.com", "\u{200b}"] {
        assert_eq!(exact(text), Err(SearchRefusal::OfNoKind), "{text:?}");
    }
    for (text, expected) in [
        ("zapier", "words zapier (zapier)"),
        ("Zapier: new hires", "words Zapier: new hires ()"),
        (
            "hooks.Example.com  2026-11-23",
            "words hooks.Example.com (hooks.example.com) on 2026-11-23",
        ),
        (
            "2026-11-23, hooks.example.com",
            "words hooks.example.com (hooks.example.com) on 2026-11-23",
        ),
        ("127.0", "words 127.0 (127.0)"),
        ("\u{674e}", "words \u{674e} (xn--7qv)"),
        ("2026-13-45", "words 2026-13-45 (2026-13-45)"),
    ] {
        assert_eq!(sought(text).as_deref(), Ok(expected), "{text}");
    }
    for (text, refusal) in [
        ("", SearchRefusal::Short),
        ("ab", SearchRefusal::Short),
        ("\"a\u{200b}b\"", SearchRefusal::Short),
        ("2026-11-23", SearchRefusal::DayAlone),
        ("2026-11-23T03:42:00Z", SearchRefusal::DayAlone),
        ("on 23 Nov 2026 at 03:42", SearchRefusal::DayAlone),
        ("a.example 2026-11-23 2026-11-24", SearchRefusal::SeveralDays),
        ("a.example 23 Nov 2026, 24 Nov 2026", SearchRefusal::SeveralDays),
        ("a.example 1969-12-31", SearchRefusal::NoSuchDay),
        ("a.example 9999-12-31", SearchRefusal::NoSuchDay),
        ("a.example 9999-12-31T03:42:00Z", SearchRefusal::NoSuchDay),
    ] {
        assert_eq!(sought(text), Err(refusal), "{text:?}");
    }
}

#[test]
fn a_day_is_read_as_logs_and_people_write_it() {
    let on = |day: &str| Ok(format!("words hooks.example.com (hooks.example.com) on {day}"));
    for text in [
        "hooks.example.com 2026-11-27T03:42:00Z",
        "[2026-11-27T03:42:00.123456Z] hooks.example.com",
        "2026-11-27T03:42 hooks.example.com",
        "2026-11-28T00:30:00+01:00 hooks.example.com",
        "2026-11-27 03:42:00 hooks.example.com",
        "2026-11-27T03:42:00Z hooks.example.com 2026-11-27T03:42:01Z",
        "hooks.example.com on 2026-11-27",
        "hooks.example.com am 2026-11-27.",
        "hooks.example.com at 03:42 UTC on 2026-11-27?",
        "hooks.example.com - 2026-11-27",
        "2026-11-27: hooks.example.com",
        "(2026-11-27) hooks.example.com",
        "hooks.example.com 27 Nov 2026",
        "on 27. november 2026, hooks.example.com",
        "November 27, 2026 hooks.example.com",
    ] {
        assert_eq!(sought(text), on("2026-11-27"), "{text}");
    }
    for day in ["1970-01-01", "9999-12-30"] {
        assert_eq!(sought(&format!("hooks.example.com {day}")), on(day));
    }
    for (text, expected) in [
        ("Jobs on Main", "words Jobs on Main ()"),
        ("Jobs at 10:30", "words Jobs at 10:30 ()"),
        ("Jobs on Main 27 Nov 2026", "words Jobs on Main () on 2026-11-27"),
        ("31 Feb 2026", "words 31 Feb 2026 ()"),
        ("27 \u{e4}\u{e4} 2026", "words 27 \u{e4}\u{e4} 2026 ()"),
        ("27 \u{20ac}\u{20ac}\u{20ac}\u{20ac}", "words 27 \u{20ac}\u{20ac}\u{20ac}\u{20ac} ()"),
    ] {
        assert_eq!(sought(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn a_day_is_a_day_and_without_one_it_is_the_week() {
    let now = DateTime::from_timestamp(1_795_442_700, 0).expect("a valid instant");
    let window = |text: &str| Search::parse(text).expect("words").window(now);
    let day = window("hooks.example.com 2026-11-22");
    assert_eq!((day.from.to_rfc3339(), day.day), ("2026-11-22T00:00:00+00:00".to_owned(), true));
    assert_eq!(day.to - day.from, chrono::TimeDelta::days(1));
    let week = window("hooks.example.com");
    assert_eq!((now - week.from, week.day), (chrono::TimeDelta::days(7), false));
    let last = window("hooks.example.com 9999-12-30");
    assert_eq!(last.to.to_rfc3339(), "9999-12-31T00:00:00+00:00");
}
