//! Every way to ask for applications is a statement that Postgres takes.

use chrono::Utc;
use domain::id::{ApplicationId, OrganisationId, VacancyId};
use domain::import::ApplicationStatus;
use uuid::Uuid;

use super::search::Asked;
use super::{ApplicationFilter, ApplicationKey, Row};
use crate::page::Count;
use crate::statement::check::{Choice, composed};

#[test]
fn every_way_to_ask_is_a_statement() {
    let id = Uuid::from_u128(1);
    let filters: Vec<_> = Choice::each_of(7).map(|it| (it, filter(it))).collect();
    let asked: Vec<_> = filters
        .iter()
        .map(|(choice, (filter, stages, after))| {
            let (organisation, vacancy) = (OrganisationId::from(id), VacancyId::from(id));
            let (stages, after, limit) = (stages.clone(), *after, 50);
            (format!("{choice:?}"), Asked { organisation, vacancy, filter, stages, after, limit })
        })
        .collect();
    let statements = asked.iter().flat_map(|(what, asked)| {
        let searched = asked.filter.q.as_ref().map(|_| asked.by_letters(&[(1, 2), (3, 4)]));
        let along = asked.ways().into_iter().map(|way| asked.along(way));
        [Some(asked.along_the_vacancy()), searched]
            .into_iter()
            .flatten()
            .chain(along)
            .map(|statement| (what.clone(), statement))
            .collect::<Vec<_>>()
    });
    composed(statements, Row::columns);
    let selected = asked.iter().flat_map(|(what, asked)| {
        let searched =
            asked.filter.q.as_ref().map(|_| asked.everybody_by_letters(&[(1, 2), (3, 4)]));
        let all = [Some(asked.everybody_in_order()), searched];
        all.into_iter().flatten().map(|statement| (what.clone(), statement)).collect::<Vec<_>>()
    });
    composed(selected, super::select::Row::columns);
    let counts = asked.iter().filter_map(|(what, asked)| {
        let ways = asked.ways();
        (!ways.is_empty()).then(|| (what.clone(), asked.counts(&ways, 100)))
    });
    composed(counts, Count::columns);
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
