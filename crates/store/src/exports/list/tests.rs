//! Every way to ask for exports is a statement that Postgres takes.

use chrono::Utc;
use domain::actor::{Actor, Scope};
use domain::export::ExportStatus;
use domain::id::{ExportId, OrganisationId, VacancyId, WebhookId};
use uuid::Uuid;

use super::super::row::Row;
use super::{ExportFilter, statement};
use crate::statement::check::{Choice, composed};

#[test]
fn every_way_to_ask_is_a_statement() {
    let organisation = OrganisationId::from(Uuid::from_u128(1));
    let scopes = [Scope::Own(organisation), Scope::Organisation(organisation), Scope::All];
    let actors = scopes.map(|scope| Actor::system("rosa", scope));
    let statuses = ExportStatus::ALL.iter().copied().map(Some).chain([None]);
    let filters: Vec<_> =
        statuses.flat_map(|status| Choice::each_of(6).map(move |it| filter(status, it))).collect();
    let statements = actors.iter().flat_map(|actor| {
        filters.iter().map(move |(filter, after)| {
            let what = format!("{:?} {filter:?} {after:?}", actor.scope);
            (what, statement(actor, filter, *after, 50))
        })
    });
    composed(statements, Row::columns);
}

fn filter(status: Option<ExportStatus>, mut choice: Choice) -> (ExportFilter, Option<ExportId>) {
    let id = Uuid::from_u128(2);
    let filter = ExportFilter {
        status,
        webhook_id: choice.of(WebhookId::from(id)),
        vacancy_id: choice.of(VacancyId::from(id)),
        requested_by: choice.of("ben".to_owned()),
        from: choice.of(Utc::now()),
        to: choice.of(Utc::now()),
    };
    (filter, choice.of(ExportId::from(id)))
}
