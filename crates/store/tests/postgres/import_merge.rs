//! Several applications of a person for a vacancy: the newer active one counts.

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use serde_json::{Value, json};

use crate::database::World;
use crate::people::{application, candidate, count, import, vacancy};

#[derive(Debug, PartialEq, Clone, QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    reference: String,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Nullable<Text>)]
    source: Option<String>,
}

/// The one application that is stored.
fn stored(world: &mut World) -> Row {
    let query = "SELECT id::text, reference, status, source FROM applications";
    diesel::sql_query(query).get_result(&mut world.conn).expect("one application")
}

/// Application `A-{reference}` of one person, who applied on that day of November.
fn line(reference: &str, day: u32, status: &str) -> Value {
    let mut line = application("V-1", 1, "Applied");
    line["reference"] = json!(reference);
    line["applied_at"] = json!(format!("2026-11-{day:02}T08:00:00Z"));
    line["status"] = json!(status);
    line
}

/// The lines with the vacancy and the person before them.
fn file(lines: &[Value]) -> Vec<Value> {
    [vacancy("V-1", &["Applied"]), candidate(1)].into_iter().chain(lines.iter().cloned()).collect()
}

#[test]
fn the_newer_active_one_counts_in_any_order_and_again() {
    let cases: [(&str, Vec<Value>); 8] = [
        ("A-2", vec![line("A-1", 1, "active"), line("A-2", 2, "active")]),
        ("A-1", vec![line("A-1", 3, "active"), line("A-2", 2, "active")]),
        ("A-1", vec![line("A-1", 1, "active"), line("A-2", 2, "withdrawn")]),
        ("A-1", vec![line("A-1", 1, "active"), line("A-2", 2, "rejected")]),
        ("A-1", vec![line("A-1", 1, "active"), line("A-2", 2, "hired")]),
        ("A-2", vec![line("A-1", 1, "rejected"), line("A-2", 2, "withdrawn")]),
        ("A-2", vec![line("A-1", 2, "active"), line("A-2", 2, "active")]),
        ("A-2", vec![line("A-1", 1, "active"), line("A-2", 9, "active"), line("A-3", 5, "active")]),
    ];
    for (expected, mut lines) in cases {
        for _ in 0..2 {
            let mut world = World::new();
            let merged = lines.len() as u64 - 1;
            let first = import(&mut world.conn, &world.admin, &file(&lines)).expect("imported");
            assert_eq!((first.applications.created, first.applications_merged), (1, merged));
            let row = stored(&mut world);
            assert_eq!(row.reference, expected, "{lines:#?}");
            for _ in 0..2 {
                let again = import(&mut world.conn, &world.admin, &file(&lines)).expect("imported");
                let applications = again.applications;
                assert_eq!((applications.created, applications.updated), (0, 1), "{lines:#?}");
                assert_eq!(again.applications_merged, merged);
                assert_eq!(stored(&mut world), row, "the same file changes nothing");
            }
            lines.reverse();
        }
    }
}

#[test]
fn a_newer_one_takes_the_row_and_nothing_of_what_the_older_one_said() {
    let mut world = World::new();
    let mut older = line("A-1", 1, "active");
    older["source"] = json!("careers_site");
    older["rating"] = json!({"value": 1, "scale_min": 1, "scale_max": 5});
    import(&mut world.conn, &world.admin, &file(&[older.clone()])).expect("imported");
    let before = stored(&mut world);
    let newer = [line("A-2", 2, "active")];
    let imported = import(&mut world.conn, &world.admin, &newer).expect("imported");
    assert_eq!((imported.applications.updated, imported.applications_merged), (0, 1));
    let after = stored(&mut world);
    assert_eq!((after.id.as_str(), after.reference.as_str()), (before.id.as_str(), "A-2"));
    assert_eq!(after.source, None);
    assert_eq!(count(&mut world.conn, "applications WHERE rating IS NULL"), 1);
    // The older one again, in a file of its own: still merged.
    let imported = import(&mut world.conn, &world.admin, &[older]).expect("imported");
    assert_eq!((imported.applications.created, imported.applications_merged), (0, 1));
    assert_eq!(stored(&mut world), after);
}

#[test]
fn the_older_one_counts_again_in_the_file_that_withdraws_the_newer() {
    let mut world = World::new();
    let both = [line("A-1", 1, "active"), line("A-2", 2, "active"), line("A-3", 3, "active")];
    import(&mut world.conn, &world.admin, &file(&both)).expect("imported");
    assert_eq!(stored(&mut world).reference, "A-3");
    let withdrawn =
        [line("A-2", 2, "active"), line("A-1", 1, "active"), line("A-3", 3, "withdrawn")];
    for _ in 0..2 {
        let imported = import(&mut world.conn, &world.admin, &withdrawn).expect("imported");
        assert_eq!(imported.applications_merged, 2);
        let row = stored(&mut world);
        assert_eq!((row.reference.as_str(), row.status.as_str()), ("A-2", "active"));
    }
}

#[test]
fn a_file_of_second_applications_does_not_fail_and_other_people_are_left_alone() {
    let mut world = World::new();
    let mut lines = vec![vacancy("V-1", &["Applied"]), vacancy("V-2", &["Applied"])];
    for number in 1..=30 {
        lines.extend([candidate(number), application("V-1", number, "Applied")]);
        lines.push(application("V-2", number, "Applied"));
    }
    for number in (1..=30).step_by(3) {
        let mut second = application("V-1", number, "Applied");
        second["reference"] = json!(format!("second-{number}"));
        second["applied_at"] = json!("2026-11-01T08:00:00Z");
        lines.push(second);
    }
    let imported = import(&mut world.conn, &world.admin, &lines).expect("imported");
    assert_eq!((imported.applications.created, imported.applications_merged), (60, 10));
    assert_eq!(count(&mut world.conn, "applications"), 60);
    assert_eq!(count(&mut world.conn, "applications WHERE reference LIKE 'second-%'"), 10);
}
