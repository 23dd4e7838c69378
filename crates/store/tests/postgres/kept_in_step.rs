//! What triggers keep in step with other rows: how exports ended, how many applications stand at each
//! stage, and the words by which people are found.

use domain::export::ExportStatus;
use serde_json::json;
use store::applications::ApplicationFilter;
use store::exports::{self, ExportFilter};
use store::organisations;

use crate::actors::operator;
use crate::applications::{found, four_people};
use crate::database::World;
use crate::people::{application, candidate, import, people, vacancy, vacancy_id};
use crate::sending::{answer, lease, test_export, webhook};

/// Rows that one query answers and the other does not.
fn differences(world: &mut World, is: &str, should_be: &str) -> usize {
    world.sql(&format!(
        "SELECT FROM (({is} EXCEPT ALL {should_be}) UNION ALL ({should_be} EXCEPT ALL {is})) differ"
    ))
}

fn ends_differ(world: &mut World) -> usize {
    differences(
        world,
        "SELECT organisation_id, end_state, export_id FROM export_ends",
        "SELECT organisation_id, end_state, id FROM exports WHERE end_state IS NOT NULL",
    )
}

#[test]
fn an_export_is_listed_by_how_it_ended_last() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let mut ended = |status| {
        let id = test_export(&mut world.conn, &world.rosa, webhook);
        let jobs = lease(&mut world.conn, 1);
        answer(&mut world.conn, jobs, status);
        id
    };
    let [delivered, failed, again] = [200, 413, 413].map(&mut ended);
    let cancelled = test_export(&mut world.conn, &world.rosa, webhook);
    exports::cancel(&mut world.conn, &world.admin, cancelled).expect("Postgres").expect("waits");
    assert_eq!(ends_differ(&mut world), 0);
    exports::resend(&mut world.conn, &world.admin, again, None).expect("Postgres").expect("open");
    assert_eq!(ends_differ(&mut world), 0);
    let jobs = lease(&mut world.conn, 1);
    answer(&mut world.conn, jobs, 200);
    assert_eq!(ends_differ(&mut world), 0);
    // Many in one statement, one of them as it is already.
    world.sql("UPDATE exports SET end_state = 'failed', outcome = 'http_5xx'");
    assert_eq!(ends_differ(&mut world), 0);
    let filter = ExportFilter { statuses: vec![ExportStatus::Failed], ..ExportFilter::default() };
    let page = exports::list(&mut world.conn, &world.admin, &filter, None, 10);
    let ids: Vec<_> =
        page.expect("Postgres").expect("known").items.iter().map(|it| it.id).collect();
    assert_eq!(ids, [cancelled, again, failed, delivered]);
    world.sql(&format!("DELETE FROM exports WHERE id = '{delivered}'"));
    assert_eq!(ends_differ(&mut world), 0);
}

fn counts_differ(world: &mut World) -> usize {
    differences(
        world,
        "SELECT organisation_id, vacancy_id, stage, applications FROM stage_counts WHERE applications <> 0",
        "SELECT organisation_id, vacancy_id, stage, count(*) FROM applications WHERE counts GROUP BY 1, 2, 3",
    )
}

#[test]
fn stages_are_counted_whatever_an_import_changes() {
    let mut world = World::new();
    people(&mut world.conn, &world.admin, 30);
    people(&mut world.conn, &world.stranger, 5);
    assert_eq!(counts_differ(&mut world), 0);
    let mut second = application("V-1", 3, "Shortlisted");
    second["reference"] = json!("V-1/second");
    second["applied_at"] = json!("2026-06-01T00:00:00Z");
    let mut other = application("V-2", 4, "Applied");
    other["status"] = json!("hired");
    let batches = [
        vec![application("V-1", 1, "Shortlisted"), application("V-1", 2, "Shortlisted")],
        vec![second, vacancy("V-2", &["Applied"]), other],
        vec![application("V-1", 1, "Applied"), candidate(31), application("V-1", 31, "Applied")],
        vec![vacancy("V-1", &["Late", "Shortlisted", "Applied"])],
    ];
    for lines in batches {
        import(&mut world.conn, &world.admin, &lines).expect("imported");
        assert_eq!(counts_differ(&mut world), 0, "{lines:?}");
    }
    world.sql("DELETE FROM applications WHERE reference LIKE '%7'");
    assert_eq!(counts_differ(&mut world), 0);
    let removed = organisations::remove(&mut world.conn, &operator(), world.contoso, "Contoso");
    removed.expect("Postgres").expect("removed");
    assert_eq!(counts_differ(&mut world), 0);
}

/// Whoever is found by the words has the letters that the index is asked for.
#[test]
fn the_index_of_letters_misses_nobody() {
    let mut world = World::new();
    let names =
        "ARRAY['Jan Garcia', 'Anne Marie O’Brien', 'J. R. R. Example', '山田 太郎', 'a', 'A B',
                       'Łukasz  Mc Donald', 'Piet van ''t Hoff', '(*) 100%', 'aa aa aaa']";
    let asked = format!(
        "SELECT name, searched, word
           FROM unnest({names}) name
          CROSS JOIN LATERAL search_text(name || E'\\np1@example.com') searched
          CROSS JOIN LATERAL replace(replace(searched, ' ', ''), E'\\n', '') letters
          CROSS JOIN LATERAL generate_series(1, length(letters)) first
          CROSS JOIN LATERAL generate_series(1, 12) many
          CROSS JOIN LATERAL substr(letters, first, many) word"
    );
    let is_found = "(searched LIKE '%' || replace(word, '%', '\\%') || '%'
                     OR has_search_words(searched, ARRAY[word]))";
    let has_letters = "NOT EXISTS (
        SELECT FROM search_conditions('00000000-0000-7000-8000-000000000001', ARRAY[word]) letters
         WHERE NOT search_grams('00000000-0000-7000-8000-000000000001', searched)
               && ARRAY[letters.one, letters.other])";
    let found = world.sql(&format!("SELECT FROM ({asked}) asked WHERE {is_found}"));
    assert!(found > 1_000, "{found}");
    let missed =
        world.sql(&format!("SELECT FROM ({asked}) asked WHERE {is_found} AND NOT {has_letters}"));
    assert_eq!(missed, 0);
    let too_many =
        world.sql(&format!("SELECT FROM ({asked}) asked WHERE NOT {is_found} AND {has_letters}"));
    assert!(too_many < found / 20, "{too_many} beside {found}");
}

#[test]
fn a_person_is_found_by_their_name_of_now_in_each_of_their_applications() {
    let mut world = World::new();
    let first = four_people(&mut world);
    let lines = [vacancy("V-2", &["Applied"]), application("V-2", 1, "Applied")];
    import(&mut world.conn, &world.admin, &lines).expect("imported");
    let second = vacancy_id(&mut world.conn, &world.admin, "V-2");
    let mut renamed = candidate(1);
    renamed["full_name"] = json!("Zoë Neumann");
    import(&mut world.conn, &world.admin, &[renamed]).expect("imported");
    for (q, expected) in [("neumann zoe", vec!["C-1".to_owned()]), ("oberg", vec![])] {
        for vacancy in [first, second] {
            let filter = ApplicationFilter { q: Some(q.to_owned()), ..Default::default() };
            let found = found(&mut world.conn, &world.admin, vacancy, &filter);
            assert_eq!(found.as_ref(), Some(&expected), "{q}");
        }
    }
}
