//! Exports that are asked for at the same time are written in one statement, with one commit: while one
//! write runs, the next ones gather. Nobody is waited for, neither for a time nor in a lock: who is alone
//! is written at once, and what has to wait for somebody else does so by itself.

use std::collections::VecDeque;
use std::iter;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::order::{Order, several};
use super::{alone, export, parts};
use crate::db::{Connect, persevere};
use crate::error::StoreError;
use crate::exports::read::Export;
use crate::exports::row::Due;

/// Most exports of one write.
const MOST: usize = 64;

/// Most people of an export that is written with others: they would wait for more.
const FEW_PEOPLE: usize = 100;

/// Most bytes of its payload.
const FEW_BYTES: usize = 256 * 1024;

/// Most bytes of the payloads of one write, which the buffers of a link then keep room for.
const MOST_BYTES: usize = 1024 * 1024;

/// How long one write waits for a lock: what somebody else holds longer is waited for by itself.
const PATIENCE: &str = "100ms";

/// Where exports meet that are to be written together.
#[derive(Default)]
pub struct Together(Mutex<Meeting>);

#[derive(Default)]
struct Meeting {
    /// Whether somebody writes. Nobody waits while nobody does.
    writing: bool,
    waiting: VecDeque<Place>,
}

impl Meeting {
    /// Those of the next write: the first, and as many more as fit in with it.
    fn next(&mut self) -> Vec<Place> {
        let mut bytes = 0;
        let fit = self.waiting.iter().take(MOST).take_while(|place| {
            bytes += place.order.frozen.payload_bytes;
            bytes <= MOST_BYTES
        });
        let fit = fit.count();
        self.waiting.drain(..fit).collect()
    }
}

/// An export that waits, and who is told what became of it.
struct Place {
    order: Arc<Order>,
    told: Sender<Told>,
}

/// What who waits is told.
enum Told {
    /// To write all that wait, their own first.
    Turn,
    /// It is written.
    Written(Due),
    /// It is not, and somebody may have to be waited for.
    Alone,
    /// Nobody knows whether it is, or nobody can write now.
    Failed(StoreError),
}

impl Together {
    /// How many wait for the end of the write that runs now.
    pub fn waiting(&self) -> usize {
        self.meeting().waiting.len()
    }

    /// Writes an export, with those that come meanwhile: `alone`, in effect.
    pub(in crate::exports) fn write(
        &self,
        db: &mut impl Connect,
        order: Order,
    ) -> Result<Option<Export>, StoreError> {
        if is_large(&order) {
            return by_itself(db, &order);
        }
        let order = Arc::new(order);
        let (mut is_my_turn, hears) = self.join(&order);
        loop {
            if is_my_turn {
                Turn(self).take(db);
            }
            match hears.recv() {
                Ok(Told::Turn) => is_my_turn = true,
                Ok(Told::Written(due)) => return Ok(Some(export(&order, &due))),
                Ok(Told::Alone) => return by_itself(db, &order),
                Ok(Told::Failed(error)) => return Err(error),
                Err(_) => return Err(StoreError::Unavailable("a write broke off".to_owned())),
            }
        }
    }

    /// Takes a place, and the turn if nobody has it.
    fn join(&self, order: &Arc<Order>) -> (bool, Receiver<Told>) {
        let (told, hears) = mpsc::channel();
        let mut meeting = self.meeting();
        meeting.waiting.push_back(Place { order: Arc::clone(order), told });
        let is_my_turn = !meeting.writing;
        meeting.writing = true;
        (is_my_turn, hears)
    }

    fn meeting(&self) -> MutexGuard<'_, Meeting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn to write, which goes on to the next however it ends.
struct Turn<'a>(&'a Together);

impl Turn<'_> {
    fn take(self, db: &mut impl Connect) {
        let places = self.0.meeting().next();
        let orders: Vec<&Order> = places.iter().map(|place| &*place.order).collect();
        let written = db.with(|conn| several(conn, &orders, Some(PATIENCE))).and_then(|written| {
            // What the server refuses it has not done: each finds out by itself whose fault it is.
            written.or_else(|error| if error.is_told() { Err(error) } else { Ok(Vec::new()) })
        });
        match written {
            Ok(written) => {
                let written = written.into_iter().chain(iter::repeat_with(|| None));
                for (place, due) in places.iter().zip(written) {
                    place.tell(due.map_or(Told::Alone, Told::Written));
                }
            }
            Err(error) => places.iter().for_each(|place| place.tell(Told::Failed(again(&error)))),
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut meeting = self.0.meeting();
        while let Some(next) = meeting.waiting.front() {
            if next.told.send(Told::Turn).is_ok() {
                return;
            }
            meeting.waiting.pop_front();
        }
        meeting.writing = false;
    }
}

impl Place {
    fn tell(&self, told: Told) {
        // Who waits hears, unless it broke off.
        let _ = self.told.send(told);
    }
}

fn is_large(order: &Order) -> bool {
    let frozen = &order.frozen;
    parts::are_several(frozen)
        || frozen.people.len() > FEW_PEOPLE
        || frozen.payload_bytes > FEW_BYTES
}

/// Writes an export by itself, and waits for whom it has to.
pub(in crate::exports) fn by_itself(
    db: &mut impl Connect,
    order: &Order,
) -> Result<Option<Export>, StoreError> {
    db.with(|conn| persevere(conn, |conn| alone(conn, order)))?
}

/// The same error, for another of them.
fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Away(told) => StoreError::Away(told.clone()),
        StoreError::Waiting(wait) => StoreError::Waiting(wait.clone()),
        StoreError::ReadOnly(told) => StoreError::ReadOnly(told.clone()),
        error => StoreError::Unavailable(error.to_string()),
    }
}
