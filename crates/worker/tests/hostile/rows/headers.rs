//! Headers that we read: `Retry-After` and `Location`, and those that are only kept.

use domain::attempt::{Attempt, Difference};
use domain::outcome::Outcome;

use crate::row::{Check, Row, answered, delivered, message};

const DAY: u32 = 86_400;

pub fn rows() -> Vec<Row> {
    [retry_after(), location(), guards(), plain_on_tls(), kept()].into_iter().flatten().collect()
}

type Case<'a> = (&'a str, &'a str, Check);

/// An answer with this header, whose value is of this kind.
fn with(status: &str, header: &str, (name, value, check): Case<'_>, outcome: Outcome) -> Row {
    let headers = [&*format!("{header}: {value}"), "content-length: 0"];
    let code = status[..3].parse().expect("a status begins with its number");
    Row::answer(format!("{header} {name}"), message(status, &headers, b""), answered(outcome, code))
        .check("what is read", check)
}

fn retry_after() -> Vec<Row> {
    let digits = "9".repeat(5_000);
    let day: Case<'_> = ("5,000 digits", &digits, A_DAY);
    let twice = ["retry-after: 1", "retry-after: 1", "content-length: 0"];
    let twice = message("429 Slow Down", &twice, b"");
    let twice = Row::answer("retry-after twice", twice, answered(Outcome::Throttled, 429));
    let row = |case| with("429 Slow Down", "retry-after", case, Outcome::Throttled);
    let cases = well_formed().into_iter().chain([day]).chain(malformed());
    cases.map(row).chain([twice.check("what is read", UNREAD)]).collect()
}

const UNREAD: Check = |attempt| attempt.retry_after_s.is_none();
const A_DAY: Check = |attempt| attempt.retry_after_s == Some(DAY);

fn well_formed() -> [Case<'static>; 7] {
    let two_minutes: Check = |attempt| attempt.retry_after_s == Some(120);
    let date: Check = |attempt| attempt.retry_after_s == Some(1_260);
    let past: Check = |attempt| attempt.retry_after_s == Some(0);
    [
        ("in seconds", "120", two_minutes),
        ("in seconds between tabs", "\t120\t", two_minutes),
        ("in seconds after zeroes", "0000000000000000000000000120", two_minutes),
        ("as a date", "Wed, 18 Nov 2026 11:27:40 GMT", date),
        ("as a date in the past", "Sun, 06 Nov 1994 08:49:37 GMT", past),
        ("in the year 9999", "Fri, 31 Dec 9999 23:59:59 GMT", A_DAY),
        ("of more than a day", "86401", A_DAY),
    ]
}

fn malformed() -> Vec<Case<'static>> {
    let values = [
        ("of -5", "-5"),
        ("+5", "+5"),
        ("1.5", "1.5"),
        ("1e300", "1e300"),
        ("NaN", "NaN"),
        ("infinity", "inf"),
        ("0x10", "0x10"),
        ("nothing", ""),
        ("white space", " \t "),
        ("a list", "1, 2"),
        ("words", "later"),
        ("full-width digits", "１２"),
        ("30 February", "Mon, 30 Feb 2027 08:00:00 GMT"),
        ("month 13", "Mon, 01 Foo 2027 08:00:00 GMT"),
        ("a date of RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT"),
        ("a date of asctime", "Sun Nov  6 08:49:37 1994"),
        ("another zone", "Wed, 18 Nov 2026 11:27:40 CET"),
    ];
    values.into_iter().map(|(name, value)| (name, value, UNREAD)).collect()
}
fn is(attempt: &Attempt, host: Option<&str>) -> bool {
    attempt.facts.redirect_host.as_deref() == host
}

/// A redirect to the host that we sent to, and what else it is.
fn differs(attempt: &Attempt, expected: &[Difference]) -> bool {
    is(attempt, Some("127.0.0.1")) && attempt.facts.redirect_differs == expected
}

/// Guards against bots, and receivers that refuse by themselves.
fn guards() -> Vec<Row> {
    let judged = |name: &str, status: &str, headers: &[&str], body: &str, guard: bool| {
        let length = format!("content-length: {}", body.len());
        let headers = [headers, &[&*length]].concat();
        let check: Check = match guard {
            true => |attempt| attempt.facts.taken_for_bot,
            false => |attempt| !attempt.facts.taken_for_bot,
        };
        let code = status[..3].parse().expect("a status begins with its number");
        let outcome = match code {
            200 => Outcome::Delivered,
            410 if !guard => Outcome::Gone,
            _ => Outcome::Http4xx,
        };
        Row::answer(name, message(status, &headers, body.as_bytes()), answered(outcome, code))
            .check("whose answer it is", check)
    };
    let row = |name: &str, headers: &[&str], guard| judged(name, "403 No", headers, "", guard);
    let cloudflare = ["server: cloudflare", "cf-ray: 1-FRA"];
    let imperva = ["x-iinfo: 12-1-0 0NNN RT(1 0) q(0 -1 -1 -1) r(0 -1) B15(4,200,0)"];
    vec![
        row("challenge of Cloudflare", &["cf-mitigated: challenge", "cf-ray: 1-FRA"], true),
        row("challenge of AWS", &["x-amzn-waf-action: captcha"], true),
        row("page of DDoS-Guard", &["server: ddos-guard"], true),
        row("refusal behind Cloudflare", &cloudflare, false),
        row("refusal without a guard", &[], false),
        judged("challenge of Imperva as a success", "200 OK", &imperva, "", true),
        judged("rule of Cloudflare", "403 Forbidden", &cloudflare, "error code: 1020", true),
        judged("410 of a guard", "410 Gone", &["cf-mitigated: challenge"], "", true),
        judged("410 behind Cloudflare", "410 Gone", &cloudflare, "", false),
    ]
}

/// Servers that want TLS where the URL says http, in their own words; and one that only quotes nothing
/// of the kind.
fn plain_on_tls() -> Vec<Row> {
    let row = |name: &str, status: &str, body: &str, wants: bool| {
        let check: Check = match wants {
            true => |attempt| attempt.facts.wants_tls,
            false => |attempt| !attempt.facts.wants_tls,
        };
        let length = format!("content-length: {}", body.len());
        let code = status[..3].parse().expect("a status begins with its number");
        let answer = message(status, &[&*length], body.as_bytes());
        Row::answer(name, answer, answered(Outcome::Http4xx, code))
            .check("whether it wants TLS", check)
    };
    let nginx = "<center>The plain HTTP request was sent to HTTPS port</center>";
    let apache = "You're speaking plain HTTP to an SSL-enabled server port.";
    vec![
        row("nginx wants TLS", "400 Bad Request", nginx, true),
        row("Apache wants TLS", "400 Bad Request", apache, true),
        row(
            "Go wants TLS",
            "400 Bad Request",
            "Client sent an HTTP request to an HTTPS server.\n",
            true,
        ),
        row("another refusal", "400 Bad Request", "bad request", false),
        row("the words with another status", "422 No", nginx, false),
    ]
}

fn location() -> Vec<Row> {
    let long = format!("https://{}.example.com/", "a.".repeat(300));
    let cut: Check = |attempt| {
        let host = attempt.facts.redirect_host.as_ref();
        host.is_none_or(|host| host.len() == 200)
    };
    let long: Case<'_> = ("of 600 characters", &long, cut);
    let splitting = "https://example.com/\r\nset-cookie: a=b";
    let elsewhere: Check = |attempt| is(attempt, Some("example.com"));
    let row = |case| with("302 Found", "location", case, Outcome::RedirectRefused);
    let none = message("301 Moved", &["content-length: 0"], b"");
    let none = Row::answer("location missing", none, answered(Outcome::RedirectRefused, 301))
        .check("no host", |attempt| is(attempt, None));
    let cases = hosts().into_iter().chain(no_hosts());
    let cases = cases.chain([long, ("that splits", splitting, elsewhere)]);
    cases.map(row).chain([none]).collect()
}

fn hosts() -> Vec<Case<'static>> {
    let metadata: Check = |attempt| is(attempt, Some("169.254.169.254"));
    let ours: Check = |attempt| is(attempt, Some("127.0.0.1"));
    let new: Check = |attempt| is(attempt, Some("new.example.com"));
    let six: Check = |attempt| is(attempt, Some("[::1]"));
    vec![
        ("of another host", "https://new.example.com/secret?key=1", new),
        ("of an internal address", "http://169.254.169.254/latest?x#y", metadata),
        ("of an internal address in hex", "http://0x7f000001/", ours),
        ("of IPv6", "http://[::1]:22/", six),
        ("with a user", "https://user:password@new.example.com/", new),
        ("with a user like a host", "https://good.example.com@new.example.com/", new),
        ("with backslashes", "https:\\\\new.example.com\\x", new),
        ("with line breaks encoded", "https://new.example.com/%0d%0aset-cookie:%20a=b", new),
        ("without a scheme", "//new.example.com/x", new),
        ("that is relative", "/elsewhere", |attempt| differs(attempt, &[Difference::Path])),
        ("with a slash", "/hook/?key=secret", |attempt| differs(attempt, &[Difference::Slash])),
        ("with another query", "?key=2", |attempt| differs(attempt, &[Difference::Query])),
        ("that is empty", "", |attempt| differs(attempt, &[Difference::Nothing])),
    ]
}

fn no_hosts() -> Vec<Case<'static>> {
    let values = [
        ("of a file", "file:///etc/passwd"),
        ("of a script", "javascript:alert(1)"),
        ("of data", "data:text/html,x"),
        ("that is no URL", "http://[::1"),
        ("with a space", "https://a b.example.com/"),
        ("of another alphabet", "https://bücher.example.com/"),
        ("with line breaks in the host", "https://exa%0d%0ample.com/"),
    ];
    values.map(|(name, value)| (name, value, (|attempt| is(attempt, None)) as Check)).to_vec()
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
    let ids = ["x-request-id: 1", "cf-ray: 2", "x-amzn-requestid: 3", "content-encoding: gzip"];
    let ids = message("200 OK", &[&ids[..], &["content-length: 0"]].concat(), b"");
    let latin = b"HTTP/1.1 200 OK\r\nserver: caf\xe9\r\nvia: \xff\xfe\r\ncontent-length: 0\r\n\r\n";
    vec![
        Row::answer("server of 10 kB", server, delivered(200)).check("it is cut", |attempt| {
            header(attempt, "server").is_some_and(|value| value.len() == 200)
        }),
        Row::answer("headers with secrets", message("200 OK", &private, b""), delivered(200))
            .check("only a harmless one is kept", |attempt| {
                attempt.response.as_ref().is_some_and(|response| response.headers.len() == 1)
            }),
        Row::answer("headers with ids", ids, delivered(200)).check("they are kept", |attempt| {
            let kept = ["x-request-id", "cf-ray", "x-amzn-requestid", "content-encoding"];
            kept.map(|name| header(attempt, name)) == ["1", "2", "3", "gzip"].map(Some)
        }),
        Row::answer("headers that are not ASCII", latin, delivered(200))
            .check("they are not kept", |attempt| {
                header(attempt, "server").is_none() && header(attempt, "via").is_none()
            }),
    ]
}
