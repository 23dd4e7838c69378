//! What the document shows as examples: nothing that leads to a stranger, and ids that name nothing,
//! unless an installation says what to show in their place (`DOCS_EXAMPLES`): then what `/docs`
//! prefills can be executed as it is.

use std::path::Path;

use serde::Deserialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use uuid::Uuid;

/// A vacancy.
pub const VACANCY: &str = "019aafc1-5b1c-7d1e-8a77-0d8f3f5f9d01";
/// A candidate.
pub const CANDIDATE: &str = "019aafc2-1111-7aaa-8bbb-000000000001";
/// An application.
pub const APPLICATION: &str = "019aafc2-2222-7aaa-8bbb-000000000002";
/// A webhook.
pub const WEBHOOK: &str = "019aafc3-77aa-7e55-9c10-3f6f3b2a1c00";
/// An export.
pub const EXPORT: &str = "019aafc7-91d4-7b02-8f3e-5a2c6e7d8f10";
/// An API key.
pub const API_KEY: &str = "019aafc8-3c10-7f1a-9b60-7d1f0a4c2e00";
/// A receiver: an example host, which is refused with that reason.
pub const RECEIVER: &str = "https://receiver.example.com/candidates";

/// What an installation shows instead; what it does not tell stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// A vacancy with candidates.
    pub vacancy: Option<Uuid>,
    /// A candidate of it.
    pub candidate: Option<Uuid>,
    /// Their application.
    pub application: Option<Uuid>,
    /// A live webhook.
    pub webhook: Option<Uuid>,
    /// An export to it.
    pub export: Option<Uuid>,
    /// What can be registered.
    pub receiver: Option<String>,
}

impl Examples {
    /// Reads a file. One that is missing or cannot be read is told in the log, and shows nothing.
    pub(crate) fn read(path: &Path) -> Self {
        let text = std::fs::read(path).map_err(anyhow::Error::from);
        let examples = text.and_then(|text| Ok(serde_json::from_slice(&text)?));
        examples.unwrap_or_else(|error| {
            tracing::warn!(path = %path.display(), "DOCS_EXAMPLES cannot be read: {error:#}");
            Self::default()
        })
    }

    /// The document with these in place of its own.
    pub(crate) fn fill(&self, document: &str) -> String {
        let ids = [
            (VACANCY, self.vacancy),
            (CANDIDATE, self.candidate),
            (APPLICATION, self.application),
            (WEBHOOK, self.webhook),
            (EXPORT, self.export),
        ];
        let ids = ids.into_iter().map(|(shown, id)| (shown, id.map(|id| id.to_string())));
        // As a text of JSON, without its quotation marks.
        let receiver = self.receiver.as_ref().map(|url| serde_json::json!(url).to_string());
        let receiver = receiver.map(|url| url.trim_matches('"').to_owned());
        let known = ids.chain([(RECEIVER, receiver)]);
        let fill = |document: String, (shown, known): (&str, Option<String>)| match known {
            Some(known) => document.replace(shown, &known),
            None => document,
        };
        known.fold(document.to_owned(), fill)
    }
}

/// Gives the id in a path its example. Parameters of queries have none: what `/docs` prefills is sent.
pub(super) fn of_path(path: &str, operation: &mut Operation) {
    let nouns = [
        ("/v1/vacancies/", VACANCY),
        ("/v1/candidates/", CANDIDATE),
        ("/v1/webhooks/", WEBHOOK),
        ("/v1/exports/", EXPORT),
        ("/v1/api-keys/", API_KEY),
    ];
    let Some((_, id)) = nouns.into_iter().find(|(noun, _)| path.starts_with(noun)) else { return };
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && matches!(parameter.parameter_in, ParameterIn::Path)
        {
            let shown = ParameterBuilder::from(parameter.clone()).example(Some(id.into()));
            *parameter = shown.build();
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::webhook_url::{UrlRefusal, UrlRules};

    use super::*;

    #[test]
    fn the_receiver_is_nobodys() {
        let refused = UrlRules::default().check(RECEIVER).err();
        assert_eq!(refused, Some(UrlRefusal::ExampleHost));
    }

    #[test]
    fn an_installation_shows_its_own() {
        let document = super::super::Documents::new().openapi;
        let shown = [VACANCY, CANDIDATE, APPLICATION, WEBHOOK, EXPORT, RECEIVER];
        for example in shown {
            assert!(document.contains(example), "{example}");
        }
        let id = "01a20860-ff21-784e-8e4d-e5a8775f2f44".parse().ok();
        let receiver = Some("http://127.0.0.1:9000/docs?a=\"b\\c".to_owned());
        let all = Examples {
            vacancy: id,
            candidate: id,
            application: id,
            webhook: id,
            export: id,
            receiver,
        };
        let filled = all.fill(&document);
        assert!(shown.iter().all(|example| !filled.contains(example)));
        serde_json::from_str::<serde_json::Value>(&filled).expect("still JSON");
        assert_eq!(Examples::default().fill(&document), document);
        let absent = Examples::read(Path::new("/nowhere/examples.json"));
        assert!(absent.vacancy.is_none() && absent.receiver.is_none());
    }
}
