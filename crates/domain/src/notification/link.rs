//! Links into the application that people use (`APP_URL`).

use url::Url;

use crate::id::{ExportId, WebhookId};

/// Where people look at it; none where the operator names no application.
pub fn link(app_url: Option<&str>, export: Option<ExportId>, webhook: WebhookId) -> Option<String> {
    let app_url = app_url?;
    Some(match export {
        Some(export) => format!("{app_url}/exports/{export}"),
        None => format!("{app_url}/webhooks/{webhook}"),
    })
}

/// The address of an application, to which paths are added. It may end with a `#`, where the application
/// has its own addresses behind that, as the console has.
///
/// # Errors
/// What is wrong with it.
pub fn parse_app_url(text: &str) -> Result<String, String> {
    let form =
        || "write it as https://app.example.com, without anything after a path but a #".to_owned();
    let url = Url::parse(text).map_err(|_| form())?;
    let web = matches!(url.scheme(), "http" | "https");
    let bare = url.query().is_none() && url.fragment().unwrap_or_default().is_empty();
    let named = !url.username().is_empty() || url.password().is_some();
    if !web || !bare || named {
        return Err(form());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn links_lead_to_what_it_is_about() {
        let (export, webhook) = (ExportId::from(Uuid::nil()), WebhookId::from(Uuid::max()));
        let app = parse_app_url("https://app.example.com/ats/").expect("an address");
        let told = link(Some(&app), Some(export), webhook);
        assert_eq!(told, Some(format!("https://app.example.com/ats/exports/{export}")));
        let told = link(Some(&app), None, webhook);
        assert_eq!(told, Some(format!("https://app.example.com/ats/webhooks/{webhook}")));
        let console = parse_app_url("https://ats.example.com/console#").expect("an address");
        let told = link(Some(&console), Some(export), webhook);
        assert_eq!(told, Some(format!("https://ats.example.com/console#/exports/{export}")));
        assert_eq!(link(None, Some(export), webhook), None);
        for wrong in [
            "app.example.com",
            "ftp://a.example",
            "https://a.example?b",
            "https://a@b.example",
            "https://a.example/#b",
            "javascript:alert(1)",
        ] {
            assert!(parse_app_url(wrong).is_err(), "{wrong}");
        }
    }
}
