//! What `/docs` shows in its examples: ids of the demo data, so that what it prefills can be executed.

use serde_json::{Value, json};

use super::folder::{EXAMPLES_FILE, Folder};
use super::link::{Link, Vacancy};

/// The stage whose people the walk exports.
const STAGE: &str = "Shortlisted";

/// Writes them for the API, which reads them with each look at its document.
///
/// # Errors
/// When the API does not answer, or the file cannot be written.
pub(crate) async fn write(
    link: &Link,
    folder: &Folder,
    vacancy: Option<&Vacancy>,
) -> anyhow::Result<()> {
    let webhook = match vacancy {
        Some(_) => link.demo_webhook().await?,
        None => None,
    };
    let application = match vacancy {
        Some(Vacancy { id, .. }) => {
            let path = format!("/v1/vacancies/{id}/applications?stage={STAGE}&limit=1");
            link.first(&path).await?
        }
        None => None,
    };
    let export = match &webhook {
        Some(id) => link.first(&format!("/v1/exports?webhook_id={id}&limit=1")).await?,
        None => None,
    };
    let candidate = application.as_ref().map(|application| application["candidate_id"].clone());
    let id = |object: Option<Value>| object.map_or(Value::Null, |object| object["id"].clone());
    let examples = json!({
        "vacancy": vacancy.map(|vacancy| &vacancy.id),
        "candidate": candidate,
        "application": id(application),
        "webhook": webhook,
        "export": id(export),
        "receiver": format!("{}/from-docs", link.receiver_url),
    });
    folder.write(EXAMPLES_FILE, &serde_json::to_vec_pretty(&examples)?)
}
