//! Who listens to what, and what each was not told yet: little, however slowly they read.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::web::Bytes;
use domain::export::ExportStatus;
use domain::id::ExportId;
use store::news::Since;
use store::queue::{Asked, Changes, Standing};
use tokio::sync::Notify;

use super::place::Owner;
use super::subject::Subject;
use super::{Course, Told, Watcher};
use crate::stream::frame;

/// Most events that wait for one reader; who lets more come reads the present state instead.
const WAITING: usize = 256;

/// Where an export stands, for those who listen.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// Where it stands, in full.
    pub(crate) standing: Arc<Standing>,
    pub(crate) status: ExportStatus,
    pub(crate) attempt_count: u32,
    /// The question that found it, in microseconds since 1970 by the database's clock.
    pub(crate) at: i64,
    /// As it goes out; all share it.
    pub(crate) frame: Bytes,
}

/// What a listener was not told yet.
#[derive(Debug, Default)]
pub(crate) struct News {
    pub(crate) events: VecDeque<Event>,
    /// There was more than a slow reader may have waiting: it is thrown away.
    pub(crate) behind: bool,
    /// Notifications of the member, as they go out; of too many the oldest are left out.
    pub(crate) notifications: VecDeque<Bytes>,
}

#[derive(Debug)]
struct Slot {
    subject: Subject,
    news: Mutex<News>,
    /// What it was told last, of one export.
    last: Mutex<Option<(ExportStatus, u32)>>,
    wake: Notify,
}

/// All who listen in this process.
#[derive(Default)]
pub(super) struct Listeners {
    /// Whether the watcher runs.
    runs: bool,
    number: u64,
    of_one: HashMap<ExportId, HashMap<u64, Arc<Slot>>>,
    of_all: HashMap<u64, Arc<Slot>>,
    /// The last question about all, as [`Event::at`].
    whole_at: i64,
    pub(super) streams: HashMap<Owner, usize>,
}

/// Somebody who listens, until it is dropped.
pub(crate) struct Listener {
    watcher: Watcher,
    number: u64,
    slot: Arc<Slot>,
}

impl Listeners {
    pub(super) fn add(&mut self, watcher: &Watcher, subject: Subject) -> Listener {
        let (news, last, wake) = (Mutex::default(), Mutex::default(), Notify::new());
        let slot = Arc::new(Slot { subject, news, last, wake });
        self.number += 1;
        let of_same = match &slot.subject {
            Subject::Export(id) => self.of_one.entry(*id).or_default(),
            Subject::All { .. } => &mut self.of_all,
        };
        of_same.insert(self.number, Arc::clone(&slot));
        Listener { watcher: watcher.clone(), number: self.number, slot }
    }

    fn remove(&mut self, number: u64, subject: &Subject) {
        match subject {
            Subject::Export(id) => {
                if let Some(of_one) = self.of_one.get_mut(id) {
                    of_one.remove(&number);
                    if of_one.is_empty() {
                        self.of_one.remove(id);
                    }
                }
            }
            Subject::All { .. } => drop(self.of_all.remove(&number)),
        }
    }

    /// Whether the watcher is to be started.
    pub(super) fn begin(&mut self) -> bool {
        !std::mem::replace(&mut self.runs, true)
    }

    /// What to ask now; none where nobody listens: then the watcher is over.
    pub(super) fn question(&mut self, course: &Course, in_haste: bool) -> Option<Asked> {
        if self.of_one.is_empty() && self.of_all.is_empty() {
            self.runs = false;
            return None;
        }
        let exports = self.of_one.keys().copied().collect();
        Some(course.question(in_haste, !self.of_all.is_empty(), exports))
    }

    /// Tells those who listen, and answers how many have something to read.
    pub(super) fn tell(&mut self, asked: &Asked, changes: &Changes, told: &mut Told) -> usize {
        let at = changes.at.timestamp_micros();
        let mut woken = 0;
        told.learn(asked, changes);
        for standing in &changes.exports {
            let event = Event::new(standing, at);
            let of_one = self.of_one.get(&standing.export_id);
            for slot in of_one.into_iter().flat_map(HashMap::values) {
                woken += usize::from(slot.replace(&event));
            }
            if self.of_all.is_empty() || !told.note(standing) {
                continue;
            }
            for slot in self.of_all.values().filter(|slot| slot.subject.covers(standing)) {
                slot.add(&event);
                woken += 1;
            }
        }
        if self.of_all.is_empty() {
            told.clear();
        }
        // Only a question about everything leaves nothing to tell from before.
        if asked.since.is_some() && !asked.in_haste && !asked.on_the_wire {
            self.whole_at = at;
        }
        woken
    }

    /// Whether anybody listens who may be notified.
    pub(super) fn may_be_notified(&self) -> bool {
        self.of_all.values().any(|slot| slot.subject.member().is_some())
    }

    /// Tells members of their notifications, and answers how many have something to read.
    pub(super) fn notify<'a>(&self, told: impl Iterator<Item = &'a Since>) -> usize {
        let mut woken = 0;
        for one in told {
            let mut frame = None;
            for slot in self.of_all.values().filter(|slot| slot.subject.is_told(one)) {
                slot.notify(frame.get_or_insert_with(|| frame::notification(one)));
                woken += 1;
            }
        }
        woken
    }

    /// What happens is missed for a while: whoever listens reads how things stand.
    pub(super) fn fall_behind(&self) {
        for slot in self.of_all.values() {
            slot.news().behind = true;
            slot.wake.notify_one();
        }
    }
}

impl Event {
    pub(crate) fn new(standing: &Standing, at: i64) -> Self {
        let (status, attempt_count) = (standing.status, standing.attempt_count);
        let frame = frame::status(standing, at);
        Self { standing: Arc::new(standing.clone()), status, attempt_count, at, frame }
    }
}

impl Slot {
    fn news(&self) -> MutexGuard<'_, News> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Of one export only the last counts. Whether it is another one than before.
    fn replace(&self, event: &Event) -> bool {
        let now = Some((event.status, event.attempt_count));
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut *last, now) == now {
            return false;
        }
        let mut news = self.news();
        news.events.clear();
        news.events.push_back(event.clone());
        self.wake.notify_one();
        true
    }

    fn notify(&self, frame: &Bytes) {
        let mut news = self.news();
        if news.notifications.len() >= WAITING {
            news.notifications.pop_front();
        }
        news.notifications.push_back(frame.clone());
        self.wake.notify_one();
    }

    fn add(&self, event: &Event) {
        let mut news = self.news();
        if news.events.len() >= WAITING {
            news.events.clear();
            news.behind = true;
        }
        if !news.behind {
            news.events.push_back(event.clone());
        }
        self.wake.notify_one();
    }
}

impl Listener {
    /// Whether it is about one export.
    pub(crate) fn is_of_one(&self) -> bool {
        matches!(self.slot.subject, Subject::Export(_))
    }

    /// Waits until there is something new, and takes it.
    pub(crate) async fn news(&self) -> News {
        loop {
            let news = std::mem::take(&mut *self.slot.news());
            if news.behind || !news.events.is_empty() || !news.notifications.is_empty() {
                return news;
            }
            self.slot.wake.notified().await;
        }
    }

    /// Up to where everything was told, as [`Event::at`]; none while something waits to be told, and of one
    /// export.
    pub(crate) fn told_up_to(&self) -> Option<i64> {
        let listeners = self.watcher.listeners();
        let news = self.slot.news();
        let told = !self.is_of_one() && news.events.is_empty() && !news.behind;
        told.then_some(listeners.whole_at)
    }

    /// What was read of the export by themselves is no news, unless they were told already.
    pub(crate) fn knows(&self, status: ExportStatus, attempt_count: u32) {
        let mut last = self.slot.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.get_or_insert((status, attempt_count));
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.watcher.listeners().remove(self.number, &self.slot.subject);
    }
}

#[cfg(test)]
mod tests;
