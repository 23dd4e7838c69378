//! An erasure beside whatever else happens at the same time, and one of much.

use store::Conn;
use store::exports::resend;
use store::maintenance::PayloadRetention;
use store::queue::{self, derive_restricted};

use crate::erasure::{erased, three};
use crate::people::count;
use crate::sending::{answer, lease, new_export, try_export};

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
