//! An erasure beside whatever else happens at the same time, and one of much.

use diesel::{Connection, RunQueryDsl, sql_query};
use store::Conn;
use store::exports::resend;
use store::maintenance::PayloadRetention;
use store::queue::{self, derive_restricted};

use crate::erasure::{erased, three};
use crate::people::count;
use crate::sending::{answer, lease, new_export, try_export, webhook};

/// The second one has noted the export anew and is not committed yet: whoever cuts for the first one must
/// not take that note along.
#[test]
fn a_second_erasure_of_the_same_export_is_not_lost() {
    let mut story = three();
    story.wake();
    let jobs = lease(&mut story.world.conn, 9);
    story.erase();
    answer(&mut story.world.conn, jobs, 200);
    let northwind = story.world.northwind;
    let mut holding = story.world.connect();
    holding.begin_test_transaction().expect("Postgres");
    let hold = format!("SELECT FROM organisations WHERE id = '{northwind}' FOR NO KEY UPDATE");
    sql_query(hold).execute(&mut holding).expect("locked");
    let (mut second, admin) = (story.world.connect(), story.world.admin.clone());
    std::thread::scope(|scope| {
        let second = scope.spawn(move || erased(&mut second, &admin, "C-3"));
        story.world.until_somebody_waits();
        story.world.sql("SET lock_timeout = '5s'");
        assert_eq!(story.swept(), 0, "it is left to the second one");
        drop(holding);
        assert_eq!(second.join().expect("erased").to_be_cut, 0);
    });
    let body = "SELECT FROM export_payloads WHERE encode(body, 'escape') ~ 'ada[23]@'";
    assert_eq!(story.world.sql(body), 0);
    assert_eq!(count(&mut story.world.conn, "erasure_cuts"), 0);
}

/// Several at once, who share all of their exports.
#[test]
fn erasures_of_the_same_exports_leave_nobody() {
    let mut story = three();
    let vacancy = story.read(story.export).vacancy_id.expect("one");
    let (rosa, picked) = (story.world.rosa.clone(), story.picked.clone());
    for _ in 0..20 {
        let new = new_export(story.webhook, vacancy, &picked);
        try_export(&mut story.world.conn, &rosa, &new).expect("accepted");
    }
    let admin = story.world.admin.clone();
    let mut connections = ["C-1", "C-2"].map(|reference| (story.world.connect(), reference));
    std::thread::scope(|scope| {
        for (conn, reference) in &mut connections {
            scope.spawn(|| erased(conn, &admin, reference));
        }
    });
    // What one of them carried on, while the other one was not committed, is looked at once more.
    story.world.sql("UPDATE erasures SET look_again_at = now()");
    for _ in 0..3 {
        story.world.sql("UPDATE erasure_cuts SET retry_at = NULL");
        story.swept();
    }
    let body = "SELECT FROM export_payloads WHERE encode(body, 'escape') ~ 'ada[12]@'";
    assert_eq!(story.world.sql(body), 0);
    assert_eq!(count(&mut story.world.conn, "erasure_cuts"), 0);
}

/// Ten exports of a lane that somebody holds, and one of another.
#[test]
fn what_is_passed_by_keeps_nobody_waiting() {
    let mut story = three();
    let other = webhook(&mut story.world.conn, &story.world.admin, 2);
    let vacancy = story.read(story.export).vacancy_id.expect("one");
    let (rosa, picked) = (story.world.rosa.clone(), story.picked.clone());
    for to in std::iter::repeat_n(story.webhook, 9).chain([other]) {
        try_export(&mut story.world.conn, &rosa, &new_export(to, vacancy, &picked)).expect("one");
    }
    story.world.sql(
        "INSERT INTO erasure_cuts (organisation_id, export_id)
         SELECT organisation_id, id FROM exports ORDER BY id",
    );
    story.world.sql("DELETE FROM applications");
    story.world.sql("DELETE FROM candidates WHERE reference = 'C-2'");
    let mut holding = story.world.connect();
    holding.begin_test_transaction().expect("Postgres");
    let hold = format!("SELECT FROM lanes WHERE webhook_id = '{}' FOR UPDATE", story.webhook);
    sql_query(hold).execute(&mut holding).expect("locked");
    let _ = story.swept() + story.swept();
    let left =
        format!("erasure_cuts c JOIN exports e ON e.id = c.export_id AND webhook_id = '{other}'");
    assert_eq!(count(&mut story.world.conn, &left), 0, "it had its turn");
}

/// More organisations than have a share in one call.
#[test]
fn each_organisation_has_its_turn() {
    let mut story = three();
    story.world.sql(
        "INSERT INTO organisations (name) SELECT 'Organisation ' || n FROM generate_series(1, 6) n",
    );
    // Of exports that are gone, which are done at once.
    story.world.sql(
        "INSERT INTO erasure_cuts (organisation_id, export_id)
         SELECT o.id, uuid_v7() FROM organisations o, generate_series(1, 200) n
         WHERE o.name LIKE 'Organisation %'",
    );
    for _ in 0..15 {
        assert_eq!(story.swept(), 50);
    }
    let waiting = "(SELECT FROM erasure_cuts GROUP BY organisation_id HAVING count(*) = 200) o";
    assert_eq!(count(&mut story.world.conn, waiting), 0);
}

/// Exports are accepted, and delivered ones sent again, while somebody is erased.
#[test]
fn nothing_goes_out_with_them_however_it_fell_together() {
    let mut story = three();
    story.wake();
    let jobs = lease(&mut story.world.conn, 9);
    answer(&mut story.world.conn, jobs, 200);
    let rosa = story.world.rosa.clone();
    let vacancy = story.read(story.export).vacancy_id.expect("one");
    let picked = story.picked.clone();
    let mut connections: Vec<Conn> = (0..4).map(|_| story.world.connect()).collect();
    let (webhook, export) = (story.webhook, story.export);
    std::thread::scope(|scope| {
        for (number, conn) in connections.iter_mut().enumerate() {
            let (rosa, picked) = (&rosa, &picked);
            scope.spawn(move || {
                for _ in 0..15 {
                    if number == 0 {
                        let _ = resend(conn, rosa, export, None).expect("Postgres");
                    } else {
                        // Refused once they are gone.
                        let _ = try_export(conn, rosa, &new_export(webhook, vacancy, picked));
                    }
                }
            });
        }
        erased(&mut story.world.conn, &story.world.admin, "C-2");
    });
    story.world.sql("UPDATE erasures SET look_again_at = now()");
    story.wake();
    let kept = PayloadRetention::default();
    for _ in 0..40 {
        let sent = lease(&mut story.world.conn, 100);
        for job in &sent {
            let body = String::from_utf8_lossy(job.body.as_deref().expect("small"));
            assert!(!body.contains("ada2@"), "{}", job.lease.export);
        }
        answer(&mut story.world.conn, sent, 200);
        derive_restricted(&mut story.world.conn, kept).expect("Postgres");
        story.swept();
    }
    let conn = &mut story.world.conn;
    assert_eq!(count(conn, "export_jobs"), 0);
    assert_eq!(count(conn, "erasure_cuts"), 0);
    let with_them = "export_payloads WHERE encode(body, 'escape') LIKE '%ada2@%'";
    assert_eq!(count(conn, with_them), 0);
}

#[test]
fn what_is_more_than_a_request_cuts_is_left_to_the_sweep() {
    let mut story = three();
    let vacancy = story.read(story.export).vacancy_id.expect("one");
    let (rosa, picked) = (story.world.rosa.clone(), story.picked.clone());
    let new = new_export(story.webhook, vacancy, &picked);
    for _ in 0..110 {
        try_export(&mut story.world.conn, &rosa, &new).expect("accepted");
    }
    let told_of = story.erase();
    assert_eq!((told_of.exports_total, told_of.to_be_cut), (111, 11));
    story.wake();
    for job in lease(&mut story.world.conn, 200) {
        let body = String::from_utf8_lossy(job.body.as_deref().expect("small")).into_owned();
        assert!(!body.contains("ada2@"), "{}", job.lease.export);
    }
    assert!(queue::look(&mut story.world.conn).expect("Postgres").erased);
    assert_eq!(story.swept() + story.swept(), 11);
    assert!(!queue::look(&mut story.world.conn).expect("Postgres").erased);
}
