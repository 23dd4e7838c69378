//! Protection against bots in front of a receiver: it answers for it, and says so in headers of
//! its vendor. Only what means a refusal counts, not what merely tells that a vendor is there.

use http::header::HeaderMap;

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
        || (status >= 400 && value("x-iinfo").is_some_and(incapsula_refused))
        || (status == 403 && is("server", &["DataDome"]))
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
        let refused: [(u16, &[(&str, &str)]); 11] = [
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
        ];
        for (status, headers) in refused {
            assert!(judged(status, headers), "{status} {headers:?}");
        }
        let passed: [(u16, &[(&str, &str)]); 8] = [
            (403, &[("server", "cloudflare"), ("cf-ray", "8a1b-FRA")]),
            (403, &[("x-amzn-requestid", "1"), ("server", "CloudFront")]),
            (200, &[("x-datadome", "protected")]),
            (404, &[("x-datadome", "protected")]),
            (500, &[("server", "AkamaiGHost")]),
            (403, &[("x-iinfo", "8-1-1 NNYN CT(1 2 0) RT(1 0) q(0 0 0 0) r(1 1) U6")]),
            (403, &[("x-sucuri-id", "14001"), ("server", "Sucuri/Cloudproxy")]),
            (401, &[]),
        ];
        for (status, headers) in passed {
            assert!(!judged(status, headers), "{status} {headers:?}");
        }
    }
}
