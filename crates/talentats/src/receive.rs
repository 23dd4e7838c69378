//! `talentats receive`: a receiver to try things out with. It verifies signatures with the
//! official library, prints a line per request, and answers as it is told.

mod behaviour;
mod seen;
mod verify;

use std::net::TcpListener;
use std::sync::Mutex;

use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use anyhow::Context;

use crate::cli::{Behaviour, ReceiveArguments};
use crate::{answer, lifeline};

use seen::{Log, Seen};
use verify::Secrets;

/// Largest body that is taken: more than any payload may have.
const BODY_BYTES: usize = 64 * 1024 * 1024;
/// Requests that hang do not hold up a stop.
const STOP_SECONDS: u64 = 1;

struct Receiver {
    behaviour: Behaviour,
    secrets: Secrets,
    log: Mutex<Log>,
}

/// Receives until it is told to stop.
///
/// # Errors
/// When the port is taken.
pub(crate) async fn run(arguments: ReceiveArguments) -> anyhow::Result<()> {
    let addr = arguments.addr;
    let listener = TcpListener::bind(addr)
        .with_context(|| format!("cannot listen on {addr}: choose another port with --addr"))?;
    lifeline::watch(&arguments.lifeline)?;
    answer::line(&format!("receiving on http://{}/", listener.local_addr()?))?;
    let receiver = web::Data::new(Receiver {
        behaviour: arguments.behaviour,
        secrets: Secrets {
            given: arguments.secret.concat(),
            file: arguments.secrets_file,
            known_paths: Mutex::default(),
        },
        log: Mutex::default(),
    });
    let app = move || {
        App::new()
            .app_data(receiver.clone())
            .app_data(web::PayloadConfig::new(BODY_BYTES))
            .service(web::resource("/").get(show).post(receive))
            .service(web::resource("/{path:.*}").post(receive))
    };
    let server = HttpServer::new(app).workers(1).shutdown_timeout(STOP_SECONDS).listen(listener)?;
    Ok(server.run().await?)
}

/// `GET /`: the last requests as JSON, the newest first.
async fn show(receiver: web::Data<Receiver>) -> HttpResponse {
    let log = receiver.log.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let text = serde_json::to_string_pretty(&log.newest_first());
    HttpResponse::Ok().content_type("application/json").body(text.unwrap_or_default())
}

/// `POST` to any path: verify, tell, answer.
async fn receive(
    receiver: web::Data<Receiver>,
    request: HttpRequest,
    body: web::Bytes,
) -> actix_web::Result<HttpResponse> {
    let behaviour = behaviour::of_request(&receiver.behaviour, request.query_string());
    let behaviour = behaviour.map_err(|why| {
        drop(answer::line(&format!("answered 400: in the query of the URL, {why}")));
        actix_web::error::ErrorBadRequest(why)
    })?;
    let signature = receiver.secrets.verify(&request, &body);
    let mut seen = Seen::of(&request, &body, signature);
    seen.answered = behaviour::status(&behaviour, seen.attempt_number);
    // What cannot be printed (a closed terminal) is still in the list.
    drop(answer::line(&seen.line()));
    let status = seen.answered;
    receiver.log.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(seen);
    let Some(status) = status else {
        return std::future::pending().await;
    };
    tokio::time::sleep(behaviour.delay).await;
    let status = StatusCode::from_u16(status).map_err(actix_web::error::ErrorBadRequest)?;
    Ok(HttpResponse::build(status).json(serde_json::json!({ "status": status.as_u16() })))
}
