//! Every way to ask for the log is a statement that Postgres takes.

use chrono::Utc;
use domain::actor::{Actor, Scope};
use domain::id::{AttemptId, ExportId, OrganisationId, WebhookId};
use domain::outcome::Outcome;
use uuid::Uuid;

use super::AttemptFilter;
use super::query::{Asked, Order};
use super::row::Row;
use crate::filter::Named;
use crate::statement::check::{Choice, composed};

#[test]
fn every_way_to_ask_is_a_statement() {
    let organisation = OrganisationId::from(Uuid::from_u128(1));
    let scopes = [Scope::Own(organisation), Scope::Organisation(organisation), Scope::All];
    let actors = scopes.map(|scope| Actor::system("rosa", scope));
    let filters: Vec<_> = Choice::each_of(10).map(filter).collect();
    let asked = actors.iter().flat_map(|actor| {
        filters.iter().flat_map(move |(filter, named, after)| {
            [Order::NewestFirst, Order::OldestFirst].map(|order| {
                let (after, limit, now) = (*after, 50, Utc::now());
                let answers = matches!(order, Order::OldestFirst);
                Asked { actor, filter, named, order, answers, after, limit, now }
            })
        })
    });
    let statements = asked.map(|asked| {
        let Asked { actor, filter, named, order, after, .. } = asked;
        (format!("{:?} {filter:?} {named:?} {order:?} {after:?}", actor.scope), asked.statement())
    });
    composed(statements, Row::columns);
}

fn filter(mut choice: Choice) -> (AttemptFilter, Named, Option<AttemptId>) {
    let id = Uuid::from_u128(2);
    let two = vec![Outcome::Gone, Outcome::Http4xx];
    let outcomes = choice.of(two).or(choice.of(vec![Outcome::Gone])).unwrap_or_default();
    let filter = AttemptFilter {
        export_id: choice.of(ExportId::from(id)),
        webhook_id: choice.of(WebhookId::from(id)),
        outcomes,
        http_status: choice.of(410),
        from: choice.of(Utc::now()),
        to: choice.of(Utc::now()),
        ..AttemptFilter::default()
    };
    let named = Named {
        requesters: choice.of(vec!["ben".to_owned()]),
        hosts: choice.of(vec!["a.example.com".to_owned(), "b.example.com".to_owned()]),
        export: None,
        attempt: filter.from.map(|_| AttemptId::from(id)),
    };
    (filter, named, choice.of(AttemptId::from(id)))
}
