//! What `talentats up` asks of its own API, as any client would: is it ready, register the demo
//! receiver, find a vacancy for the walk.

use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use super::account::Accounts;
use super::folder::Folder;
use super::port::Ports;
use super::settings::Settings;

const LOOK: Duration = Duration::from_millis(20);
/// Longest wait for the API; it starts in well under a second.
const LIMIT: Duration = Duration::from_secs(30);
const NAME: &str = "Demo receiver";
/// Looks for the end of the first export before it is left to itself.
const LOOKS: u32 = 250;

/// A client of the API that is starting.
pub(crate) struct Link {
    /// Where the API is.
    pub(crate) api_url: String,
    /// Where the demo receiver is; any path below it can be registered.
    pub(crate) receiver_url: String,
    /// Where the metrics of API and worker are.
    pub(crate) metrics_urls: [String; 2],
    admin: String,
    organisation: String,
    client: Client,
}

/// A vacancy with people to export.
pub(crate) struct Vacancy {
    /// Its id.
    pub(crate) id: String,
    /// Its title.
    pub(crate) title: String,
}

impl Link {
    /// A client for the API on these ports.
    pub(crate) fn new(ports: &Ports, accounts: &Accounts) -> Self {
        let url = |port: &super::port::Reserved| format!("http://{}", port.addr());
        Self {
            api_url: url(&ports.api),
            receiver_url: url(&ports.receiver),
            metrics_urls: [&ports.api_metrics, &ports.worker_metrics]
                .map(|port| format!("{}/metrics", url(port))),
            admin: accounts.admin.clone(),
            organisation: accounts.organisation.id.to_string(),
            client: Client::builder().no_proxy().build().expect("a client without TLS settings"),
        }
    }

    /// Waits until the API answers that it is ready.
    ///
    /// # Errors
    /// When it does not in time.
    pub(crate) async fn ready(&self) -> anyhow::Result<()> {
        let url = format!("{}/readyz", self.api_url);
        let ready = async {
            while !self
                .client
                .get(&url)
                .send()
                .await
                .is_ok_and(|answer| answer.status().is_success())
            {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(LIMIT, ready).await.context("the API did not get ready in time")
    }

    /// Whether the API serves the console.
    ///
    /// # Errors
    /// When the API does not answer.
    pub(crate) async fn has_console(&self) -> anyhow::Result<bool> {
        let answer = self.client.get(format!("{}/console", self.api_url)).send().await?;
        Ok(answer.status().is_success())
    }

    /// Registers the demo receiver, unless it is. One that was registered under another port
    /// is replaced, since a webhook can't be edited.
    ///
    /// # Errors
    /// When the API refuses.
    pub(crate) async fn register(
        &self,
        folder: &Folder,
        settings: &mut Settings,
    ) -> anyhow::Result<()> {
        let url = format!("{}/demo", self.receiver_url);
        let registered = format!("{} {url}", self.organisation);
        if settings.registered.as_ref() == Some(&registered) {
            return Ok(());
        }
        self.remove_former().await?;
        let body = json!({ "url": url, "name": NAME, "purpose": "Shows what a receiver gets" });
        let (status, answer) = self.call(Method::POST, "/v1/webhooks", Some(body)).await?;
        match (status, answer["secret"].as_str()) {
            (StatusCode::CREATED, Some(secret)) => folder.add_secret(secret)?,
            _ => bail!("the API answered {status}: {}", answer["detail"]),
        }
        settings.registered = Some(registered);
        self.test(answer["id"].as_str().unwrap_or_default()).await
    }

    /// Sends the demo receiver two made-up people, so that there is something to look at.
    async fn test(&self, webhook: &str) -> anyhow::Result<()> {
        let path = format!("/v1/webhooks/{webhook}/test");
        let (status, answer) = self.call(Method::POST, &path, None).await?;
        if !status.is_success() {
            bail!("the API answered {status}: {}", answer["detail"]);
        }
        let path = format!("/v1/exports/{}", answer["id"].as_str().unwrap_or_default());
        for _ in 0..LOOKS {
            let (_, export) = self.call(Method::GET, &path, None).await?;
            if !export["finished_at"].is_null() {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// The id of the demo receiver's webhook, while it is there.
    ///
    /// # Errors
    /// When the API does not answer.
    pub(crate) async fn demo_webhook(&self) -> anyhow::Result<Option<String>> {
        let (_, answer) = self.call(Method::GET, "/v1/webhooks?limit=200", None).await?;
        let mut items = answer["items"].as_array().into_iter().flatten();
        let demo = items.find(|item| item["name"] == NAME);
        Ok(demo.and_then(|demo| Some(demo["id"].as_str()?.to_owned())))
    }

    /// The first object of a list, if there is one.
    ///
    /// # Errors
    /// When the API does not answer.
    pub(crate) async fn first(&self, path: &str) -> anyhow::Result<Option<Value>> {
        let (_, mut answer) = self.call(Method::GET, path, None).await?;
        Ok(answer["items"].get_mut(0).map(Value::take))
    }

    /// The first vacancy of the organisation, if there is one.
    ///
    /// # Errors
    /// When the API refuses.
    pub(crate) async fn vacancy(&self) -> anyhow::Result<Option<Vacancy>> {
        let (status, answer) = self.call(Method::GET, "/v1/vacancies?limit=200", None).await?;
        if !status.is_success() {
            bail!("the API answered {status}: {}", answer["detail"]);
        }
        let items = answer["items"].as_array().into_iter().flatten();
        let wanted = |item: &&Value| item["reference"] == super::demo::VACANCY;
        let vacancy = items.clone().find(wanted).or_else(|| items.clone().next());
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Ok(vacancy.map(|found| Vacancy { id: text(&found["id"]), title: text(&found["title"]) }))
    }

    async fn remove_former(&self) -> anyhow::Result<()> {
        let (_, answer) = self.call(Method::GET, "/v1/webhooks?limit=200", None).await?;
        let items = answer["items"].as_array().into_iter().flatten();
        for former in items.filter(|item| item["name"] == NAME) {
            let id = former["id"].as_str().unwrap_or_default();
            let path = format!("/v1/webhooks/{id}?cancel_pending=true");
            self.call(Method::DELETE, &path, None).await?;
        }
        Ok(())
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> anyhow::Result<(StatusCode, Value)> {
        let mut request = self.client.request(method, format!("{}{path}", self.api_url));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.bearer_auth(&self.admin).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }
}
