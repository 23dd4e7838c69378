//! A live stream to one client: server-sent events (WHATWG HTML, section 9.2) until the end of what it is
//! about, or of the right to see it.

pub(crate) mod frame;
mod since;

use std::collections::{HashSet, VecDeque};
use std::rc::Rc;

use actix_web::http::header::HeaderValue;
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use chrono::DateTime;
use domain::actor::{Actor, ActorKind};
use domain::export::ExportStatus;
use domain::id::OrganisationId;
use futures_util::stream::unfold;
use store::Conn;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::authorized::Caller;
use crate::connection::Body;
use crate::problem::{Kind, Problem};
use crate::state::State;
use crate::watcher::{Event, Listener, News, Place};
use frame::EndReason;
pub(crate) use since::Since;

/// Most exports that are told of at once when a stream goes on.
const MOST: u32 = 1_000;

/// Of so many organisations it is remembered that the audit was told of support's look; beyond that it is
/// told again.
const LOOKED: usize = 10_000;

/// A stream.
pub(crate) struct Stream {
    state: web::Data<State>,
    request: HttpRequest,
    caller: Caller,
    listener: Listener,
    heartbeat: Interval,
    /// What goes out next, before anything new.
    first: Option<Bytes>,
    /// Of one export: as it was told last.
    told: Option<(ExportStatus, u32)>,
    /// Up to where it has told, in microseconds since 1970 by the database's clock.
    at: i64,
    /// Whose exports support was told of, as the audit knows.
    looked: HashSet<OrganisationId>,
    over: bool,
    _place: Place,
}

impl Stream {
    pub(crate) fn new(
        state: web::Data<State>,
        request: HttpRequest,
        caller: Caller,
        listener: Listener,
        place: Place,
    ) -> Self {
        let mut heartbeat = interval_at(Instant::now() + state.heartbeat, state.heartbeat);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            state,
            request,
            caller,
            listener,
            heartbeat,
            first: None,
            told: None,
            at: 0,
            looked: HashSet::new(),
            over: false,
            _place: place,
        }
    }

    /// Begins with the present state of one export, and ends with its end.
    pub(crate) fn of_one(mut self, event: &Event) -> HttpResponse {
        self.listener.knows(event.status, event.attempt_count);
        self.first = self.tell([event.clone()].into());
        self.answer()
    }

    /// Begins with what happened since, where somebody goes on.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn of_all(mut self, since: Option<Since>) -> Result<HttpResponse, Problem> {
        self.first = Some(self.begin(since).await?);
        Ok(self.answer())
    }

    fn answer(self) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response.content_type("text/event-stream");
        // A proxy that gathers what it passes on would hold events back.
        response.insert_header(("x-accel-buffering", HeaderValue::from_static("no")));
        let body = unfold(self, |mut stream| async move {
            let bytes = stream.next().await?;
            Some((Ok::<_, actix_web::Error>(bytes), stream))
        });
        response.streaming(Box::pin(body))
    }

    /// What goes out next; none at the end.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        while !self.over {
            let connection = self.request.conn_data::<Rc<Body>>().cloned();
            let left = async {
                match connection {
                    Some(connection) => connection.left().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = left => return None,
                () = self.state.watcher.stopping() => return Some(self.end(EndReason::Stopping)),
                news = self.listener.news() => {
                    if let Some(told) = self.news(news).await {
                        return Some(told);
                    }
                }
                _ = self.heartbeat.tick() => return Some(self.beat().await),
            }
        }
        None
    }

    async fn news(&mut self, news: News) -> Option<Bytes> {
        let News { events, behind, notifications } = news;
        let told = if behind { self.begin_again().await } else { self.changes(events).await };
        if self.over || notifications.is_empty() {
            return told;
        }
        let told: Vec<Bytes> = told.into_iter().chain(notifications).collect();
        Some(told.concat().into())
    }

    async fn changes(&mut self, events: VecDeque<Event>) -> Option<Bytes> {
        match self.look(&events).await {
            Ok(()) => self.tell(events.into()),
            // Nobody looks without a trace.
            Err(_) => Some(self.end(EndReason::Behind)),
        }
    }

    /// Too much came for a slow reader: they are told how things stand instead.
    async fn begin_again(&mut self) -> Option<Bytes> {
        let since = DateTime::from_timestamp_micros(self.at).map(Since::At);
        match self.begin(since).await {
            Ok(told) => Some(told),
            Err(_) => Some(self.end(EndReason::Behind)),
        }
    }

    /// Tells the audit of whom support is told for the first time; the read of one export did.
    async fn look(&mut self, events: &VecDeque<Event>) -> Result<(), Problem> {
        if self.caller.actor.kind != ActorKind::Support || self.listener.is_of_one() {
            return Ok(());
        }
        let shown = events.iter().map(|event| &*event.standing);
        let shown = shown.filter(|export| !self.looked.contains(&export.organisation_id));
        let shown: Vec<_> = shown.cloned().collect();
        if shown.is_empty() {
            return Ok(());
        }
        let owners: Vec<_> = shown.iter().map(|export| export.organisation_id).collect();
        let tell =
            move |conn: &mut Conn, actor: &Actor| store::exports::followed(conn, actor, &shown);
        self.caller.run(&self.state, tell).await?;
        self.remember(owners);
        Ok(())
    }

    fn remember(&mut self, shown: impl IntoIterator<Item = OrganisationId>) {
        if self.caller.actor.kind != ActorKind::Support {
            return;
        }
        if self.looked.len() >= LOOKED {
            self.looked.clear();
        }
        self.looked.extend(shown);
    }

    /// The events, and the end of the stream with that of its export.
    fn tell(&mut self, events: Vec<Event>) -> Option<Bytes> {
        let mut told = Vec::new();
        for event in events {
            self.at = event.at;
            if self.listener.is_of_one() {
                let now = Some((event.status, event.attempt_count));
                if std::mem::replace(&mut self.told, now) == now {
                    continue;
                }
            }
            told.push(event.frame.clone());
            if self.listener.is_of_one() && !event.status.in_progress() {
                told.push(self.end(EndReason::Finished));
            }
        }
        match told.len() {
            0 => None,
            1 => told.pop(),
            _ => Some(told.concat().into()),
        }
    }

    fn end(&mut self, reason: EndReason) -> Bytes {
        self.over = true;
        frame::end(reason)
    }

    /// Where things stand, from where the client was told last.
    async fn begin(&mut self, since: Option<Since>) -> Result<Bytes, Problem> {
        let asked = since.and_then(Since::instant);
        let changed = move |conn: &mut Conn, actor: &Actor| {
            store::exports::changed_since(conn, actor, asked, MOST)
        };
        let changes = self.caller.run(&self.state, changed).await?;
        let lost = since.is_some() && asked.is_none();
        let missed = lost || changes.exports.len() >= MOST as usize;
        self.at = changes.at.timestamp_micros();
        self.remember(changes.exports.iter().map(|standing| standing.organisation_id));
        let mut told = vec![frame::begin(self.at, missed)];
        told.extend(changes.exports.iter().map(|standing| frame::status(standing, self.at)));
        Ok(told.concat().into())
    }

    /// A sign of life, or the end where the caller may not listen any more.
    async fn beat(&mut self) -> Bytes {
        match self.may_go_on().await {
            Err(problem) if problem.kind() == Kind::Unauthenticated => {
                self.end(EndReason::Unauthenticated)
            }
            Err(problem) if problem.kind() == Kind::OrganisationUnknown => {
                self.end(EndReason::OrganisationUnknown)
            }
            // What cannot be asked just now is asked with the next one.
            _ => self.sign_of_life(),
        }
    }

    /// With it a quiet stream says how far it has told, so that it goes on from there.
    fn sign_of_life(&mut self) -> Bytes {
        match self.listener.told_up_to() {
            Some(told) => {
                self.at = self.at.max(told);
                frame::heartbeat(self.at)
            }
            None => frame::HEARTBEAT,
        }
    }

    async fn may_go_on(&self) -> Result<(), Problem> {
        let caller = Caller::of(&self.state, &self.request).await?;
        let organisation: Option<OrganisationId> = caller.actor.organisation();
        let Some(organisation) = organisation else { return Ok(()) };
        if !self.state.watcher.knows(organisation) {
            caller.run(&self.state, |_, _| Ok(())).await?;
            self.state.watcher.found(organisation);
        }
        Ok(())
    }
}
