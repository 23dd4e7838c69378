//! Clients that ask for exports and do not give up: each asks under a key of its own until it is
//! told 2xx, some ask again under the same key, some cancel. What they were told is noted.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::Utc;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::evidence::Told;

/// After an answer that is no answer.
const AGAIN: Duration = Duration::from_millis(100);
/// A client that hears nothing good for so long complains.
const PATIENCE: Duration = Duration::from_secs(150);
/// One in so many asks again under its key.
const REPEATED: usize = 20;
/// One in so many is cancelled.
const CANCELLED: usize = 40;

/// One webhook, and who exports to it.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its id.
    pub webhook: Uuid,
    /// A member's token.
    pub token: String,
    /// Their vacancy.
    pub vacancy: String,
    /// Its applications.
    pub applications: Vec<String>,
}

/// What the clients of a round share.
pub struct Clients {
    /// Keeps connections.
    pub http: reqwest::Client,
    /// `http://127.0.0.1:PORT`.
    pub api: String,
    /// Where exports go, in turn.
    pub targets: Vec<Target>,
    /// What they were told.
    pub told: Mutex<Told>,
}

/// An amount of work.
#[derive(Debug, Clone, Copy)]
pub struct Amount {
    /// Most exports.
    pub exports: usize,
    /// Clients at once.
    pub parallel: usize,
    /// Pause of each client between two exports.
    pub pause: Duration,
}

/// Clients at work.
pub struct Load {
    stop: Arc<AtomicBool>,
    clients: Vec<tokio::task::JoinHandle<()>>,
}

impl Load {
    /// Sets them to work.
    pub fn start(clients: &Arc<Clients>, amount: Amount) -> Self {
        let (asked, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let first = lock(&clients.told).accepted.len();
        let work = || {
            let (clients, asked, stop) =
                (Arc::clone(clients), Arc::clone(&asked), Arc::clone(&stop));
            async move {
                loop {
                    let number = asked.fetch_add(1, Ordering::Relaxed);
                    if number >= amount.exports || stop.load(Ordering::Relaxed) {
                        return;
                    }
                    clients.export(first + number).await;
                    tokio::time::sleep(amount.pause).await;
                }
            }
        };
        let clients = (0..amount.parallel).map(|_| tokio::spawn(work())).collect();
        Self { stop, clients }
    }

    /// Lets the clients finish all that they were to ask for.
    pub async fn finish(self) {
        for client in self.clients {
            client.await.expect("a client does not panic");
        }
    }

    /// Lets each finish what it is asking for.
    pub async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.finish().await;
    }
}

impl Clients {
    async fn export(&self, number: usize) {
        let target = &self.targets[number % self.targets.len()];
        self.export_to(target, &format!("key-{number}"), number).await;
    }

    /// One export, until it is accepted; the number chooses the people, and whether it is asked
    /// for twice or cancelled.
    pub async fn export_to(&self, target: &Target, key: &str, number: usize) {
        let first = number / self.targets.len() % (target.applications.len() - 3);
        let people = &target.applications[first..=first + number % 3];
        let times = if number % REPEATED == 3 { 2 } else { 1 };
        let export = self.export_people(target, key, people, times).await;
        if let (Some(id), true) = (export, number % CANCELLED == 7) {
            tokio::time::sleep(Duration::from_millis(number as u64 % 5 * 20)).await;
            self.cancel(target, id).await;
        }
    }

    /// An export of these applications, asked for so many times under the same key; its id.
    pub async fn export_people(
        &self,
        target: &Target,
        key: &str,
        people: &[String],
        times: usize,
    ) -> Option<Uuid> {
        let body = json!({
            "vacancy_id": target.vacancy, "webhook_id": target.webhook, "application_ids": people,
        });
        let mut export = None;
        for _ in 0..times {
            export = self.ask("/v1/exports", &target.token, Some(key), &body, &[202]).await;
            if let Some((_, id)) = export {
                lock(&self.told).accepted.entry(key.to_owned()).or_default().push(id);
            }
        }
        export.map(|(_, id)| id)
    }

    async fn cancel(&self, target: &Target, export: Uuid) {
        let path = format!("/v1/exports/{export}/cancel");
        let told = self.ask(&path, &target.token, None, &Value::Null, &[200, 202, 409]).await;
        if told.is_some_and(|(status, _)| status != 409) {
            lock(&self.told).cancelled.push((export, Utc::now()));
        }
    }

    /// Asks for an ended export again.
    pub async fn resend(&self, export: Uuid, webhook: Uuid) {
        let target = self.targets.iter().find(|target| target.webhook == webhook);
        let Some(target) = target else { return };
        lock(&self.told).resent.insert(export);
        let path = format!("/v1/exports/{export}/resend");
        let key = format!("resend-{export}");
        self.ask(&path, &target.token, Some(&key), &Value::Null, &[202]).await;
    }

    /// Deletes a webhook with all that waits for it.
    pub async fn delete(&self, target: &Target, admin: &str) {
        let url = format!("{}/v1/webhooks/{}?cancel_pending=true", self.api, target.webhook);
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let asked = self.http.delete(&url).bearer_auth(admin).send().await;
            if asked.is_ok_and(|answer| matches!(answer.status().as_u16(), 204 | 404)) {
                lock(&self.told).deleted.push((target.webhook, Utc::now()));
                return;
            }
            tokio::time::sleep(AGAIN).await;
        }
        self.complain("a webhook could not be deleted".to_owned());
    }

    /// Asks until there is one of these answers; its status and the id in it.
    async fn ask(
        &self,
        path: &str,
        token: &str,
        key: Option<&str>,
        body: &Value,
        good: &[u16],
    ) -> Option<(u16, Uuid)> {
        let begun = Instant::now();
        let mut last = String::new();
        while begun.elapsed() < PATIENCE {
            let mut request = self.http.post(format!("{}{path}", self.api)).bearer_auth(token);
            if let Some(key) = key {
                request = request.header("idempotency-key", key);
            }
            if !body.is_null() {
                request = request.header("content-type", "application/json").body(body.to_string());
            }
            match answer(request).await {
                Ok((status, text)) if good.contains(&status) => {
                    return Some((status, id_in(&text)));
                }
                Ok((status, text)) if status < 500 && status != 429 => {
                    self.complain(format!("{path} was answered {status} {text}"));
                    return None;
                }
                Ok((status, text)) => last = format!("{status} {text}"),
                Err(error) => last = format!("{error:?}"),
            }
            tokio::time::sleep(AGAIN).await;
        }
        self.complain(format!("{path} was not accepted within {PATIENCE:?}: {last}"));
        None
    }

    fn complain(&self, what: String) {
        lock(&self.told).complaints.push(what);
    }
}

async fn answer(request: reqwest::RequestBuilder) -> reqwest::Result<(u16, String)> {
    let answer = request.send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

fn id_in(text: &str) -> Uuid {
    let json: Value = serde_json::from_str(text).unwrap_or_default();
    json["id"].as_str().and_then(|id| Uuid::parse_str(id).ok()).unwrap_or_default()
}

/// Locks what a client that panicked may have held.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
