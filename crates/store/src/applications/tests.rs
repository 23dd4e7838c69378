//! Every way to ask for applications is a statement that Postgres takes.

use chrono::Utc;
use domain::id::{ApplicationId, OrganisationId, VacancyId};
use uuid::Uuid;

use super::{ApplicationFilter, ApplicationKey, Row, statement};
use crate::statement::check::{Choice, composed};

#[test]
fn every_way_to_ask_is_a_statement() {
    let id = Uuid::from_u128(1);
    let filters: Vec<_> = Choice::each_of(5).map(|it| (it, filter(it))).collect();
    let statements = filters.iter().map(|(choice, (filter, after))| {
        let query = statement(OrganisationId::from(id), VacancyId::from(id), filter, *after, 50);
        (format!("{choice:?}"), query)
    });
    composed(statements, Row::columns);
}

fn filter(mut choice: Choice) -> (ApplicationFilter, Option<ApplicationKey>) {
    let filter = ApplicationFilter {
        stage: choice.of("Applied".to_owned()),
        q: choice.of("rosa".to_owned()),
        min_rating: choice.of(4.0),
        applied_after: choice.of(Utc::now()),
    };
    let id = ApplicationId::from(Uuid::from_u128(2));
    (filter, choice.of(ApplicationKey { applied_at: Utc::now(), id }))
}
