//! Which URL a developer may send to: any receiver that their own machine reaches, since it is their
//! own choice. What a deployment registers is judged elsewhere.

use anyhow::{Context, bail, ensure};
use domain::webhook_url::WebhookUrl;
use reqwest::Url;

/// Reads the URL of `--url`.
///
/// # Errors
/// A sentence that says what to write instead. It never repeats the URL, which may carry a secret.
pub(super) fn address(text: &str) -> anyhow::Result<WebhookUrl> {
    const FORM: &str = "begin it with http:// or https://, for example http://localhost:3000/hook";
    let text = text.trim();
    ensure!(text.contains("://"), "--url: the scheme is missing: {FORM}");
    let url = Url::parse(text).with_context(|| format!("--url: this is not a URL: {FORM}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        bail!("--url: only http and https can be sent to: {FORM}");
    }
    ensure!(
        url.username().is_empty() && url.password().is_none(),
        "--url: leave out the user name and the password before the host: they are not sent"
    );
    ensure!(url.port() != Some(0), "--url: nobody listens at port 0: write the receiver's port");
    WebhookUrl::unjudged(url).with_context(|| format!("--url: this is not a URL: {FORM}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_this_machine_reaches_will_do() {
        let table = [
            ("http://host.docker.internal:8641/", "http://host.docker.internal:8641/"),
            ("http://app.localhost:8641/a?b=c", "http://app.localhost:8641/a?b=c"),
            ("http://localhost.:8641/", "http://localhost:8641/"),
            ("http://myapp.local:8641/", "http://myapp.local:8641/"),
            ("https://myapp.test/hook#part", "https://myapp.test/hook"),
            ("http://receiver/", "http://receiver/"),
            (" http://10.1.2.3:9/ ", "http://10.1.2.3:9/"),
            ("http://[::1]:9/", "http://[::1]:9/"),
        ];
        for (text, url) in table {
            assert_eq!(address(text).expect(text).as_str(), url);
        }
    }

    #[test]
    fn what_cannot_be_sent_to_is_told() {
        let table = [
            ("localhost:8641", "the scheme is missing"),
            ("127.0.0.1:8641/hook", "the scheme is missing"),
            ("ftp://x/", "only http and https"),
            ("http://", "this is not a URL"),
            ("http://a b/", "this is not a URL"),
            ("http://ada:key@localhost/", "the user name"),
            ("http://localhost:0/", "port 0"),
            ("", "the scheme is missing"),
        ];
        for (text, part) in table {
            let told = address(text).expect_err(text).to_string();
            assert!(told.contains(part), "{text}: {told}");
            assert!(!told.contains("key") && !told.contains("internet"), "{text}: {told}");
        }
    }
}
