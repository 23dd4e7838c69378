//! HTTP in: authenticate, validate, one store call, answer. Makes no request to a receiver and
//! resolves no receiver's name.

pub mod auth;
pub mod authorized;
mod caching;
mod compression;
pub mod config;
mod connection;
mod console;
mod csv;
pub mod extract;
mod gauges;
mod headers;
pub mod imports;
pub mod key_uses;
pub mod limits;
pub mod members;
mod method;
mod not_here;
pub mod notifier;
mod observe;
pub mod openapi;
pub mod page;
pub mod problem;
pub mod receipt;
pub mod receiver_text;
mod redaction;
pub mod refusals;
mod replay;
pub mod routes;
mod server;
pub mod spool;
pub mod state;
mod stream;
pub mod uploads;
mod vanished;
pub mod wait;
pub mod watcher;

use std::future::Future;
use std::net::TcpListener;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{App, Error, web};
use anyhow::Context;
use tracing_actix_web::TracingLogger;
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::SwaggerUi;

pub use config::ApiConfig;
pub use observe::describe_metrics;
use state::State;
use store::db::Gate;

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

/// Serves until `shutdown`, then finishes what is under way. While the gate is shut, what needs the
/// database is answered that it is away.
///
/// # Errors
/// One sentence that says what to do: a setting that cannot be used, keys that cannot be read.
pub async fn serve(
    config: ApiConfig,
    gate: Gate,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let (origins, keep_alive) = (config.cors_origins.clone(), config.keep_alive);
    let state = web::Data::new(State::new(config, gate).await?);
    let address = listener.local_addr()?;
    tokio::spawn(gauges::run(state.db.clone()));
    let server = server::server(listener, keep_alive, state.clone(), origins)?;
    tracing::info!("api listens on http://{address}");
    let handle = server.handle();
    let mut server = std::pin::pin!(server);
    let mut shutdown = std::pin::pin!(shutdown);
    tokio::select! {
        stopped = &mut server => return stopped.context("the server stopped by itself"),
        () = &mut shutdown => {}
    }
    // Streams have no end by themselves, and would be waited for.
    state.watcher.stop();
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
    let shown = utoipa_swagger_ui::Config::from("/openapi.json");
    let shown = shown.validator_url("none").persist_authorization(true).try_it_out_enabled(true);
    let has_console = state.console.is_some();
    let docs = SwaggerUi::new(not_here::DOCS).config(shown);
    App::new()
        .app_data(state)
        .app_data(web::Data::new(openapi::Documents::new()))
        .app_data(web::Data::new(not_here::Addresses::new(has_console)))
        .into_utoipa_app()
        .configure(routes::configure)
        .into_app()
        .service(web::redirect("/docs", "/docs/"))
        .service(docs)
        .configure(|app| console::configure(app, has_console))
        .default_service(web::to(not_here::refuse))
        .wrap(from_fn(not_here::keep_apart))
        .wrap(headers::cors(origins))
        .wrap(from_fn(headers::secure))
        .wrap(from_fn(caching::cache))
        .wrap(from_fn(compression::compress))
        .wrap(from_fn(problem::complete))
        .wrap(from_fn(method::head_as_get))
        .wrap(from_fn(method::ask_for_body))
        .wrap(from_fn(observe::observe))
        .wrap(TracingLogger::<observe::RequestSpan>::new())
}
