//! Every way to ask for a summary is a statement that Postgres takes.

use chrono::{TimeDelta, Utc};
use domain::actor::{Actor, Scope};
use domain::export::ExportStatus;
use domain::id::{OrganisationId, WebhookId};
use domain::outcome::Outcome;
use uuid::Uuid;

use super::look::{Look, Sources};
use super::masked::Masked;
use super::total::{Groups, Row, Total};
use super::{SummaryFilter, Window};
use crate::filter::Named;
use crate::statement::check::{Choice, composed};

#[test]
fn every_summary_of_attempts_is_a_statement() {
    every_way(super::attempts::sources);
}

#[test]
fn every_summary_of_exports_is_a_statement() {
    every_way(super::exports::sources);
}

struct Case {
    filter: SummaryFilter,
    named: Named,
    masked: Masked,
    groups: Groups,
    again: bool,
}

fn every_way(sources: Sources) {
    let organisation = OrganisationId::from(Uuid::from_u128(1));
    let scopes = [Scope::Own(organisation), Scope::Organisation(organisation), Scope::All];
    let actors = scopes.map(|scope| Actor::system("rosa", scope));
    let cases: Vec<_> = Choice::each_of(9).map(case).collect();
    let statements = actors.iter().flat_map(|actor| {
        cases.iter().map(move |case| {
            let Case { filter, named, masked, groups, again } = case;
            let counted = Utc::now();
            let look = Look { actor, filter, counted, again: *again, groups: *groups };
            let total = Total { filter, named, groups: *groups, masked, limit: 50 };
            let what = format!("{:?} {filter:?} {groups:?} {again}", actor.scope);
            (what, total.statement(sources(&look)))
        })
    });
    composed(statements, Row::columns);
}

fn case(mut choice: Choice) -> Case {
    let now = Utc::now();
    let from = choice.of(now - TimeDelta::days(3));
    let window = Window::new(from, choice.of(now), now);
    let several = choice.of(vec!["a.example.com".to_owned(), "b.example.com".to_owned()]);
    let groups = Groups {
        host: choice.of(()).is_some(),
        outcome: choice.of(()).is_some(),
        organisation: choice.of(()).is_some(),
        ..Groups::default()
    };
    let groups = Groups { webhook: groups.organisation, day: groups.outcome, ..groups };
    let others = choice.of(()).is_some();
    let filter = SummaryFilter {
        window,
        webhook_id: choice.of(WebhookId::from(Uuid::from_u128(2))),
        host: None,
        outcomes: if others { vec![Outcome::Gone] } else { Vec::new() },
        statuses: if others { vec![ExportStatus::Failed] } else { Vec::new() },
    };
    let again = choice.of(()).is_some();
    let hosts: Vec<String> = several.clone().unwrap_or_default();
    let masked = Masked { shown: hosts.clone(), hosts };
    Case { filter, named: Named { hosts: several, ..Named::default() }, masked, groups, again }
}
