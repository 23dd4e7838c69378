//! What no-code services are known to take at most (docs/receivers.md names the sources), and how long
//! they listen.

use super::WebhookUrl;
use super::host::is_under;

const N8N_TEST_PATH: &str = "/webhook-test/";

/// Most bytes that a receiver takes in one request, by its vendor's word; none where that is not known.
pub fn largest_body(url: &WebhookUrl) -> Option<u64> {
    let host = url.host();
    let under = |domains: &[&str]| domains.iter().any(|domain| is_under(host, domain));
    if under(&["hooks.zapier.com"]) {
        Some(10_000_000)
    } else if host.starts_with("hook.")
        && under(&["make.com", "make.celonis.com", "integromat.com"])
    {
        Some(5_000_000)
    } else if under(&["n8n.cloud"]) || is_test_url(url) {
        Some(16 * 1024 * 1024)
    } else {
        None
    }
}

/// Whether it is an n8n test URL: it takes one request, within [`TEST_URL_S`] seconds after somebody
/// clicked.
pub fn is_test_url(url: &WebhookUrl) -> bool {
    url.url().path().contains(N8N_TEST_PATH)
}

/// Seconds for which a test URL listens.
pub const TEST_URL_S: u32 = 120;

#[cfg(test)]
mod tests {
    use super::super::UrlRules;
    use super::*;

    #[test]
    fn known_services_have_known_limits() {
        let table = [
            ("https://hooks.zapier.com/hooks/catch/1/abc", Some(10_000_000), false),
            ("https://hook.eu1.make.com/abc", Some(5_000_000), false),
            ("https://hook.integromat.com/abc", Some(5_000_000), false),
            ("https://www.make.com/abc", None, false),
            ("https://nothooks.zapier.com.evil.net/abc", None, false),
            ("https://acme.app.n8n.cloud/webhook/abc", Some(16_777_216), false),
            ("https://automation.acme-corp.com/webhook-test/abc", Some(16_777_216), true),
            ("https://ats.acme-corp.com/in", None, false),
        ];
        for (text, limit, test) in table {
            let url = UrlRules::default().check(text).expect(text);
            assert_eq!((largest_body(&url), is_test_url(&url)), (limit, test), "{text}");
        }
    }
}
