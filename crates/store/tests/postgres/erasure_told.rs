//! What an erasure answers, and what nobody reads any more once it is committed.

use store::attempts::of_export;

use crate::erasure::{erased, three};
use crate::people::count;
use crate::sending::{answer, lease};

#[test]
fn what_was_cut_for_somebody_else_is_not_told() {
    let mut story = three();
    let first = story.erase();
    let next = story.read(story.export).continued_as;
    assert_eq!(first.cut, [(story.export, next)]);
    let next = next.expect("carried on");
    let second = erased(&mut story.world.conn, &story.world.admin, "C-3");
    let last = story.read(next).continued_as;
    assert!(last.is_some());
    assert_eq!((second.exports_total, second.cut), (2, vec![(next, last)]));
}

/// As if the request had died right after its commit.
#[test]
fn nobody_reads_what_a_receiver_answered_about_them() {
    let mut story = three();
    story.wake();
    let jobs = lease(&mut story.world.conn, 9);
    answer(&mut story.world.conn, jobs, 200);
    for (cuts, readable) in [(0, true), (1, false)] {
        story.world.sql(&format!(
            "INSERT INTO erasure_cuts (organisation_id, export_id)
             SELECT organisation_id, id FROM exports LIMIT {cuts}"
        ));
        let (conn, admin) = (&mut story.world.conn, &story.world.admin);
        let log = of_export(conn, admin, story.export, None, 9).expect("Postgres").expect("there");
        assert_eq!(log.items[0].response_body.is_some(), readable);
        assert_eq!(count(conn, "attempts WHERE response_body IS NOT NULL"), 1, "it is there");
    }
}

/// They had a second address, by which somebody else goes.
#[test]
fn who_goes_by_another_address_of_theirs_is_told() {
    let mut story = three();
    story.world.sql(
        "UPDATE candidates SET contact = jsonb_build_object('emails', jsonb_build_array(
             jsonb_build_object('type', 'work', 'value', 'ADA3@example.com', 'primary', false)))
         WHERE reference = 'C-2'",
    );
    let told = story.erase().same_email;
    let [(_, Some(reference))] = told.as_slice() else { panic!("{} others", told.len()) };
    assert_eq!(reference, "C-3");
}
