//! What the lines of the table are about: objects of Northwind, made as they are needed, and bodies.

use std::collections::HashMap;

use reqwest::Method;
use serde_json::{Value, json};
use support::client::Call;
use support::{Client, Receiver, Webhook, World, id_of, people};

pub(super) const MISSING: &str = "019aafc6-0000-7000-8000-000000000000";

/// Objects, and what bodies are made of.
pub(super) struct Things {
    pub(super) world: World,
    receiver: Receiver,
    vacancy: String,
    applications: Vec<String>,
    /// Those that no call may change, by kind.
    shared: HashMap<String, String>,
    made: usize,
}

impl Things {
    pub(super) async fn of(mut world: World) -> Self {
        let receiver = world.receiver();
        let (vacancy, applications) = world.northwind.pick(1).await;
        Self { world, receiver, vacancy, applications, shared: HashMap::new(), made: 0 }
    }

    /// The object that stands for its kind: whoever is refused leaves it as it is.
    pub(super) async fn shared(&mut self, kind: &str) -> String {
        if let Some(id) = self.shared.get(kind) {
            return id.clone();
        }
        let id = Box::pin(self.make(kind)).await;
        self.shared.insert(kind.to_owned(), id.clone());
        id
    }

    /// A new object of a kind.
    pub(super) async fn make(&mut self, kind: &str) -> String {
        let northwind = self.world.northwind.clone();
        match kind {
            "-" => String::new(),
            "missing" => MISSING.to_owned(),
            "slug" => "not_found".to_owned(),
            "vacancy" => self.vacancy.clone(),
            "webhook" => northwind.register(&self.url()).await.id,
            "webhook.deleted" => {
                let id = northwind.register(&self.url()).await.id;
                northwind.admin.delete("/v1/webhooks/{id}").id(&id).await.expect(204);
                id
            }
            "export" => {
                let id = self.shared("webhook").await;
                northwind.export(&Webhook { id, secret: String::new() }, 1).await
            }
            "export.ended" => {
                let id = Box::pin(self.make("export")).await;
                northwind.admin.post("/v1/exports/{id}/cancel").id(&id).await.expect(200);
                id
            }
            "candidate" => {
                self.made += 1;
                let person = people::candidate(90_000 + self.made);
                northwind.import(&people::ndjson(std::slice::from_ref(&person))).await.expect(200);
                let reference = person["reference"].as_str().expect("a text").to_owned();
                let found = northwind.admin.get("/v1/candidates").query("q", reference);
                id_of(&found.await.items()[0])
            }
            "candidate.erased" => {
                let id = Box::pin(self.make("candidate")).await;
                northwind.admin.delete("/v1/candidates/{id}").id(&id).await.expect(200);
                id
            }
            "key" => id_of(&northwind.new_api_key(&self.name(), "recruiter").await),
            "key.revoked" => {
                let id = Box::pin(self.make("key")).await;
                northwind.admin.delete("/v1/api-keys/{id}").id(&id).await.expect(204);
                id
            }
            other => panic!("no such kind of object: {other}"),
        }
    }

    /// A call on an object: its id is in the path, or in the body.
    pub(super) fn call(&mut self, client: &Client, line: (&str, &'static str), id: &str) -> Call {
        let (method, path) = line;
        let call = client.call(Method::from_bytes(method.as_bytes()).expect("a method"), path);
        let call = if path.contains('{') { call.id(id) } else { call };
        let call = if path.ends_with("/events") { call.unread() } else { call };
        match (method, path) {
            ("GET", "/v1/search") => call.query("q", "whatever"),
            // It has no end.
            ("GET", "/v1/exports/events") => call.unread(),
            ("GET", "/v1/candidates") => call.query("q", "ada"),
            ("DELETE", "/v1/candidates") => call.query("reference", "nobody"),
            ("POST", "/v1/import") => {
                let lines = people::vacancy_with_people("V-8", 0..1);
                call.bytes("application/x-ndjson", people::ndjson(&lines))
            }
            _ => match self.body(method, path, id) {
                Value::Null => call,
                body => call.json(&body),
            },
        }
    }

    fn body(&mut self, method: &str, path: &str, id: &str) -> Value {
        match (method, path) {
            ("POST", "/v1/webhooks/{id}/replace") => {
                json!({ "url": self.url(), "carry_over": "all" })
            }
            ("POST", "/v1/webhooks/{id}/resend") => json!({ "since": "2026-11-01T00:00:00Z" }),
            ("POST", "/v1/webhooks" | "/v1/webhooks/check") => json!({ "url": self.url() }),
            ("POST", "/v1/api-keys") => json!({ "name": self.name(), "role": "recruiter" }),
            ("POST", "/v1/exports" | "/v1/exports/preview") => json!({
                "vacancy_id": self.vacancy, "webhook_id": id, "application_ids": self.applications,
            }),
            ("POST", "/v1/notifications/seen") => json!({ "ids": [] }),
            ("PUT", "/v1/notifications/preferences") => crate::told::wishes("in_app"),
            _ => Value::Null,
        }
    }

    fn url(&mut self) -> String {
        self.made += 1;
        self.receiver.url_of(&format!("/matrix/{}", self.made))
    }

    fn name(&mut self) -> String {
        self.made += 1;
        format!("Key {}", self.made)
    }
}
