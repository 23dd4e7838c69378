//! A thin HTTP client of the API: calls name the route's template, every error must be a problem
//! document that the operation is documented to answer, and what succeeded is remembered for the coverage of operations.

mod documented;
mod reply;
mod stream;

use std::collections::BTreeSet;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Method;
use serde_json::Value;
use url::Url;

pub use reply::Reply;
pub use stream::{Event, Stream};

/// The API closes connections that were idle for a while (`KEEP_ALIVE`); a request on one that it is
/// closing at this moment would fail.
const IDLE: std::time::Duration = std::time::Duration::from_secs(3);

/// The operations (`"POST /v1/webhooks"`) that answered 2xx at least once.
#[derive(Debug, Clone, Default)]
pub struct Calls(Arc<Mutex<BTreeSet<String>>>);

impl Calls {
    /// Those of `declared` that never answered 2xx.
    pub fn missing(&self, declared: &[&'static str]) -> Vec<&'static str> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        declared.iter().copied().filter(|operation| !seen.contains(*operation)).collect()
    }

    fn note(&self, operation: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(operation);
    }
}

/// One caller of the API.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    token: Option<String>,
    calls: Calls,
}

impl Client {
    /// A caller without a token.
    pub fn anonymous(base: Url, calls: Calls) -> Self {
        // Another test of this process may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .pool_idle_timeout(IDLE)
            .build()
            .expect("a client without TLS settings builds");
        Self { http, base, token: None, calls }
    }

    /// The same connection pool with this bearer token.
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// The bearer token, for those who speak HTTP by themselves.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// A call of any method on a route template such as `/v1/webhooks/{id}`.
    pub fn call(&self, method: Method, template: &'static str) -> Call {
        Call {
            client: self.clone(),
            method,
            template,
            path: template.to_owned(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            unread: false,
        }
    }

    /// `GET`.
    pub fn get(&self, template: &'static str) -> Call {
        self.call(Method::GET, template)
    }

    /// `POST`.
    pub fn post(&self, template: &'static str) -> Call {
        self.call(Method::POST, template)
    }

    /// `PUT`.
    pub fn put(&self, template: &'static str) -> Call {
        self.call(Method::PUT, template)
    }

    /// `DELETE`.
    pub fn delete(&self, template: &'static str) -> Call {
        self.call(Method::DELETE, template)
    }
}

/// A call being put together; `.await` sends it.
#[derive(Debug, Clone)]
#[must_use = "a call is sent by awaiting it"]
pub struct Call {
    client: Client,
    method: Method,
    template: &'static str,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
    unread: bool,
}

impl Call {
    /// Fills the first open `{…}` of the template.
    pub fn id(mut self, id: &str) -> Self {
        let start = self.path.find('{').expect("a template with an open parameter");
        let end = self.path[start..].find('}').expect("a closed parameter") + start;
        self.path.replace_range(start..=end, id);
        self
    }

    /// Adds a query parameter.
    pub fn query(mut self, name: &str, value: impl ToString) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Sends JSON.
    pub fn json(self, body: &Value) -> Self {
        let bytes = serde_json::to_vec(body).expect("a value is always JSON");
        self.bytes("application/json", bytes)
    }

    /// Sends bytes of a media type.
    pub fn bytes(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", content_type)
    }

    /// Leaves the body of a success unread: of a stream that does not end by itself.
    pub fn unread(mut self) -> Self {
        self.unread = true;
        self
    }

    async fn send(self) -> Reply {
        let (operation, calls) = (self.operation(), self.client.calls.clone());
        let unread = self.unread;
        let response = self.answer().await;
        let reply = Reply::read(operation.clone(), response, unread).await;
        if (200..300).contains(&reply.status) {
            calls.note(operation);
        } else {
            documented::check(&operation, &reply);
        }
        reply
    }

    /// Sends it for an answer that has no end: server-sent events.
    pub async fn follow(self) -> Stream {
        let (operation, calls) = (self.operation(), self.client.calls.clone());
        let response = self.answer().await;
        let stream = Stream::open(&operation, response);
        calls.note(operation);
        stream
    }

    /// Sends it, and looks at nothing but the status of the answer, which may have no end.
    pub async fn status(self) -> u16 {
        self.answer().await.status().as_u16()
    }

    fn operation(&self) -> String {
        format!("{} {}", self.method, self.template)
    }

    async fn answer(self) -> reqwest::Response {
        let operation = self.operation();
        let mut url = self.client.base.join(&self.path).expect("a path of the API");
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        let mut request = self.client.http.request(self.method, url);
        if let Some(token) = &self.client.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        if let Some(body) = self.body {
            request = request.body(body);
        }
        request.send().await.unwrap_or_else(|error| panic!("{operation}: {error:?}"))
    }
}

impl IntoFuture for Call {
    type Output = Reply;
    type IntoFuture = Pin<Box<dyn Future<Output = Reply> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
