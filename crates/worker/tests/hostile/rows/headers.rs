//! Headers that we read: `Retry-After` and `Location`, and those that are only kept.

use domain::attempt::Attempt;
use domain::outcome::Outcome;

use crate::row::{Check, Row, answered, delivered, message};

const DAY: u32 = 86_400;

pub fn rows() -> Vec<Row> {
    [retry_after(), location(), kept()].into_iter().flatten().collect()
}

fn retry_after() -> Vec<Row> {
    let unread: Check = |attempt| attempt.retry_after_s.is_none();
    let a_day: Check = |attempt| attempt.retry_after_s == Some(DAY);
    let digits = "9".repeat(5_000);
    let cases: Vec<(&str, &str, Check)> = vec![
        ("seconds", "120", |attempt| attempt.retry_after_s == Some(120)),
        ("seconds between tabs", "\t120\t", |attempt| attempt.retry_after_s == Some(120)),
        ("seconds after zeroes", "0000000000000000000000000120", |attempt| {
            attempt.retry_after_s == Some(120)
        }),
        ("a date", "Wed, 18 Nov 2026 11:27:40 GMT", |attempt| attempt.retry_after_s == Some(1_260)),
        ("a date in the past", "Sun, 06 Nov 1994 08:49:37 GMT", |attempt| {
            attempt.retry_after_s == Some(0)
        }),
        ("the year 9999", "Fri, 31 Dec 9999 23:59:59 GMT", a_day),
        ("more than a day", "86401", a_day),
        ("5,000 digits", &digits, a_day),
        ("-5", "-5", unread),
        ("+5", "+5", unread),
        ("1.5", "1.5", unread),
        ("1e300", "1e300", unread),
        ("NaN", "NaN", unread),
        ("infinity", "inf", unread),
        ("0x10", "0x10", unread),
        ("nothing", "", unread),
        ("white space", " \t ", unread),
        ("a list", "1, 2", unread),
        ("words", "later", unread),
        ("full-width digits", "１２", unread),
        ("30 February", "Mon, 30 Feb 2027 08:00:00 GMT", unread),
        ("month 13", "Mon, 01 Foo 2027 08:00:00 GMT", unread),
        ("a date of RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT", unread),
        ("a date of asctime", "Sun Nov  6 08:49:37 1994", unread),
        ("another zone", "Wed, 18 Nov 2026 11:27:40 CET", unread),
    ];
    let row = |(name, value, check): (&str, &str, Check)| {
        let headers = [&*format!("retry-after: {value}"), "content-length: 0"];
        let answer = message("429 Slow Down", &headers, b"");
        Row::answer(format!("Retry-After: {name}"), answer, answered(Outcome::Throttled, 429))
            .check("the seconds", check)
    };
    let twice =
        message("429 Slow Down", &["retry-after: 1", "retry-after: 1", "content-length: 0"], b"");
    let twice = Row::answer("Retry-After: twice", twice, answered(Outcome::Throttled, 429));
    cases.into_iter().map(row).chain([twice.check("unread", unread)]).collect()
}

fn location() -> Vec<Row> {
    fn is(attempt: &Attempt, host: Option<&str>) -> bool {
        attempt.facts.redirect_host.as_deref() == host
    }
    let long = format!("https://{}.example.com/", "a.".repeat(300));
    let cases: Vec<(&str, &str, Check)> = vec![
        ("to another host", "https://new.example.com/secret?key=1", |attempt| {
            is(attempt, Some("new.example.com"))
        }),
        ("to an internal address", "http://169.254.169.254/latest?x#y", |attempt| {
            is(attempt, Some("169.254.169.254"))
        }),
        ("to an internal address in hex", "http://0x7f000001/", |attempt| {
            is(attempt, Some("127.0.0.1"))
        }),
        ("to IPv6", "http://[::1]:22/", |attempt| is(attempt, Some("[::1]"))),
        ("with a user", "https://user:password@example.com/", |attempt| {
            is(attempt, Some("example.com"))
        }),
        (
            "with a user that looks like a host",
            "https://good.example.com@bad.example.com/",
            |attempt| is(attempt, Some("bad.example.com")),
        ),
        ("with backslashes", "https:\\\\bad.example.com\\x", |attempt| {
            is(attempt, Some("bad.example.com"))
        }),
        ("relative", "/elsewhere", |attempt| is(attempt, Some("127.0.0.1"))),
        ("without a scheme", "//bad.example.com/x", |attempt| is(attempt, Some("bad.example.com"))),
        ("to a file", "file:///etc/passwd", |attempt| is(attempt, None)),
        ("to a script", "javascript:alert(1)", |attempt| is(attempt, None)),
        ("to data", "data:text/html,x", |attempt| is(attempt, None)),
        ("that is no URL", "http://[::1", |attempt| is(attempt, None)),
        ("with a space", "https://a b.example.com/", |attempt| is(attempt, None)),
        ("of another alphabet", "https://bücher.example.com/", |attempt| is(attempt, None)),
        ("with line breaks encoded", "https://example.com/%0d%0aset-cookie:%20a=b", |attempt| {
            is(attempt, Some("example.com"))
        }),
        ("with line breaks in the host", "https://exa%0d%0ample.com/", |attempt| is(attempt, None)),
        ("to a host of 600 characters", &long, |attempt| {
            attempt.facts.redirect_host.as_ref().is_none_or(|host| host.len() == 200)
        }),
        ("that is empty", "", |attempt| is(attempt, Some("127.0.0.1"))),
    ];
    let row = |(name, value, check): (&str, &str, Check)| {
        let headers = [&*format!("location: {value}"), "content-length: 0"];
        let answer = message("302 Found", &headers, b"");
        Row::answer(format!("redirect {name}"), answer, answered(Outcome::RedirectRefused, 302))
            .check("the host", check)
    };
    let split = message(
        "302 Found",
        &["location: https://example.com/\r\nset-cookie: a=b", "content-length: 0"],
        b"",
    );
    let split = Row::answer("redirect that splits", split, answered(Outcome::RedirectRefused, 302))
        .check("the host", |attempt| is(attempt, Some("example.com")));
    let none = message("301 Moved", &["content-length: 0"], b"");
    let none = Row::answer("redirect to nowhere", none, answered(Outcome::RedirectRefused, 301))
        .check("no host", |attempt| is(attempt, None));
    cases.into_iter().map(row).chain([split, none]).collect()
}

fn kept() -> Vec<Row> {
    fn header<'a>(attempt: &'a Attempt, name: &str) -> Option<&'a str> {
        let headers = &attempt.response.as_ref()?.headers;
        headers.iter().find_map(|(header, value)| (header == name).then_some(value.as_str()))
    }
    let server = "s".repeat(10_000);
    let server = message("200 OK", &[&*format!("server: {server}"), "content-length: 0"], b"");
    let private = [
        "set-cookie: a=b",
        "x-secret: c",
        "location: /d",
        "www-authenticate: Basic",
        "content-length: 0",
    ];
    let latin = b"HTTP/1.1 200 OK\r\nserver: caf\xe9\r\nvia: \xff\xfe\r\ncontent-length: 0\r\n\r\n";
    vec![
        Row::answer("server of 10 kB", server, delivered(200)).check("it is cut", |attempt| {
            header(attempt, "server").is_some_and(|value| value.len() == 200)
        }),
        Row::answer("headers with secrets", message("200 OK", &private, b""), delivered(200))
            .check("only a harmless one is kept", |attempt| {
                attempt.response.as_ref().is_some_and(|response| response.headers.len() == 1)
            }),
        Row::answer("headers that are not ASCII", latin, delivered(200))
            .check("they are not kept", |attempt| {
                header(attempt, "server").is_none() && header(attempt, "via").is_none()
            }),
    ]
}
