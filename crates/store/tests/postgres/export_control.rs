//! Cancelling, and sending again.

use domain::export::{EndedBy, ExportStatus};
use domain::id::{ExportId, WebhookId};
use domain::outcome::Outcome;
use store::exports::{
    Accepted, CancelRefusal, Cancelled, Export, ResendRefusal, cancel, get, payload, resend,
};
use store::idempotency_keys::IdempotencyKey;
use store::{attempts, maintenance, queue, webhooks};

use crate::actors::recruiter;
use crate::database::World;
use crate::sending::{answer, lease, test_export, webhook};

struct Sent {
    world: World,
    webhook: WebhookId,
    export: ExportId,
}

/// A webhook and one export to it.
fn one_export() -> Sent {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let export = test_export(&mut world.conn, &world.rosa, webhook);
    Sent { world, webhook, export }
}

impl Sent {
    fn cancel(&mut self) -> Result<Cancelled, CancelRefusal> {
        let cancelled = cancel(&mut self.world.conn, &self.world.admin, self.export);
        let (cancelled, export) = cancelled.expect("Postgres")?;
        assert_eq!(export, self.read(), "it answers the export as it stands");
        Ok(cancelled)
    }

    fn resend(&mut self) -> Result<bool, ResendRefusal> {
        let resent = resend(&mut self.world.conn, &self.world.admin, self.export, None);
        let Accepted { export, replayed } = resent.expect("Postgres")?;
        assert_eq!(export, self.read(), "it answers the export as it stands");
        Ok(replayed)
    }

    fn attempt(&mut self, status: u16) {
        queue::notify(&mut self.world.conn, &[(self.world.northwind, self.webhook)])
            .expect("Postgres");
        let jobs = lease(&mut self.world.conn, 1);
        assert_eq!(jobs.len(), 1);
        answer(&mut self.world.conn, jobs, status);
    }

    fn read(&mut self) -> Export {
        get(&mut self.world.conn, &self.world.admin, self.export).expect("Postgres").expect("there")
    }
}

#[test]
fn a_waiting_export_is_cancelled_at_once() {
    let mut sent = one_export();
    assert_eq!(sent.cancel(), Ok(Cancelled::Ended));
    let export = sent.read();
    assert_eq!((export.status, export.ended_by), (ExportStatus::Cancelled, Some(EndedBy::Member)));
    assert_eq!((export.outcome, export.attempt_count), (None, 0));
    assert!(lease(&mut sent.world.conn, 1).is_empty(), "nothing is claimed any more");
    assert_eq!(sent.cancel(), Err(CancelRefusal::AlreadyEnded(ExportStatus::Cancelled)));
}

#[test]
fn cancelling_between_tries_keeps_what_the_last_one_came_to() {
    let mut sent = one_export();
    sent.attempt(500);
    assert_eq!(sent.cancel(), Ok(Cancelled::Ended));
    let export = sent.read();
    assert_eq!((export.outcome, export.attempt_count), (Some(Outcome::Http5xx), 1));
    assert!(export.anything_sent);
}

#[test]
fn what_is_on_the_wire_finishes_first() {
    for (status, end) in [(500, ExportStatus::Cancelled), (200, ExportStatus::Delivered)] {
        let mut sent = one_export();
        let jobs = lease(&mut sent.world.conn, 1);
        assert_eq!(sent.cancel(), Ok(Cancelled::OnTheWire));
        assert_eq!(sent.cancel(), Ok(Cancelled::OnTheWire), "once more changes nothing");
        let export = sent.read();
        assert_eq!(export.stopping, Some(EndedBy::Member));
        assert_eq!(export.status, ExportStatus::Delivering);
        answer(&mut sent.world.conn, jobs, status);
        assert_eq!(sent.read().status, end);
        assert_eq!(sent.cancel(), Err(CancelRefusal::AlreadyEnded(end)));
    }
}

#[test]
fn an_export_of_somebody_else_is_not_there() {
    let mut sent = one_export();
    let ben = recruiter(sent.world.northwind, "auth0|ben");
    for other in [&sent.world.stranger, &ben] {
        let conn = &mut sent.world.conn;
        let cancelled = cancel(conn, other, sent.export).expect("Postgres");
        assert_eq!(cancelled, Err(CancelRefusal::Unknown));
        let resent = resend(conn, other, sent.export, None).expect("Postgres");
        assert_eq!(resent, Err(ResendRefusal::Unknown));
    }
    let own = cancel(&mut sent.world.conn, &sent.world.rosa, sent.export);
    assert_eq!(own.expect("Postgres").map(|(cancelled, _)| cancelled), Ok(Cancelled::Ended));
}

#[test]
fn sending_again_goes_on_with_the_same_bytes_and_numbers() {
    let mut sent = one_export();
    let northwind = sent.world.northwind;
    assert_eq!(sent.resend(), Err(ResendRefusal::InProgress));
    sent.attempt(413);
    let bytes = payload(&mut sent.world.conn, &sent.world.admin, sent.export).expect("Postgres");
    assert_eq!(sent.resend(), Ok(false));
    assert_eq!(sent.resend(), Err(ResendRefusal::InProgress), "it is under way again");
    queue::notify(&mut sent.world.conn, &[(northwind, sent.webhook)]).expect("Postgres");
    let jobs = lease(&mut sent.world.conn, 1);
    assert_eq!((jobs[0].lease.export, jobs[0].lease.attempt_number), (sent.export, 2));
    assert_eq!(jobs[0].lease.tries.counted, 0, "the schedule starts again");
    assert_eq!(Some(jobs[0].body.clone()), bytes);
    answer(&mut sent.world.conn, jobs, 200);
    assert_eq!(sent.read().attempt_count, 2);
    assert_eq!(sent.resend(), Ok(false), "what was accepted may be sent again too");
}

#[test]
fn sending_again_needs_bytes_and_a_live_enabled_webhook() {
    let mut sent = one_export();
    sent.attempt(410);
    assert!(matches!(sent.resend(), Err(ResendRefusal::WebhookDisabled { .. })));
    let enabled = webhooks::enable(&mut sent.world.conn, &sent.world.admin, sent.webhook);
    enabled.expect("Postgres").expect("disabled");
    sent.world.sql("UPDATE exports SET payload_kept_until = now()");
    sent.world.sql("UPDATE payload_ends SET kept_until = now()");
    maintenance::drop_payloads(&mut sent.world.conn).expect("Postgres");
    assert_eq!(sent.resend(), Err(ResendRefusal::PayloadGone));
    let kept = payload(&mut sent.world.conn, &sent.world.admin, sent.export).expect("Postgres");
    assert_eq!(kept, Some(None));
    webhooks::delete(&mut sent.world.conn, &sent.world.admin, sent.webhook, false)
        .expect("Postgres")
        .expect("idle");
    assert_eq!(sent.resend(), Err(ResendRefusal::WebhookDeleted));
}

/// Whatever the sweep has done: nothing is swept here.
#[test]
fn past_its_time_a_payload_is_gone_and_nothing_prolongs_it() {
    let mut sent = one_export();
    sent.attempt(413);
    let answers = |sent: &mut Sent| {
        let (conn, admin) = (&mut sent.world.conn, &sent.world.admin);
        let log = attempts::of_export(conn, admin, sent.export, None, 9).expect("Postgres");
        log.expect("there").items.into_iter().map(|it| it.response_body).collect::<Vec<_>>()
    };
    assert!(sent.read().payload_kept_until > sent.read().finished_at);
    assert_eq!(answers(&mut sent), [Some(b"noted".to_vec())]);
    sent.world.sql("UPDATE exports SET payload_kept_until = now()");
    let kept = payload(&mut sent.world.conn, &sent.world.admin, sent.export).expect("Postgres");
    assert_eq!(kept, Some(None));
    assert_eq!(sent.read().payload_kept_until, None);
    assert_eq!(answers(&mut sent), [None]);
    assert_eq!(sent.resend(), Err(ResendRefusal::PayloadGone));
    assert_eq!(sent.world.sql("UPDATE export_payloads SET body = body"), 1, "not swept");
    assert_eq!(answers(&mut sent), [None]);
}

#[test]
fn a_key_sends_again_once() {
    let mut sent = one_export();
    sent.attempt(413);
    let key = IdempotencyKey {
        caller: "issuer|auth0|rosa".to_owned(),
        operation: "resend_export".to_owned(),
        key: "k-1".to_owned(),
        request_sha256: [1; 32],
    };
    let mut keyed = |key: &IdempotencyKey| {
        let conn = &mut sent.world.conn;
        resend(conn, &sent.world.admin, sent.export, Some(key)).expect("Postgres")
    };
    assert_eq!(keyed(&key).map(|accepted| accepted.replayed), Ok(false));
    assert_eq!(keyed(&key).map(|accepted| accepted.replayed), Ok(true));
    let other = IdempotencyKey { request_sha256: [2; 32], ..key };
    assert_eq!(keyed(&other), Err(ResendRefusal::KeyReused));
}
