//! Every way to ask for applications is a statement that Postgres takes.

use chrono::Utc;
use domain::id::{ApplicationId, OrganisationId, VacancyId};
use domain::import::ApplicationStatus;
use uuid::Uuid;

use super::{ApplicationFilter, ApplicationKey, Asked, Row, page_of};
use crate::statement::check::{Choice, composed};

#[test]
fn every_way_to_ask_is_a_statement() {
    let id = Uuid::from_u128(1);
    let filters: Vec<_> = Choice::each_of(7).map(|it| (it, filter(it))).collect();
    let asked: Vec<_> = filters
        .iter()
        .map(|(choice, (filter, stages, after))| {
            let asked = Asked { filter, stages: stages.clone(), after: *after, limit: 50 };
            (format!("{choice:?}"), asked)
        })
        .collect();
    let statements = asked.iter().map(|(what, asked)| {
        (what.clone(), page_of(OrganisationId::from(id), VacancyId::from(id), asked))
    });
    composed(statements, Row::columns);
}

fn filter(mut choice: Choice) -> (ApplicationFilter, Option<Vec<String>>, Option<ApplicationKey>) {
    let two = |one: &str, other: &str| vec![one.to_owned(), other.to_owned()];
    let stages = choice.of(two("Applied", "Offer")).or(choice.of(vec!["Offer".to_owned()]));
    let filter = ApplicationFilter {
        stage: None,
        statuses: choice.of(vec![ApplicationStatus::Active]).unwrap_or_default(),
        q: choice.of("rosa o'brien".to_owned()),
        min_rating: choice.of(4.0),
        applied_after: choice.of(Utc::now()),
    };
    let id = ApplicationId::from(Uuid::from_u128(2));
    (filter, stages, choice.of(ApplicationKey { applied_at: Utc::now(), id }))
}
