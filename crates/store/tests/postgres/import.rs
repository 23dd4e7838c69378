//! Imports: merged by reference, all or nothing.

use diesel::prelude::*;
use domain::import::parse_line;
use serde_json::{Value, json};
use store::import::{Counts, ImportRefusal, Imported, LineProblem, is_running, load};
use store::{StoreError, vacancies};

use crate::database::World;
use crate::people::{application, candidate, count, import, people, vacancy};

/// The number, pointer and beginning of the reason of each problem.
fn problems(refused: Result<Imported, ImportRefusal>) -> Vec<(u64, String, String)> {
    let Err(ImportRefusal::Lines { problems, total }) = refused else { panic!("{refused:?}") };
    assert_eq!(total, problems.len() as u64);
    let told = |LineProblem { line, pointer, detail }: LineProblem| (line, pointer, detail);
    problems.into_iter().map(told).collect()
}

fn counts(created: u64, updated: u64) -> Counts {
    Counts { created, updated }
}

#[test]
fn lines_create_and_then_update_by_reference_within_the_organisation() {
    let mut world = World::new();
    let lines = [vacancy("V-1", &["Applied"]), candidate(1), application("V-1", 1, "Applied")];
    for actor in [&world.admin, &world.stranger] {
        let imported = import(&mut world.conn, actor, &lines).expect("imported");
        let created = counts(1, 0);
        let expected = Imported {
            vacancies: created,
            candidates: created,
            applications: created,
            applications_merged: 0,
            skipped_erased: 0,
        };
        assert_eq!(imported, expected);
    }
    let again = import(&mut world.conn, &world.admin, &lines).expect("imported");
    let updated = counts(0, 1);
    let expected = Imported {
        vacancies: updated,
        candidates: updated,
        applications: updated,
        applications_merged: 0,
        skipped_erased: 0,
    };
    assert_eq!(again, expected);
    for table in ["vacancies", "candidates", "applications"] {
        assert_eq!(count(&mut world.conn, table), 2);
        let unchanged = format!("{table} WHERE updated_at = created_at");
        assert_eq!(count(&mut world.conn, &unchanged), 2, "what is the same is not touched");
    }
}

#[test]
fn one_bad_line_and_nothing_is_imported() {
    let cases: [(&str, Vec<Value>, (u64, &str)); 6] = [
        ("no vacancy", vec![candidate(1), application("V-9", 1, "Applied")], (2, "/vacancy")),
        ("no candidate", vec![application("V-0", 7, "Applied")], (1, "/candidate")),
        ("no stage", vec![candidate(1), application("V-0", 1, "applied")], (2, "/stage")),
        (
            "used before it comes",
            vec![application("V-0", 1, "Applied"), candidate(1)],
            (1, "/candidate"),
        ),
        (
            "vacancy after its use",
            vec![candidate(1), application("V-2", 1, "A"), vacancy("V-2", &["A"])],
            (2, "/vacancy"),
        ),
        ("not parsed", vec![candidate(1), json!({"kind": "person"})], (2, "/kind")),
    ];
    for (name, lines, (line, pointer)) in cases {
        let mut world = World::new();
        let first = [vacancy("V-0", &["Applied"])];
        import(&mut world.conn, &world.admin, &first).expect("imported");
        let told = problems(import(&mut world.conn, &world.admin, &lines));
        let told: Vec<_> =
            told.iter().map(|(line, pointer, _)| (*line, pointer.as_str())).collect();
        assert_eq!(told, [(line, pointer)], "{name}");
        assert_eq!(count(&mut world.conn, "candidates"), 0, "{name}");
    }
}

#[test]
fn another_organisations_references_are_not_found() {
    let mut world = World::new();
    people(&mut world.conn, &world.admin, 1);
    let told =
        problems(import(&mut world.conn, &world.stranger, &[application("V-1", 1, "Applied")]));
    assert_eq!(told[0].1, "/vacancy");
}

#[test]
fn an_application_keeps_its_vacancy_and_its_candidate() {
    let mut world = World::new();
    people(&mut world.conn, &world.admin, 2);
    let mut other_vacancy = application("V-1", 1, "Applied");
    other_vacancy["vacancy"] = json!("V-2");
    let mut other_candidate = application("V-1", 1, "Applied");
    other_candidate["candidate"] = json!("C-2");
    let lines = [vacancy("V-2", &["Applied"]), other_vacancy, other_candidate];
    let told = problems(import(&mut world.conn, &world.admin, &lines));
    let told: Vec<_> = told.iter().map(|(line, pointer, _)| (*line, pointer.as_str())).collect();
    assert_eq!(told, [(2, "/vacancy"), (3, "/candidate")]);
}

#[test]
fn a_stage_goes_only_when_nobody_stands_there() {
    let mut world = World::new();
    let (id, _) = people(&mut world.conn, &world.admin, 3);
    let renamed = vacancy("V-1", &["Received", "Shortlisted"]);
    let moved = (1..=3).map(|number| application("V-1", number, "Received"));
    let all: Vec<_> = std::iter::once(renamed).chain(moved).collect();
    let told = problems(import(&mut world.conn, &world.admin, &all[..3]));
    assert_eq!((told.len(), told[0].0, told[0].1.as_str()), (1, 1, "/stages"));
    assert!(told[0].2.starts_with("1 applications"), "{}", told[0].2);
    import(&mut world.conn, &world.admin, &all).expect("imported");
    let stages = vacancies::get(&mut world.conn, &world.admin, id).expect("Postgres");
    assert_eq!(stages.expect("there").stages[0].applications, 3);
}

#[test]
fn long_files_go_in_batches_and_the_last_line_about_something_wins() {
    let mut world = World::new();
    let mut lines = vec![vacancy("V-1", &["Applied", "Shortlisted"])];
    for number in 1..=1_300 {
        lines.extend([candidate(number), application("V-1", number, "Applied")]);
    }
    let mut renamed = candidate(7);
    renamed["last_name"] = json!("Renamed");
    lines.extend([renamed, application("V-1", 7, "Shortlisted")]);
    let imported = import(&mut world.conn, &world.admin, &lines).expect("imported");
    assert_eq!(imported.candidates, counts(1_300, 1));
    assert_eq!(imported.applications, counts(1_300, 1));
    let renamed = "candidates WHERE reference = 'C-7' AND full_name = 'Ada Renamed'";
    assert_eq!(count(&mut world.conn, renamed), 1);
    lines.push(application("V-1", 9_999, "Applied"));
    let told = problems(import(&mut world.conn, &world.stranger, &lines));
    assert_eq!((told.len(), told[0].0), (1, 2_604));
    assert_eq!(count(&mut world.conn, "candidates"), 1_300, "not even the first batch stays");
}

#[test]
fn a_hundred_problems_are_named_and_the_rest_counted() {
    let mut world = World::new();
    let lines = (1..=250).map(|number| Ok((number, parse_line(b"{}"))));
    let refused = load(&mut world.conn, &world.admin, None, lines).expect("Postgres");
    let Err(ImportRefusal::Lines { problems, total: 250 }) = refused else { panic!("{refused:?}") };
    let numbers: Vec<_> = problems.iter().map(|problem| problem.line).collect();
    assert_eq!(numbers, (1..=100).collect::<Vec<_>>());
}

#[test]
fn a_file_that_breaks_off_is_not_imported() {
    let mut world = World::new();
    let line = vacancy("V-1", &["Applied"]).to_string();
    let broken = std::io::Error::other("the disk");
    let lines = [Ok((1, parse_line(line.as_bytes()))), Err(broken)];
    let refused = load(&mut world.conn, &world.admin, None, lines.into_iter()).expect("Postgres");
    assert!(matches!(refused, Err(ImportRefusal::Unreadable(_))), "{refused:?}");
    assert_eq!(count(&mut world.conn, "vacancies"), 0);
}

#[test]
fn an_organisation_imports_one_file_at_a_time() {
    let mut world = World::new();
    let lines = [vacancy("V-1", &["Applied"])];
    let mut first = world.connect();
    first
        .transaction(|first| {
            import(first, &world.admin, &lines).expect("imported");
            let second = import(&mut world.conn, &world.admin, &lines);
            assert!(matches!(second, Err(ImportRefusal::InProgress)), "{second:?}");
            for (actor, running) in [(&world.admin, true), (&world.stranger, false)] {
                assert_eq!(is_running(&mut world.conn, actor).expect("looked"), running);
            }
            import(&mut world.conn, &world.stranger, &lines).expect("another's does not matter");
            Ok::<_, StoreError>(())
        })
        .expect("committed");
    assert!(!is_running(&mut world.conn, &world.admin).expect("looked"));
}
