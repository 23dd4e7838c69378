//! HTTP in: authenticate, validate, one store call, answer. Makes no request to a receiver and
//! resolves no receiver's name.

pub mod auth;
pub mod authorized;
pub mod config;
pub mod extract;
mod headers;
mod not_here;
pub mod notifier;
mod observe;
pub mod openapi;
pub mod page;
pub mod problem;
mod receiver_text;
mod redaction;
pub mod refusals;
pub mod routes;
pub mod spool;
pub mod state;

use std::future::Future;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{App, Error, HttpServer, web};
use anyhow::Context;
use tracing_actix_web::TracingLogger;
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::SwaggerUi;

pub use config::ApiConfig;
pub use observe::describe_metrics;
use state::State;

/// How long requests under way may take after the signal to stop, in seconds.
const GRACE_S: u64 = 20;
/// How long a client may take for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Takes the address of the configuration. With port 0 the listener says which one it got.
///
/// # Errors
/// One sentence, when the address is taken or not ours.
pub fn bind(config: &ApiConfig) -> anyhow::Result<TcpListener> {
    let address = config.api_addr;
    TcpListener::bind(address).with_context(|| {
        format!("cannot listen on {address}: give another address with API_ADDR (port 0 takes a free one)")
    })
}

/// Serves until `shutdown`, then finishes what is under way.
///
/// # Errors
/// One sentence that says what to do: a setting that cannot be used, keys that cannot be read.
pub async fn serve(
    config: ApiConfig,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let origins = config.cors_origins.clone();
    let state = web::Data::new(State::new(config).await?);
    let address = listener.local_addr()?;
    let served = state.clone();
    let server = HttpServer::new(move || app(served.clone(), &origins))
        .client_request_timeout(HEAD_TIMEOUT)
        .shutdown_timeout(GRACE_S)
        .disable_signals()
        .listen(listener)?
        .run();
    tracing::info!("api listens on http://{address}");
    let handle = server.handle();
    let mut server = std::pin::pin!(server);
    let mut shutdown = std::pin::pin!(shutdown);
    tokio::select! {
        stopped = &mut server => return stopped.context("the server stopped by itself"),
        () = &mut shutdown => {}
    }
    let ((), stopped) = tokio::join!(handle.stop(true), server);
    state.refusals.flush().await;
    stopped.context("the server did not stop well")
}

/// The whole app: routes inside, middleware around, the outermost last.
pub fn app(
    state: web::Data<State>,
    origins: &[String],
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let docs = SwaggerUi::new("/docs/{_:.*}")
        .config(utoipa_swagger_ui::Config::from("/openapi.json").validator_url("none"));
    App::new()
        .app_data(state)
        .app_data(web::Data::new(openapi::Documents::new()))
        .app_data(web::Data::new(not_here::Addresses::new()))
        .into_utoipa_app()
        .configure(routes::configure)
        .into_app()
        .service(web::redirect("/docs", "/docs/"))
        .service(docs)
        .default_service(web::to(not_here::refuse))
        .wrap(headers::cors(origins))
        .wrap(from_fn(headers::secure))
        .wrap(from_fn(problem::complete))
        .wrap(from_fn(observe::observe))
        .wrap(TracingLogger::<observe::RequestSpan>::new())
}
