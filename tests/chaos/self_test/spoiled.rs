//! The ways to break an invariant.

use uuid::Uuid;

use super::Spoiled;
use super::sound::{CANCELLED, LOST, RETRIED, UNDER_WAY, WEBHOOK, at, attempt_id};
use crate::evidence::{Evidence, Seen};

const fn way(invariant: usize, how: &'static str, spoil: fn(&mut Evidence)) -> Spoiled {
    Spoiled { invariant, how, spoil }
}

/// All of them.
pub const ALL: &[Spoiled] = &[
    way(1, "an accepted export that is gone", |it| {
        it.snapshot.exports.retain(|row| row.id != UNDER_WAY)
    }),
    way(1, "an export that nobody was told of", |it| {
        it.rules.quiet = true;
        it.snapshot.exports.retain(|row| row.id != UNDER_WAY);
        it.told.accepted.retain(|_, ids| ids[0] != UNDER_WAY && ids[0] != RETRIED);
    }),
    way(1, "two exports under one key", |it| {
        it.told.accepted.insert("key".to_owned(), vec![RETRIED, LOST]);
    }),
    way(1, "an export without an end when all is quiet", |it| it.rules.quiet = true),
    way(1, "an end that turned into another", |it| {
        let end = (Some("failed".to_owned()), Some("http_5xx".to_owned()), 2);
        it.history.ended.insert(RETRIED, end);
    }),
    way(1, "an ended export with a job", |it| it.snapshot.queue.jobs[0].export_id = RETRIED),
    way(1, "an answer that nobody should get", |it| it.told.complaints.push("404".to_owned())),
    way(2, "a delivery that the receiver answered with 500", |it| {
        answer(it, RETRIED, 2, Some(500))
    }),
    way(2, "a delivery that it never saw", |it| it.seen.retain(|seen| seen.export != RETRIED)),
    way(2, "an acceptance that is told as plainly not delivered", |it| {
        answer(it, CANCELLED, 1, Some(200));
    }),
    way(3, "a request that is not in the log", |it| {
        it.snapshot.attempts.retain(|row| row.id != attempt_id(LOST, 1));
    }),
    way(3, "a request that the log has under another export", |it| {
        it.snapshot.attempts[0].export_id = LOST;
    }),
    way(3, "a status that the receiver did not answer", |it| answer(it, RETRIED, 1, Some(502))),
    way(3, "a late status that the receiver did not answer", |it| answer(it, LOST, 1, None)),
    way(4, "an attempt that came twice", |it| {
        let again = it.seen[0].clone();
        it.seen.push(again);
    }),
    way(4, "a try after a recorded success", |it| {
        it.snapshot.attempts[0].outcome = "delivered".to_owned();
    }),
    way(5, "other bytes", |it| it.seen[1].body[0] ^= 1),
    way(5, "a bad signature", |it| it.seen[1].signed = false),
    way(5, "a timestamp from an hour ago", |it| it.seen[1].timestamp -= 3_600),
    way(5, "a timestamp from before the claim", |it| it.seen[1].timestamp -= 1),
    way(5, "a timestamp of the future", |it| it.seen[1].timestamp += 10),
    way(6, "a gap in the numbers", |it| it.snapshot.attempts[1].attempt_number = 3),
    way(6, "an attempt that the export does not count", |it| {
        it.snapshot.exports[0].attempt_count = 1
    }),
    way(6, "a try before the schedule", |it| {
        let first = &mut it.snapshot.attempts[0];
        first.next_attempt_at = None;
        it.snapshot.attempts[1].started_at = at(4);
    }),
    way(6, "a try before the time that was promised", |it| {
        it.snapshot.attempts[0].next_attempt_at = Some(at(11));
    }),
    way(6, "a try 5 s after an ambiguous one", |it| it.snapshot.attempts[0].ambiguous = true),
    way(7, "a lease that nobody sees to", |it| {
        it.snapshot.queue.jobs[0].lease_until = Some(at(14));
    }),
    way(8, "a logged attempt that changed", |it| it.snapshot.attempts[2].fingerprint += 1),
    way(8, "a logged attempt that vanished", |it| {
        it.history.attempts.insert(Uuid::from_u128(7), 0);
    }),
    way(8, "a late result of what was not lost", |it| {
        it.snapshot.attempts[0].late_outcome = Some("delivered".to_owned());
    }),
    way(8, "an end that another attempt brought", |it| {
        it.snapshot.exports[0].outcome = Some("worker_lost".to_owned());
    }),
    way(8, "a late acceptance that ended otherwise", |it| {
        it.snapshot.exports[1].end_state = Some("failed".to_owned());
        it.snapshot.exports[1].ambiguous = true;
    }),
    way(9, "a claim after a cancellation", |it| it.told.cancelled = vec![(CANCELLED, at(-1))]),
    way(9, "a claim after a deletion", |it| it.told.deleted = vec![(WEBHOOK, at(15))]),
    way(10, "a row of two organisations", |it| it.snapshot.cross_tenant.push("lanes x".to_owned())),
    way(10, "an export at another webhook", |it| it.seen[0].webhook = Uuid::from_u128(3)),
    way(11, "a lane that counts one too many", |it| it.snapshot.queue.lanes[0].in_flight = 2),
    way(11, "a lane that counts one too few", |it| it.snapshot.queue.lanes[0].in_flight = 0),
];

fn answer(evidence: &mut Evidence, export: Uuid, number: u128, status: Option<u16>) {
    let attempt = attempt_id(export, number);
    let theirs = |seen: &&mut Seen| seen.attempt == attempt;
    let seen = evidence.seen.iter_mut().find(theirs).expect("it was seen");
    seen.answer = status;
}
