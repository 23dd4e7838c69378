//! What changes between the look at what an export is made of and the write that accepts it: the write
//! looks again, and then the request is begun anew.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use domain::export::DisabledReason;
use domain::id::{ExportId, WebhookId};
use store::exports::{self, CreateRefusal, NewExport, ResendRefusal};
use store::idempotency_keys::IdempotencyKey;
use store::maintenance::drop_payloads;
use store::{Conn, Connect, StoreError, webhooks};

use crate::audit::told;
use crate::database::World;
use crate::people::{count, people};
use crate::sending::{answer, create, lease, new_export, test_export, try_export, webhook};

/// What an accepted export consists of.
const WRITTEN: [&str; 6] = [
    "exports",
    "export_applications",
    "export_payloads",
    "export_jobs",
    "idempotency_keys",
    "audit_events",
];

fn rows(conn: &mut Conn) -> [i64; 6] {
    WRITTEN.map(|table| count(conn, table))
}

fn key() -> IdempotencyKey {
    IdempotencyKey {
        caller: "issuer|auth0|rosa".to_owned(),
        operation: "create_export".to_owned(),
        key: "k-1".to_owned(),
        request_sha256: [1; 32],
    }
}

/// A webhook and two people to export to it.
fn ready(world: &mut World) -> NewExport {
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 2);
    told(&mut world.conn);
    NewExport { idempotency_key: Some(key()), ..new_export(webhook, vacancy, &picked) }
}

/// A connection on which something happens between the first time that it is used and the second.
struct Meanwhile<F> {
    conn: Conn,
    uses: u32,
    happens: Option<F>,
}

impl<F: FnOnce()> Connect for Meanwhile<F> {
    fn with<T>(&mut self, call: impl FnOnce(&mut Conn) -> T) -> Result<T, StoreError> {
        if self.uses == 1
            && let Some(happens) = self.happens.take()
        {
            happens();
        }
        self.uses += 1;
        Ok(call(&mut self.conn))
    }
}

/// What a webhook went through between look and write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Deleted,
    Disabled,
}

impl Fate {
    fn strike(self, world: &mut World, webhook: WebhookId) {
        match self {
            Self::Deleted => {
                let deleted = webhooks::delete(&mut world.conn, &world.admin, webhook, true);
                deleted.expect("Postgres").expect("live");
            }
            Self::Disabled => {
                world.sql("UPDATE lanes SET disabled_at = now(), disabled_reason = 'gone'");
            }
        }
    }

    /// Whether that is why.
    fn explains(self, refusal: &CreateRefusal) -> bool {
        match refusal {
            CreateRefusal::Disabled { reason, .. } => {
                (self, *reason) == (Self::Disabled, DisabledReason::Gone)
            }
            CreateRefusal::Unknown { vacancy: false, webhook: true } => self == Self::Deleted,
            _ => false,
        }
    }
}

#[test]
fn a_webhook_that_goes_between_look_and_write_is_refused_for_that() {
    for fate in [Fate::Deleted, Fate::Disabled] {
        for test in [false, true] {
            let mut world = World::new();
            let new = ready(&mut world);
            let (conn, rosa) = (world.connect(), world.rosa.clone());
            let happens = || fate.strike(&mut world, new.webhook_id);
            let mut db = Meanwhile { conn, uses: 0, happens: Some(happens) };
            let accepted = if test {
                exports::create_test(&mut db, &rosa, new.webhook_id, new.idempotency_key.as_ref())
            } else {
                create(&mut db, &rosa, &new)
            };
            assert!(db.happens.is_none(), "it was written in the first look");
            drop(db);
            if test && matches!(fate, Fate::Disabled) {
                accepted.expect("Postgres").expect("a disabled webhook can be tested");
                continue;
            }
            let refusal = accepted.expect("Postgres").expect_err("nowhere to go");
            assert!(fate.explains(&refusal), "{fate:?}: {refusal:?}");
            told(&mut world.conn);
            assert_eq!(rows(&mut world.conn), [0; 6], "{fate:?}: nothing was written");
        }
    }
}

#[test]
fn a_look_is_not_repeated_when_nothing_has_changed() {
    let mut world = World::new();
    let new = ready(&mut world);
    let mut db = Meanwhile { conn: world.connect(), uses: 0, happens: Some(|| ()) };
    let accepted = create(&mut db, &world.rosa, &new).expect("Postgres");
    assert_eq!((accepted.map(|accepted| accepted.replayed), db.uses), (Ok(false), 2));
    assert_eq!(rows(&mut world.conn), [1, 2, 1, 1, 1, 1]);
}

#[test]
fn a_key_that_is_taken_between_look_and_write_answers_what_it_stands_for() {
    let mut world = World::new();
    let new = ready(&mut world);
    let (conn, rosa) = (world.connect(), world.rosa.clone());
    let mut faster = None;
    let happens = || faster = Some(try_export(&mut world.conn, &rosa, &new).expect("accepted"));
    let mut db = Meanwhile { conn, uses: 0, happens: Some(happens) };
    let replay = create(&mut db, &world.rosa, &new).expect("Postgres").expect("the same");
    drop(db);
    let faster = faster.expect("accepted");
    assert_eq!((replay.export.id, replay.replayed), (faster.export.id, true));
    assert_eq!(rows(&mut world.conn), [1, 2, 1, 1, 1, 1]);
}

#[test]
fn a_key_whose_first_request_is_rolled_back_is_free_for_the_second() {
    let mut world = World::new();
    let new = ready(&mut world);
    let mut first = world.connect();
    let second = first.test_transaction::<_, StoreError, _>(|first| {
        try_export(first, &world.rosa, &new).expect("accepted");
        let (mut conn, rosa, new) = (world.connect(), world.rosa.clone(), new.clone());
        let second = std::thread::spawn(move || try_export(&mut conn, &rosa, &new));
        world.until_somebody_waits();
        Ok(second)
    });
    let accepted = second.join().expect("no panic").expect("it is the first");
    assert!(!accepted.replayed);
    assert_eq!(rows(&mut world.conn), [1, 2, 1, 1, 1, 1], "the first left nothing");
}

/// A webhook and an export to it that has failed.
fn failed(world: &mut World) -> (WebhookId, ExportId) {
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let export = test_export(&mut world.conn, &world.rosa, webhook);
    let jobs = lease(&mut world.conn, 1);
    answer(&mut world.conn, jobs, 413);
    told(&mut world.conn);
    (webhook, export)
}

/// Sends again while another transaction is about to commit `change`.
fn resend_beside(
    world: &mut World,
    export: ExportId,
    change: impl FnOnce(&mut Conn, &World),
) -> Result<exports::Accepted, ResendRefusal> {
    let mut changing = world.connect();
    let resending = changing.transaction(|changing| {
        change(changing, world);
        let (mut conn, rosa) = (world.connect(), world.rosa.clone());
        let resending =
            std::thread::spawn(move || exports::resend(&mut conn, &rosa, export, Some(&key())));
        world.until_somebody_waits();
        Ok::<_, StoreError>(resending)
    });
    resending.expect("committed").join().expect("no panic").expect("Postgres")
}

#[test]
fn a_webhook_that_goes_while_its_export_is_sent_again_is_refused_for_that() {
    let mut world = World::new();
    let (webhook, export) = failed(&mut world);
    let refused = resend_beside(&mut world, export, |changing, world| {
        let deleted = webhooks::delete(changing, &world.admin, webhook, false);
        deleted.expect("Postgres").expect("idle");
    });
    assert_eq!(refused, Err(ResendRefusal::WebhookDeleted));
    told(&mut world.conn);
    assert_eq!(rows(&mut world.conn), [1, 0, 1, 0, 0, 0]);
}

#[test]
fn bytes_that_go_while_their_export_is_sent_again_are_refused_for_that() {
    let mut world = World::new();
    let (_, export) = failed(&mut world);
    let refused = resend_beside(&mut world, export, |changing, _| {
        let over = "UPDATE exports SET payload_kept_until = now();
                    UPDATE payload_ends SET kept_until = now()";
        changing.batch_execute(over).expect("Postgres");
        assert_eq!(drop_payloads(changing).expect("Postgres"), 1);
    });
    assert_eq!(refused, Err(ResendRefusal::PayloadGone));
    assert_eq!(rows(&mut world.conn), [1, 0, 0, 0, 0, 0]);
}

#[test]
fn of_two_that_send_again_at_once_one_does() {
    let mut world = World::new();
    let (_, export) = failed(&mut world);
    let refused = resend_beside(&mut world, export, |changing, world| {
        let resent = exports::resend(changing, &world.admin, export, None);
        assert!(resent.expect("Postgres").is_ok());
    });
    assert_eq!(refused, Err(ResendRefusal::InProgress));
    assert_eq!(told(&mut world.conn).len(), 1, "it was told once");
}

/// Bytes of a payload that comes in parts: two whole ones and a rest.
const LARGE: usize = 2 * 1024 * 1024;

#[test]
fn a_large_payload_comes_in_parts_and_is_stored_whole() {
    let mut world = World::new();
    let new = ready(&mut world);
    let job = format!(r#"{{"description": "{}", "current": false}}"#, "x".repeat(20_000));
    let jobs = vec![job; LARGE / 2 / 20_000 + 1].join(",");
    world.sql(&format!("UPDATE candidates SET experience = '[{jobs}]'"));
    let frozen = |world: &mut World, id: ExportId| {
        let whole = format!(
            "exports e JOIN export_payloads p ON p.export_id = e.id
             WHERE e.id = '{id}' AND sha256(p.body) = e.payload_sha256
               AND length(p.body) = e.payload_bytes AND length(p.body) > {LARGE}
               AND convert_from(p.body, 'UTF8')::jsonb -> 'candidates' -> 1 ->> 'sequence' = '2'"
        );
        assert_eq!(count(&mut world.conn, &whole), 1, "all of it, in its order");
        assert_eq!(count(&mut world.conn, "payload_parts"), 0, "no part is left");
    };
    let accepted = create(&mut world.conn, &world.rosa, &new);
    let accepted = accepted.expect("Postgres").expect("accepted");
    frozen(&mut world, accepted.export.id);

    // Begun again, since the key was taken in between: what came for nothing is gone, too.
    let (conn, rosa) = (world.connect(), world.rosa.clone());
    let other = NewExport {
        idempotency_key: Some(IdempotencyKey { key: "k-2".to_owned(), ..key() }),
        ..new
    };
    let mut first = None;
    let happens = || first = Some(create(&mut world.conn, &world.rosa, &other));
    let mut db = Meanwhile { conn, uses: 0, happens: Some(happens) };
    let second = create(&mut db, &rosa, &other).expect("Postgres").expect("a replay");
    drop(db);
    let first = first.expect("it happened").expect("Postgres").expect("accepted");
    assert_eq!((second.replayed, second.export.id), (true, first.export.id));
    frozen(&mut world, first.export.id);
}
