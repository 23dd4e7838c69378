//! Forgetting what an export carried, and who was in it all the same.

use std::thread;

use domain::actor::Actor;
use store::exports::{ForgetRefusal, ResendRefusal, forget_payload, payload, people, resend};

use crate::actors::recruiter;
use crate::elsewhere::Story;
use crate::people::count;

#[test]
fn forgetting_takes_the_bytes_and_the_answers_and_is_told_once() {
    let mut story = Story::waiting();
    let rosa = story.world.rosa.clone();
    let forget = |story: &mut Story, actor: &Actor| {
        forget_payload(&mut story.world.conn, actor, story.export).expect("Postgres")
    };
    assert_eq!(forget(&mut story, &rosa), Err(ForgetRefusal::InProgress));
    story.send(413);
    let stranger = story.world.stranger.clone();
    assert_eq!(forget(&mut story, &stranger), Err(ForgetRefusal::Unknown));
    let other = recruiter(story.world.northwind, "auth0|rob");
    assert_eq!(forget(&mut story, &other), Err(ForgetRefusal::Unknown));
    let told =
        count(&mut story.world.conn, "audit_events WHERE action = 'export.payload_forgotten'");
    assert_eq!(told, 0);
    for _ in 0..2 {
        assert_eq!(forget(&mut story, &rosa), Ok(()));
        let told =
            count(&mut story.world.conn, "audit_events WHERE action = 'export.payload_forgotten'");
        assert_eq!(told, 1);
    }
    assert_eq!(payload(&mut story.world.conn, &rosa, story.export).expect("Postgres"), Some(None));
    assert_eq!(story.read(story.export).payload_kept_until, None);
    for gone in ["export_payloads", "attempts WHERE response_body IS NOT NULL"] {
        assert_eq!(count(&mut story.world.conn, gone), 0, "{gone}");
    }
    let again = resend(&mut story.world.conn, &rosa, story.export, None).expect("Postgres");
    assert_eq!(again.map(|_| ()), Err(ResendRefusal::PayloadGone));
    assert_eq!(story.resend(story.new).map(|_| ()), Err(ResendRefusal::PayloadGone));
}

/// Whoever is first: either it is sent and keeps its bytes, or they are gone and nothing is sent.
#[test]
fn forgetting_and_resending_at_once() {
    for _ in 0..10 {
        let mut story = Story::failed();
        let (mut forgetting, mut sending) = (story.world.connect(), story.world.connect());
        let (rosa, export) = (story.world.rosa.clone(), story.export);
        let (forgotten, sent) = thread::scope(|scope| {
            let forgotten = scope.spawn(|| forget_payload(&mut forgetting, &rosa, export));
            let sent = scope.spawn(|| resend(&mut sending, &rosa, export, None));
            let forgotten = forgotten.join().expect("no panic").expect("Postgres");
            (forgotten, sent.join().expect("no panic").expect("Postgres").map(|_| ()))
        });
        let left = count(&mut story.world.conn, "export_payloads");
        match (forgotten, sent) {
            (Ok(()), Err(ResendRefusal::PayloadGone)) => assert_eq!(left, 0),
            (Err(ForgetRefusal::InProgress), Ok(())) => assert_eq!(left, 1),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn people_are_named_as_they_are_now_and_by_id_once_they_are_gone() {
    let mut story = Story::failed();
    story.world.sql("DELETE FROM applications WHERE reference LIKE '%2'");
    story.world.sql("DELETE FROM candidates WHERE reference LIKE '%2'");
    story.world.sql("UPDATE candidates SET full_name = 'New Name' WHERE reference LIKE '%3'");
    let (rosa, export) = (story.world.rosa.clone(), story.export);
    let mut read = |actor: &Actor, after, limit| {
        people(&mut story.world.conn, actor, export, after, limit).expect("Postgres")
    };
    let page = read(&rosa, None, 2).expect("theirs");
    assert_eq!((page.items.len(), page.next), (2, Some(2)));
    let gone = &page.items[1];
    assert_eq!((&gone.full_name, &gone.candidate_reference), (&None, &None));
    assert_eq!(gone.application_id, story.picked[1]);
    let rest = read(&rosa, page.next, 2).expect("theirs");
    assert_eq!((rest.items.len(), rest.next), (1, None));
    assert_eq!(rest.items[0].full_name.as_deref(), Some("New Name"));
    let stranger = story.world.stranger.clone();
    assert_eq!(read(&stranger, None, 2), None);
    assert_eq!(read(&recruiter(story.world.northwind, "auth0|rob"), None, 2), None);
    let told = count(&mut story.world.conn, "audit_events WHERE action = 'export.people_read'");
    assert_eq!(told, 2, "each page");
}
