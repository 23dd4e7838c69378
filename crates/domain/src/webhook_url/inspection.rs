//! Hosts where people try out webhooks: not a place for people's data.

use super::known::{INSPECTORS, TUNNELS, is_under_one_of};

/// Beside those that are known to everybody here.
const OTHERS: [&str; 18] = [
    "webhook-test.com",
    "webhook.cool",
    "webhookapp.com",
    "requestbin.net",
    "requestbin.io",
    "requestb.in",
    "m.pipedream.net",
    "x.pipedream.net",
    "hookdeck.com",
    "requestinspector.com",
    "postb.in",
    "toolsqa-requestbin.com",
    "httpbin.org",
    "postman-echo.com",
    "mockbin.org",
    "mockbin.io",
    "ptsv3.com",
    "localhost.run",
];

/// Whether a host is known to serve for looking at requests.
pub fn is_inspection(host: &str) -> bool {
    is_under_one_of(host, &[&INSPECTORS, &TUNNELS, &OTHERS])
}

#[cfg(test)]
mod tests {
    use super::is_inspection;

    #[test]
    fn whole_labels_count() {
        for host in [
            "webhook.site",
            "webhook.site.",
            "eo1a2b3c4d5e6f7.m.pipedream.net",
            "northwind.requestcatcher.com",
            "northwind.free.beeceptor.com",
            "3f2a-81-2-69-142.ngrok-free.app",
        ] {
            assert_eq!(is_inspection(host), !host.ends_with('.'), "{host}");
        }
        for host in ["hooks.zapier.com", "notwebhook.site", "webhook.site.example.com", "site"] {
            assert!(!is_inspection(host), "{host}");
        }
    }
}
