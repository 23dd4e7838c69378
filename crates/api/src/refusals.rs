//! Refusals are told to the audit: what a role may not do, and objects of other organisations. After
//! the answer, in the order in which they came: who asks learns nothing from the time it takes.

use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpMessage, HttpRequest, web};
use domain::actor::Actor;
use domain::audit::ObjectType;
use store::audit::{Object, Refused};
use store::{Db, Outage};
use tokio::sync::{mpsc, oneshot};

use crate::problem::{Kind, Problem};
use crate::state::State;

/// Refusals that wait to be written. Beyond that they are lost, and that is logged: nobody waits for
/// somebody else's.
const WAITING: usize = 10_000;
/// Objects that one refusal is looked up for.
const NAMED: usize = 10;
/// How long the last ones may take at the end of the process.
const LAST: Duration = Duration::from_secs(2);

/// Where refusals are told.
#[derive(Debug, Clone)]
pub struct Refusals {
    waiting: mpsc::Sender<Message>,
}

#[derive(Debug)]
enum Message {
    Refused(Arc<Actor>, Refused),
    Flush(oneshot::Sender<()>),
}

impl Refusals {
    /// Starts the task that writes; it ends with the last copy.
    pub fn start(db: Db) -> Self {
        let (waiting, messages) = mpsc::channel(WAITING);
        tokio::spawn(run(db, messages));
        Self { waiting }
    }

    /// Returns once all that was told before is written, or cannot be for a while.
    pub async fn flush(&self) {
        let (written, flushed) = oneshot::channel();
        let flush = async {
            if self.waiting.send(Message::Flush(written)).await.is_ok() {
                let _ = flushed.await;
            }
        };
        let _ = tokio::time::timeout(LAST, flush).await;
    }
}

/// Tells of a request that was refused to a known caller.
pub(crate) fn tell(request: &HttpRequest, problem: &Problem) {
    let state: Option<&web::Data<State>> = request.app_data();
    let actor = request.extensions().get::<Arc<Actor>>().cloned();
    let (Some(state), Some(actor)) = (state, actor) else { return };
    if let Some(refused) = refused(request, problem)
        && state.refusals.waiting.try_send(Message::Refused(actor, refused)).is_err()
    {
        tracing::error!("too many refusals at once: one was not told to the audit");
    }
}

fn refused(request: &HttpRequest, problem: &Problem) -> Option<Refused> {
    let forbidden = problem.kind() == Kind::Forbidden;
    let mut objects = problem.not_found_objects().to_vec();
    if forbidden || problem.kind() == Kind::NotFound {
        objects.extend(named(request));
    }
    if !forbidden && objects.is_empty() {
        return None;
    }
    objects.truncate(NAMED);
    let route = request.match_pattern().unwrap_or_default();
    Some(Refused { operation: format!("{} {route}", request.method()), forbidden, objects })
}

/// The object that the path of a request names.
fn named(request: &HttpRequest) -> Option<Object> {
    let id = request.match_info().get("id")?.parse().ok()?;
    let kind = match request.match_pattern()?.split('/').nth(2)? {
        "api-keys" => ObjectType::ApiKey,
        "candidates" => ObjectType::Candidate,
        "exports" => ObjectType::Export,
        "vacancies" => ObjectType::Vacancy,
        "webhooks" => ObjectType::Webhook,
        _ => return None,
    };
    Some(Object { kind, id: Some(id) })
}

async fn run(db: Db, mut messages: mpsc::Receiver<Message>) {
    let lost = Outage::new("refusals are not told to the audit", "refusals are told to the audit");
    while let Some(message) = messages.recv().await {
        match message {
            Message::Refused(actor, refused) => {
                let write = move |conn: &mut _| store::audit::refused(conn, &actor, &refused);
                match db.run(write).await {
                    Ok(()) => lost.over(),
                    // What is lost is told, whatever else is told of the database.
                    Err(error) => lost.met(&error),
                }
            }
            // Who asked may have given up.
            Message::Flush(written) => drop(written.send(())),
        }
    }
}
