//! Several applications of a person for a vacancy: the newer active one counts.

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use serde_json::{Value, json};
use store::applications::{self, ApplicationFilter};
use store::import::ImportRefusal;
use store::vacancies;

use crate::database::World;
use crate::people::{application, candidate, count, import, vacancy, vacancy_id};

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

/// The one application that counts.
fn stored(world: &mut World) -> Row {
    let query = "SELECT id::text, reference, status, source FROM applications WHERE counts";
    let rows: Vec<Row> = diesel::sql_query(query).load(&mut world.conn).expect("Postgres");
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows[0].clone()
}

#[derive(Debug, PartialEq, QueryableByName)]
struct Whole {
    #[diesel(sql_type = Text)]
    row: String,
}

/// All applications, with everything in them but `left_out`.
fn all(world: &mut World, left_out: &str) -> Vec<Whole> {
    let query = format!(
        "SELECT (to_jsonb(a) - '{left_out}')::text AS row FROM applications a ORDER BY reference"
    );
    diesel::sql_query(query).load(&mut world.conn).expect("Postgres")
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
fn what_was_said_of_the_older_one_is_kept_for_when_it_counts_again() {
    let mut world = World::new();
    let mut older = line("A-1", 1, "active");
    older["source"] = json!("careers_site");
    older["rating"] = json!({"value": 1, "scale_min": 1, "scale_max": 5});
    import(&mut world.conn, &world.admin, &file(&[older])).expect("imported");
    let before = stored(&mut world);
    let newer = [line("A-2", 2, "active")];
    let imported = import(&mut world.conn, &world.admin, &newer).expect("imported");
    assert_eq!((imported.applications.updated, imported.applications_merged), (0, 1));
    let after = stored(&mut world);
    assert_eq!((after.reference.as_str(), after.source.as_deref()), ("A-2", None));
    // The older one again, in a file of its own: still merged.
    let again = [line("A-1", 1, "active")];
    let imported = import(&mut world.conn, &world.admin, &again).expect("imported");
    assert_eq!((imported.applications.created, imported.applications_merged), (0, 1));
    assert_eq!(stored(&mut world), after);
    let gone = [line("A-2", 2, "withdrawn")];
    import(&mut world.conn, &world.admin, &gone).expect("imported");
    assert_eq!(stored(&mut world), before);
    let rated = "applications WHERE counts AND rating IS NOT NULL AND updated_at = created_at";
    assert_eq!(count(&mut world.conn, rated), 1);
}

#[test]
fn the_order_of_lines_does_not_matter_and_the_same_file_touches_nothing() {
    let later = [line("A-2", 2, "active"), line("A-2", 2, "withdrawn")];
    let mut first = line("A-1", 1, "active");
    first["rating"] = json!({"value": 4.5, "scale_min": 1, "scale_max": 5});
    for place in 0..=2 {
        for earlier in [vec![], vec![first.clone()], later.to_vec(), vec![line("A-9", 9, "hired")]]
        {
            let mut world = World::new();
            import(&mut world.conn, &world.admin, &file(&earlier)).expect("imported");
            let mut lines = later.to_vec();
            lines.insert(place, line("A-1", 1, "active"));
            import(&mut world.conn, &world.admin, &file(&lines)).expect("imported");
            assert_eq!(stored(&mut world).reference, "A-1", "{place} {earlier:#?}");
            let rated = u64::from(earlier.len() == 1 && earlier[0]["reference"] == "A-1");
            let query = "applications WHERE counts AND rating IS NOT NULL";
            assert_eq!(count(&mut world.conn, query) as u64, rated, "{place} {earlier:#?}");
            // The lines of A-2 contradict each other: only that one is touched.
            let (whole, counting) =
                (all(&mut world, "updated_at"), all(&mut world, "")[0].row.clone());
            import(&mut world.conn, &world.admin, &file(&lines)).expect("imported");
            assert_eq!(all(&mut world, "updated_at"), whole);
            assert_eq!(all(&mut world, "")[0].row, counting);
            lines.retain(|line| *line != later[0]);
            import(&mut world.conn, &world.admin, &file(&lines)).expect("imported");
            let whole = all(&mut world, "");
            import(&mut world.conn, &world.admin, &file(&lines)).expect("imported");
            assert_eq!(all(&mut world, ""), whole);
        }
    }
}

#[test]
fn an_application_that_does_not_count_stops_no_import_and_is_seen_nowhere() {
    let mut world = World::new();
    let mut newer = line("A-2", 2, "active");
    newer["stage"] = json!("New");
    let mut older = line("A-1", 1, "active");
    older["stage"] = json!("Old");
    let lines = [
        vacancy("V-1", &["New", "Old"]),
        candidate(1),
        newer.clone(),
        older,
        vacancy("V-1", &["New"]),
    ];
    for _ in 0..2 {
        import(&mut world.conn, &world.admin, &lines).expect("nobody stands at Old");
        assert_eq!(stored(&mut world).reference, "A-2");
    }
    let id = vacancy_id(&mut world.conn, &world.admin, "V-1");
    let told = vacancies::get(&mut world.conn, &world.admin, id).expect("Postgres");
    assert_eq!(told.expect("there").stages[0].applications, 1);
    let filter = ApplicationFilter::default();
    let page = applications::list(&mut world.conn, &world.admin, id, &filter, None, 9);
    let listed = page.expect("Postgres").expect("there").items;
    assert_eq!(listed.iter().map(|item| item.reference.as_str()).collect::<Vec<_>>(), ["A-2"]);
    // The newer one withdraws: the older one stands where somebody can see it.
    newer["status"] = json!("withdrawn");
    import(&mut world.conn, &world.admin, &[newer]).expect("imported");
    assert_eq!(stored(&mut world).reference, "A-1");
    assert_eq!(count(&mut world.conn, "applications WHERE counts AND stage = 'New'"), 1);
    // The one that counts cannot lose its stage.
    let refused = import(&mut world.conn, &world.admin, &[vacancy("V-1", &["Other"])]);
    assert!(matches!(refused, Err(ImportRefusal::Lines { total: 1, .. })), "{refused:?}");
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
    assert_eq!(count(&mut world.conn, "applications WHERE counts"), 60);
    let second = "applications WHERE counts AND reference LIKE 'second-%'";
    assert_eq!(count(&mut world.conn, second), 10);
}
