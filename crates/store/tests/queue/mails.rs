//! Mails of what members were told: sent, tried again, given up, and left out of.

use std::time::Duration;

use domain::role::Role;
use store::maintenance::{drop_notifications, forget_members};
use store::{mails, members, notifications};

use crate::database::Database;
use crate::told::{DAY, LEASE, claimed, member, sent, told};

#[test]
fn a_mail_is_sent_or_tried_again_or_given_up() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 2, 3);
    sent(&mut db, 413);
    told(&mut db);
    mails::make(&mut db.conn, DAY).expect("made");
    let mail = claimed(&mut db.conn, Duration::ZERO).remove(0);
    // Its time was over: somebody else has it, and what the first one says is nothing.
    let again = claimed(&mut db.conn, LEASE).remove(0);
    assert_eq!((again.id, again.tries), (mail.id, mail.tries + 1));
    mails::failed(&mut db.conn, mail.id, mail.tries, None).expect("told");
    assert_eq!(mails::waiting(&mut db.conn).expect("counted"), 1);
    mails::failed(&mut db.conn, again.id, again.tries, Some(Duration::ZERO)).expect("told");
    assert!(mails::look(&mut db.conn).expect("looked").to_send);
    let last = claimed(&mut db.conn, LEASE).remove(0);
    // Taken is taken, whoever says so.
    mails::sent(&mut db.conn, mail.id).expect("marked");
    mails::failed(&mut db.conn, last.id, last.tries, None).expect("told");
    assert_eq!(
        db.count("SELECT count(*) FROM mails WHERE sent_at IS NOT NULL AND given_up_at IS NULL"),
        1
    );
    assert_eq!(mails::waiting(&mut db.conn).expect("counted"), 0);
    // What was seen, or is old, is not mailed.
    sent(&mut db, 413);
    told(&mut db);
    db.sql("UPDATE notifications SET seen_at = now(); UPDATE members SET mail_due_at = now()");
    assert!(mails::make(&mut db.conn, DAY).expect("made"));
    assert_eq!(db.count("SELECT count(*) FROM mails"), 1);
    assert_eq!(db.count("SELECT count(*) FROM notifications WHERE to_mail"), 0);
    // All of it goes in time, and with its member.
    db.sql(
        "UPDATE notifications SET id = uuid_v7(now() - interval '91 days');
            UPDATE mails SET id = uuid_v7(now() - interval '91 days')",
    );
    assert_eq!(drop_notifications(&mut db.conn).expect("dropped"), 2);
    assert_eq!(db.count("SELECT count(*) FROM mails"), 0);
    let rosa = member("rosa", Role::Recruiter);
    notifications::prefer(&mut db.conn, &rosa, &domain::notification::Preferences::default(), None)
        .expect("kept");
    assert_eq!(forget_members(&mut db.conn).expect("forgotten"), 0);
    db.sql("UPDATE members SET last_seen_at = now() - interval '401 days'");
    assert_eq!(forget_members(&mut db.conn).expect("forgotten"), 1);
}

#[test]
fn what_was_seen_or_switched_off_is_mailed_no_more() {
    let mut db = Database::with_webhooks(1);
    for left_out in [
        "UPDATE notifications SET seen_at = now()",
        "UPDATE members SET preferences = '{\"export_failed\": \"in_app\"}'",
    ] {
        db.enqueue(0, 1, 3);
        sent(&mut db, 413);
        assert_eq!(told(&mut db), 1);
        assert!(mails::make(&mut db.conn, DAY).expect("made"));
        let mail = claimed(&mut db.conn, LEASE).remove(0);
        assert_eq!(mail.total, 1);
        // The server was not there; it is tried again.
        let later = Some(Duration::ZERO);
        mails::failed(&mut db.conn, mail.id, mail.tries, later).expect("postponed");
        db.sql(left_out);
        assert_eq!(claimed(&mut db.conn, LEASE).len(), 0, "{left_out}");
        assert_eq!(mails::waiting(&mut db.conn).expect("counted"), 0, "{left_out}");
        db.sql("UPDATE members SET mailed_at = NULL");
    }
}

#[test]
fn a_mail_that_cannot_be_read_holds_up_no_other() {
    let mut db = Database::with_webhooks(1);
    for id in ["ann", "bea"] {
        members::note(&mut db.conn, &member(id, Role::OrgAdmin)).expect("noted");
    }
    db.enqueue(0, 1, 3);
    sent(&mut db, 410);
    assert_eq!(told(&mut db), 3);
    mails::make(&mut db.conn, DAY).expect("made");
    db.sql("UPDATE notifications SET kind = 'made_later' WHERE member_id = 'bea'");
    let claimed = mails::claim(&mut db.conn, 8, LEASE).expect("claimed");
    let (mails, unreadable): (Vec<_>, Vec<_>) = claimed.into_iter().partition(Result::is_ok);
    assert_eq!((mails.len(), unreadable.len()), (2, 1));
    let unreadable = unreadable.into_iter().find_map(Result::err).expect("one");
    assert_eq!((unreadable.tries, unreadable.reason.as_str()), (1, "unknown word `made_later`"));
    let postponed = Some(Duration::from_mins(1));
    mails::failed(&mut db.conn, unreadable.id, unreadable.tries, postponed).expect("told");
    assert_eq!(mails::waiting(&mut db.conn).expect("counted"), 3);
}
