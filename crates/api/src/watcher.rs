//! Live status: one watcher for all who listen in this process. It asks the database one question for all
//! of them: when a worker says that exports changed, and once a second. While nobody listens nothing runs,
//! and no connection listens.

mod ear;
mod known;
mod listeners;
mod place;
mod subject;
mod told;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::id::{ExportId, NotificationId, OrganisationId};
use secrecy::SecretString;
use store::news::{self, Since};
use store::queue::{Asked, COMMIT_LAG, changes};
use store::{Conn, Db};
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::problem::Problem;
use known::Known;
use listeners::Listeners;
pub(crate) use listeners::{Event, Listener, News};
pub(crate) use place::{Place, STREAMS_EACH};
pub(crate) use subject::Subject;
use told::Told;

/// How often it is asked without being told of a change.
const PERIOD: Duration = Duration::from_secs(1);

/// Shortest and longest rest from one question to the next: an event comes within the longest.
const REST: (Duration, Duration) = (Duration::from_millis(40), Duration::from_millis(200));

/// How many times as long as a question took none is asked: the database has other work.
const SPARED: u32 = 8;

/// What writing to one stream costs, roughly: where there are many, several events share a write.
const WRITE: Duration = Duration::from_micros(200);

/// How far a question after a notification looks back: what committed later is found within a second.
const HASTE: Duration = Duration::from_secs(1);

/// Of so many exports or fewer each is asked for by its id in haste; so are as many of those under way.
const FEW: usize = 64;

/// Most exports in one answer.
const MOST: u32 = 100_000;

/// Most notifications in one answer.
const MOST_NOTIFICATIONS: u32 = 10_000;

/// The watcher of a process.
#[derive(Clone)]
pub struct Watcher(Arc<Shared>);

struct Shared {
    db: Db,
    listen_url: SecretString,
    /// Of the process, not of the thread that serves a request.
    runtime: Handle,
    listeners: Mutex<Listeners>,
    known: Known,
    /// Something may have changed.
    changed: Arc<Notify>,
    stopping: watch::Sender<bool>,
}

impl Watcher {
    /// Where nobody listens yet. `listen_url` must reach Postgres itself, for `LISTEN`; where it does
    /// not, events come with the question of each second.
    pub fn new(db: Db, listen_url: SecretString) -> Self {
        Self(Arc::new(Shared {
            db,
            listen_url,
            runtime: Handle::current(),
            listeners: Mutex::default(),
            known: Known::default(),
            changed: Arc::default(),
            stopping: watch::Sender::new(false),
        }))
    }

    /// Room for a stream of a caller.
    ///
    /// # Errors
    /// 429 when they have as many as they may.
    pub(crate) fn place(&self, actor: &Actor) -> Result<Place, Problem> {
        Place::take(self, actor)
    }

    /// Listens from now on.
    pub(crate) fn listen(&self, subject: Subject) -> Listener {
        let mut listeners = self.listeners();
        let listener = listeners.add(self, subject);
        if listeners.begin() {
            let watching = Arc::clone(&self.0);
            self.0.runtime.spawn(Self(watching).keep());
        }
        listener
    }

    /// Whether an organisation was found lately.
    pub(crate) fn knows(&self, organisation: OrganisationId) -> bool {
        self.0.known.has(organisation)
    }

    /// It was found just now.
    pub(crate) fn found(&self, organisation: OrganisationId) {
        self.0.known.add(organisation);
    }

    /// Something changed here: whoever listens is told soon.
    pub(crate) fn changed(&self) {
        self.0.changed.notify_one();
    }

    /// The process stops: streams end, and who waits is answered.
    pub fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    /// Waits until the process stops.
    pub(crate) async fn stopping(&self) {
        // An error would say that the watcher is gone, which `self` is not.
        let _ = self.0.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }

    fn listeners(&self) -> MutexGuard<'_, Listeners> {
        self.0.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks until nobody listens any more, whatever breaks meanwhile: who listens then is told how
    /// things stand.
    async fn keep(self) {
        let run = || self.0.runtime.spawn(self.clone().run());
        while supervised(run()).await {
            tracing::error!("the watcher of exports broke: it begins anew");
            self.listeners().fall_behind();
            sleep(PERIOD).await;
        }
    }

    /// Asks until nobody listens any more.
    async fn run(self) {
        let _ear = ear::start(self.0.listen_url.clone(), Arc::clone(&self.0.changed));
        let mut ticks = interval(PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut course = Course::default();
        loop {
            let in_haste = tokio::select! {
                _ = ticks.tick() => false,
                () = self.0.changed.notified() => true,
            };
            let Some(asked) = self.listeners().question(&course, in_haste) else { return };
            let begun = Instant::now();
            let question = asked.clone();
            let notified = self.notified_since(&course, in_haste);
            let ask = move |conn: &mut Conn| {
                let told = notified.map(|at| news::since(conn, at, MOST_NOTIFICATIONS));
                Ok((changes(conn, &question)?, told.transpose()?))
            };
            let answer = self.0.db.run(ask).await;
            self.0.db.work("watch exports").heard(&answer);
            let woken = match answer {
                Ok((answer, told)) => {
                    course.asked(&asked, answer.at);
                    let fresh = course.fresh(told.unwrap_or_default());
                    let listeners = &mut *self.listeners();
                    listeners.notify(fresh.iter())
                        + listeners.tell(&asked, &answer, &mut course.told)
                }
                Err(_) => 0,
            };
            let (least, most) = REST;
            let rest = begun.elapsed() * SPARED + WRITE * u32::try_from(woken).unwrap_or(u32::MAX);
            sleep(rest.clamp(least, most)).await;
        }
    }
}

impl Watcher {
    /// Since when it is asked what members were told; none where nobody listens who may be, in haste, and
    /// at first: who begins reads the list.
    fn notified_since(&self, course: &Course, in_haste: bool) -> Option<DateTime<Utc>> {
        let since = course.all_at.filter(|_| !in_haste)?;
        self.listeners().may_be_notified().then(|| since - COMMIT_LAG)
    }
}

/// Waits for the end of a task. Whether it broke.
async fn supervised(task: JoinHandle<()>) -> bool {
    task.await.is_err_and(|error| error.is_panic())
}

/// How far the watcher has come.
#[derive(Default)]
struct Course {
    /// The last question.
    at: Option<DateTime<Utc>>,
    /// The last one about everything.
    all_at: Option<DateTime<Utc>>,
    told: Told,
    /// Notifications that were told lately, and when.
    notified: HashMap<NotificationId, Instant>,
}

impl Course {
    fn asked(&mut self, asked: &Asked, at: DateTime<Utc>) {
        self.at = Some(at);
        if !asked.in_haste || self.all_at.is_none() {
            self.all_at = Some(at);
            self.told.forget();
        }
    }

    /// Of what a question found, which looks back over the one before it, what is new.
    fn fresh(&mut self, mut told: Vec<Since>) -> Vec<Since> {
        self.notified.retain(|_, at| at.elapsed() < 3 * COMMIT_LAG);
        told.retain(|one| self.notified.insert(one.id, Instant::now()).is_none());
        told
    }

    /// The next question: about these exports by their ids, and about all others where `of_all`.
    fn question(&self, in_haste: bool, of_all: bool, mut exports: Vec<ExportId>) -> Asked {
        let by_id = !of_all && (!in_haste || exports.len() <= FEW);
        let (since, overlap) = if in_haste { (self.at, HASTE) } else { (self.all_at, COMMIT_LAG) };
        if in_haste && exports.len() > FEW {
            exports.clear();
        }
        // Failed tries that began long ago are found by their exports.
        if of_all {
            exports.extend(self.told.under_way().take(if in_haste { FEW } else { usize::MAX }));
        }
        let since = since.filter(|_| !by_id);
        // Who begins knows nothing of what is on the wire, and of what failed just before.
        let whole = of_all && !in_haste;
        let (on_the_wire, long_tries) =
            (whole && self.told.is_new(), whole && self.told.is_unsure() && since.is_some());
        let limit = MOST;
        let asked = Asked { since, overlap, in_haste, exports, limit, ..Asked::default() };
        Asked { on_the_wire, long_tries, ..asked }
    }
}
