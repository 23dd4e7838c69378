//! A URL that no rule judges: of a receiver that somebody sends to from their own machine.

use url::{Host, Url};

use super::WebhookUrl;

impl WebhookUrl {
    /// A URL of any host and port, for a request that leaves from the machine of whoever typed it in
    /// and is never registered. The final dot of a name and a fragment, which nobody sends, are taken
    /// away. None where the scheme is neither `http` nor `https`, or where it names a user.
    pub fn unjudged(mut url: Url) -> Option<Self> {
        if !matches!(url.scheme(), "http" | "https")
            || !url.username().is_empty()
            || url.password().is_some()
        {
            return None;
        }
        url.set_fragment(None);
        if let Some(Host::Domain(name)) = url.host()
            && let Some(name) = name.strip_suffix('.')
        {
            let name = name.to_owned();
            url.set_host(Some(&name)).ok()?;
        }
        let host = url.host_str()?.to_owned();
        Some(Self { url, host })
    }
}
