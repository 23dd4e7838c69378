//! Every way to ask for applications is a statement that Postgres takes.

use chrono::Utc;
use domain::id::{ApplicationId, WebhookId};
use domain::import::ApplicationStatus;
use uuid::Uuid;

use super::search::Asked;
use super::{ApplicationFilter, ApplicationKey, Place, Row, Sort, SortBy};
use crate::page::Count;
use crate::statement::check::{Choice, composed};

/// All orders, each from its start and after some page.
fn orders() -> impl Iterator<Item = (Sort, Option<ApplicationKey>)> {
    let (id, at) = (ApplicationId::from(Uuid::from_u128(2)), Utc::now());
    let places = [
        Place::AppliedAt(at),
        Place::FullName("rosa".to_owned()),
        Place::Rating(Some(4.5)),
        Place::Rating(None),
        Place::Stage("Offer".to_owned(), at),
    ];
    let of = move |place: Place| {
        let by = place.sort();
        [false, true].into_iter().flat_map(move |descending| {
            let key = ApplicationKey { place: place.clone(), id };
            [None, Some(key)].map(|after| (Sort { by, descending }, after))
        })
    };
    places.into_iter().flat_map(of)
}

fn asked<'a>(filter: &'a Filter, sort: Sort, after: Option<ApplicationKey>) -> Asked<'a> {
    let (filter, stages) = filter;
    let webhook = after.as_ref().map(|_| WebhookId::from(Uuid::from_u128(3)));
    let stage_order = ["Applied", "Offer"].map(str::to_owned).to_vec();
    let id = Uuid::from_u128(1);
    let mut asked = Asked::everybody_of(id.into(), id.into(), filter, stages.clone());
    asked = Asked { sort, stage_order, webhook, after, limit: 50, ..asked };
    asked
}

#[test]
fn every_way_to_ask_is_a_statement() {
    let filters: Vec<_> = Choice::each_of(6).map(|it| (it, filter(it))).collect();
    let asked: Vec<_> = filters
        .iter()
        .flat_map(|(choice, filter)| {
            orders().map(move |(sort, after)| {
                (format!("{choice:?} {sort:?} {after:?}"), asked(filter, sort, after))
            })
        })
        .collect();
    let pages = asked.iter().flat_map(|(what, asked)| {
        let searched = asked.filter.q.as_ref().map(|_| asked.by_letters(&[(1, 2), (3, 4)]));
        let along = asked.ways().into_iter().map(|way| asked.along(way));
        let all = [Some(asked.along_the_vacancy()), searched].into_iter().flatten().chain(along);
        all.map(|statement| (what.clone(), statement)).collect::<Vec<_>>()
    });
    composed(pages, Row::columns);
}

#[test]
fn every_way_to_count_and_select_is_a_statement() {
    let filters: Vec<_> = Choice::each_of(6).map(|it| (it, filter(it))).collect();
    let by_name = Sort { by: SortBy::FullName, descending: false };
    let asked: Vec<_> = filters
        .iter()
        .flat_map(|(choice, filter)| {
            [Sort::default(), by_name]
                .map(|sort| (format!("{choice:?}"), asked(filter, sort, None)))
        })
        .collect();
    let letters = &[(1, 2), (3, 4)];
    let selected = asked.iter().flat_map(|(what, asked)| {
        let searched = asked.filter.q.as_ref().map(|_| asked.everybody_by_letters(letters));
        let all = [Some(asked.everybody_in_order()), searched];
        all.into_iter().flatten().map(|statement| (what.clone(), statement)).collect::<Vec<_>>()
    });
    composed(selected, super::select::Row::columns);
    let counts = asked.iter().flat_map(|(what, asked)| {
        let ways = asked.ways();
        let shortest = (!ways.is_empty()).then(|| asked.counts(&ways, 100));
        let all = asked.counted(asked.all());
        let searched = asked.filter.q.as_ref().map(|_| asked.counted(asked.with_letters(letters)));
        let counts = [shortest, Some(all), searched, Some(asked.counted_already())];
        counts.into_iter().flatten().map(|it| (what.clone(), it)).collect::<Vec<_>>()
    });
    composed(counts, Count::columns);
}

type Filter = (ApplicationFilter, Option<Vec<String>>);

fn filter(mut choice: Choice) -> Filter {
    let two = |one: &str, other: &str| vec![one.to_owned(), other.to_owned()];
    let stages = choice.of(two("Applied", "Offer")).or(choice.of(vec!["Offer".to_owned()]));
    let filter = ApplicationFilter {
        stage: None,
        statuses: choice.of(vec![ApplicationStatus::Active]).unwrap_or_default(),
        q: choice.of("rosa o'brien".to_owned()),
        min_rating: choice.of(4.0),
        applied_after: choice.of(Utc::now()),
    };
    (filter, stages)
}
