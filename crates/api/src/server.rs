//! The HTTP server: the app on connections of our own.

use std::net::TcpListener;
use std::time::Duration;

use actix_http::{HttpService, KeepAlive};
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::dev::{AppConfig, Server};
use actix_web::web;
use tokio::net::TcpStream;

use crate::connection::{Connection, Patience};
use crate::state::State;
use crate::vanished::give_up_in_time;

/// How long requests under way may take after the signal to stop, in seconds.
const GRACE_S: u64 = 20;
/// How long a client may take for the head of a request, each of them.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client may go on sending a body that nobody wants, so that it reads its answer.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a client may take nothing of an answer.
const TAKING_TIMEOUT: Duration = Duration::from_secs(60);

/// The server of an app, which runs once it is awaited.
///
/// # Errors
/// When the listener cannot be used.
pub(crate) fn server(
    listener: TcpListener,
    keep_alive: Duration,
    state: web::Data<State>,
    origins: Vec<String>,
) -> std::io::Result<Server> {
    let builder = Server::build().disable_signals().shutdown_timeout(GRACE_S);
    let stopping = builder.graceful_shutdown_signal();
    let listening = builder.listen("api", listener, move || {
        let app = crate::app(state.clone(), &origins).into_factory();
        let app = app.map_err(|error: actix_web::Error| error.error_response());
        let stopping = stopping.clone();
        // The connection has all deadlines but the last: those of the framework end with the first head.
        let kept = if keep_alive.is_zero() { KeepAlive::Disabled } else { KeepAlive::Os };
        let http = HttpService::build()
            .keep_alive(kept)
            .client_request_timeout(Duration::ZERO)
            .client_disconnect_timeout(DISCONNECT_TIMEOUT)
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .on_connect_ext(|connection: &Connection, data| drop(data.insert(connection.body())))
            .h1(map_config(app, |()| AppConfig::default()));
        let patience = Patience { head: HEAD_TIMEOUT, idle: keep_alive, taking: TAKING_TIMEOUT };
        let connect = move |socket: TcpStream| async move {
            let peer = socket.peer_addr().ok();
            give_up_in_time(&socket);
            Ok((Connection::new(socket, patience), peer))
        };
        fn_service(connect).and_then(http)
    });
    Ok(listening?.run())
}
