//! Who is told of what: news come with their event, and each becomes notifications once, for whom it
//! concerns; these become one mail a person, which has one sender at a time.

use std::time::Duration;

use domain::actor::{Actor, ActorKind, Scope};
use domain::role::Role;
use store::Conn;
use store::mails::Mail;
use store::maintenance::PayloadRetention;
use store::news::{MailRhythm, resolve, tell};
use store::queue::{end_of_disabled, look, record};
use store::{mails, members};

use crate::database::{Database, answered, finished, organisation, policy};

pub(crate) const RHYTHM: MailRhythm =
    MailRhythm { gather: Duration::ZERO, interval: Duration::from_mins(10) };
pub(crate) const DAY: Duration = Duration::from_hours(24);
pub(crate) const LEASE: Duration = Duration::from_secs(30);

pub(crate) fn member(id: &str, role: Role) -> Actor {
    Actor {
        kind: ActorKind::Member,
        id: id.to_owned(),
        name: Some(id.to_owned()),
        email: Some(format!("{id}@example.com")),
        role: Some(role),
        scope: Scope::of_role(role, organisation()),
        request_id: None,
    }
}

/// Sends one export that is answered so.
pub(crate) fn sent(db: &mut Database, status: u16) {
    let jobs = db.claim(1);
    record(&mut db.conn, &policy(), &[finished(&jobs[0], answered(status))]).expect("recorded");
}

/// Tells all there is; how many notifications were made.
pub(crate) fn told(db: &mut Database) -> u64 {
    let sweeps = std::iter::from_fn(|| Some(tell(&mut db.conn, RHYTHM).expect("told")));
    sweeps.take_while(|swept| swept.more).map(|swept| swept.made).sum()
}

/// Claims mails, all of which can be read.
pub(crate) fn claimed(conn: &mut Conn, lease: Duration) -> Vec<Mail> {
    let mails = mails::claim(conn, 8, lease).expect("claimed");
    mails.into_iter().map(|mail| mail.expect("readable")).collect()
}

fn kinds_of(db: &mut Database, member: &str) -> Option<String> {
    db.text(&format!(
        "SELECT string_agg(kind, ' ' ORDER BY id) FROM notifications WHERE member_id = '{member}'"
    ))
}

#[test]
fn whom_it_concerns_is_told_once_as_they_wish() {
    let mut db = Database::with_webhooks(2);
    for (id, role) in [("ann", Role::OrgAdmin), ("bea", Role::OrgAdmin), ("ralf", Role::Recruiter)]
    {
        members::note(&mut db.conn, &member(id, role)).expect("noted");
    }
    db.sql("UPDATE members SET preferences = '{\"webhook_disabled\": \"off\"}' WHERE id = 'bea'");
    db.enqueue(0, 1, 3);
    assert!(!look(&mut db.conn).expect("looked").news);
    sent(&mut db, 410);
    assert!(look(&mut db.conn).expect("looked").news, "with the event");
    assert_eq!(told(&mut db), 2);
    assert!(!look(&mut db.conn).expect("looked").news);
    assert_eq!(told(&mut db), 0, "once");
    // Rosa asked for it, and had not been noted; Ada, who registered the webhook, never called.
    assert_eq!(kinds_of(&mut db, "rosa").as_deref(), Some("export_failed"));
    assert_eq!(kinds_of(&mut db, "ann").as_deref(), Some("webhook_disabled"));
    assert_eq!([kinds_of(&mut db, "bea"), kinds_of(&mut db, "ralf")], [None, None]);
    assert_eq!(
        db.text("SELECT role || email FROM members WHERE id = 'rosa'").as_deref(),
        Some("recruiterrosa@example.com")
    );
    // What their token says later counts from then on.
    members::note(&mut db.conn, &member("rosa", Role::OrgAdmin)).expect("noted");
    assert_eq!(db.text("SELECT role FROM members WHERE id = 'rosa'").as_deref(), Some("org_admin"));
}

#[test]
fn what_is_accepted_after_all_is_told_once() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 2, 3);
    sent(&mut db, 413);
    assert_eq!(told(&mut db), 1);
    assert_eq!(resolve(&mut db.conn, RHYTHM).expect("resolved").made, 0, "it has failed");
    // As a resend leaves it.
    let accepted = "UPDATE exports SET end_state = 'delivered', outcome = 'delivered',
        ended_by = 'receiver', first_accepted_at = now() WHERE end_state = 'failed'";
    db.sql(accepted);
    assert_eq!(resolve(&mut db.conn, RHYTHM).expect("resolved").made, 1);
    assert_eq!(resolve(&mut db.conn, RHYTHM).expect("resolved").made, 0, "once");
    assert_eq!(kinds_of(&mut db, "rosa").as_deref(), Some("export_failed export_delivered"));
    // Another one fails, and what carries it on is accepted.
    sent(&mut db, 413);
    assert_eq!(told(&mut db), 1);
    db.sql(
        "UPDATE exports SET continued_as = (SELECT id FROM exports WHERE end_state = 'delivered')
            WHERE end_state = 'failed'",
    );
    assert_eq!(resolve(&mut db.conn, RHYTHM).expect("resolved").made, 0, "that was before");
    db.sql("UPDATE exports SET finished_at = clock_timestamp() WHERE end_state = 'delivered'");
    assert_eq!(resolve(&mut db.conn, RHYTHM).expect("resolved").made, 1);
    // Nobody waits for ever.
    db.sql(
        "UPDATE exports SET end_state = 'failed', outcome = 'gone', continued_as = NULL;
            UPDATE notifications SET unresolved = true, at = now() - interval '31 days'
            WHERE kind = 'export_failed'",
    );
    assert_eq!(resolve(&mut db.conn, RHYTHM).expect("resolved").made, 0);
    assert_eq!(db.count("SELECT count(*) FROM notifications WHERE unresolved"), 0);
}

#[test]
fn a_resend_that_goes_on_is_waited_for() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 1, 3);
    sent(&mut db, 413);
    assert_eq!(told(&mut db), 1);
    // As a resend opens it again.
    db.sql(
        "UPDATE exports SET end_state = NULL, ended_by = NULL, outcome = NULL, finished_at = NULL",
    );
    assert_eq!(resolve(&mut db.conn, RHYTHM).expect("resolved").made, 0);
    assert_eq!(db.count("SELECT count(*) FROM notifications WHERE unresolved"), 1, "it goes on");
    db.sql(
        "UPDATE exports SET end_state = 'delivered', ended_by = 'receiver',
            outcome = 'delivered', finished_at = now()",
    );
    assert_eq!(resolve(&mut db.conn, RHYTHM).expect("resolved").made, 1);
    assert_eq!(kinds_of(&mut db, "rosa").as_deref(), Some("export_failed export_delivered"));
}

#[test]
fn a_mass_of_failures_is_told_in_batches_and_makes_one_mail() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 1_200, 3);
    db.sql("UPDATE lanes SET disabled_at = now(), disabled_reason = 'gone'");
    while end_of_disabled(&mut db.conn, PayloadRetention::default()).expect("ended") > 0 {}
    let mut other = db.another();
    let mut made = [0, 0];
    // Two workers by turns.
    loop {
        let (one, two) = (tell(&mut db.conn, RHYTHM), tell(&mut other, RHYTHM));
        let (one, two) = (one.expect("told"), two.expect("told"));
        made = [made[0] + one.made, made[1] + two.made];
        assert!(one.made <= 500 && two.made <= 500);
        if !one.more && !two.more {
            break;
        }
    }
    assert_eq!(made[0] + made[1], 1_200, "{made:?}");
    assert!(mails::make(&mut db.conn, DAY).expect("made"));
    assert!(!mails::make(&mut db.conn, DAY).expect("made"));
    let mails = claimed(&mut db.conn, LEASE);
    assert_eq!((mails.len(), mails[0].total), (1, 1_200));
    assert_eq!(mails[0].notifications.len(), mails::LINES);
    assert_eq!(claimed(&mut other, LEASE).len(), 0, "one has it");
    // The next one waits its time.
    db.enqueue(0, 1, 3);
    while end_of_disabled(&mut db.conn, PayloadRetention::default()).expect("ended") > 0 {}
    assert_eq!(told(&mut db), 1);
    assert!(!mails::make(&mut db.conn, DAY).expect("made"));
    let due = "SELECT count(*) FROM members WHERE mail_due_at > now() + interval '9 minutes'";
    assert_eq!(db.count(due), 1);
}

#[test]
fn who_was_not_seen_for_a_month_is_told_and_not_mailed() {
    let mut db = Database::with_webhooks(1);
    members::note(&mut db.conn, &member("rosa", Role::Recruiter)).expect("noted");
    db.sql("UPDATE members SET preferences = '{\"export_delivered\": \"email\"}'");
    let seen = "UPDATE members SET last_seen_at = now() - interval";
    let to_mail = "SELECT count(*) FROM notifications WHERE to_mail";
    db.enqueue(0, 2, 3);
    db.sql(&format!("{seen} '31 days'"));
    sent(&mut db, 413);
    assert_eq!((told(&mut db), db.count(to_mail)), (1, 0));
    db.sql("UPDATE exports SET end_state = 'delivered', outcome = 'delivered' WHERE end_state = 'failed'");
    assert_eq!(resolve(&mut db.conn, RHYTHM).expect("resolved").made, 1);
    assert_eq!(db.count(to_mail), 0);
    assert_eq!(kinds_of(&mut db, "rosa").as_deref(), Some("export_failed export_delivered"));
    // Who called lately is; a mail that waits is given up when its time is over.
    db.sql(&format!("{seen} '29 days'"));
    sent(&mut db, 413);
    assert_eq!((told(&mut db), db.count(to_mail)), (1, 1));
    mails::make(&mut db.conn, DAY).expect("made");
    db.sql(&format!("{seen} '31 days'"));
    assert!(claimed(&mut db.conn, LEASE).is_empty());
    assert_eq!(mails::waiting(&mut db.conn).expect("counted"), 0, "given up");
}

#[test]
fn who_asked_long_ago_was_seen_then() {
    let mut db = Database::with_webhooks(1);
    db.enqueue(0, 1, 3);
    db.sql("UPDATE exports SET requested_at = now() - interval '40 days'");
    sent(&mut db, 413);
    assert_eq!(told(&mut db), 1);
    let gone = "SELECT count(*) FROM members WHERE last_seen_at < now() - interval '39 days'";
    assert_eq!(db.count(gone), 1);
    assert_eq!(db.count("SELECT count(*) FROM notifications WHERE to_mail"), 0);
}

#[test]
fn a_token_that_says_less_takes_nothing_away() {
    let mut db = Database::with_webhooks(1);
    let rosa = member("rosa", Role::Recruiter);
    members::note(&mut db.conn, &rosa).expect("noted");
    members::note(&mut db.conn, &Actor { name: None, email: None, ..rosa.clone() }).expect("noted");
    let known = "SELECT name || ' ' || email FROM members";
    assert_eq!(db.text(known).as_deref(), Some("rosa rosa@example.com"));
    let moved = Some("rosa@example.org".to_owned());
    members::note(&mut db.conn, &Actor { email: moved, ..rosa }).expect("noted");
    assert_eq!(db.text(known).as_deref(), Some("rosa rosa@example.org"));
}
