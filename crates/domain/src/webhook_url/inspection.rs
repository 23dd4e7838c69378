//! Hosts where people try out webhooks: not a place for people's data.

use super::host::is_under;

/// Services that show what they were sent to whoever knows the address, and tunnels that hand it to
/// somebody's own computer.
const INSPECTION: [&str; 34] = [
    "webhook.site",
    "webhook-test.com",
    "webhook.cool",
    "webhookapp.com",
    "requestbin.com",
    "requestbin.net",
    "requestbin.io",
    "requestb.in",
    "m.pipedream.net",
    "x.pipedream.net",
    "requestcatcher.com",
    "beeceptor.com",
    "hookbin.com",
    "hookdeck.com",
    "typedwebhook.tools",
    "requestinspector.com",
    "postb.in",
    "toolsqa-requestbin.com",
    "httpbin.org",
    "postman-echo.com",
    "mockbin.org",
    "mockbin.io",
    "ptsv3.com",
    "ngrok.io",
    "ngrok.app",
    "ngrok.dev",
    "ngrok-free.app",
    "ngrok-free.dev",
    "trycloudflare.com",
    "loca.lt",
    "localhost.run",
    "lhr.life",
    "serveo.net",
    "pinggy.link",
];

/// Whether a host is known to serve for looking at requests.
pub fn is_inspection(host: &str) -> bool {
    INSPECTION.iter().any(|domain| is_under(host, domain))
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
