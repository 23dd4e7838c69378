//! Protection against bots in front of a receiver: it answers for it, and says so in headers of
//! its vendor, or on a page of its own. Only what means a refusal counts, not what merely tells that
//! a vendor is there.

use domain::attempt::Response;
use http::header::HeaderMap;

/// What pages of guards say, in lower case: the server that gives them, where that is known.
const PAGES: [(Option<&str>, &str); 9] = [
    (Some("cloudflare"), "used cloudflare to restrict access"),
    (Some("cloudflare"), "attention required! | cloudflare"),
    (Some("cloudfront"), "request blocked."),
    (Some("ddos-guard"), "ddos-guard"),
    (None, "_incapsula_resource"),
    (None, "incapsula incident id"),
    (None, "sucuri website firewall - access denied"),
    (None, "px-captcha"),
    // F5.
    (None, "the requested url was rejected. please consult with your administrator"),
];

/// Cloudflare's numbers of what its customer's rules refuse: an address, a country, a browser, a
/// rule. Others are of its own trouble; 1015 asks to wait, and throttling has its own words.
const CLOUDFLARE_REFUSED: [&str; 6] = ["1005", "1006", "1007", "1008", "1010", "1020"];

/// Whether such a guard, rather than the receiver, gave this answer.
pub(crate) fn is_of_guard(status: u16, headers: &HeaderMap) -> bool {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let is = |name: &str, expected: &[&str]| {
        value(name)
            .is_some_and(|value| expected.iter().any(|other| value.eq_ignore_ascii_case(other)))
    };
    let has = |name: &str| headers.contains_key(name);
    // Cloudflare; AWS WAF; Vercel; Sucuri.
    is("cf-mitigated", &["challenge", "block"])
        || is("x-amzn-waf-action", &["challenge", "captcha", "block"])
        || is("x-vercel-mitigated", &["challenge", "deny"])
        || has("x-vercel-challenge-token")
        || has("x-sucuri-block")
        // DataDome; HUMAN (PerimeterX); Kasada: these also mark what they let through.
        || (status >= 400 && (has("x-datadome-cid") || is("x-datadome", &["protected"])) && status != 404)
        || (status >= 400 && (has("x-px-block") || has("x-px-blocked") || has("x-px-captcha")))
        || (status == 429 && has("x-kpsdk-ct"))
        // Akamai: its edge refuses in its own name.
        || (status == 403 && is("server", &["AkamaiGHost"]))
        // Imperva shows its challenge as a success, too.
        || value("x-iinfo").is_some_and(incapsula_refused)
        || (status == 403 && is("server", &["DataDome"]))
        // DDoS-Guard names itself in all answers; its own are pages.
        || (status == 403
            && is("server", &["ddos-guard"])
            && !value("content-type").is_some_and(|of| of.to_ascii_lowercase().contains("json")))
}

/// Whether the body of an answer is such a guard's page.
pub(crate) fn is_page_of_guard(response: &Response) -> bool {
    let server = response.headers.iter().find(|(name, _)| name == "server");
    let server = server.map(|(_, value)| value.trim().to_ascii_lowercase());
    let body = String::from_utf8_lossy(&response.body).to_ascii_lowercase();
    let by = |name: &str| server.as_deref() == Some(name);
    let number = body.trim().strip_prefix("error code:").map(str::trim);
    (by("cloudflare") && number.is_some_and(|number| CLOUDFLARE_REFUSED.contains(&number)))
        || PAGES.iter().any(|(server, words)| server.is_none_or(by) && body.contains(words))
}

/// Imperva (Incapsula) writes into `x-iinfo` why it refused: a word such as `B10(4,289,0)`.
fn incapsula_refused(info: &str) -> bool {
    let refused = |word: &str| {
        word.strip_prefix('B').is_some_and(|rest| {
            rest.starts_with(|first: char| first.is_ascii_digit()) && rest.contains('(')
        })
    };
    info.split_whitespace().any(refused)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn judged(status: u16, headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        is_of_guard(status, &headers.collect())
    }

    #[test]
    fn guards_are_known_by_what_they_say_when_they_refuse() {
        let iinfo = "8-12345-0 0NNN RT(1412345678901 0) q(0 -1 -1 -1) r(0 -1) B10(4,289,0) U18";
        let challenge = "12-1-0 0NNN RT(1412345678901 0) q(0 -1 -1 -1) r(0 -1) B15(4,200,0)";
        let refused: [(u16, &[(&str, &str)]); 14] = [
            (403, &[("cf-mitigated", "challenge"), ("server", "cloudflare")]),
            (503, &[("cf-mitigated", "Challenge")]),
            (405, &[("x-amzn-waf-action", "captcha")]),
            (202, &[("x-amzn-waf-action", "challenge")]),
            (403, &[("x-vercel-mitigated", "deny")]),
            (429, &[("x-vercel-mitigated", "challenge")]),
            (403, &[("x-sucuri-block", "GEO04")]),
            (403, &[("x-datadome", "protected"), ("x-datadome-cid", "a")]),
            (403, &[("server", "AkamaiGHost")]),
            (403, &[("x-iinfo", iinfo), ("x-cdn", "Imperva")]),
            (429, &[("x-kpsdk-ct", "a")]),
            (200, &[("x-iinfo", challenge)]),
            (410, &[("cf-mitigated", "challenge")]),
            (403, &[("server", "ddos-guard"), ("content-type", "text/html; charset=utf-8")]),
        ];
        for (status, headers) in refused {
            assert!(judged(status, headers), "{status} {headers:?}");
        }
        let passed: [(u16, &[(&str, &str)]); 10] = [
            (403, &[("server", "cloudflare"), ("cf-ray", "8a1b-FRA")]),
            (403, &[("x-amzn-requestid", "1"), ("server", "CloudFront")]),
            (200, &[("x-datadome", "protected")]),
            (404, &[("x-datadome", "protected")]),
            (500, &[("server", "AkamaiGHost")]),
            (403, &[("x-iinfo", "8-1-1 NNYN CT(1 2 0) RT(1 0) q(0 0 0 0) r(1 1) U6")]),
            (403, &[("x-sucuri-id", "14001"), ("server", "Sucuri/Cloudproxy")]),
            (401, &[]),
            (200, &[("x-iinfo", "8-1-1 NNYN CT(1 2 0) RT(1 0) q(0 0 0 0) r(1 1) U6")]),
            (403, &[("server", "ddos-guard"), ("content-type", "application/problem+json")]),
        ];
        for (status, headers) in passed {
            assert!(!judged(status, headers), "{status} {headers:?}");
        }
    }

    #[test]
    fn guards_are_known_by_their_pages() {
        let is_page = |server: &str, body: &str| {
            is_page_of_guard(&Response {
                status: 403,
                headers: vec![("server".into(), server.into())],
                body: body.into(),
                truncated: false,
                too_large: false,
            })
        };
        for (server, body) in [
            ("cloudflare", "error code: 1020"),
            ("cloudflare", "error code: 1010\n"),
            ("cloudflare", "<title>Access denied | a.acme.com used Cloudflare to restrict access"),
            ("cloudflare", "<title>Attention Required! | Cloudflare</title>"),
            ("CloudFront", "<H2>The request could not be satisfied.</H2> Request blocked. We"),
            ("ddos-guard", "<title>DDOS-GUARD</title>"),
            ("nginx", "<iframe src=\"/_Incapsula_Resource?CWUDNSAI=9\">"),
            ("", "The requested URL was rejected. Please consult with your administrator."),
        ] {
            assert!(is_page(server, body), "{server}: {body}");
        }
        for (server, body) in [
            ("nginx", "error code: 1020"),
            ("cloudflare", "error code: 1015"),
            ("cloudflare", "error code: 502"),
            ("cloudflare", "error code: 10200"),
            ("cloudflare", "{\"error\": \"the signature is wrong\"}"),
            ("CloudFront", "{\"message\":\"Forbidden\"}"),
            ("nginx", "Request blocked."),
            ("cloudflare", ""),
        ] {
            assert!(!is_page(server, body), "{server}: {body}");
        }
    }
}
