//! Invented people, imported as an organisation would.

use diesel::prelude::*;
use domain::actor::Actor;
use domain::id::{ApplicationId, VacancyId};
use domain::import::parse_line;
use domain::sealing::SealingKeys;
use serde_json::{Value, json};
use store::Conn;
use store::applications::{self, ApplicationFilter};
use store::import::{ImportRefusal, Imported, load};
use store::vacancies::{self, VacancyFilter};

/// Keys that seal and open.
pub(crate) fn keys() -> SealingKeys {
    SealingKeys::parse("a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").expect("keys")
}

/// A vacancy with these stages.
pub(crate) fn vacancy(reference: &str, stages: &[&str]) -> Value {
    json!({"kind": "vacancy", "reference": reference, "title": format!("Title of {reference}"),
           "stages": stages})
}

/// A candidate `C-{n}`.
pub(crate) fn candidate(number: usize) -> Value {
    json!({"kind": "candidate", "reference": format!("C-{number}"), "first_name": "Ada",
           "last_name": format!("Example {number}"), "email": format!("ada{number}@example.com")})
}

/// The application `{vacancy}/A-{n}` of candidate `C-{n}`, made `n` minutes into the year.
pub(crate) fn application(vacancy: &str, number: usize, stage: &str) -> Value {
    let applied_at =
        format!("2026-01-{:02}T{:02}:{:02}:00Z", 1 + number / 1_440, number / 60 % 24, number % 60);
    json!({"kind": "application", "reference": format!("{vacancy}/A-{number}"),
           "vacancy": vacancy, "candidate": format!("C-{number}"), "stage": stage,
           "applied_at": applied_at})
}

/// Imports lines as they would stand in a file.
pub(crate) fn import(
    conn: &mut Conn,
    actor: &Actor,
    lines: &[Value],
) -> Result<Imported, ImportRefusal> {
    let lines = (1..)
        .zip(lines)
        .map(|(number, line)| Ok((number, parse_line(line.to_string().as_bytes()))));
    load(conn, actor, Some(&keys()), lines).expect("Postgres")
}

/// A vacancy `V-1` with `count` people at its first stage; their applications in their order.
pub(crate) fn people(
    conn: &mut Conn,
    actor: &Actor,
    count: usize,
) -> (VacancyId, Vec<ApplicationId>) {
    let mut lines = vec![vacancy("V-1", &["Applied", "Shortlisted"])];
    for number in 1..=count {
        lines.extend([candidate(number), application("V-1", number, "Applied")]);
    }
    import(conn, actor, &lines).expect("good lines");
    let vacancy = vacancy_id(conn, actor, "V-1");
    let filter = ApplicationFilter::default();
    let page = applications::list(conn, actor, vacancy, &filter, None, count);
    let items = page.expect("Postgres").expect("there").items;
    (vacancy, items.into_iter().map(|item| item.id).collect())
}

/// The vacancy of that reference.
pub(crate) fn vacancy_id(conn: &mut Conn, actor: &Actor, reference: &str) -> VacancyId {
    let all = VacancyFilter::default();
    let page = vacancies::list(conn, actor, &all, None, 100).expect("Postgres").expect("found");
    page.items.iter().find(|vacancy| vacancy.reference == reference).expect("imported").id
}

/// How many rows a table has.
pub(crate) fn count(conn: &mut Conn, table: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        count: i64,
    }
    let query = format!("SELECT count(*) FROM {table}");
    diesel::sql_query(query).get_result::<Count>(conn).expect("a table").count
}
