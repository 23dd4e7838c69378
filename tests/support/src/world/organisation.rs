//! One organisation's callers, and what a story says in one line: register, pick, export.

use serde_json::{Value, json};

use crate::client::{Call, Client};
use crate::settings::identity;

/// An organisation with a token per role.
#[derive(Debug, Clone)]
pub struct Organisation {
    /// Its id.
    pub id: String,
    /// An organisation admin, Ann.
    pub admin: Client,
    /// A recruiter, Rosa.
    pub recruiter: Client,
    /// Another recruiter of the same organisation, Ralf.
    pub other_recruiter: Client,
}

/// A webhook as its creator sees it.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Its id.
    pub id: String,
    /// Its signing secret, `whsec_…`.
    pub secret: String,
}

impl Organisation {
    /// The callers of an organisation.
    pub(crate) fn new(anonymous: &Client, id: String) -> Self {
        let member = |role, name| anonymous.with_token(identity().token(role, name, Some(&id)));
        let admin = member("org_admin", "Ann");
        let (recruiter, other_recruiter) =
            (member("recruiter", "Rosa"), member("recruiter", "Ralf"));
        Self { admin, recruiter, other_recruiter, id }
    }

    /// Registers a webhook with the default fields.
    pub async fn register(&self, url: &str) -> Webhook {
        let created =
            self.admin.post("/v1/webhooks").json(&json!({ "url": url })).await.expect(201);
        let text = |member: &str| created[member].as_str().expect("a text member").to_owned();
        Webhook { id: text("id"), secret: text("secret") }
    }

    /// Makes an API key as the admin: the answer, with its secret.
    pub async fn new_api_key(&self, name: &str, role: &str) -> Value {
        let body = json!({ "name": name, "role": role });
        self.admin.post("/v1/api-keys").json(&body).await.expect(201)
    }

    /// The id of the vacancy with this reference.
    pub async fn vacancy(&self, reference: &str) -> String {
        let vacancies = self.recruiter.get("/v1/vacancies").query("limit", 200).await.items();
        let found = vacancies.iter().find(|vacancy| vacancy["reference"] == reference);
        id_of(found.unwrap_or_else(|| panic!("no vacancy {reference}: {vacancies:?}")))
    }

    /// The ids of all applications of a vacancy, in the order of the list.
    pub async fn applications(&self, vacancy: &str) -> Vec<String> {
        let mut ids = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let list = self.recruiter.get("/v1/vacancies/{id}/applications").id(vacancy);
            let mut page = list.query("limit", 200);
            if let Some(cursor) = cursor {
                page = page.query("cursor", cursor);
            }
            let page = page.await.expect(200);
            ids.extend(page["items"].as_array().expect("a list").iter().map(id_of));
            cursor = page["next_cursor"].as_str().map(str::to_owned);
            if cursor.is_none() {
                return ids;
            }
        }
    }

    /// The first `count` applications of the vacancy V-1, with the vacancy.
    pub async fn pick(&self, count: usize) -> (String, Vec<String>) {
        let vacancy = self.vacancy("V-1").await;
        let mut applications = self.applications(&vacancy).await;
        assert!(applications.len() >= count, "V-1 has {} applications", applications.len());
        applications.truncate(count);
        (vacancy, applications)
    }

    /// Exports `count` people of V-1 as the recruiter; the export's id.
    pub async fn export(&self, webhook: &Webhook, count: usize) -> String {
        let (vacancy, applications) = self.pick(count).await;
        let call = ask_for_export(&self.recruiter, webhook, &vacancy, &applications);
        id_of(&call.await.expect(202))
    }

    /// Imports lines as the admin.
    pub fn import(&self, lines: &str) -> Call {
        self.admin.post("/v1/import").bytes("application/x-ndjson", lines)
    }
}

/// The call that asks for an export.
pub fn ask_for_export(
    client: &Client,
    webhook: &Webhook,
    vacancy: &str,
    applications: &[String],
) -> Call {
    client.post("/v1/exports").json(&json!({
        "vacancy_id": vacancy, "webhook_id": webhook.id, "application_ids": applications,
    }))
}

/// The `id` of a served object.
pub fn id_of(object: &Value) -> String {
    object["id"].as_str().unwrap_or_else(|| panic!("no id: {object}")).to_owned()
}
