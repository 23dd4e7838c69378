//! What an admin should know about a URL that may be registered all the same.

use super::WebhookUrl;
use super::known::{INSPECTORS, TUNNELS, is_under_one_of};

/// Sentences for the one who registers it; most URLs have none.
pub fn warnings(url: &WebhookUrl) -> Vec<String> {
    let host = url.host();
    let path = url.url().path();
    let under = |domains: &[&str]| is_under_one_of(host, &[domains]);
    let checks = [
        (url.url().scheme() == "http", CLEAR),
        (path.contains("/webhook-test/"), N8N_TEST),
        (under(&["hooks.slack.com"]), SLACK),
        (under(&["webhook.office.com", "outlook.office.com"]), TEAMS),
        (under(&["discord.com", "discordapp.com"]) && path.starts_with("/api/webhooks"), DISCORD),
        (under(&["chat.googleapis.com"]), GOOGLE_CHAT),
        (under(&["script.google.com"]), APPS_SCRIPT),
        (under(&INSPECTORS), INSPECTOR),
        (is_under_one_of(host, &[&TUNNELS, &["devtunnels.ms"]]), TUNNEL),
    ];
    checks.iter().filter(|(applies, _)| *applies).map(|(_, text)| (*text).to_owned()).collect()
}

const CLEAR: &str = "This URL is not encrypted: candidates' data can be read on the way.";

const N8N_TEST: &str = "This looks like an n8n test URL: it listens for 120 seconds after \
    \"Listen for test event\" was clicked. Activate the workflow and use its production URL.";

const SLACK: &str = "Slack takes messages in a format of its own and will refuse candidates. Use \
    an automation such as Zapier in between.";

const TEAMS: &str = "Microsoft Teams takes messages in a format of its own and will refuse \
    candidates. Use an automation such as Power Automate in between.";

const DISCORD: &str = "Discord takes messages in a format of its own and will refuse candidates. \
    Use an automation such as Zapier in between.";

const GOOGLE_CHAT: &str = "Google Chat takes messages in a format of its own and will refuse \
    candidates. Use an automation such as Zapier in between.";

const APPS_SCRIPT: &str = "Google Apps Script answers with a redirect after it ran: exports will \
    show as not delivered although the data has probably arrived.";

const INSPECTOR: &str = "This service shows what it receives to anybody who has the link. Try it \
    with a test export only, never with real candidates.";

const TUNNEL: &str = "This is a tunnel: it works while somebody keeps it open, and its address \
    often changes. A webhook can't be edited; you would have to create a new one.";
