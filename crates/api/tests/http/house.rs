//! An app of its own for each test, on a database of its own, and members to call it.

use std::rc::Rc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::body::to_bytes;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::{Method, StatusCode, header::HeaderMap};
use actix_web::{Error, test, web};
use api::ApiConfig;
use api::imports::Imports;
use api::state::State;
use domain::actor::{Actor, Scope};
use domain::id::OrganisationId;
use futures_util::future::LocalBoxFuture;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use localpg::Cluster;
use serde_json::{Value, json};
use store::db::Gate;

const TEMPLATE: &str = "template_api";
const ISSUER: &str = "https://id.example.com";
const AUDIENCE: &str = "talentats";
/// Where no database is.
const NOWHERE: &str = "postgres://nobody@127.0.0.1:1/nothing";

type App = Rc<dyn Fn(test::TestRequest) -> LocalBoxFuture<'static, Result<ServiceResponse, Error>>>;

/// An app and the organisations of its database.
pub(crate) struct House {
    app: App,
    pub(crate) imports: Imports,
    pub(crate) northwind: OrganisationId,
    pub(crate) contoso: OrganisationId,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

/// Who calls.
#[derive(Clone, Copy)]
pub(crate) enum Who {
    Admin,
    Recruiter,
    OtherRecruiter,
    Support,
    /// An admin of the other organisation.
    Stranger,
}

impl House {
    pub(crate) async fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("api_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        cluster().create_database(&name, TEMPLATE).expect("a copied database");
        Self::at(config(&cluster().url(&name)), true).await
    }

    /// An app whose database is not there.
    pub(crate) async fn without_database() -> Self {
        Self::at(config(NOWHERE), false).await
    }

    /// The same, with the console.
    pub(crate) async fn with_console() -> Self {
        Self::at(ApiConfig { console: true, ..config(NOWHERE) }, false).await
    }

    async fn at(config: ApiConfig, there: bool) -> Self {
        let state = State::new(config, Gate::open()).await.expect("good settings");
        let state = web::Data::new(state);
        let names = ["Northwind", "Contoso"];
        let organisations = if there {
            let added = state.db.run(move |conn| {
                let operator = Actor::system("test", Scope::All);
                let add = |name| store::organisations::add(conn, &operator, name);
                names.map(add).into_iter().collect()
            });
            let added: Vec<_> = added.await.expect("added");
            added.into_iter().map(|added| added.expect("free names").id).collect()
        } else {
            vec![uuid::Uuid::from_u128(1).into(), uuid::Uuid::from_u128(2).into()]
        };
        let imports = state.imports.clone();
        let origins = ["https://app.example.com".to_owned()];
        let service = Rc::new(test::init_service(api::app(state, &origins)).await);
        let app = Rc::new(move |request: test::TestRequest| -> LocalBoxFuture<'static, _> {
            let service = Rc::clone(&service);
            Box::pin(
                async move { Ok(service.call(request.to_request()).await?.map_into_boxed_body()) },
            )
        });
        Self { app, imports, northwind: organisations[0], contoso: organisations[1] }
    }

    pub(crate) async fn get(&self, who: Who, path: &str) -> Answer {
        self.send(Some(who), test::TestRequest::get().uri(path)).await
    }

    pub(crate) async fn post(&self, who: Who, path: &str, body: Value) -> Answer {
        self.send(Some(who), test::TestRequest::post().uri(path).set_json(body)).await
    }

    pub(crate) async fn call(&self, who: Option<Who>, method: &str, path: &str) -> Answer {
        let method = method.parse::<Method>().expect("a method");
        self.send(who, test::TestRequest::with_uri(path).method(method)).await
    }

    pub(crate) async fn send(&self, who: Option<Who>, request: test::TestRequest) -> Answer {
        let request = match who {
            Some(who) => request.insert_header(("authorization", self.bearer(who))),
            None => request,
        };
        let (status, headers, body) = match (self.app)(request).await {
            Ok(response) => {
                let (_, response) = response.into_parts();
                let (head, body) = response.into_parts();
                (head.status(), head.headers().clone(), body)
            }
            Err(error) => {
                let (head, body) = error.error_response().into_parts();
                (head.status(), head.headers().clone(), body)
            }
        };
        let bytes = to_bytes(body).await.expect("a body").to_vec();
        Answer { status, headers, bytes }
    }

    fn bearer(&self, who: Who) -> String {
        let (subject, name, role, organisation) = match who {
            Who::Admin => ("auth0|ada", "Ada", "org_admin", Some(self.northwind)),
            Who::Recruiter => ("auth0|rosa", "Rosa", "recruiter", Some(self.northwind)),
            Who::OtherRecruiter => ("auth0|rui", "Rui", "recruiter", Some(self.northwind)),
            Who::Support => ("auth0|sam", "Sam", "support", None),
            Who::Stranger => ("auth0|eve", "Eve", "org_admin", Some(self.contoso)),
        };
        let now = chrono::Utc::now().timestamp();
        let mut claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + 600,
            "name": name, "email": "somebody@example.com", "role": role
        });
        if let Some(organisation) = organisation {
            claims["org"] = json!(organisation);
        }
        let token = jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &signing_key());
        format!("Bearer {}", token.expect("signed"))
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("no JSON: {:?}", String::from_utf8_lossy(&self.bytes)))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The slug of a problem, whose shape is checked.
    pub(crate) fn problem(&self) -> String {
        let json = self.json();
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{json}");
        assert_eq!(json["status"], self.status.as_u16(), "{json}");
        assert!(json["instance"].as_str().is_some_and(|id| id.starts_with("urn:uuid:")), "{json}");
        for member in ["title", "detail", "errors", "errors_total"] {
            assert!(json.get(member).is_some(), "no {member}: {json}");
        }
        let slug = json["type"].as_str().and_then(|uri| uri.strip_prefix("/problems/"));
        slug.expect("a type").to_owned()
    }

    /// The answer, which must have this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        let body = String::from_utf8_lossy(&self.bytes);
        assert_eq!(self.status, status, "{body}");
        if self.bytes.is_empty() { Value::Null } else { self.json() }
    }
}

fn config(database_url: &str) -> ApiConfig {
    ApiConfig {
        wake_up: true,
        console: false,
        keep_alive: Duration::from_secs(75),
        import_timeout: Duration::from_mins(10),
        heartbeat: Duration::from_secs(15),
        caller_limit: 0,
        organisation_limit: 0,
        database_url: database_url.into(),
        database_listen_url: None,
        api_addr: ([127, 0, 0, 1], 0).into(),
        auth_jwks: jwks_file(),
        auth_jwks_refresh: Duration::from_mins(4),
        auth_issuer: ISSUER.to_owned(),
        auth_audience: AUDIENCE.to_owned(),
        max_token_lifetime: Duration::from_hours(1),
        secret_keys: "a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".into(),
        cors_origins: Vec::new(),
        allow_nets: Vec::new(),
        deny_nets: Vec::new(),
        allow_http: false,
        allow_ports: Default::default(),
        egress_ips: vec!["192.0.2.7".to_owned()],
        support_url: None,
        app_url: None,
        max_candidates: 3,
        max_payload_bytes: 100_000,
        payload_retention: Duration::from_hours(168),
        payload_retention_delivered: Duration::from_hours(72),
        docs_examples: None,
    }
}

fn signing_key() -> EncodingKey {
    let prefix = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
    EncodingKey::from_ed_der(&[&prefix[..], &[7; 32]].concat())
}

fn jwks_file() -> String {
    static FILE: OnceLock<tempfile::TempPath> = OnceLock::new();
    let file = FILE.get_or_init(|| {
        let jwk = Jwk::from_encoding_key(&signing_key(), Algorithm::EdDSA).expect("a public key");
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), json!({ "keys": [jwk] }).to_string()).expect("written");
        file.into_temp_path()
    });
    file.to_str().expect("a path in UTF-8").to_owned()
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let cluster = Cluster::throwaway().expect("a private Postgres");
        cluster.ensure_database(TEMPLATE).expect("a database");
        store::migrate::run(&cluster.url(TEMPLATE)).expect("migrated");
        cluster
    })
}
