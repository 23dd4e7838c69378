//! Exports that are asked for at the same time: written with one commit, and no worse off than alone.

use std::sync::{Arc, Barrier};
use std::thread;

use diesel::connection::SimpleConnection;
use domain::actor::Actor;
use store::exports::{Created, NewExport, Together, create_together};
use store::idempotency_keys::IdempotencyKey;
use store::{Conn, Connect, StoreError};

use crate::database::World;
use crate::people::{count, people};
use crate::sending::{new_export, webhook};

type Answer = Result<Created, StoreError>;

/// What becomes of the second use of a connection, the write.
#[derive(Clone)]
enum Write {
    Works,
    /// It begins once so many wait for its end, and first tells that it is about to.
    Waits(Arc<Together>, usize, Arc<Barrier>),
    Breaks,
    Panics,
}

struct Link {
    conn: Conn,
    uses: u32,
    write: Write,
}

impl Connect for Link {
    fn with<T>(&mut self, call: impl FnOnce(&mut Conn) -> T) -> Result<T, StoreError> {
        self.uses += 1;
        match &self.write {
            _ if self.uses != 2 => {}
            Write::Works => {}
            Write::Waits(others, how_many, begins) => {
                begins.wait();
                while others.waiting() < *how_many {
                    thread::yield_now();
                }
            }
            Write::Breaks => return Err(StoreError::Away("gone".to_owned())),
            Write::Panics => panic!("a write that panics"),
        }
        Ok(call(&mut self.conn))
    }
}

/// Has the first one write while the others come; what each was answered, the others in their order.
fn at_once(world: &mut World, first: &NewExport, others: Vec<(Actor, NewExport)>) -> Vec<Answer> {
    beside(world, first, others, &Write::Works, |_| ())
}

/// The same; `then` happens once the first one has its answer, and before the others are waited for.
fn beside(
    world: &mut World,
    first: &NewExport,
    others: Vec<(Actor, NewExport)>,
    write: &Write,
    then: impl FnOnce(&mut World),
) -> Vec<Answer> {
    let (together, begins) = (Arc::<Together>::default(), Arc::new(Barrier::new(2)));
    let come = |world: &World, (actor, new): (Actor, NewExport), write: Write| {
        let mut link = Link { conn: world.connect(), uses: 0, write };
        let with = Arc::clone(&together);
        thread::spawn(move || create_together(&mut link, &actor, &new, &with))
    };
    let waits = Write::Waits(Arc::clone(&together), others.len(), Arc::clone(&begins));
    let first = come(world, (world.rosa.clone(), first.clone()), waits);
    // It has the turn.
    begins.wait();
    let others: Vec<_> = others.into_iter().map(|it| come(world, it, write.clone())).collect();
    let first = first.join().expect("no panic");
    then(world);
    let panicked = |_| Err(StoreError::Unavailable("it panicked".to_owned()));
    let others = others.into_iter().map(|other| other.join().unwrap_or_else(panicked));
    [first].into_iter().chain(others).collect()
}

fn is_accepted(answer: &Answer) -> bool {
    matches!(answer, Ok(Ok((accepted, Some(_)))) if !accepted.replayed)
}

fn transactions(conn: &mut Conn) -> i64 {
    count(conn, "(SELECT DISTINCT xmin::text FROM exports) one")
}

fn key(key: &str) -> Option<IdempotencyKey> {
    Some(IdempotencyKey {
        caller: "issuer|auth0|rosa".to_owned(),
        operation: "create_export".to_owned(),
        key: key.to_owned(),
        request_sha256: [1; 32],
    })
}

/// An export of two people to a webhook of each number.
fn to_webhooks(world: &mut World, numbers: std::ops::RangeInclusive<u8>) -> Vec<NewExport> {
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 2);
    let webhooks = numbers.map(|number| webhook(&mut world.conn, &world.admin, number));
    webhooks.map(|webhook| new_export(webhook, vacancy, &picked)).collect()
}

#[test]
fn what_comes_while_one_is_written_is_written_with_one_commit() {
    let mut world = World::new();
    let new = to_webhooks(&mut world, 1..=3);
    let keyed =
        |at: usize| NewExport { idempotency_key: key(&at.to_string()), ..new[at % 3].clone() };
    let rosa = world.rosa.clone();
    let asked = |at| if at < 4 { keyed(at) } else { new[0].clone() };
    let others = (1..7).map(|at| (rosa.clone(), asked(at))).collect();
    let answers = at_once(&mut world, &keyed(0), others);
    assert!(answers.iter().all(is_accepted), "{answers:?}");
    let conn = &mut world.conn;
    assert_eq!(transactions(conn), 2, "the first, and all that came meanwhile");
    assert_eq!((count(conn, "exports"), count(conn, "export_jobs")), (7, 7));
    assert_eq!(count(conn, "idempotency_keys k JOIN exports e ON e.id = k.resource_id"), 4);
    let whole = "exports e
        JOIN export_payloads p ON p.export_id = e.id AND sha256(p.body) = e.payload_sha256
            AND convert_from(p.body, 'UTF8')::jsonb -> 'export' ->> 'id' = e.id::text
        JOIN export_applications a ON a.export_id = e.id AND a.webhook_id = e.webhook_id
            AND convert_from(p.body, 'UTF8')::jsonb -> 'candidates' -> a.sequence - 1
                ->> 'application_id' = a.application_id::text
        JOIN audit_events t ON t.object_id = e.id AND t.action = 'export.requested'
            AND t.details ->> 'webhook_id' = e.webhook_id::text";
    assert_eq!(count(conn, whole), 14, "each has its own people, bytes and event");
}

#[test]
fn one_key_twice_in_one_write_makes_one_export() {
    let mut world = World::new();
    let new = to_webhooks(&mut world, 1..=1);
    let keyed = NewExport { idempotency_key: key("k-1"), ..new[0].clone() };
    let others = vec![(world.rosa.clone(), keyed); 4];
    let answers = at_once(&mut world, &new[0], others);
    let made = answers.iter().map(|answer| match answer {
        Ok(Ok((accepted, _))) => (accepted.export.id, accepted.replayed),
        refused => panic!("{refused:?}"),
    });
    let made: Vec<_> = made.skip(1).collect();
    assert!(made.iter().all(|(id, _)| *id == made[0].0), "{made:?}");
    assert_eq!(made.iter().filter(|(_, replayed)| !replayed).count(), 1, "{made:?}");
    assert_eq!(count(&mut world.conn, "exports"), 2);
}

#[test]
fn nobody_waits_for_the_deletion_of_the_webhook_of_another() {
    let mut world = World::new();
    let new = to_webhooks(&mut world, 1..=3);
    let mut deleting = world.connect();
    let locked = new[1].webhook_id;
    let lock = format!("BEGIN; SELECT FROM webhooks WHERE id = '{locked}' FOR UPDATE");
    deleting.batch_execute(&lock).expect("Postgres");
    let others = [&new[1], &new[2]].map(|new| (world.rosa.clone(), new.clone()));
    let answers = beside(&mut world, &new[0], others.into(), &Write::Works, |world| {
        world.until_somebody_waits();
        assert_eq!(count(&mut world.conn, "exports"), 2, "all but that one");
        deleting.batch_execute("ROLLBACK").expect("Postgres");
    });
    assert!(answers.iter().all(is_accepted), "{answers:?}");
    assert_eq!(count(&mut world.conn, "exports"), 3);
}

#[test]
fn nobody_waits_for_the_key_of_another() {
    let mut world = World::new();
    let new = to_webhooks(&mut world, 1..=3);
    let keyed = NewExport { idempotency_key: key("k-1"), ..new[1].clone() };
    let mut elsewhere = world.connect();
    let take = format!(
        "BEGIN; INSERT INTO idempotency_keys
            (organisation_id, caller, operation, key, request_sha256, resource_id)
         SELECT organisation_id, 'issuer|auth0|rosa', 'create_export', 'k-1', '\\x01', id
         FROM webhooks WHERE id = '{}'",
        new[1].webhook_id
    );
    elsewhere.batch_execute(&take).expect("Postgres");
    let others = vec![(world.rosa.clone(), keyed), (world.rosa.clone(), new[2].clone())];
    let answers = beside(&mut world, &new[0], others, &Write::Works, |world| {
        // The other one is written while the key is held.
        world.until("(SELECT count(*) FROM exports) >= 2");
        world.until_somebody_waits();
        elsewhere.batch_execute("ROLLBACK").expect("Postgres");
    });
    assert!(answers.iter().all(is_accepted), "{answers:?}");
    assert_eq!(count(&mut world.conn, "exports"), 3);
}

#[test]
fn one_write_carries_no_more_than_a_link_should_keep_room_for() {
    let mut world = World::new();
    let new = to_webhooks(&mut world, 1..=1);
    let job = format!(r#"{{"description": "{}", "current": false}}"#, "x".repeat(20_000));
    let jobs = vec![job; 5].join(",");
    world.sql(&format!("UPDATE candidates SET experience = '[{jobs}]'"));
    let others = vec![(world.rosa.clone(), new[0].clone()); 6];
    let answers = at_once(&mut world, &new[0], others);
    assert!(answers.iter().all(is_accepted), "{answers:?}");
    let conn = &mut world.conn;
    assert_eq!(count(conn, "exports WHERE payload_bytes BETWEEN 200000 AND 262144"), 7);
    assert_eq!(transactions(conn), 3, "the first, five that fit into a MiB, and the last");
}

#[test]
fn what_postgres_refuses_of_one_is_not_the_fault_of_another() {
    let mut world = World::new();
    let new = to_webhooks(&mut world, 1..=3);
    let nameless = Actor { name: Some("no\0 name".to_owned()), ..world.rosa.clone() };
    let others = vec![(world.rosa.clone(), new[1].clone()), (nameless, new[2].clone())];
    let answers = at_once(&mut world, &new[0], others);
    assert!(answers[..2].iter().all(is_accepted), "{answers:?}");
    assert!(matches!(answers[2], Err(StoreError::Database(_))), "{answers:?}");
    assert_eq!(count(&mut world.conn, "exports"), 2);
}

#[test]
fn whoever_is_in_a_write_that_breaks_off_is_told_so() {
    for (write, told) in [(Write::Breaks, "gone"), (Write::Panics, "a write broke off")] {
        let mut world = World::new();
        let new = to_webhooks(&mut world, 1..=1);
        let others = vec![(world.rosa.clone(), new[0].clone()); 3];
        let answers = beside(&mut world, &new[0], others, &write, |_| ());
        assert!(is_accepted(&answers[0]), "{answers:?}");
        let is_told = |answer: &Answer| matches!(answer, Err(error) if error.is_unavailable() && error.to_string().contains(told));
        let panicked = usize::from(matches!(write, Write::Panics));
        assert_eq!(answers.iter().filter(|it| is_told(it)).count(), 3 - panicked, "{answers:?}");
        assert_eq!(count(&mut world.conn, "exports"), 1);
    }
}
